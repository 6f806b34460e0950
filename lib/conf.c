/* SPDX-License-Identifier: MIT */
/*
 * The parser of kdump.conf: lines → words → one table of directives. Values are checked here as
 * far as that is possible without looking at a machine, so that a typing error is found on the
 * host and not in the crash.
 */
#include "lib/conf.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/cleanup.h"
#include "lib/words.h"

enum directive_kind {
	D_TARGET_FS,
	D_TARGET_HTTPS,
	D_PATH,
	D_HTTPS_CA,
	D_NET,
	D_COLLECTOR,
	D_TIMEOUT,
	D_FAILURE_ACTION,
	D_FINAL_ACTION,
	D_EXTRA_MODULES,
	D_MODULE,
	D_HOST,
	D_REFUSED,
};

static const struct directive {
	const char *name;
	enum directive_kind kind;
	const char *text; /* D_TARGET_FS: the type; D_REFUSED: what to do */
} directives[] = {
	{"path", D_PATH, NULL},
	{"ext4", D_TARGET_FS, "ext4"},
	{"xfs", D_TARGET_FS, "xfs"},
	{"btrfs", D_TARGET_FS, "btrfs"},
	{"vfat", D_TARGET_FS, "vfat"},
	{"auto", D_TARGET_FS, "auto"},
	{"https", D_TARGET_HTTPS, NULL},
	{"https_ca", D_HTTPS_CA, NULL},
	{"net", D_NET, NULL},
	{"core_collector", D_COLLECTOR, NULL},
	{"target_timeout", D_TIMEOUT, NULL},
	{"failure_action", D_FAILURE_ACTION, NULL},
	{"final_action", D_FINAL_ACTION, NULL},
	{"extra_modules", D_EXTRA_MODULES, NULL},
	{"module", D_MODULE, NULL},
	{"host", D_HOST, NULL},
	/* the ext4 driver mounts its ancestors */
	{"ext3", D_TARGET_FS, "ext4"},
	{"ext2", D_TARGET_FS, "ext4"},
	/* known to kdump-utils, now or once */
	{"minix", D_REFUSED, "use ext4, xfs, btrfs or vfat"},
	{"virtiofs", D_REFUSED, "use ext4, xfs, btrfs, vfat or https"},
	{"raw", D_REFUSED, "use a file system: ext4, xfs, btrfs or vfat"},
	{"nfs", D_REFUSED, "use https or a local file system"},
	{"ssh", D_REFUSED, "use https or a local file system"},
	{"sshkey", D_REFUSED, "use https or a local file system"},
	{"kdump_pre", D_REFUSED, "the image runs no scripts; remove the line"},
	{"kdump_post", D_REFUSED, "the image runs no scripts; remove the line"},
	{"kdump_emergency", D_REFUSED, "the image runs no scripts; remove the line"},
	{"extra_bins", D_REFUSED, "the image runs no other programs; remove the line"},
	{"dracut_args", D_REFUSED, "the image is not made by dracut; remove the line"},
	{"default", D_REFUSED, "write failure_action"},
	{"force_rebuild", D_REFUSED, "run kdump-mkinitrd after changes; remove the line"},
	{"force_no_rebuild", D_REFUSED, "run kdump-mkinitrd after changes; remove the line"},
	{"auto_reset_crashkernel", D_REFUSED, "the boot loader is left alone; remove the line"},
	{"fence_kdump_nodes", D_REFUSED, "remove the line"},
	{"fence_kdump_args", D_REFUSED, "remove the line"},
	{"override_resettable", D_REFUSED, "it never had an effect; remove the line"},
	{"options", D_REFUSED, "set module options on the crash kernel's command line"},
	{"blacklist", D_REFUSED, "only needed modules are packed; remove the line"},
	{"link_delay", D_REFUSED, "use target_timeout"},
	{"disk_timeout", D_REFUSED, "use target_timeout"},
	{"debug_mem_level", D_REFUSED, "remove the line"},
};

