/* SPDX-License-Identifier: MIT */
#include "init/remote/netclock.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "init/system/system.h"
#include "lib/log.h"
#include "net/deadline.h"
#include "net/https_date.h"
#include "net/sntp.h"

enum { SNTP_MS = 6000, DATE_S = 10 };

static bool by_sntp(const struct conf *conf, uint64_t *ret, char *by, size_t size)
{
	char why[PEER_WHY_BYTES];

	for (unsigned i = 0; i < conf->n_ntp; i++) {
		struct conf_place server = { .port = SNTP_PORT };

		snprintf(server.host, sizeof(server.host), "%s", conf->ntp[i]);
		if (!sntp_ask(&server, deadline_in_ms(SNTP_MS), ret, why)) {
			snprintf(by, size, "SNTP from %s", conf->ntp[i]);
			return true;
		}
		log_warn("clock: %s", why);
	}
	return false;
}

static bool by_date(const char *url, uint64_t *ret, char *by, size_t size)
{
	struct conf_place place;
	char why[400];

	if (!url || conf_place_url(url, 443, &place))
		return false;
	if (!https_date_ask(url, DATE_S, ret, why, sizeof(why))) {
		snprintf(by, size, "the Date of %.100s", place.host);
		return true;
	}
	log_warn("clock: %s", why);
	return false;
}

void netclock_need(const struct conf *conf, const char *url)
{
	uint64_t now;
	char by[128];

	if (!system_clock_is_lost())
		return;
	if (by_sntp(conf, &now, by, sizeof(by)) || by_date(url, &now, by, sizeof(by)))
		system_set_clock(now, by);
	else
		log_warn("clock: it is lost, and nobody tells the time: certificates are judged by "
			 "it "
			 "all the same");
}
