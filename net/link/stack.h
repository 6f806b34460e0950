/* SPDX-License-Identifier: MIT */
/*
 * Interfaces that are made of others: VLANs and bonds, as `link` lines say.
 */
#ifndef NET_LINK_STACK_H
#define NET_LINK_STACK_H

#include "lib/conf/conf.h"
#include "net/link/link.h"

#define STACK_WHY_BYTES 160

/*
 * Makes k, of conf, and those of conf that it is made of, and sets them up. A port of a bond that
 * does not appear within half of the time is done without, while one is there. What is there
 * already is taken as it is. deadline_ms: net/deadline.h. 0, or -errno with why, which names the
 * interface.
 */
int stack_make(struct link *l, const struct conf *conf, const struct conf_link *k,
	       uint64_t deadline_ms, char why[STACK_WHY_BYTES]);

#endif
