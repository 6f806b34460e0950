/* SPDX-License-Identifier: MIT */
/*
 * The parser of kdump.conf: lines → words → one table of directives. Values are checked here as
 * far as that is possible without looking at a machine, so that a typing error is found on the
 * host and not in the crash.
 */
#include "lib/conf/conf.h"

#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/conf/conf_values.h"
#include "lib/conf/words.h"

enum directive_kind {
	D_TARGET_FS,
	D_TARGET_SHARE,
	D_TARGET_RAW,
	D_TARGET_HTTPS,
	D_PATH,
	D_HTTPS_CA,
	D_NET,
	D_FENCE_NODES,
	D_FENCE_ARGS,
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
	D_OPTIONS,
	D_LUKS_KEY,
	/* of the image */
	D_MODULE,
	D_HOST,
	D_STACK,
	/* of kdump-utils alone */
	D_DELAY,
	D_DRACUT_ARGS,
	D_NO_EFFECT,
	D_REFUSED,
};

#define NOT_YET "not supported yet: use https, virtiofs, 9p or a local file system"

static const struct directive {
	const char *name;
	enum directive_kind kind;
	const char *text; /* D_TARGET_FS: the type; D_REFUSED: what to do;
			     D_NO_EFFECT: why; else what it is called here */
} directives[] = {
	{ "path", D_PATH, NULL },
	{ "ext4", D_TARGET_FS, "ext4" },
	{ "xfs", D_TARGET_FS, "xfs" },
	{ "btrfs", D_TARGET_FS, "btrfs" },
	{ "f2fs", D_TARGET_FS, "f2fs" },
	{ "vfat", D_TARGET_FS, "vfat" },
	{ "auto", D_TARGET_FS, "auto" },
	{ "virtiofs", D_TARGET_SHARE, NULL },
	{ "9p", D_TARGET_SHARE, NULL },
	{ "raw", D_TARGET_RAW, NULL },
	{ "https", D_TARGET_HTTPS, NULL },
	{ "https_ca", D_HTTPS_CA, NULL },
	{ "net", D_NET, NULL },
	{ "fence_kdump_nodes", D_FENCE_NODES, NULL },
	{ "fence_kdump_args", D_FENCE_ARGS, NULL },
	{ "core_collector", D_COLLECTOR, NULL },
	{ "target_timeout", D_SECONDS, NULL },
	{ "target_deadline", D_SECONDS, NULL },
	{ "deadline", D_SECONDS, NULL },
	{ "step_timeout", D_SECONDS, NULL },
	{ "stall_timeout", D_SECONDS, NULL },
	{ "hook_timeout", D_SECONDS, NULL },
	{ "failure_action", D_FAILURE_ACTION, NULL },
	{ "final_action", D_FINAL_ACTION, NULL },
	{ "keep", D_KEEP, NULL },
	{ "keep_bytes", D_KEEP_BYTES, NULL },
	{ "min_free", D_MIN_FREE, NULL },
	{ "crash_loop", D_CRASH_LOOP, NULL },
	{ "watchdog", D_WATCHDOG, NULL },
	{ "kdump_pre", D_HOOK, NULL },
	{ "kdump_post", D_HOOK, NULL },
	{ "kdump_emergency", D_HOOK, NULL },
	{ "extra_bins", D_EXTRA_BINS, NULL },
	{ "extra_modules", D_EXTRA_MODULES, NULL },
	{ "options", D_OPTIONS, NULL },
	{ "luks_key", D_LUKS_KEY, NULL },
	{ "module", D_MODULE, NULL },
	{ "host", D_HOST, NULL },
	{ "dm", D_STACK, NULL },
	{ "md", D_STACK, NULL },
	/* the ext4 driver mounts its ancestors */
	{ "ext3", D_TARGET_FS, "ext4" },
	{ "ext2", D_TARGET_FS, "ext4" },
	/* known to kdump-utils, now or once */
	{ "default", D_FAILURE_ACTION, "failure_action" },
	{ "link_delay", D_DELAY, NULL },
	{ "disk_timeout", D_DELAY, NULL },
	{ "dracut_args", D_DRACUT_ARGS, NULL },
	{ "auto_reset_crashkernel", D_NO_EFFECT,
	  "the boot loader is left alone: crashkernel= stays as you set it" },
	{ "force_rebuild", D_NO_EFFECT, "the image is made when kdump-mkinitrd is run" },
	{ "force_no_rebuild", D_NO_EFFECT, "the image is made when kdump-mkinitrd is run" },
	{ "override_resettable", D_NO_EFFECT, "nor has it in kdump-utils" },
	{ "blacklist", D_NO_EFFECT, "only modules that the config needs are packed and loaded" },
	{ "debug_mem_level", D_NO_EFFECT, "kdump.json always tells of memory" },
	{ "sshkey", D_NO_EFFECT, "it is for ssh targets, which are not supported yet" },
	{ "nfs", D_REFUSED, NOT_YET },
	{ "nfs4", D_REFUSED, NOT_YET },
	{ "ssh", D_REFUSED, NOT_YET },
	{ "minix", D_REFUSED, "not supported: use ext4, xfs, btrfs, f2fs or vfat" },
};

