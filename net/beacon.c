/* SPDX-License-Identifier: MIT */
#include "net/beacon.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/json.h"
#include "net/https_private.h"
#include "net/peer.h"

#define UDP_PORT  514
#define YEAR_2020 1577836800
/* Facility "kernel messages"; severities critical, error, informational. */
enum { CRITICAL = 2, ERROR = 3, INFORMATIONAL = 6 };

static void put_time(time_t now, char ret[24])
{
	struct tm tm;

	strcpy(ret, "-");
	if (now >= YEAR_2020 && gmtime_r(&now, &tm))
		strftime(ret, 24, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

/* A growing message that is cut at its end. */
struct out {
	char *to;
	size_t len;
};

static void put_char(struct out *o, char c)
{
	if (o->len + 1 < BEACON_BYTES)
		o->to[o->len++] = c;
	o->to[o->len] = '\0';
}

static void put_text(struct out *o, const char *s)
{
	while (*s)
		put_char(o, *s++);
}

/* ' name="value"', whose value has what the format allows alone. */
static void put_parameter(struct out *o, const char *name, const char *value)
{
	put_char(o, ' ');
	put_text(o, name);
	put_text(o, "=\"");
	for (; *value && o->len + 80 < BEACON_BYTES; value++) {
		if (strchr("\"\\]", *value))
			put_char(o, '\\');
		put_char(o, (unsigned char)*value < ' ' || *value == 127 ? '?' : *value);
	}
	put_char(o, '"');
}

/* One word of visible letters; '-' for none. */
static void put_word(struct out *o, const char *s, size_t max)
{
	size_t n = 0;

	for (; *s && n < max; s++, n++)
		put_char(o, *s > ' ' && *s < 127 ? *s : '?');
	put_text(o, n ? " " : "- ");
}

static int severity(const struct beacon *b)
{
	return !strcmp(b->state, "capturing")  ? CRITICAL
	       : !strcmp(b->state, "complete") ? INFORMATIONAL
					       : ERROR;
}

size_t beacon_syslog(const struct beacon *b, time_t now, char ret[BEACON_BYTES])
{
	struct out o = { .to = ret };
	char head[48], when[24];

	put_time(now, when);
	snprintf(head, sizeof(head), "<%d>1 %s ", severity(b), when);
	put_text(&o, head);
	put_word(&o, b->host, 255);
	put_text(&o, "kdump-init - crash [kdump@32473");
	put_parameter(&o, "state", b->state);
	put_parameter(&o, "release", b->release);
	put_parameter(&o, "panic", b->panic);
	put_parameter(&o, "target", b->target);
	put_parameter(&o, "folder", b->folder);
	put_text(&o, "] crash: ");
	put_text(&o, b->state);
	return o.len;
}

/* Of no more than n bytes, and no half of a letter. */
static void put_json(struct json *j, const char *name, const char *value)
{
	char text[320];

	snprintf(text, sizeof(text), "%s", value);
	json_string(j, name, value[0] ? text : NULL);
}

size_t beacon_json(const struct beacon *b, time_t now, char ret[BEACON_BYTES])
{
	struct json j;
	char when[24];

	put_time(now, when);
	json_init(&j, ret, BEACON_BYTES);
	json_object(&j, NULL);
	json_string(&j, "time", when[0] == '-' ? NULL : when);
	put_json(&j, "state", b->state);
	put_json(&j, "host", b->host);
	put_json(&j, "release", b->release);
	put_json(&j, "panic", b->panic);
	put_json(&j, "target", b->target);
	put_json(&j, "folder", b->folder);
	json_end_object(&j);
	return json_finish(&j) ? 0 : j.len;
}

/* ---------------------------------------------------------------- on the wire */

static int send_datagram(const char *url, const char *text, size_t len, char why[BEACON_WHY_BYTES])
{
	struct conf_place at;
	struct peer_list list;
	_close_ int fd = -1;
	int r = conf_place_url(url, UDP_PORT, &at);

	r = r ? r : peer_resolve(&at, AF_UNSPEC, SOCK_DGRAM, &list, why);
	if (r)
		return r;
	fd = socket(list.at[0].address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 &&
	    sendto(fd, text, len, MSG_DONTWAIT | MSG_NOSIGNAL,
		   (const struct sockaddr *)&list.at[0].address, list.at[0].len) == (ssize_t)len)
		return 0;
	r = -errno;
	snprintf(why, BEACON_WHY_BYTES, "%s: %s", at.host, strerror(-r));
	return r;
}

static int post(const char *url, const char *ca_file, unsigned timeout_s, const char *text,
		size_t len, char why[BEACON_WHY_BYTES])
{
	const struct https_options o = { .ca_file = ca_file,
					 .content_type = "application/json",
					 .post = true,
					 .connect_timeout_s = timeout_s,
					 .stall_s = timeout_s };
	struct https *h = NULL;
	int r = https_open(url, &o, &h);

	r = r ? r : sink_put(https_sink(h), 0, text, len);
	r = r ? r : sink_commit(https_sink(h));
	if (r)
		snprintf(why, BEACON_WHY_BYTES, "%s", h ? https_error(h) : strerror(-r));
	https_free(h);
	return r;
}

int beacon_send(const struct beacon *b, const char *url, const char *ca_file, unsigned timeout_s,
		char why[BEACON_WHY_BYTES])
{
	char text[BEACON_BYTES];

	why[0] = '\0';
	if (!strncasecmp(url, "udp:", 4))
		return send_datagram(url, text, beacon_syslog(b, time(NULL), text), why);
	return post(url, ca_file, timeout_s, text, beacon_json(b, time(NULL), text), why);
}
