/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <strings.h>

#include "lib/conf/conf_parse.h"
#include "lib/conf/target/conf_place.h"

#define UDP_PORT   514
#define HTTPS_PORT 443

int conf_parse_beacon(const struct conf_directive *d, char *value, struct conf_state *s,
		      struct conf_error *err)
{
	bool udp = !strncasecmp(value, "udp://", 6), https = !strncasecmp(value, "https://", 8);
	struct conf_place place;
	const char *url = NULL;
	int r = conf_word(d->name, value, &url, err);

	if (r)
		return r;
	if ((!udp && !https) || memchr(url, '@', strcspn(url, "?")) ||
	    conf_place_url(url, udp ? UDP_PORT : HTTPS_PORT, &place))
		return conf_fail(err,
				 "beacon takes udp://HOST, udp://HOST:PORT or https://HOST/PATH");
	if (s->conf->n_beacons == CONF_MAX_BEACONS)
		return conf_fail(err, "more than %u beacons; remove some", CONF_MAX_BEACONS);
	s->conf->beacons[s->conf->n_beacons++] = url;
	return 0;
}
