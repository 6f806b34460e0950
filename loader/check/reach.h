/* SPDX-License-Identifier: MIT */
/*
 * Does a server take a TCP connection now?
 */
#ifndef LOADER_CHECK_REACH_H
#define LOADER_CHECK_REACH_H

#include <stddef.h>

/*
 * host: a name or an address. Nothing is sent. A child does it, which is killed
 * after limit_ms, as resolvers have limits of their own. 0; -errno with the reason in why, a clause.
 */
int reach_server(const char *host, unsigned port, unsigned limit_ms, char *why, size_t size);

#endif
