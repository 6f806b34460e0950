/* SPDX-License-Identifier: MIT */
/*
 * What the log says of beacons; in the place of the network stands one that takes each other message.
 */
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "init/remote/beacon.h"
#include "init/remote/netup.h"
#include "lib/log.h"
#include "net/beacon.h"
#include "tests/unit/test.h"

static bool refuses;

int netup(const struct conf *conf, const struct conf_target *to, struct child *self)
{
	(void)conf, (void)to, (void)self;
	return 0;
}

int beacon_send(const struct beacon *b, const char *url, const char *ca_file, unsigned timeout_s,
		char why[BEACON_WHY_BYTES])
{
	(void)b, (void)url, (void)ca_file, (void)timeout_s;
	snprintf(why, BEACON_WHY_BYTES, "hooks.test: refused");
	return refuses ? -EACCES : 0;
}

/* Webhooks have their secret in the path. */
TEST(no_secret_of_a_url_is_logged)
{
	struct conf conf = { .n_beacons = 2,
			     .beacons = { "https://hooks.test:444/services/T0/SECRET?sig=SECRET",
					  "udp://loghost" } };
	const struct beacon_words w = { "web1", "6.1", "", "f", "complete", NULL };
	char said[2000] = "";
	size_t len = 0;
	int out[2];

	CHECK(!pipe(out));
	log_add(out[1], LOG_PLAIN);
	for (int i = 0; i < 2; i++) {
		refuses = i;
		beacon_tell(&conf, &w);
		while (wait(NULL) > 0)
			;
	}
	log_remove(out[1]);
	close(out[1]);
	for (ssize_t n; (n = read(out[0], said + len, sizeof(said) - 1 - len)) > 0;)
		len += (size_t)n;
	close(out[0]);
	CHECK(strstr(said, "beacon: https://hooks.test:444: told: complete\n"));
	CHECK(strstr(said, "beacon: https://hooks.test:444: hooks.test: refused\n"));
	CHECK(strstr(said, "beacon: udp://loghost: told: complete\n"));
	CHECK(!strstr(said, "SECRET"));
}
