/* SPDX-License-Identifier: MIT */
#include "lib/conf/target/conf_place.h"

#include <errno.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/conf/target/conf_kind.h"
#include "tests/unit/test.h"

TEST(urls)
{
	static const struct {
		const char *url, *host;
		unsigned port;
	} good[] = {
		{ "https://h/in", "h", 443 },
		{ "https://h", "h", 443 },
		{ "https://h.example.org:8443/in?a=b:c", "h.example.org", 8443 },
		{ "https://192.0.2.7:1", "192.0.2.7", 1 },
		{ "https://[2001:db8::1]/x", "2001:db8::1", 443 },
		{ "https://[2001:db8::1]:8443", "2001:db8::1", 8443 },
		{ "https://user@h:65535/", "h", 65535 },
		{ "https://h?q@x", "h", 443 },
	};
	static const char *const bad[] = { "h/in",	     "https://",     "https:///in",
					   "https://h:/",    "https://h:0",  "https://h:65536/",
					   "https://h:1x/",  "https://[::1", "https://[]/",
					   "https://[::1]1", "https://:443/" };
	struct conf_place p;

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		CHECK_EQ(conf_place_url(good[i].url, 443, &p), 0);
		CHECK_STR(p.host, good[i].host);
		CHECK_EQ(p.port, good[i].port);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		if (!conf_place_url(bad[i], 443, &p))
			printf("taken: %s\n", bad[i]);
		CHECK(conf_place_url(bad[i], 443, &p));
	}
}

TEST(a_name_that_is_too_long)
{
	char url[CONF_HOST_BYTES + 32] = "https://";
	struct conf_place p;

	memset(url + 8, 'a', CONF_HOST_BYTES - 1);
	CHECK_EQ(conf_place_url(url, 443, &p), 0);
	CHECK_EQ(strlen(p.host), CONF_HOST_BYTES - 1);
	url[8 + CONF_HOST_BYTES - 1] = 'a';
	CHECK_EQ(conf_place_url(url, 443, &p), -EINVAL);
}

TEST(as_text)
{
	struct conf_place p = { .host = "2001:db8::1", .port = 443 };
	char text[CONF_HOST_BYTES + 8];

	conf_place_text(&p, 443, text);
	CHECK_STR(text, "2001:db8::1");
	conf_place_text(&p, 22, text);
	CHECK_STR(text, "[2001:db8::1]:443");
	strcpy(p.host, "h");
	conf_place_text(&p, 22, text);
	CHECK_STR(text, "h:443");
}

TEST(kinds)
{
	struct conf_target t = { .kind = CONF_TARGET_HTTPS, .where = "https://h:8443/in" };
	struct conf_place p;

	CHECK(!conf_kind(&t)->mounted);
	CHECK_EQ(conf_kind(&t)->place(&t, &p), 0);
	CHECK_STR(p.host, "h");
	CHECK_EQ(p.port, 8443);
	t.kind = CONF_TARGET_FS;
	CHECK(conf_kind(&t)->mounted && !conf_kind(&t)->shared && !conf_kind(&t)->place);
	t.kind = CONF_TARGET_SHARE;
	CHECK(conf_kind(&t)->mounted && conf_kind(&t)->shared && !conf_kind(&t)->place);
	t.kind = CONF_TARGET_UBI;
	CHECK(conf_kind(&t)->mounted && !conf_kind(&t)->shared && !conf_kind(&t)->place);
	t.kind = CONF_TARGET_RAW;
	CHECK(!conf_kind(&t)->mounted && !conf_kind(&t)->place);
}
