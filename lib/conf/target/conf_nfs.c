/* SPDX-License-Identifier: MIT */
#include "lib/conf/target/conf_nfs.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/conf/conf_parse.h"
#include "lib/conf/target/conf_target.h"
#include "lib/conf/words.h"

static const struct {
	const char *text;
	enum conf_nfs_version version;
} versions[] = {
	{ "3", CONF_NFS_3 },	{ "4", CONF_NFS_4 },	{ "4.0", CONF_NFS_40 },
	{ "4.1", CONF_NFS_41 }, { "4.2", CONF_NFS_42 },
};

static const char *const protos[] = { "tcp", "tcp6" };
static const char *const flavours[] = { "sys" };

/* What the kernel's client is told, and what it may be told. */
static const struct known {
	const char *name;
	const char *const *values; /* NULL: a number, where number is set; else no value */
	unsigned n_values;
	bool number;
	const char *why; /* of another value's refusal */
} known[] = {
	{ "proto", protos, ARRAY_LEN(protos), .why = "the kernel's client has tcp and tcp6 here" },
	{ "mountproto", protos, ARRAY_LEN(protos), .why = "write tcp" },
	{ "sec", flavours, ARRAY_LEN(flavours),
	  .why = "the crash kernel has no Kerberos ticket: export to this host with sec=sys" },
	{ "port", .number = true },
	{ "mountport", .number = true },
	{ "mountvers", .number = true },
	{ "rsize", .number = true },
	{ "wsize", .number = true },
	{ "nconnect", .number = true },
	{ .name = "nolock" },
	{ .name = "resvport" },
	{ .name = "noresvport" },
};

/* The time limits of kdump.conf hold instead. */
static const char *const limits[] = { "hard",	     "soft",  "softerr", "softreval",
				      "nosoftreval", "timeo", "retrans", "retry",
				      "bg",	     "fg",    "intr",	 "nointr" };

/* What has no meaning in a capture. */
static const char *const silent[] = {
	"defaults",    "rw",	   "auto",	 "noauto",     "nofail",       "user",
	"nouser",      "users",	   "group",	 "owner",      "_netdev",      "async",
	"sync",	       "atime",	   "noatime",	 "relatime",   "norelatime",   "nodiratime",
	"diratime",    "exec",	   "noexec",	 "suid",       "nosuid",       "dev",
	"nodev",       "lock",	   "acl",	 "noacl",      "ac",	       "noac",
	"cto",	       "nocto",	   "fsc",	 "nofsc",      "comment",      "context",
	"seclabel",    "addr",	   "clientaddr", "mountaddr",  "mounthost",    "local_lock",
	"namlen",      "actimeo",  "acregmin",	 "acregmax",   "acdirmin",     "acdirmax",
	"lookupcache", "rdirplus", "nordirplus", "sharecache", "nosharecache", "migration",
	"nomigration",
};

static bool is_in(const char *const *list, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (!strcmp(list[i], name))
			return true;
	}
	return false;
}

int conf_nfs_place(const struct conf_target *t, struct conf_place *ret)
{
	const char *path = strstr(t->where, ":/"), *rest;
	char port[8];

	if (!path)
		return -EINVAL;
	/* a colon inside an address without brackets is not the one before the path */
	rest = conf_place_host(t->where, (size_t)(path - t->where), ret);
	if (rest != path)
		return -EINVAL;
	ret->port = CONF_NFS_PORT;
	if (conf_nfs_option(t, "port", port, sizeof(port)))
		words_number(port, 1, 65535, &ret->port);
	return 0;
}

bool conf_nfs_option(const struct conf_target *t, const char *name, char *ret, size_t size)
{
	size_t n = strlen(name);

	for (const char *at = t->options; at && *at; at += *at == ',') {
		size_t len = strcspn(at, ",");

		if (!strncmp(at, name, n) && (n == len || at[n] == '=')) {
			at += n == len ? n : n + 1;
			snprintf(ret, size, "%.*s", (int)strcspn(at, ","), at);
			return true;
		}
		at += len;
	}
	return false;
}

enum conf_nfs_version conf_nfs_version(const struct conf_target *t)
{
	char text[8];

