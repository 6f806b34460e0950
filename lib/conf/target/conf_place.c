/* SPDX-License-Identifier: MIT */
#include "lib/conf/target/conf_place.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/conf/words.h"

#define TEXT_BYTES (CONF_HOST_BYTES + 8)

/* Of a name or an IPv4 address. */
static size_t name_bytes(const char *text, size_t n)
{
	size_t i = 0;

	while (i < n && text[i] != ':' && text[i] != '/')
		i++;
	return i;
}

const char *conf_place_host(const char *text, size_t n, struct conf_place *ret)
{
	const char *end = text, *from = text;
	size_t len = name_bytes(text, n);

	if (n && *text == '[') {
		from = text + 1;
		end = memchr(text, ']', n);
		if (!end)
			return NULL;
		len = (size_t)(end++ - from);
	} else {
		end = text + len;
	}
	if (!len || len >= sizeof(ret->host))
		return NULL;
	memcpy(ret->host, from, len);
	ret->host[len] = '\0';
	return end;
}

int conf_place_url(const char *url, unsigned port, struct conf_place *ret)
{
	const char *text = strstr(url, "://"), *at, *rest;
	char number[8];
	size_t n;

	if (!text)
		return -EINVAL;
	text += 3;
	n = strcspn(text, "/?#");
	at = memrchr(text, '@', n);
	if (at) {
		n -= (size_t)(at + 1 - text);
		text = at + 1;
	}
	rest = conf_place_host(text, n, ret);
	if (!rest)
		return -EINVAL;
	ret->port = port;
	n -= (size_t)(rest - text);
	if (!n)
		return 0;
	snprintf(number, sizeof(number), "%.*s", (int)n - 1, rest + 1);
	if (*rest != ':' || n > 6 || words_number(number, 1, 65535, &ret->port))
		return -EINVAL;
	return 0;
}

void conf_place_text(const struct conf_place *p, unsigned usual_port, char *ret)
{
	if (p->port == usual_port)
		snprintf(ret, TEXT_BYTES, "%s", p->host);
	else if (strchr(p->host, ':'))
		snprintf(ret, TEXT_BYTES, "[%s]:%u", p->host, p->port);
	else
		snprintf(ret, TEXT_BYTES, "%s:%u", p->host, p->port);
}
