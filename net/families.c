/* SPDX-License-Identifier: MIT */
#include "net/families.h"

#include <sys/socket.h>

#include "net/peer.h"

CURLcode families_limit(CURL *easy)
{
	int family = peer_family();
	long how = family == AF_INET	? CURL_IPRESOLVE_V4
		   : family == AF_INET6 ? CURL_IPRESOLVE_V6
					: CURL_IPRESOLVE_WHATEVER;

	return curl_easy_setopt(easy, CURLOPT_IPRESOLVE, how);
}
