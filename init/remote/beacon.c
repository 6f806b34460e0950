/* SPDX-License-Identifier: MIT */
#include "init/remote/beacon.h"

#include <string.h>
#include <strings.h>

#include "init/remote/netclock.h"
#include "init/remote/netup.h"
#include "init/system/child.h"
#include "lib/log.h"
#include "net/beacon.h"

enum { TIMEOUT_S = 10 };

struct one {
	const struct conf *conf;
	const struct beacon_words *words;
	const char *url;
};

static void tell_one(const void *ctx)
{
	const struct one *o = ctx;
	const struct beacon_words *w = o->words;
	const struct beacon b = { .host = w->host,
				  .release = w->release,
				  .panic = o->conf->encrypt.wanted ? "" : w->panic,
				  .target = w->target ? w->target->where : "",
				  .folder = w->folder,
				  .state = w->state };
	/* what is behind the server may be a secret, and everybody reads the log */
	size_t server = strcspn(o->url, ":") + sizeof("://") - 1;
	int shown = (int)(server + strcspn(o->url + server, "/?#"));
	char why[BEACON_WHY_BYTES];
	struct child self = { .error = 0 };

	if (netup(o->conf, NULL, &self)) {
		log_warn("beacon: %.*s: %s", shown, o->url, self.why);
		return;
	}
	if (!strncasecmp(o->url, "https:", 6))
		netclock_need(o->conf, o->url);
	if (beacon_send(&b, o->url, CONF_CA_FILE, TIMEOUT_S, why))
		log_warn("beacon: %.*s: %s", shown, o->url, why[0] ? why : "not sent");
	else
		log_info("beacon: %.*s: told: %s", shown, o->url, w->state);
}

void beacon_tell(const struct conf *conf, const struct beacon_words *w)
{
	for (unsigned i = 0; i < conf->n_beacons; i++) {
		const struct one o = { .conf = conf, .words = w, .url = conf->beacons[i] };
		int r = child_start("beacon", tell_one, &o);

		if (r < 0)
			log_warn("beacon: %s", strerror(-r));
	}
}