static const struct {
	const char *name;
	size_t member; /* of struct conf_limits */
	unsigned min, max;
} seconds[] = {
	{ "target_timeout", offsetof(struct conf_limits, target_timeout_s), 1, 3600 },
	{ "target_deadline", offsetof(struct conf_limits, target_deadline_s), 10, 7 * 86400 },
	{ "deadline", offsetof(struct conf_limits, deadline_s), 10, 7 * 86400 },
	{ "step_timeout", offsetof(struct conf_limits, step_timeout_s), 5, 3600 },
	{ "stall_timeout", offsetof(struct conf_limits, stall_timeout_s), 5, 3600 },
	{ "hook_timeout", offsetof(struct conf_limits, hook_timeout_s), 1, 86400 },
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

/* What failure_action's are called in files of RHEL 5 to 7. */
static const char former_dump_to_rootfs[] = "mount_root_run_init";

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

static int parse_failure_action(const struct directive *d, const char *value, enum conf_action *ret,
				struct conf_error *err)
{
	int r;

	if (!strcmp(value, former_dump_to_rootfs)) {
		*ret = CONF_DUMP_TO_ROOTFS;
		conf_note(err, "%s is taken as failure_action dump_to_rootfs", value);
		return 0;
	}
	r = parse_action(d->name, value, CONF_DUMP_TO_ROOTFS, ret, err);
	if (!r && d->text)
		conf_note(err, "taken as failure_action %s", value);
	return r;
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
	return conf_file(name, value, &c->hooks[h], err);
}

static int parse_bins(char *value, struct conf *c, struct conf_error *err)
{
	unsigned before = c->n_extra_bins;
	int r = conf_list("extra_bins", value, c->extra_bins, &c->n_extra_bins, CONF_MAX_EXTRA,
			  err);

	for (unsigned i = before; !r && i < c->n_extra_bins; i++) {
		if (c->extra_bins[i][0] == '/')
			continue;
		r = conf_fail(err, "extra_bins '%.60s' must begin with /", c->extra_bins[i]);
		c->n_extra_bins = before;
	}
	return r;
}

/* Both wait for a device or a link, as target_timeout does; the longer one counts. */
static int parse_delay(const char *name, const char *value, struct conf *c, unsigned *delay_s,
		       struct conf_error *err)
{
	unsigned s;

	if (words_number(value, 0, 3600, &s))
		return conf_fail(err, "%s needs seconds from 0 to 3600", name);
	if (s > *delay_s)
		*delay_s = s;
	if (s > c->limits.target_timeout_s)
		conf_note(err, "taken as target_timeout %u", s);
	else
		conf_note(err, "no effect: target_timeout waits %u s for it",
			  c->limits.target_timeout_s);
	return 0;
}

static int parse_options(char *value, struct conf *c, unsigned line, struct conf_error *err)
{
	struct conf_options o = { .module = words_next(&value), .line = line };

	o.params = words_trim(value);
	if (!o.params[0] || !strchr(o.params, '='))
		return conf_fail(err, "options needs a module and what it is loaded with, as "
				      "`options loop max_loop=1`");
	if (c->n_options == CONF_MAX_OPTIONS)
		return conf_fail(err, "more than %u lines of options; remove some",
				 CONF_MAX_OPTIONS);
	c->options[c->n_options++] = o;
	return 0;
}

/* "no" and "0" are what happens here anyway. */
static void note_no_effect(const struct directive *d, const char *value, struct conf_error *err)
{
	if (strcmp(value, "no") && strcmp(value, "0"))
		conf_note(err, "%s has no effect: %s", d->name, d->text);
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
	struct conf_luks_key key = { .file = file, .line = line };
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
	c->stack[c->n_stack++] =
		(struct conf_stack){ .kind = d->name, .text = value, .line = line };
	return 0;
}

/* ---------------------------------------------------------------- lines */

/* Where the parser stands. */
struct parser {
	struct conf *conf;
	struct conf_findings *found;
	unsigned line;
	unsigned seen[ARRAY_LEN(directives)]; /* in which line; 0: not yet */
	unsigned delay_s;		      /* of link_delay, disk_timeout */
	bool knows_all;			      /* the list of directives was shown */
};

static int parse_value(struct parser *p, const struct directive *d, char *value,
		       struct conf_error *err)
{
	struct conf *c = p->conf;

	switch (d->kind) {
	case D_TARGET_FS:
		return conf_target(c, CONF_TARGET_FS, d->text, value, p->line, err);
	case D_TARGET_SHARE:
		return conf_target(c, CONF_TARGET_SHARE, d->name, value, p->line, err);
	case D_TARGET_RAW:
		return conf_target(c, CONF_TARGET_RAW, d->name, value, p->line, err);
	case D_TARGET_HTTPS:
		return conf_target(c, CONF_TARGET_HTTPS, d->name, value, p->line, err);
	case D_PATH:
		return conf_path(value, &c->path, err);
	case D_HTTPS_CA:
		return conf_file(d->name, value, &c->https_ca, err);
	case D_NET:
		return conf_net(value, &c->net, err);
	case D_FENCE_NODES:
		return conf_fence_nodes(value, p->line, &c->fence, err);
	case D_FENCE_ARGS:
		return conf_fence_args(value, &c->fence, err);
	case D_COLLECTOR:
		return conf_collector(value, &c->collector, err);
	case D_SECONDS:
		return parse_seconds(d->name, value, &c->limits, err);
	case D_FAILURE_ACTION:
		return parse_failure_action(d, value, &c->failure_action, err);
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
	case D_OPTIONS:
		return parse_options(value, c, p->line, err);
	case D_LUKS_KEY:
		return parse_luks_key(value, c, p->line, err);
	case D_MODULE:
		c->resolved = true;
		return conf_list(d->name, value, c->modules, &c->n_modules, CONF_MAX_MODULES, err);
	case D_HOST:
		c->resolved = true;
		return strpbrk(value, "/ \t") ? conf_fail(err, "host must be one word without /")
					      : conf_word(d->name, value, &c->host, err);
	case D_STACK:
		return add_stack(c, d, value, p->line, err);
	case D_DELAY:
		return parse_delay(d->name, value, c, &p->delay_s, err);
	case D_DRACUT_ARGS:
		return conf_dracut_args(value, c, err);
	case D_NO_EFFECT:
		note_no_effect(d, value, err);
		return 0;
	case D_REFUSED:
		break;
	}
	return conf_fail(err, "%s is %s", d->name, d->text);
}

/* Some directives may stand several times. */
static bool may_repeat(enum directive_kind kind)
{
	return kind <= D_TARGET_HTTPS || kind == D_LUKS_KEY || kind == D_OPTIONS ||
	       kind == D_MODULE || kind == D_STACK || kind == D_REFUSED;
}

/* NULL: there is none of this name. */
static const struct directive *find_directive(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(directives); i++) {
		if (!strcmp(name, directives[i].name))
			return &directives[i];
	}
	return NULL;
}

