/* SPDX-License-Identifier: MIT */
/*
 * Values of kdump.conf: words, devices, URLs, folders, sizes.
 */
#include "lib/conf/conf_values.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/cleanup.h"
#include "lib/conf/target/conf_place.h"
#include "lib/conf/words.h"

int conf_fail(struct conf_error *err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return -EINVAL;
}

void conf_note(struct conf_error *err, const char *fmt, ...)
{
	size_t at = strlen(err->note);
	va_list ap;

	if (at && at + 3 < sizeof(err->note)) {
		strcpy(err->note + at, "; ");
		at += 2;
	}
	va_start(ap, fmt);
	vsnprintf(err->note + at, sizeof(err->note) - at, fmt, ap);
	va_end(ap);
}

int conf_word(const char *what, char *value, const char **ret, struct conf_error *err)
{
	char *word = words_next(&value);

	if (words_next(&value))
		return conf_fail(err, "%s takes one value, not several", what);
	*ret = word;
	return 0;
}

int conf_file(const char *what, char *value, const char **ret, struct conf_error *err)
{
	if (value[0] != '/')
		return conf_fail(err, "%s '%.60s' must begin with /", what, value);
	return conf_word(what, value, ret, err);
}

/* What a device may be called by, besides its node. */
static const char *const device_tags[] = { "UUID=",	 "LABEL=", "PARTUUID=",
					   "PARTLABEL=", "DISK=",  "MTD=" };

static bool is_device(const char *s)
{
	if (!strncmp(s, "/dev/", 5))
		return s[5];
	for (size_t i = 0; i < ARRAY_LEN(device_tags); i++) {
		size_t n = strlen(device_tags[i]);

		if (!strncmp(s, device_tags[i], n))
			return s[n];
	}
	return false;
}

/* UUID="…" becomes UUID=… */
static void unquote(char *dev)
{
	char *quote = strpbrk(dev, "\"'"), *at = quote;
	size_t len = strlen(dev);

	if (!quote || quote == dev || quote[-1] != '=' || dev + len - 1 == quote ||
	    dev[len - 1] != *quote)
		return;
	dev[len - 1] = '\0';
	memmove(at, at + 1, strlen(at));
}

int conf_device(char *dev, const char **ret, struct conf_error *err)
{
	unquote(dev);
	if (!is_device(dev))
		return conf_fail(err,
				 "'%.60s' is no device; write /dev/NAME, UUID=…, LABEL=…, "
				 "PARTUUID=…, PARTLABEL=…, DISK=… or MTD=…",
				 dev);
	*ret = dev;
	return 0;
}

int conf_url(char *value, const char **ret, struct conf_error *err)
{
	const char *url = NULL, *host;
	struct conf_place place;
	size_t len;
	int r = conf_word("https", value, &url, err);

	if (r)
		return r;
	/* said first, and without the URL: what stands before the @ belongs into no log */
	host = strstr(url, "://");
	host = host ? host + 3 : url;
	len = strcspn(host, "/?");
	if (memchr(host, '@', len))
		return conf_fail(err,
				 "a user name or password in the URL is not supported; remove it");
	if (strncasecmp(url, "https://", 8))
		return conf_fail(err, "'%.60s' is no https URL; write https://HOST/FOLDER", url);
	if (!len)
		return conf_fail(err, "the URL names no host; write https://HOST/FOLDER");
	if (conf_place_url(url, 443, &place))
		return conf_fail(
			err, "'%.60s' names no host and port; write https://HOST:PORT/FOLDER", url);
	*ret = url;
	return 0;
}

/* "//a//b/" becomes "/a/b" */
static void squeeze_slashes(char *path)
{
	char *to = path;

	for (char *from = path; *from; from++) {
		if (*from != '/' || to == path || to[-1] != '/')
			*to++ = *from;
	}
	if (to > path + 1 && to[-1] == '/')
		to--;
	*to = '\0';
}

int conf_path(char *value, const char **ret, struct conf_error *err)
{
	/* kdump-utils puts it behind the mount point and a slash */
	if (value[0] != '/')
		*--value = '/';
	squeeze_slashes(value);
	for (const char *p = value; p; p = strchr(p + 1, '/')) {
		if (!strncmp(p, "/..", 3) && (p[3] == '/' || !p[3]))
			return conf_fail(err, "path '%.60s' must not contain ..", value);
	}
	if (strlen(value) > CONF_PATH_MAX)
		return conf_fail(err, "path '%.60s…' has more than %d bytes", value, CONF_PATH_MAX);
	*ret = value;
	return 0;
}

int conf_list(const char *what, char *value, const char **list, unsigned *n, unsigned max,
	      struct conf_error *err)
{
	unsigned all = *n;
	char *word;

	while ((word = words_next(&value))) {
		if (all == max)
			return conf_fail(err, "%s: more than %u names; remove some", what, max);
		list[all++] = word;
	}
	*n = all;
	return 0;
}

int conf_size(const char *what, const char *value, uint64_t *ret, struct conf_error *err)
{
	int r = words_size(value, ret);

	if (r == -ERANGE)
		return conf_fail(err, "%s %.40s is too large", what, value);
	return r ? conf_fail(err, "%s needs a size such as 500M or 20G", what) : 0;
}
