/* SPDX-License-Identifier: MIT */
/*
 * The parser of kdump.conf: lines → words → one table of directives. Values are checked here as
 * far as that is possible without looking at a machine, so that a typing error is found on the
 * host and not in the crash.
 */
#include "lib/conf.h"

#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/conf_values.h"
#include "lib/words.h"

enum directive_kind {
	D_TARGET_FS,
	D_TARGET_SHARE,
	D_TARGET_RAW,
	D_TARGET_HTTPS,
	D_PATH,
	D_HTTPS_CA,
	D_NET,
	D_COLLECTOR,
	D_SECONDS,
	D_FAILURE_ACTION,
	D_FINAL_ACTION,
	D_KEEP,
	D_KEEP_BYTES,
	D_MIN_FREE,
	D_CRASH_LOOP,
	D_WATCHDOG,
	D_HOOK,
	D_EXTRA_BINS,
	D_EXTRA_MODULES,
	D_LUKS_KEY,
	/* of the image */
	D_MODULE,
	D_HOST,
	D_STACK,
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
	{"f2fs", D_TARGET_FS, "f2fs"},
	{"vfat", D_TARGET_FS, "vfat"},
	{"auto", D_TARGET_FS, "auto"},
	{"virtiofs", D_TARGET_SHARE, NULL},
	{"9p", D_TARGET_SHARE, NULL},
	{"raw", D_TARGET_RAW, NULL},
	{"https", D_TARGET_HTTPS, NULL},
	{"https_ca", D_HTTPS_CA, NULL},
	{"net", D_NET, NULL},
	{"core_collector", D_COLLECTOR, NULL},
	{"target_timeout", D_SECONDS, NULL},
	{"target_deadline", D_SECONDS, NULL},
	{"deadline", D_SECONDS, NULL},
	{"step_timeout", D_SECONDS, NULL},
	{"stall_timeout", D_SECONDS, NULL},
	{"hook_timeout", D_SECONDS, NULL},
	{"failure_action", D_FAILURE_ACTION, NULL},
	{"final_action", D_FINAL_ACTION, NULL},
	{"keep", D_KEEP, NULL},
	{"keep_bytes", D_KEEP_BYTES, NULL},
	{"min_free", D_MIN_FREE, NULL},
	{"crash_loop", D_CRASH_LOOP, NULL},
	{"watchdog", D_WATCHDOG, NULL},
	{"kdump_pre", D_HOOK, NULL},
	{"kdump_post", D_HOOK, NULL},
	{"kdump_emergency", D_HOOK, NULL},
	{"extra_bins", D_EXTRA_BINS, NULL},
	{"extra_modules", D_EXTRA_MODULES, NULL},
	{"luks_key", D_LUKS_KEY, NULL},
	{"module", D_MODULE, NULL},
	{"host", D_HOST, NULL},
	{"dm", D_STACK, NULL},
	{"md", D_STACK, NULL},
	/* the ext4 driver mounts its ancestors */
	{"ext3", D_TARGET_FS, "ext4"},
	{"ext2", D_TARGET_FS, "ext4"},
	/* known to kdump-utils, now or once */
	{"minix", D_REFUSED, "use ext4, xfs, btrfs, f2fs or vfat"},
	{"nfs", D_REFUSED, "use https or a local file system"},
	{"ssh", D_REFUSED, "use https or a local file system"},
	{"sshkey", D_REFUSED, "use https or a local file system"},
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

static_assert(ARRAY_LEN(directives) <= 64, "conf->seen has a bit for each");

static const struct {
	const char *name;
	size_t member; /* of struct conf_limits */
	unsigned min, max;
} seconds[] = {
	{"target_timeout", offsetof(struct conf_limits, target_timeout_s), 1, 3600},
	{"target_deadline", offsetof(struct conf_limits, target_deadline_s), 10, 7 * 86400},
	{"deadline", offsetof(struct conf_limits, deadline_s), 10, 7 * 86400},
	{"step_timeout", offsetof(struct conf_limits, step_timeout_s), 5, 3600},
	{"stall_timeout", offsetof(struct conf_limits, stall_timeout_s), 5, 3600},
	{"hook_timeout", offsetof(struct conf_limits, hook_timeout_s), 1, 86400},
};

static const char *const hooks[CONF_HOOKS] = {
	[CONF_HOOK_PRE] = "kdump_pre",
	[CONF_HOOK_POST] = "kdump_post",
	[CONF_HOOK_EMERGENCY] = "kdump_emergency",
};

static const char *const actions[] = {
	[CONF_REBOOT] = "reboot",
	[CONF_HALT] = "halt",
	[CONF_POWEROFF] = "poweroff",
	/* of failure_action alone */
	[CONF_SHELL] = "shell",
	[CONF_DUMP_TO_ROOTFS] = "dump_to_rootfs",
};

static int parse_action(const char *what, const char *value, enum conf_action last,
			enum conf_action *ret, struct conf_error *err)
{
	for (unsigned i = 0; i <= last; i++) {
		if (!strcmp(value, actions[i])) {
			*ret = (enum conf_action)i;
			return 0;
		}
	}
	return conf_fail(err, "%s '%.40s' is unknown; write reboot, halt%s", what, value,
			 last > CONF_POWEROFF ? ", poweroff, shell or dump_to_rootfs"
					      : " or poweroff");
}

/* ---------------------------------------------------------------- targets */

/* A file system on a device; for btrfs a subvolume may follow. */
static int parse_fs(char *value, struct conf_target *t, struct conf_error *err)
{
	char *dev = words_next(&value), *subvol = words_next(&value);
	int r = conf_device(dev, &t->where, err);

	if (r || !subvol)
		return r;
	if (words_next(&value) || strncmp(subvol, "subvol=", 7) || !subvol[7] ||
	    strchr(subvol, ','))
		return conf_fail(err, "%s takes one device%s", t->type,
				 strcmp(t->type, "btrfs") ? "" : ", and subvol=PATH behind it");
	if (strcmp(t->type, "btrfs") && strcmp(t->type, "auto"))
		return conf_fail(err, "%s has no subvolumes; remove %.60s", t->type, subvol);
	t->subvol = subvol + 7;
	return 0;
}

/* What QEMU calls it: mount_tag=, or tag= of vhost-user-fs. */
static int parse_share(char *value, struct conf_target *t, struct conf_error *err)
{
	return conf_word(t->type, value, &t->where, err);
}

static int parse_raw(char *value, struct conf_target *t, struct conf_error *err)
{
	char *dev = words_next(&value), *how = words_next(&value);
	int r = conf_device(dev, &t->where, err);

	if (r || !how)
		return r;
	if (strcmp(how, "overwrite") || words_next(&value))
		return conf_fail(err, "raw takes a device, and `overwrite` behind it if what it "
				      "holds may be lost");
	t->overwrite = true;
	return 0;
}

static int parse_target(const struct directive *d, char *value, struct conf_target *t,
			struct conf_error *err)
{
	switch (d->kind) {
	case D_TARGET_FS:
		t->kind = CONF_TARGET_FS;
		t->type = d->text;
		return parse_fs(value, t, err);
	case D_TARGET_SHARE:
		t->kind = CONF_TARGET_SHARE;
		return parse_share(value, t, err);
	case D_TARGET_RAW:
		t->kind = CONF_TARGET_RAW;
		return parse_raw(value, t, err);
	default:
		t->kind = CONF_TARGET_HTTPS;
		return conf_url(value, &t->where, err);
	}
}

static int add_target(struct conf *c, const struct directive *d, char *value, unsigned line,
		      struct conf_error *err)
{
	struct conf_target t = {.type = d->name, .line = line};
	int r = parse_target(d, value, &t, err);