static const char *const actions[] = {
	[CONF_REBOOT] = "reboot",
	[CONF_HALT] = "halt",
	[CONF_POWEROFF] = "poweroff",
};

/* Always returns -EINVAL, for `return fail(…)`. */
static int __attribute__((format(printf, 2, 3))) fail(struct conf_error *err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return -EINVAL;
}

/* The one word of a value. */
static int parse_word(const char *what, char *value, const char **ret, struct conf_error *err)
{
	char *word = words_next(&value);

	if (words_next(&value))
		return fail(err, "%s takes one value, not several", what);
	*ret = word;
	return 0;
}

/* ---------------------------------------------------------------- the values */

static int parse_collector(char *value, struct collector *ret, struct conf_error *err)
{
	char *program = words_next(&value);
	struct collector_error e;
	struct collector c;

	if (strcmp(program, "makedumpfile") && strcmp(program, "kdump-dumper"))
		return fail(err,
			    "core_collector '%.40s' is not supported; write kdump-dumper or "
			    "makedumpfile",
			    program);
	collector_init(&c);
	if (collector_parse_line(value, &c, &e))
		return fail(err, "core_collector: %s", e.text);
	*ret = c;
	return 0;
}

static int parse_device(char *value, const char **ret, struct conf_error *err)
{
	const char *dev = NULL;
	int r = parse_word("a target", value, &dev, err);

	if (r)
		return r;
	if (!(!strncmp(dev, "/dev/", 5) && dev[5]) && !(!strncmp(dev, "UUID=", 5) && dev[5]) &&
	    !(!strncmp(dev, "LABEL=", 6) && dev[6]))
		return fail(err, "'%.60s' is no device; write /dev/NAME, UUID=… or LABEL=…", dev);
	*ret = dev;
	return 0;
}

static int parse_url(char *value, const char **ret, struct conf_error *err)
{
	const char *url = NULL, *host;
	size_t len;
	int r = parse_word("https", value, &url, err);

	if (r)
		return r;
	if (strncasecmp(url, "https://", 8))
		return fail(err, "'%.60s' is no https URL; write https://HOST/FOLDER", url);
	host = url + 8;
	len = strcspn(host, "/?");
	if (memchr(host, '@', len))
		return fail(err, "a user name or password in the URL is not supported; remove it");
	if (!len)
		return fail(err, "the URL names no host; write https://HOST/FOLDER");
	*ret = url;
	return 0;
}

/* A folder below the target's root, without a way out of it. */
static int parse_path(char *value, const char **ret, struct conf_error *err)
{
	if (value[0] != '/')
		return fail(err, "path '%.60s' must begin with /", value);
	for (const char *p = value; p; p = strchr(p + 1, '/')) {
		if (!strncmp(p, "/..", 3) && (p[3] == '/' || !p[3]))
			return fail(err, "path '%.60s' must not contain ..", value);
	}
	*ret = value;
	return 0;
}

static int parse_action(const char *what, char *value, bool failure, enum conf_action *ret,
			struct conf_error *err)
{
	for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
		if (!strcmp(value, actions[i])) {
			*ret = (enum conf_action)i;
			return 0;
		}
	}
	if (failure && (!strcmp(value, "shell") || !strcmp(value, "dump_to_rootfs")))
		return fail(err,
			    "%s %s is not supported; write reboot, halt or poweroff, and "
			    "name further targets as a fallback",
			    what, value);
	return fail(err, "%s '%.40s' is unknown; write reboot, halt or poweroff", what, value);
}

static bool is_ipv4(const char *s)
{
	struct in_addr a;

	return s && inet_pton(AF_INET, s, &a) == 1;
}

/* "192.0.2.7/24" */
static int check_address(char *text, struct conf_error *err)
{
	char *slash = strchr(text, '/');
	unsigned bits;
	bool good;

	if (!slash)
		return fail(err,
			    "net: '%.40s' must be dhcp or an IPv4 address with its prefix "
			    "length, as 192.0.2.7/24",
			    text);
	*slash = '\0';
	good = is_ipv4(text);
	*slash = '/';
	if (!good || words_number(slash + 1, 1, 32, &bits))
		return fail(err,
			    "net: '%.40s' is no IPv4 address with a prefix length, as "
			    "192.0.2.7/24",
			    text);
	return 0;
}

