/* SPDX-License-Identifier: MIT */
/*
 * A web server: bring the network up, then one PUT per file, <URL>/<folder>/<file>.
 */
#include "init/remote/targets.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "init/remote/netclock.h"
#include "init/remote/netup.h"
#include "init/system/limits.h"
#include "lib/conf/target/conf_kind.h"
#include "net/https.h"

/* A clock is set with rights that create() has given away. */
static int https_target_connect(struct target *t, struct child *self)
{
	(void)self;
	netclock_need(t->conf, t->spec->where);
	return 0;
}

static const char *https_target_error(const struct target_file *f)
{
	return https_error(f->own);
}

static int https_target_create(const struct target *t, const char *name, struct target_file *ret,
			       struct child *self)
{
	const struct conf_https *c = &t->conf->https;
	const struct https_options o = { .ca_file = CONF_CA_FILE,
					 .cert_file = c->cert ? CONF_CERT_FILE : NULL,
					 .key_file = CONF_CERT_KEY,
					 .headers = c->headers,
					 .n_headers = c->n_headers,
					 .post = c->post,
					 .connect_timeout_s = LIMIT_CONNECT_S,
					 .stall_s = netup_stall_s(t) };
	size_t len = strlen(t->spec->where);
	struct https *h = NULL;
	char url[4096];
	int r;

	while (len && t->spec->where[len - 1] == '/')
		len--;
	if ((size_t)snprintf(url, sizeof(url), "%.*s/%s/%s%s%s", (int)len, t->spec->where,
			     t->folder, name, t->spec->query ? "?" : "",
			     t->spec->query ? t->spec->query : "") >= sizeof(url))
		return -ENAMETOOLONG;
	r = https_open(url, &o, &h);
	if (r) {
		if (h && https_error(h)[0])
			child_why(self, "%s: %s", name, https_error(h));
		return r;
	}
	*ret = (struct target_file){ .sink = https_sink(h), .error = https_target_error, .own = h };
	return 0;
}

const struct target_kind target_https = {
	.ready = CONF_NETWORK_READY,
	.stream = true,
	.open = netup_open,
	.connect = https_target_connect,
	.create = https_target_create,
};
