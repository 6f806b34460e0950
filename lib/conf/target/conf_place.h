/* SPDX-License-Identifier: MIT */
/*
 * Who a network target is reached at: the host and the port of a URL, of USER@HOST, of SERVER:/PATH.
 * kdump-mkinitrd chooses the interface by it, a transport connects to it.
 */
#ifndef LIB_CONF_TARGET_CONF_PLACE_H
#define LIB_CONF_TARGET_CONF_PLACE_H

#include <stddef.h>

#define CONF_HOST_BYTES 256

struct conf_place {
	char host[CONF_HOST_BYTES]; /* a name or an address, this without brackets */
	unsigned port;
};

/*
 * The host at the beginning of text, of which n bytes may be its: a name, an IPv4 address, or an
 * IPv6 address in brackets. ret->host is set; what is behind it, or NULL: no host.
 */
const char *conf_place_host(const char *text, size_t n, struct conf_place *ret);

/* "SCHEME://[USER@]HOST[:PORT][/…]"; port: where the URL has none. 0 or -EINVAL. */
int conf_place_url(const char *url, unsigned port, struct conf_place *ret);

/*
 * How messages and logs call it: "HOST", "HOST:PORT" where the port is not the usual one, an IPv6
 * address in brackets then. ret has CONF_HOST_BYTES + 8.
 */
void conf_place_text(const struct conf_place *p, unsigned usual_port, char *ret);

#endif
