/* SPDX-License-Identifier: MIT */
/*
 * What time it is by a web server: the Date of its answer. The server is not verified, as the clock by
 * which a certificate is judged is not known yet: who stands in the way can lie about the time, but
 * is found out by every certificate that is judged afterwards, unless it is an old one of that host.
 */
#ifndef NET_HTTPS_DATE_H
#define NET_HTTPS_DATE_H

#include <stddef.h>
#include <stdint.h>

/* "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 5.6.7), with blanks before and behind. 0 or -EBADMSG. Pure. */
int https_date_parse(const char *text, size_t len, uint64_t *ret);

/* HEAD of the URL's host, within timeout_s. 0 and *ret, seconds since 1970; or -errno with why. */
int https_date_ask(const char *url, unsigned timeout_s, uint64_t *ret, char *why, size_t size);

#endif