	if (conf_nfs_option(t, "vers", text, sizeof(text)) ||
	    conf_nfs_option(t, "nfsvers", text, sizeof(text))) {
		for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
			if (!strcmp(versions[i].text, text))
				return versions[i].version;
		}
	}
	return strcmp(t->type, "nfs4") ? CONF_NFS_ANY : CONF_NFS_4;
}

static int check_version(const char *value, struct conf_error *err)
{
	for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
		if (value && !strcmp(value, versions[i].text))
			return 0;
	}
	return conf_fail(err, "nfs: vers=%.20s is unknown; write 3, 4, 4.0, 4.1 or 4.2",
			 value ? value : "");
}

static int check_value(const struct known *k, const char *value, struct conf_error *err)
{
	unsigned number;

	if (k->number && (!value || words_number(value, 1, 1u << 30, &number)))
		return conf_fail(err, "nfs: %s needs a number, as %s=1", k->name, k->name);
	if (!k->number && !k->values && value)
		return conf_fail(err, "nfs: %s takes no value", k->name);
	if (k->values && (!value || !is_in(k->values, k->n_values, value)))
		return conf_fail(err, "nfs: %s=%.20s is not supported: %s", k->name,
				 value ? value : "", k->why);
	return 0;
}

/* 1: the option is for the kernel; 0: it goes. */
static int judge(const char *name, const char *value, bool strict, struct conf_error *err)
{
	int r;

	if (!strcmp(name, "vers") || !strcmp(name, "nfsvers")) {
		r = check_version(value, err);
		return r ? r : 1;
	}
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (strcmp(known[i].name, name))
			continue;
		r = check_value(&known[i], value, err);
		return r ? r : 1;
	}
	if (is_in(limits, ARRAY_LEN(limits), name)) {
		if (strict)
			conf_note(err, "%s has no effect: stall_timeout bounds each wait", name);
		return 0;
	}
	if (!strcmp(name, "ro"))
		return conf_fail(err, "nfs: ro: a dump has to be written; remove it");
	if (!strict || is_in(silent, ARRAY_LEN(silent), name) || !strncmp(name, "x-", 2))
		return 0;
	return conf_fail(err, "nfs: option '%.40s' is unknown; remove it", name);
}

int conf_nfs_clean(char *text, bool strict, struct conf_error *err)
{
	char *begin = text, *to = text, one[64];

	while (*text) {
		size_t len = strcspn(text, ",");
		char *value;
		int r;

		snprintf(one, sizeof(one), "%.*s", (int)len, text);
		value = strchr(one, '=');
		if (value)
			*value++ = '\0';
		r = one[0] ? judge(one, value, strict, err) : 0;
		if (r < 0)
			return r;
		if (r) {
			if (to != begin)
				*to++ = ',';
			memmove(to, text, len);
			to += len;
		}
		text += len + (text[len] == ',');
	}
	*to = '\0';
	return 0;
}

/* "SERVER:/PATH [OPTIONS]", with -o before the options as in a command line. */
int conf_nfs_line(const char *type, char *value, struct conf_state *s, struct conf_error *err)
{
	struct conf_target t = { .kind = CONF_TARGET_NFS, .type = type, .line = s->line };
	struct conf_place place;
	char *options;
	int r;

	t.where = words_next(&value);
	options = words_next(&value);
	if (options && !strcmp(options, "-o"))
		options = words_next(&value);
	if (conf_nfs_place(&t, &place))
		return conf_fail(err,
				 "'%.60s' is no export; write %s SERVER:/PATH, an IPv6 address in "
				 "brackets",
				 t.where, type);
	if (words_next(&value))
		return conf_fail(err, "%s takes one export, and its options with commas between",
				 type);
	r = options ? conf_nfs_clean(options, true, err) : 0;
	t.options = options && *options ? options : NULL;
	return r ? r : conf_target_add(s->conf, &t, err);
}

int conf_parse_nfs(const struct conf_directive *d, char *value, struct conf_state *s,
		   struct conf_error *err)
{
	return conf_nfs_line(d->name, value, s, err);
}