/* The words behind a static address. */
static int parse_net_options(char *rest, struct conf_net *net, struct conf_error *err)
{
	char *key, *value;

	while ((key = words_next(&rest))) {
		const char **to = !strcmp(key, "gateway") ? &net->gateway
				  : !strcmp(key, "dns")	  ? &net->dns
							  : NULL;

		if (!to)
			return fail(err,
				    "net: unknown word '%.40s'; write gateway ADDR or "
				    "dns ADDR",
				    key);
		if (*to)
			return fail(err, "net: %s stands twice; keep one", key);
		value = words_next(&rest);
		if (!is_ipv4(value))
			return fail(err, "net: %s needs an IPv4 address", key);
		*to = value;
	}
	return 0;
}

static int parse_net(char *value, struct conf_net *ret, struct conf_error *err)
{
	struct conf_net net = {.iface = words_next(&value)};
	char *how = words_next(&value);
	int r;

	if (!how)
		return fail(err,
			    "net needs an interface and dhcp or an address, as `net eth0 dhcp`");
	if (strlen(net.iface) > 17)
		return fail(err,
			    "net: '%.40s' is no interface; write its name, its MAC address "
			    "or auto",
			    net.iface);
	if (!strcmp(how, "dhcp")) {
		net.mode = CONF_NET_DHCP;
		if (words_next(&value))
			return fail(err, "net: nothing may follow dhcp");
	} else {
		net.mode = CONF_NET_STATIC;
		net.address = how;
		r = check_address(how, err);
		r = r ? r : parse_net_options(value, &net, err);
		if (r)
			return r;
	}
	*ret = net;
	return 0;
}

/* Appends the value's words to a list of n, of which max fit. */
static int parse_list(const char *what, char *value, const char **list, unsigned *n, unsigned max,
		      struct conf_error *err)
{
	char *word;

	while ((word = words_next(&value))) {
		if (*n == max)
			return fail(err, "%s: more than %u names; remove some", what, max);
		list[(*n)++] = word;
	}
	return 0;
}

static int add_target(struct conf *c, const struct directive *d, char *value, unsigned line,
		      struct conf_error *err)
{
	struct conf_target t = {.type = d->name, .line = line};
	int r;

	if (d->kind == D_TARGET_HTTPS) {
		t.kind = CONF_TARGET_HTTPS;
		r = parse_url(value, &t.where, err);
	} else {
		t.kind = CONF_TARGET_FS;
		t.type = d->text;
		r = parse_device(value, &t.where, err);
	}
	if (r)
		return r;
	for (unsigned i = 0; i < c->n_targets; i++) {
		if (!strcmp(c->targets[i].where, t.where))
			return fail(err, "target %.60s stands in line %u already; remove one",
				    t.where, c->targets[i].line);
	}
	if (c->n_targets == CONF_MAX_TARGETS)
		return fail(err, "more than %u targets; remove some", CONF_MAX_TARGETS);
	c->targets[c->n_targets++] = t;
	return 0;
}

/* ---------------------------------------------------------------- lines */

