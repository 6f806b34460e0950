/* SPDX-License-Identifier: MIT */
/*
 * The parser of kdump.conf: lines → words → the table of directives.
 */
#include "lib/conf/conf.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "lib/conf/conf_table.h"
#include "lib/conf/words.h"

/* Where the parser stands. */
struct parser {
	struct conf_state state;
	struct conf_findings *found;
	unsigned seen[CONF_MAX_DIRECTIVES]; /* in which line; 0: not yet */
	bool knows_all;			    /* the list of directives was shown */
};

/* Two names of one thing are one directive. */
static int check_repeated(struct parser *p, const struct conf_directive *d, struct conf_error *err)
{
	const struct conf_directive *first =
		d->flags & CONF_ALIAS ? conf_find_directive(d->text) : d;
	unsigned *seen = &p->seen[first - conf_directives];

	if (*seen && !(d->flags & CONF_REPEATS))
		return conf_fail(err, "%s is in line %u already; remove one", first->name, *seen);
	*seen = p->state.line;
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
	for (size_t i = 0; i < conf_n_directives && !p->knows_all; i++) {
		const struct conf_directive *d = &conf_directives[i];

		if (d->flags & (CONF_IMAGE | CONF_FOREIGN | CONF_ALIAS))
			continue;
		if ((size_t)n + strlen(d->name) + 2 > sizeof(err->text))
			break;
		n += sprintf(err->text + n, " %s", d->name);
	}
	p->knows_all = true;
	return -EINVAL;
}

static int parse_line(struct parser *p, char *text, struct conf_error *err)
{
	char *name = words_next(&text), *value;
	const struct conf_directive *d;
	int r;

	if (!name || *name == '#')
		return 0;
	value = words_trim_value(text);
	d = conf_find_directive(name);
	if (!d)
		return fail_unknown(p, name, err);
	if (!*value && !(d->flags & CONF_NO_VALUE))
		return conf_fail(err, "%s has no value", name);
	/* it would become a part of a path or a name */
	if (!(d->flags & (CONF_IMAGE | CONF_FOREIGN)) && (*value == '"' || *value == '\''))
		return conf_fail(err,
				 "%s: the value begins with a quote that does not end it; "
				 "remove the quote",
				 name);
	r = check_repeated(p, d, err);
	if (r)
		return r;
	p->state.conf->resolved |= !!(d->flags & CONF_IMAGE);
	return d->parse(d, value, &p->state, err);
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
		.kexec = { .min_uptime_s = 600 },
	};
	collector_init(&c->collector);
	c->collector.levels[0] = 31;
	c->collector.codec = DUMP_ZSTD;
}

static void take_line(struct parser *p, char *text, size_t len)
{
	struct conf_finding f = { .line = p->state.line };
	struct conf_error err = { .text = "", .note = "" };
	int r = conf_check_text(text, len, &err);

	text[len] = '\0';
	conf_show_line(text, f.said, sizeof(f.said));
	r = r ? r : parse_line(p, text, &err);
	f.is_note = !r;
	/* it repeats words of the line */
	conf_show_text(r ? err.text : err.note, f.text, sizeof(f.text));
	if (f.text[0])
		conf_add_finding(p->found, &f);
}

int conf_parse(char *text, size_t len, struct conf *ret, struct conf_findings *found)
{
	struct parser p = { .state = { .conf = ret, .line = 1 }, .found = found };
	const struct conf_directive *timeout = conf_find_directive("target_timeout");
	char *end = text + len;

	conf_init(ret);
	found->n = found->n_errors = 0;
	text += conf_mark_bytes(text, len);
	for (; text < end; p.state.line++) {
		char *newline = memchr(text, '\n', (size_t)(end - text));
		size_t n = (size_t)((newline ? newline : end) - text);

		take_line(&p, text, n && text[n - 1] == '\r' ? n - 1 : n);
		text = newline ? newline + 1 : end;
	}
	if (!p.seen[timeout - conf_directives] && p.state.delay_s > ret->limits.target_timeout_s)
		ret->limits.target_timeout_s = p.state.delay_s;
	return found->n_errors ? -EINVAL : 0;
}

const char *conf_hook_name(enum conf_hook h)
{
	size_t member = offsetof(struct conf, hooks) + h * sizeof(const char *), i = 0;

	while (conf_directives[i].member != member)
		i++;
	return conf_directives[i].name;
}
