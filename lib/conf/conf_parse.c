/* SPDX-License-Identifier: MIT */
/*
 * The values of directives: numbers, sizes, files, actions, lists. Those that are a language of
 * their own have files of their own.
 */
#include "lib/conf/conf_parse.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/conf/words.h"

static const char *const actions[] = {
	[CONF_REBOOT] = "reboot",
	[CONF_HALT] = "halt",
	[CONF_POWEROFF] = "poweroff",
	/* of failure_action alone */
	[CONF_SHELL] = "shell",
	[CONF_DUMP_TO_ROOTFS] = "dump_to_rootfs",
	/* of final_action alone */
	[CONF_KEXEC] = "kexec",
};

const char *conf_action_name(enum conf_action a)
{
	return (size_t)a < ARRAY_LEN(actions) ? actions[a] : actions[CONF_REBOOT];
}

/* ---------------------------------------------------------------- into the row's member */

int conf_parse_number(const struct conf_directive *d, char *value, struct conf_state *s,
		      struct conf_error *err)
{
	if (words_number(value, d->min, d->max, conf_member(d, s->conf)))
		return conf_fail(err, "%s needs %s from %u to %u", d->name, d->text, d->min,
				 d->max);
	return 0;
}

int conf_parse_size(const struct conf_directive *d, char *value, struct conf_state *s,
		    struct conf_error *err)
{
	return conf_size(d->name, value, conf_member(d, s->conf), err);
}

int conf_parse_yes_no(const struct conf_directive *d, char *value, struct conf_state *s,
		      struct conf_error *err)
{
	bool *ret = conf_member(d, s->conf);

	if (strcmp(value, "yes") && strcmp(value, "no"))
		return conf_fail(err, "%s '%.40s' is unknown; write yes or no", d->name, value);
	*ret = value[0] == 'y';
	return 0;
}

int conf_parse_file(const struct conf_directive *d, char *value, struct conf_state *s,
		    struct conf_error *err)
{
	return conf_file(d->name, value, conf_member(d, s->conf), err);
}

int conf_parse_path(const struct conf_directive *d, char *value, struct conf_state *s,
		    struct conf_error *err)
{
	return conf_path(value, conf_member(d, s->conf), err);
}

int conf_parse_arguments(const struct conf_directive *d, char *value, struct conf_state *s,
			 struct conf_error *err)
{
	const char **ret = conf_member(d, s->conf);
	size_t quotes = 0;

	for (const char *c = value; *c; c++)
		quotes += *c == '"';
	if (quotes % 2)
		return conf_fail(err, "%s has a quote that no other one ends", d->name);
	*ret = value;
	return 0;
}

int conf_parse_action(const struct conf_directive *d, char *value, struct conf_state *s,
		      struct conf_error *err)
{
	enum conf_action *ret = conf_member(d, s->conf);

	for (enum conf_action a = 0; a <= d->max; a++) {
		if (!strcmp(value, actions[a])) {
			*ret = a;
			return 0;
		}
	}
	return conf_fail(err, "%s '%.40s' is unknown; write reboot, halt%s", d->name, value,
			 d->max > CONF_POWEROFF ? ", poweroff, shell or dump_to_rootfs"
						: ", poweroff or kexec");
}

int conf_parse_final_action(const struct conf_directive *d, char *value, struct conf_state *s,
			    struct conf_error *err)
{
	enum conf_action *ret = conf_member(d, s->conf);

	if (strcmp(value, actions[CONF_KEXEC]))
		return conf_parse_action(d, value, s, err);
	*ret = CONF_KEXEC;
	return 0;
}

/* ---------------------------------------------------------------- of one directive */

/* What failure_action's are called in files of RHEL 5 to 7. */
static const char former_dump_to_rootfs[] = "mount_root_run_init";

int conf_parse_failure_action(const struct conf_directive *d, char *value, struct conf_state *s,
			      struct conf_error *err)
{
	enum conf_action *ret = conf_member(d, s->conf);
	int r;

	if (!strcmp(value, former_dump_to_rootfs)) {
		*ret = CONF_DUMP_TO_ROOTFS;
		conf_note(err, "%s is taken as failure_action dump_to_rootfs", value);
		return 0;
	}
	r = conf_parse_action(d, value, s, err);
	if (!r && d->flags & CONF_ALIAS)
		conf_note(err, "taken as %s %s", d->text, value);
	return r;
}

/* "N MINUTES" */
int conf_parse_crash_loop(const struct conf_directive *d, char *value, struct conf_state *s,
			  struct conf_error *err)
{
	char *n = words_next(&value), *minutes = words_next(&value);
	unsigned crashes, m;

	(void)d;
	if (!minutes || words_next(&value) || words_number(n, 1, 1000, &crashes) ||
	    words_number(minutes, 1, 100000, &m))
		return conf_fail(err, "crash_loop needs a number of crashes and the minutes within "
				      "which they come, as `crash_loop 3 60`");
	s->conf->keep.loop_crashes = crashes;
	s->conf->keep.loop_minutes = m;
	return 0;
}

int conf_parse_extra_bins(const struct conf_directive *d, char *value, struct conf_state *s,
			  struct conf_error *err)
{
	struct conf *c = s->conf;
	unsigned before = c->n_extra_bins;
	int r = conf_list(d->name, value, c->extra_bins, &c->n_extra_bins, CONF_MAX_EXTRA, err);

	for (unsigned i = before; !r && i < c->n_extra_bins; i++) {
		if (c->extra_bins[i][0] == '/')
			continue;
		r = conf_fail(err, "%s '%.60s' must begin with /", d->name, c->extra_bins[i]);
		c->n_extra_bins = before;
	}
	return r;
}