	if (r)
		return r;
	for (unsigned i = 0; i < c->n_targets; i++) {
		if (!strcmp(c->targets[i].where, t.where))
			return conf_fail(err, "target %.60s stands in line %u already; remove one",
					 t.where, c->targets[i].line);
	}
	if (c->n_targets == CONF_MAX_TARGETS)
		return conf_fail(err, "more than %u targets; remove some", CONF_MAX_TARGETS);
	c->targets[c->n_targets++] = t;
	return 0;
}

/* ---------------------------------------------------------------- other values */

static int parse_seconds(const char *name, const char *value, struct conf_limits *ret,
			 struct conf_error *err)
{
	size_t i = 0;

	while (strcmp(seconds[i].name, name))
		i++;
	if (words_number(value, seconds[i].min, seconds[i].max,
			 (unsigned *)((char *)ret + seconds[i].member)))
		return conf_fail(err, "%s needs seconds from %u to %u", name, seconds[i].min,
				 seconds[i].max);
	return 0;
}

/* A program of the host, which is packed. */
static int parse_hook(const char *name, char *value, struct conf *c, struct conf_error *err)
{
	enum conf_hook h = 0;

	while (strcmp(hooks[h], name))
		h++;
	if (value[0] != '/')
		return conf_fail(err, "%s '%.60s' must begin with /", name, value);
	return conf_word(name, value, &c->hooks[h], err);
}

static int parse_bins(char *value, struct conf *c, struct conf_error *err)
{
	unsigned i = c->n_extra_bins;
	int r = conf_list("extra_bins", value, c->extra_bins, &c->n_extra_bins, CONF_MAX_EXTRA,
			  err);

	for (; !r && i < c->n_extra_bins; i++) {
		if (c->extra_bins[i][0] != '/')
			return conf_fail(err, "extra_bins '%.60s' must begin with /",
					 c->extra_bins[i]);
	}
	return r;
}

/* "N MINUTES" */
static int parse_crash_loop(char *value, struct conf_keep *ret, struct conf_error *err)
{
	char *n = words_next(&value), *minutes = words_next(&value);
	unsigned crashes, m;

	if (!minutes || words_next(&value) || words_number(n, 1, 1000, &crashes) ||
	    words_number(minutes, 1, 100000, &m))
		return conf_fail(err, "crash_loop needs a number of crashes and the minutes within "
				      "which they come, as `crash_loop 3 60`");
	ret->loop_crashes = crashes;
	ret->loop_minutes = m;
	return 0;
}

/* "keyring" or "keyring:NAME" */
static bool is_keyring(const char *file)
{
	return !strncmp(file, "keyring", 7) && (!file[7] || (file[7] == ':' && file[8]));
}

static int parse_luks_key(char *value, struct conf *c, unsigned line, struct conf_error *err)
{
	char *dev = words_next(&value), *file = words_next(&value);
	struct conf_luks_key key = {.file = file, .line = line};
	int r = conf_device(dev, &key.device, err);

	if (r)
		return r;
	if (!file || (file[0] != '/' && !is_keyring(file)) || words_next(&value))
		return conf_fail(err, "luks_key needs the encrypted device and a file with its "
				      "volume key, as `luks_key UUID=… /etc/kdump.key`, or "
				      "`keyring`");
	if (c->n_luks_keys == CONF_MAX_LUKS_KEYS)
		return conf_fail(err, "more than %u luks_key lines; remove some",
				 CONF_MAX_LUKS_KEYS);
	c->luks_keys[c->n_luks_keys++] = key;
	return 0;
}

static int parse_watchdog(const char *value, bool *ret, struct conf_error *err)
{
	if (strcmp(value, "yes") && strcmp(value, "no"))
		return conf_fail(err, "watchdog '%.40s' is unknown; write yes or no", value);
	*ret = value[0] == 'y';
	return 0;
}

static int add_stack(struct conf *c, const struct directive *d, const char *value, unsigned line,
		     struct conf_error *err)
{
	c->resolved = true;
	if (c->n_stack == CONF_MAX_STACK)
		return conf_fail(err, "more than %u lines of dm and md", CONF_MAX_STACK);
	c->stack[c->n_stack++] = (struct conf_stack){.kind = d->name, .text = value, .line = line};
	return 0;
}

/* ---------------------------------------------------------------- lines */

static int parse_value(struct conf *c, const struct directive *d, char *value, unsigned line,
		       struct conf_error *err)
{
	switch (d->kind) {
	case D_TARGET_FS:
	case D_TARGET_SHARE:
	case D_TARGET_RAW:
	case D_TARGET_HTTPS:
		return add_target(c, d, value, line, err);
	case D_PATH:
		return conf_path(value, &c->path, err);
	case D_HTTPS_CA:
		return value[0] == '/'
			       ? conf_word(d->name, value, &c->https_ca, err)
			       : conf_fail(err, "https_ca '%.60s' must begin with /", value);
	case D_NET:
		return conf_net(value, &c->net, err);
	case D_COLLECTOR:
		return conf_collector(value, &c->collector, err);
	case D_SECONDS:
		return parse_seconds(d->name, value, &c->limits, err);
	case D_FAILURE_ACTION:
		return parse_action(d->name, value, CONF_DUMP_TO_ROOTFS, &c->failure_action, err);
	case D_FINAL_ACTION:
		return parse_action(d->name, value, CONF_POWEROFF, &c->final_action, err);
	case D_KEEP:
		return words_number(value, 1, 100000, &c->keep.dumps)
			       ? conf_fail(err, "keep needs a number of dumps from 1 to 100000")
			       : 0;
	case D_KEEP_BYTES:
		return conf_size(d->name, value, &c->keep.bytes, err);
	case D_MIN_FREE:
		return conf_size(d->name, value, &c->keep.min_free, err);
	case D_CRASH_LOOP:
		return parse_crash_loop(value, &c->keep, err);
	case D_WATCHDOG:
		return parse_watchdog(value, &c->watchdog, err);
	case D_HOOK:
		return parse_hook(d->name, value, c, err);
	case D_EXTRA_BINS:
		return parse_bins(value, c, err);
	case D_EXTRA_MODULES:
		return conf_list(d->name, value, c->extra_modules, &c->n_extra_modules,
				 CONF_MAX_EXTRA, err);
	case D_LUKS_KEY:
		return parse_luks_key(value, c, line, err);
	case D_MODULE:
		c->resolved = true;
		return conf_list(d->name, value, c->modules, &c->n_modules, CONF_MAX_MODULES, err);
	case D_HOST:
		c->resolved = true;
		return strpbrk(value, "/ \t") ? conf_fail(err, "host must be one word without /")
					      : conf_word(d->name, value, &c->host, err);
	case D_STACK:
		return add_stack(c, d, value, line, err);
	case D_REFUSED:
		break;
	}
	return conf_fail(err, "%s is not supported: %s", d->name, d->text);
}

/* Some directives may stand several times. */
static bool may_repeat(enum directive_kind kind)
{
	return kind <= D_TARGET_HTTPS || kind == D_LUKS_KEY || kind == D_MODULE || kind == D_STACK;
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
			return conf_fail(err, "%s has no value", name);
		if (!may_repeat(d->kind) && c->seen & UINT64_C(1) << i)
			return conf_fail(err, "%s stands in the file already; remove one", name);
		c->seen |= UINT64_C(1) << i;
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
			return conf_fail(err, "control character 0x%02x; remove it", ch);
	}
	return 0;
}

void conf_init(struct conf *c)
{
	*c = (struct conf){
		.path = CONF_DEFAULT_PATH,
		.limits = {
			.target_timeout_s = 30,
			.step_timeout_s = 120,
			.stall_timeout_s = 120,
			.hook_timeout_s = 60,
			.target_deadline_s = 6 * 3600,
			.deadline_s = 12 * 3600,
		},
		.watchdog = true,
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

const char *conf_hook_name(enum conf_hook h)
{
	return hooks[h];
}

const char *conf_action_name(enum conf_action a)
{
	return (size_t)a < ARRAY_LEN(actions) ? actions[a] : actions[CONF_REBOOT];
}
