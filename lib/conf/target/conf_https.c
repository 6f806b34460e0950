/* SPDX-License-Identifier: MIT */
/*
 * `https` targets, and what goes along with each of their requests.
 */
#include <string.h>

#include "lib/conf/conf_parse.h"
#include "lib/conf/target/conf_target.h"

/* Behind '?' may stand a secret: it is kept apart from what logs and reports show. */
int conf_parse_https(const struct conf_directive *d, char *value, struct conf_state *s,
		     struct conf_error *err)
{
	struct conf_target t = { .kind = CONF_TARGET_HTTPS, .type = d->name, .line = s->line };
	char *query;
	int r = conf_url(value, &t.where, err);

	if (r)
		return r;
	query = strchr(value, '?');
	if (query) {
		*query = '\0';
		t.query = query + 1;
	}
	return conf_target_add(s->conf, &t, err);
}

int conf_parse_https_method(const struct conf_directive *d, char *value, struct conf_state *s,
			    struct conf_error *err)
{
	if (strcmp(value, "PUT") && strcmp(value, "POST"))
		return conf_fail(err, "%s '%.40s' is unknown; write PUT or POST", d->name, value);
	s->conf->https.post = value[1] == 'O';
	return 0;
}

/* "NAME: VALUE"; what is wrong with it is said without the value. */
int conf_parse_https_header(const struct conf_directive *d, char *value, struct conf_state *s,
			    struct conf_error *err)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
	struct conf_https *h = &s->conf->https;
	size_t n = strspn(value, letters);

	if (!n || value[n] != ':' || !value[n + 1 + strspn(value + n + 1, " \t")])
		return conf_fail(err, "a header has a name and a value, as `%s X-Host-Group: web`",
				 d->name);
	if (h->n_headers == CONF_MAX_HEADERS)
		return conf_fail(err, "more than %u headers; remove some", CONF_MAX_HEADERS);
	h->headers[h->n_headers++] = value;
	return 0;
}
