/* SPDX-License-Identifier: MIT */
/*
 * What tests of link.c use besides link.h.
 */
#ifndef NET_LINK_LINK_PRIVATE_H
#define NET_LINK_LINK_PRIVATE_H

#include "net/link/link.h"

/* One RTM_NEWLINK message; false when it tells of no interface. Pure. */
bool link_parse(const struct nlmsghdr *m, struct link_info *ret);
bool link_matches(const struct link_want *w, const struct link_info *i);

#endif