/* Two names of one thing are one directive. */
static int check_repeated(struct parser *p, const struct directive *d, struct conf_error *err)
{
	const struct directive *first =
		d->kind == D_FAILURE_ACTION ? find_directive(d->text ? d->text : d->name) : d;
	unsigned *seen = &p->seen[first - directives];

	if (*seen && !may_repeat(d->kind))
		return conf_fail(err, "%s stands in line %u already; remove one", first->name,
				 *seen);
	*seen = p->line;
	return 0;
}

static int fail_unknown(struct parser *p, const char *name, struct conf_error *err)
{
	const char *by;
	int n;

	if (strchr(name, '=')) {
		by = conf_shell_variable(name);
		return by ? conf_fail(err, "this is a shell's variable; write %s", by)
			  : conf_fail(err, "this is a shell's variable, as in "
					   "/etc/sysconfig/kdump; write a "
					   "directive such as `path /var/crash` (see kdump.conf's "
					   "examples)");
	}
	n = snprintf(err->text, sizeof(err->text), "unknown directive '%.16s'%s", name,
		     p->knows_all ? "" : "; known:");
	for (size_t i = 0; i < ARRAY_LEN(directives) && !p->knows_all; i++) {
		if (directives[i].kind >= D_MODULE ||
		    (directives[i].kind == D_FAILURE_ACTION && directives[i].text))
			continue;
		if ((size_t)n + strlen(directives[i].name) + 2 > sizeof(err->text))
			break;
		n += sprintf(err->text + n, " %s", directives[i].name);
	}
	p->knows_all = true;
	return -EINVAL;
}

