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
#include "net/https.h"

static int https_target_open(const struct target *t, char *what, size_t size, struct child *self)
{
	snprintf(what, size, "%s", t->spec->where);
	return netup(t->conf, t->spec, self);
}

static const char *https_target_error(const struct target_file *f)
{
	return https_error(f->own);
}

/* Sooner than PID 1 loses patience: the transfer itself can say why. */
static unsigned stall_s(const struct target *t)
{
	return t->conf->limits.stall_timeout_s * 3 / 4;
}

static int https_target_create(const struct target *t, const char *name, struct target_file *ret,
			       struct child *self)
{
	size_t len = strlen(t->spec->where);
	struct https *h = NULL;
	char url[1024];
	int r;

	while (len && t->spec->where[len - 1] == '/')
		len--;
	if ((size_t)snprintf(url, sizeof(url), "%.*s/%s/%s", (int)len, t->spec->where, t->folder,
			     name) >= sizeof(url))
		return -ENAMETOOLONG;
	netclock_need(t->conf, url);
	r = https_open(url, CONF_CA_FILE, LIMIT_CONNECT_S, stall_s(t), &h);
	if (r) {
		if (h && https_error(h)[0])
			child_why(self, "%s: %s", name, https_error(h));
		return r;
	}
	*ret = (struct target_file){ .sink = https_sink(h), .error = https_target_error, .own = h };
	return 0;
}

const struct target_kind target_https = {
	.ready = "network is up",
	.stream = true,
	.open = https_target_open,
	.create = https_target_create,
};
