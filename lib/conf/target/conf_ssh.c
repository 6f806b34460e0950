/* SPDX-License-Identifier: MIT */
#include "lib/conf/target/conf_ssh.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/conf/conf_parse.h"
#include "lib/conf/target/conf_target.h"
#include "lib/conf/words.h"

/* What no shell, path or command line of the client takes for something else. */
static bool is_plain(const char *s, const char *also)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

	for (; *s; s++) {
		if (!strchr(letters, *s) && !strchr(also, *s))
			return false;
	}
	return true;
}

static int split_host(const char *host, struct conf_place *ret)
{
	const char *colon = strchr(host, ':'), *rest;

	ret->port = CONF_SSH_PORT;
	if (*host != '[' && colon && strchr(colon + 1, ':')) {
		if (strlen(host) > CONF_SSH_HOST_MAX)
			return -EINVAL;
		strcpy(ret->host, host);
		return 0;
	}
	rest = conf_place_host(host, strlen(host), ret);
	if (!rest || (*rest && *rest != ':'))
		return -EINVAL;
	return *rest ? words_number(rest + 1, 1, 65535, &ret->port) : 0;
}

int conf_ssh_split(const char *where, struct conf_ssh *ret)
{
	const char *at = strrchr(where, '@');
	size_t n = at ? (size_t)(at - where) : 0;

	if (!n || n >= sizeof(ret->user))
		return -EINVAL;
	snprintf(ret->user, sizeof(ret->user), "%.*s", (int)n, where);
	if (split_host(at + 1, &ret->at))
		return -EINVAL;
	return ret->user[0] == '-' || ret->at.host[0] == '-' || !is_plain(ret->user, "@\\$+") ||
			       !is_plain(ret->at.host, ":%") ||
			       strlen(ret->at.host) > CONF_SSH_HOST_MAX
		       ? -EINVAL
		       : 0;
}

void conf_ssh_home(const struct conf_place *at, char ret[CONF_SSH_HOME_BYTES])
{
	snprintf(ret, CONF_SSH_HOME_BYTES, "/etc/ssh/%.100s_%u", at->host, at->port);
}

/* The kind by the directive's name. */
int conf_parse_ssh(const struct conf_directive *d, char *value, struct conf_state *s,
		   struct conf_error *err)
{
	struct conf_target t = { .type = d->name, .line = s->line };
	struct conf_ssh parts;
	int r = conf_word(t.type, value, &t.where, err);

	t.kind = strcmp(d->name, "ssh") ? CONF_TARGET_SFTP : CONF_TARGET_SSH;
	if (r)
		return r;
	if (strstr(t.where, "://"))
		return conf_fail(err,
				 "%s takes no URL; write `%s USER@HOST`, and the folder behind "
				 "`path`",
				 d->name, d->name);
	if (conf_ssh_split(t.where, &parts))
		return conf_fail(err,
				 "'%.60s' is no user at a host; write USER@HOST or "
				 "USER@HOST:PORT",
				 t.where);
	return conf_target_add(s->conf, &t, err);
}