static int parse_line(struct parser *p, char *text, struct conf_error *err)
{
	char *name = words_next(&text), *value;
	const struct directive *d;
	int r;

	if (!name || *name == '#')
		return 0;
	value = words_trim_value(text);
	d = find_directive(name);
	if (!d)
		return fail_unknown(p, name, err);
	if (!*value && d->kind != D_REFUSED && d->kind != D_NO_EFFECT)
		return conf_fail(err, "%s has no value", name);
	/* it would become a part of a path or a name */
	if (d->kind < D_MODULE && (*value == '"' || *value == '\''))
		return conf_fail(err,
				 "%s: the value begins with a quote that does not end it; "
				 "remove the quote",
				 name);
	r = check_repeated(p, d, err);
	return r ? r : parse_value(p, d, value, err);
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
		.fence = {.port = 7410, .interval_s = 10},
		.watchdog = true,
		.failure_action = CONF_REBOOT,
		.final_action = CONF_REBOOT,
	};
	collector_init(&c->collector);
	c->collector.levels[0] = 31;
	c->collector.codec = COLLECTOR_ZSTD;
}

static void take_line(struct parser *p, char *text, size_t len)
{
	struct conf_finding f = { .line = p->line };
	struct conf_error err = { .text = "", .note = "" };
	int r = conf_check_text(text, len, &err);

	text[len] = '\0';
	conf_show_text(text, f.said, sizeof(f.said));
	r = r ? r : parse_line(p, text, &err);
	f.is_note = !r;
	/* it repeats words of the line */
	conf_show_text(r ? err.text : err.note, f.text, sizeof(f.text));
	if (f.text[0])
		conf_add_finding(p->found, &f);
}

int conf_parse(char *text, size_t len, struct conf *ret, struct conf_findings *found)
{
	struct parser p = { .conf = ret, .found = found, .line = 1 };
	char *end = text + len;

	conf_init(ret);
	found->n = found->n_errors = 0;
	text += conf_mark_bytes(text, len);
	for (; text < end; p.line++) {
		char *newline = memchr(text, '\n', (size_t)(end - text));
		size_t n = (size_t)((newline ? newline : end) - text);

		take_line(&p, text, n && text[n - 1] == '\r' ? n - 1 : n);
		text = newline ? newline + 1 : end;
	}
	if (!p.seen[find_directive("target_timeout") - directives] &&
	    p.delay_s > ret->limits.target_timeout_s)
		ret->limits.target_timeout_s = p.delay_s;
	return found->n_errors ? -EINVAL : 0;
}

const char *conf_hook_name(enum conf_hook h)
{
	return hooks[h];
}

const char *conf_action_name(enum conf_action a)
{
	return (size_t)a < ARRAY_LEN(actions) ? actions[a] : actions[CONF_REBOOT];
}