int conf_parse_extra_modules(const struct conf_directive *d, char *value, struct conf_state *s,
			     struct conf_error *err)
{
	struct conf *c = s->conf;

	return conf_list(d->name, value, c->extra_modules, &c->n_extra_modules, CONF_MAX_EXTRA,
			 err);
}

int conf_parse_options(const struct conf_directive *d, char *value, struct conf_state *s,
		       struct conf_error *err)
{
	struct conf_options o = { .module = words_next(&value), .line = s->line };
	struct conf *c = s->conf;

	(void)d;
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

/* "keyring" or "keyring:NAME" */
static bool is_keyring(const char *file)
{
	return !strncmp(file, "keyring", 7) && (!file[7] || (file[7] == ':' && file[8]));
}

int conf_parse_luks_key(const struct conf_directive *d, char *value, struct conf_state *s,
			struct conf_error *err)
{
	char *dev = words_next(&value), *file = words_next(&value);
	struct conf_luks_key key = { .file = file, .line = s->line };
	struct conf *c = s->conf;
	int r = conf_device(dev, &key.device, err);

	(void)d;
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

int conf_parse_kexec_initrd(const struct conf_directive *d, char *value, struct conf_state *s,
			    struct conf_error *err)
{
	const char **ret = conf_member(d, s->conf);

	if (!strcmp(value, "none")) {
		*ret = value;
		return 0;
	}
	return conf_file(d->name, value, ret, err);
}

/* ---------------------------------------------------------------- core_collector */

/* Programs that only copy, in kdump-utils' examples. */
static const char *const copiers[] = { "cp", "cat", "dd", "scp" };

static bool is_copier(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(copiers); i++) {
		if (!strcmp(name, copiers[i]))
			return true;
	}
	return false;
}

static void note_options(const struct collector *c, struct conf_error *err)
{
	for (unsigned i = 0; i < c->n_notes; i++) {
		char label[COLLECTOR_LABEL];

		collector_label(c->notes[i], label);
		conf_note(err, "%s: %s", label, c->notes[i]->text);
	}
}

int conf_parse_collector(const struct conf_directive *d, char *value, struct conf_state *s,
			 struct conf_error *err)
{
	char *program = words_next(&value), *slash = strrchr(program, '/');
	const char *name = slash ? slash + 1 : program;
	struct collector_error e;
	struct collector c;

	collector_init(&c);
	if (is_copier(name)) {
		c.format = DUMP_ELF;
		conf_note(err, "%s copies all memory: taken as kdump-dumper -d 0 --format elf",
			  name);
		s->conf->collector = c;
		return 0;
	}
	if (strcmp(name, "makedumpfile") && strcmp(name, "kdump-dumper"))
		return conf_fail(err,
				 "%s '%.40s' is not supported; write kdump-dumper or makedumpfile",
				 d->name, program);
	if (collector_parse_line(value, &c, &e))
		return conf_fail(err, "%s: %s", d->name, e.text);
	note_options(&c, err);
	s->conf->collector = c;
	return 0;
}

/* ---------------------------------------------------------------- of the image */

int conf_parse_module(const struct conf_directive *d, char *value, struct conf_state *s,
		      struct conf_error *err)
{
	struct conf *c = s->conf;

	return conf_list(d->name, value, c->modules, &c->n_modules, CONF_MAX_MODULES, err);
}

int conf_parse_host(const struct conf_directive *d, char *value, struct conf_state *s,
		    struct conf_error *err)
{
	return strpbrk(value, "/ \t") ? conf_fail(err, "host must be one word without /")
				      : conf_word(d->name, value, &s->conf->host, err);
}

int conf_parse_stack(const struct conf_directive *d, char *value, struct conf_state *s,
		     struct conf_error *err)
{
	struct conf *c = s->conf;

	if (c->n_stack == CONF_MAX_STACK)
		return conf_fail(err, "more than %u lines of dm and md", CONF_MAX_STACK);
	c->stack[c->n_stack++] =
		(struct conf_stack){ .kind = d->name, .text = value, .line = s->line };
	return 0;
}

/* ---------------------------------------------------------------- of kdump-utils */

/* Both wait for a device or a link, as target_timeout does; the longer one counts. */
int conf_parse_delay(const struct conf_directive *d, char *value, struct conf_state *s,
		     struct conf_error *err)
{
	unsigned timeout_s = s->conf->limits.target_timeout_s, delay_s;

	if (words_number(value, d->min, d->max, &delay_s))
		return conf_fail(err, "%s needs seconds from %u to %u", d->name, d->min, d->max);
	if (delay_s > s->delay_s)
		s->delay_s = delay_s;
	if (delay_s > timeout_s)
		conf_note(err, "taken as target_timeout %u", delay_s);
	else
		conf_note(err, "no effect: target_timeout waits %u s for it", timeout_s);
	return 0;
}

/* "no" and "0" are what happens here anyway. */
int conf_parse_no_effect(const struct conf_directive *d, char *value, struct conf_state *s,
			 struct conf_error *err)
{
	(void)s;
	if (strcmp(value, "no") && strcmp(value, "0"))
		conf_note(err, "%s has no effect: %s", d->name, d->text);
	return 0;
}

int conf_parse_refused(const struct conf_directive *d, char *value, struct conf_state *s,
		       struct conf_error *err)
{
	(void)value, (void)s;
	return conf_fail(err, "%s is %s", d->name, d->text);
}
