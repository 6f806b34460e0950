/* SPDX-License-Identifier: MIT */
/*
 * The network of the capture: brought up by the first child that needs it, for all of them.
 */
#ifndef INIT_REMOTE_NETUP_H
#define INIT_REMOTE_NETUP_H

#include "init/system/child.h"
#include "lib/conf/conf.h"

/*
 * Waits, the config's target_timeout at most, until the network is up by which the target `to` is
 * reached (NULL: no target's, a message's); one child at a time does the work. 0 or -errno with
 * self's why.
 */
int netup(const struct conf *conf, const struct conf_target *to, struct child *self);

#endif