static int parse_value(struct conf *c, const struct directive *d, char *value, unsigned line,
		       struct conf_error *err)
{
	switch (d->kind) {
	case D_TARGET_FS:
	case D_TARGET_HTTPS:
		return add_target(c, d, value, line, err);
	case D_PATH:
		return parse_path(value, &c->path, err);
	case D_HTTPS_CA:
		return value[0] == '/' ? parse_word(d->name, value, &c->https_ca, err)
				       : fail(err, "https_ca '%.60s' must begin with /", value);
	case D_NET:
		return parse_net(value, &c->net, err);
	case D_COLLECTOR:
		return parse_collector(value, &c->collector, err);
	case D_TIMEOUT:
		return words_number(value, 1, 3600, &c->target_timeout_s)
			       ? fail(err, "target_timeout needs seconds from 1 to 3600")
			       : 0;
	case D_FAILURE_ACTION:
		return parse_action(d->name, value, true, &c->failure_action, err);
	case D_FINAL_ACTION:
		return parse_action(d->name, value, false, &c->final_action, err);
	case D_EXTRA_MODULES:
		return parse_list(d->name, value, c->extra_modules, &c->n_extra_modules,
				  CONF_MAX_EXTRA, err);
	case D_MODULE:
		c->resolved = true;
		return parse_list(d->name, value, c->modules, &c->n_modules, CONF_MAX_MODULES, err);
	case D_HOST:
		c->resolved = true;
		return strpbrk(value, "/ \t") ? fail(err, "host must be one word without /")
					      : parse_word(d->name, value, &c->host, err);
	case D_REFUSED:
		break;
	}
	return fail(err, "%s is not supported: %s", d->name, d->text);
}

/* Some directives may stand several times. */
static bool may_repeat(enum directive_kind kind)
{
	return kind == D_TARGET_FS || kind == D_TARGET_HTTPS || kind == D_MODULE;
}

static int fail_unknown(const char *name, struct conf_error *err)
{
	int n = snprintf(err->text, sizeof(err->text), "unknown directive '%.16s'; known:", name);

	for (size_t i = 0; i < ARRAY_LEN(directives); i++) {
		if (directives[i].kind >= D_MODULE)
			continue;
		if ((size_t)n + strlen(directives[i].name) + 2 > sizeof(err->text))
			break;
		n += sprintf(err->text + n, " %s", directives[i].name);
	}
	return -EINVAL;
}

static int parse_line(struct conf *c, char *text, unsigned line, struct conf_error *err)
{
	char *name = words_next(&text), *value;

	if (!name || *name == '#')
		return 0;
	value = words_trim_value(text);
	for (size_t i = 0; i < ARRAY_LEN(directives); i++) {
		const struct directive *d = &directives[i];

		if (strcmp(name, d->name))
			continue;
		if (d->kind != D_REFUSED && !*value)
			return fail(err, "%s has no value", name);
		if (!may_repeat(d->kind) && c->seen & UINT32_C(1) << d->kind)
			return fail(err, "%s stands in the file already; remove one", name);
		c->seen |= UINT32_C(1) << d->kind;
		return parse_value(c, d, value, line, err);
	}
	return fail_unknown(name, err);
}

/* Nothing that could hide in a log line or end a string early. */
static int check_characters(const char *line, size_t len, struct conf_error *err)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char ch = (unsigned char)line[i];

		if ((ch < ' ' && ch != '\t') || ch == 0x7f)
			return fail(err, "control character 0x%02x; remove it", ch);
	}
	return 0;
}

void conf_init(struct conf *c)
{
	*c = (struct conf){
		.path = CONF_DEFAULT_PATH,
		.target_timeout_s = CONF_DEFAULT_TIMEOUT_S,
		.failure_action = CONF_REBOOT,
		.final_action = CONF_REBOOT,
	};
	collector_init(&c->collector);
	c->collector.levels[0] = 31;
	c->collector.codec = COLLECTOR_ZSTD;
}

int conf_parse(char *text, size_t len, struct conf *ret, struct conf_error *err)
{
	char *end = text + len;

	conf_init(ret);
	*err = (struct conf_error){0};
	for (unsigned line = 1; text < end; line++) {
		char *newline = memchr(text, '\n', (size_t)(end - text));
		size_t n = (size_t)((newline ? newline : end) - text);
		int r;

		if (n && text[n - 1] == '\r')
			text[--n] = '\0';
		err->line = line;
		r = check_characters(text, n, err);
		text[n] = '\0';
		r = r ? r : parse_line(ret, text, line, err);
		if (r)
			return r;
		text = newline ? newline + 1 : end;
	}
	err->line = 0;
	return 0;
}

const char *conf_action_name(enum conf_action a)
{
	return (size_t)a < ARRAY_LEN(actions) ? actions[a] : actions[CONF_REBOOT];
}
