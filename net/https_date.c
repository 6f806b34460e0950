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

static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
				      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

static int month_of(const char *name)
{
	for (int i = 0; i < 12; i++) {
		if (!strcmp(months[i], name))
			return i;
	}
	return -1;
}

int https_date_parse(const char *text, size_t len, uint64_t *ret)
{
	char copy[DATE_BYTES + 16], month[4];
	struct tm tm = { 0 };
	int end = 0;

	if (len >= sizeof(copy))
		return -EBADMSG;
	memcpy(copy, text, len);
	copy[len] = '\0';
	if (sscanf(copy, " %*3[A-Za-z], %2d %3s %4d %2d:%2d:%2d GMT%n", &tm.tm_mday, month,
		   &tm.tm_year, &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &end) != 6 ||
	    !end || copy[end + (int)strspn(copy + end, " \t\r\n")])
		return -EBADMSG;
	tm.tm_mon = month_of(month);
	if (tm.tm_mon < 0 || tm.tm_year < 1970 || tm.tm_mday < 1 || tm.tm_mday > 31 ||
	    tm.tm_hour > 23 || tm.tm_min > 59 || tm.tm_sec > 60 || tm.tm_hour < 0 ||
	    tm.tm_min < 0 || tm.tm_sec < 0)
		return -EBADMSG;
	tm.tm_year -= 1900;
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
