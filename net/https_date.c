/* SPDX-License-Identifier: MIT */
#include "net/https_date.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "lib/conf/target/conf_place.h"
#include "net/families.h"

enum { DATE_BYTES = 40, HTTPS_PORT = 443 };

int https_date_parse(const char *text, size_t len, uint64_t *ret)
{
	char copy[DATE_BYTES + 16];
	struct tm tm = { 0 };
	const char *end;

	if (len >= sizeof(copy))
		return -EBADMSG;
	memcpy(copy, text, len);
	copy[len] = '\0';
	end = strptime(copy, " %a, %d %b %Y %H:%M:%S GMT", &tm);
	if (!end || end[strspn(end, " \t\r\n")] || tm.tm_year < 70)
		return -EBADMSG;
	*ret = (uint64_t)timegm(&tm);
	return 0;
}

/* What a header may tell. */
struct date {
	uint64_t s;
	int found;
};

static size_t on_header(char *line, size_t size, size_t n, void *arg)
{
	struct date *d = arg;

	if (size * n > 5 && !strncasecmp(line, "date:", 5) &&
	    !https_date_parse(line + 5, size * n - 5, &d->s))
		d->found = 1;
	return size * n;
}

static void set_up(CURL *easy, const char *url, unsigned timeout_s, struct date *d, char *text)
{
	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT, (long)timeout_s);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, d);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, text);
}

int https_date_ask(const char *url, unsigned timeout_s, uint64_t *ret, char *why, size_t size)
{
	char host[CONF_HOST_BYTES + 32], text[CURL_ERROR_SIZE] = "";
	struct date d = { .found = 0 };
	struct conf_place place;
	CURL *easy;
	int code;

	if (conf_place_url(url, HTTPS_PORT, &place))
		return -EINVAL;
	/* the root, without what of the URL is secret */
	snprintf(host, sizeof(host),
		 strchr(place.host, ':') ? "https://[%s]:%u/" : "https://%s:%u/", place.host,
		 place.port);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	easy = curl_easy_init();
	if (!easy)
		return -ENOMEM;
	set_up(easy, host, timeout_s, &d, text);
	families_limit(easy);
	code = curl_easy_perform(easy);
	curl_easy_cleanup(easy);
	if (d.found) {
		*ret = d.s;
		return 0;
	}
	snprintf(why, size, "%s: %s", place.host,
		 code && text[0] ? text : "the server's answer has no Date");
	return -EPROTO;
}
