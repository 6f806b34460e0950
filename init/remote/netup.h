/* SPDX-License-Identifier: MIT */
/*
 * The network of the capture: brought up by the first child that needs it, for all of them; and what
 * targets over it do alike.
 */
#ifndef INIT_REMOTE_NETUP_H
#define INIT_REMOTE_NETUP_H

#include "init/target/target.h"

/*
 * Waits, the config's target_timeout at most, until the network is up by which the target `to` is
 * reached (NULL: no target's, a message's); one child at a time does the work. 0 or -errno with
 * self's why.
 */
int netup(const struct conf *conf, const struct conf_target *to, struct child *self);

/*
 * Until when, after netup(), a server may come: target_timeout from now on, with half of step_timeout
 * left of what the step that began at began_ms (both of net/deadline.h) has.
 */
uint64_t netup_server_ms(const struct conf *conf, uint64_t began_ms);

/* open of a struct target_kind: the network, and the server takes a connection. */
int netup_open(const struct target *t, char *what, size_t size, struct child *self);

/* Seconds without a byte: sooner than PID 1 loses patience, as the transfer itself can say why. */
unsigned netup_stall_s(const struct target *t);

#endif
