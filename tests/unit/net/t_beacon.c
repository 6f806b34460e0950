/* SPDX-License-Identifier: MIT */
#include "net/beacon.h"

#include <arpa/inet.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/dumps/json_read.h"
#include "tests/unit/test.h"

static const struct beacon crash = { .host = "web1",
				     .release = "6.12.0",
				     .panic = "Kernel panic - not syncing: \"a\\b]\"",
				     .target = "s3://b/p",
				     .folder = "web1-20261123T142005Z-0a1b2c3d",
				     .state = "capturing" };

/* RFC 5424 6. */
TEST(a_message_of_syslog)
{
	char text[BEACON_BYTES];
	size_t n = beacon_syslog(&crash, 1795703405, text);

	CHECK_EQ(strlen(text), n);
	CHECK_STR(text,
		  "<2>1 2026-11-26T14:30:05Z web1 kdump-init - crash [kdump@32473 "
		  "state=\"capturing\" release=\"6.12.0\" panic=\"Kernel panic - not syncing: "
		  "\\\"a\\\\b\\]\\\"\" target=\"s3://b/p\" "
		  "folder=\"web1-20261123T142005Z-0a1b2c3d\"] crash: capturing");
}

TEST(without_a_clock_or_a_name)
{
	struct beacon b = crash;
	char text[BEACON_BYTES];

	b.host = "";
	b.panic = "a\nb\x7f";
	b.state = "complete";
	beacon_syslog(&b, 5, text);
	CHECK(!strncmp(text, "<6>1 - - kdump-init - crash [", 29));
	CHECK(strstr(text, "panic=\"a?b?\""));
	b.state = "dmesg-only";
	beacon_syslog(&b, 5, text);
	CHECK(!strncmp(text, "<3>1", 4));
}

TEST(what_is_too_long_is_cut)
{
	char text[BEACON_BYTES], noise[4000];
	struct beacon b = crash;
	size_t n;

	memset(noise, ']', sizeof(noise));
	noise[sizeof(noise) - 1] = '\0';
	b.panic = b.target = b.folder = noise;
	n = beacon_syslog(&b, 5, text);
	CHECK_EQ(strlen(text), n);
	CHECK(n < BEACON_BYTES && strstr(text, "\"] crash: capturing"));
	n = beacon_json(&b, 5, text);
	CHECK(n && !json_read_check(text, n));
}

TEST(as_json)
{
	char text[BEACON_BYTES], value[100];
	size_t n = beacon_json(&crash, 1795703405, text);

	CHECK_EQ(json_read_check(text, n), 0);
	CHECK_EQ(json_read_string(text, n, "panic", value, sizeof(value)), 0);
	CHECK_STR(value, crash.panic);
	CHECK_EQ(json_read_string(text, n, "time", value, sizeof(value)), 0);
	CHECK_STR(value, "2026-11-26T14:30:05Z");
	n = beacon_json(&crash, 0, text);
	CHECK_EQ(json_read_string(text, n, "time", value, sizeof(value)), -ENOENT);
}

TEST(by_udp)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	char url[40], why[BEACON_WHY_BYTES], text[BEACON_BYTES] = "";
	socklen_t len = sizeof(a);

	CHECK(!bind(fd, (struct sockaddr *)&a, sizeof(a)));
	CHECK(!getsockname(fd, (struct sockaddr *)&a, &len));
	snprintf(url, sizeof(url), "udp://127.0.0.1:%u", ntohs(a.sin_port));
	CHECK_EQ(beacon_send(&crash, url, "", 1, why), 0);
	CHECK(recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT) > 0);
	CHECK(strstr(text, "kdump@32473"));
	close(fd);
	CHECK_EQ(beacon_send(&crash, "udp://no-such-host.invalid", "", 1, why) < 0, 1);
	CHECK(strstr(why, "no-such-host.invalid"));
	CHECK_EQ(beacon_send(&crash, "https://127.0.0.1:1/x", "/nonexistent", 1, why), -ENOENT);
}
