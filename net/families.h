/* SPDX-License-Identifier: MIT */
/*
 * What every request of libcurl's has in common with the rest of net/.
 */
#ifndef NET_FAMILIES_H
#define NET_FAMILIES_H

#include <curl/curl.h>

/* Names are asked for in the families that this machine has alone: see peer_family() in net/peer.h. */
CURLcode families_limit(CURL *easy);

#endif
