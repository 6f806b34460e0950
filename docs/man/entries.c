/* SPDX-License-Identifier: MIT */
#include "docs/man/entries.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "docs/man/roff.h"
#include "lib/cleanup.h"
#include "lib/conf/collector_table.h"
#include "lib/conf/conf_parse.h"
#include "loader/kexec/cmdline.h"
#include "loader/options.h"
#include "loader/replaced.h"
#include "mkinitrd/options.h"

#define MAX_GROUPS 16

/* A block: a table, or the part of one that stands under a heading. */
struct block {
	const char *name;
	int (*print)(unsigned group);
	const char *groups[MAX_GROUPS]; /* by the table's own enum; none: it has none */
	bool done[MAX_GROUPS];
};

static int missing(const char *what)
{
	fprintf(stderr, "%s has no words for its manual page: add MANUAL_WORDS(...) to its row\n",
		what);
	return -EINVAL;
}

/* One tag for each line of args. */
static void print_tags(const char *name, const char *args, bool first)
{
	char form[160];

	while (args && strchr(args, '\n')) {
		snprintf(form, sizeof(form), "%.*s", (int)strcspn(args, "\n"), args);
		roff_tag(name, form, first);
		args += strlen(form) + 1;
		first = false;
	}
	roff_tag(name, args, first);
}

/* ---------------------------------------------------------------- names and their clauses */

#define MAX_PAIRS 256

struct pairs {
	struct {
		const char *name, *text;
	} at[MAX_PAIRS];
	size_t n;
};

static void add_pair(struct pairs *p, const char *name, const char *text)
{
	if (p->n == MAX_PAIRS) {
		fprintf(stderr, "MAX_PAIRS of entries.c is too small\n");
		exit(1);
	}
	p->at[p->n].name = name;
	p->at[p->n++].text = text;
}

/* Names with one text stand together, some in a line, where the first of them is. */
static void print_pairs(const struct pairs *p, void (*print)(const char *text))
{
	for (size_t i = 0; i < p->n; i++) {
		char line[80] = "";
		bool first = true;
		size_t k = 0;

		while (k < i && strcmp(p->at[k].text, p->at[i].text))
			k++;
		if (k < i)
			continue;
		for (; k < p->n; k++) {
			if (strcmp(p->at[k].text, p->at[i].text))
				continue;
			if (strlen(line) + strlen(p->at[k].name) > 60) {
				roff_tag(line, NULL, first);
				first = false;
				line[0] = '\0';
			}
			snprintf(line + strlen(line), sizeof(line) - strlen(line), "%s%s",
				 line[0] ? ", " : "", p->at[k].name);
		}
		roff_tag(line, NULL, first);
		print(p->at[i].text);
	}
}

/* ---------------------------------------------------------------- kdump.conf */

static void print_number(const struct conf_directive *d, unsigned preset)
{
	if (preset)
		printf("Default: %u", preset);
	if (preset && preset % 3600 == 0)
		printf(" (%u hours)", preset / 3600);
	printf("%s %u to %u.\n", preset ? "; from" : "From", d->min, d->max);
}

/* What the parser takes, and what holds without the line. */
static void print_range(const struct conf_directive *d)
{
	struct conf c;

	conf_init(&c);
	if (d->parse == conf_parse_number)
		print_number(d, *(unsigned *)conf_member(d, &c));
	else if (d->parse == conf_parse_delay)
		print_number(d, 0);
	else if (d->parse == conf_parse_yes_no)
		printf("Default: %s.\n", *(bool *)conf_member(d, &c) ? "yes" : "no");
	else if (d->parse == conf_parse_path)
		printf("Default: %s.\n", *(char **)conf_member(d, &c));
	else if (d->max && !(d->flags & CONF_ALIAS))
		printf("Default: %s.\n", conf_action_name(*(enum conf_action *)conf_member(d, &c)));
	if (d->flags & CONF_REPEATS && d->parse != conf_parse_refused)
		puts("May stand several times.");
}

static bool is_in_group(size_t i, unsigned group)
{
	return i < conf_n_directives && conf_directives[i].manual.group == group;
}

/* A directive with those behind it that share its words. */
static int print_directive(size_t i, unsigned group)
{
	const struct conf_directive *d = &conf_directives[i];
	bool reason = group == CONF_G_NO_EFFECT || group == CONF_G_REFUSED;
	const char *text = d->manual.text ? d->manual.text : reason ? d->text : NULL;

	if (!text || !d->manual.args)
		return missing(d->name);
	print_tags(d->name, d->manual.args, true);
	while (!reason && is_in_group(++i, group) && !conf_directives[i].manual.text)
		print_tags(conf_directives[i].name, conf_directives[i].manual.args, false);
	roff_text(text, d->manual.args);
	print_range(d);
	return 0;
}

static int print_directives(unsigned group)
{
	bool reason = group == CONF_G_NO_EFFECT || group == CONF_G_REFUSED, begun = false;
	int r = 0;

	for (size_t i = 0; i < conf_n_directives && !r; i++) {
		/* those without words stand with the one before them */
		if (!is_in_group(i, group) || (begun && !reason && !conf_directives[i].manual.text))
			continue;
		r = print_directive(i, group);
		begun = true;
	}
	return r;
}

static int print_variables(unsigned group)
{
	static struct pairs all;

	(void)group;
	for (size_t i = 0; i < conf_n_variables; i++)
		add_pair(&all, conf_variables[i].name, conf_variables[i].by);
	print_pairs(&all, roff_clause);
	return 0;
}

static int print_dracut(unsigned group)
{
	(void)group;
	for (size_t i = 0; i < conf_n_dracut_options; i++) {
		const struct conf_dracut_option *o = &conf_dracut_options[i];

		roff_tag(o->name, o->manual.args, true);
		if (o->manual.text)
			roff_text(o->manual.text, o->manual.args);
	}
	return 0;
}

/* ---------------------------------------------------------------- options */

/* "-d, --dump-level N" and its words. letter 0, name NULL, arg NULL: it has none. */
static int print_option(char letter, const char *name, const char *arg, const char *text)
{
	char tag[80];
	size_t n = 0;

	if (letter)
		n += (size_t)snprintf(tag, sizeof(tag), "-%c%s", letter, name ? ", " : "");
	if (name)
		n += (size_t)snprintf(tag + n, sizeof(tag) - n, "--%s", name);
	if (arg)
		snprintf(tag + n, sizeof(tag) - n, " %s", arg);
	if (!text)
		return missing(tag);
	roff_tag(NULL, tag, true);
	roff_text(text, arg);
	return 0;
}

/* ---------------------------------------------------------------- kdump-dumper */

static int print_usages(unsigned group)
{
	(void)group;
	for (unsigned m = 0; m < COLLECTOR_HELP; m++) {
		const struct collector_usage *u = &collector_usages[m];

		roff_tag(*u->option ? u->option : NULL, u->operands, true);
		roff_text(u->manual.text ? u->manual.text : u->text, u->operands);
	}
	return 0;
}

static int print_usage_lines(unsigned group)
{
	(void)group;
	for (unsigned m = 0; m < COLLECTOR_HELP; m++) {
		const struct collector_usage *u = &collector_usages[m];

		fputs("\\fBkdump\\-dumper\\fR [\\fIOPTION\\fR...] ", stdout);
		roff_syntax(u->option);
		if (*u->option)
			putchar(' ');
		roff_syntax(u->operands);
		puts(m + 1 < COLLECTOR_HELP ? "\n.br" : "");
	}
	return 0;
}

static int print_dump_options(unsigned group)
{
	int r = 0;

	for (size_t i = 0; i < collector_n_options && !r; i++) {
		const struct collector_option *o = &collector_options[i];

		if (o->group != group)
			continue;
		r = print_option(o->letter, o->name, o->arg,
				 o->manual.text ? o->manual.text : o->text);
		if (o->action == A_LEVELS || o->action == A_THREADS || o->action == A_MESSAGES)
			printf("From 0 to %u.\n", o->value);
	}
	return r;
}

/* ---------------------------------------------------------------- kdump-loader, kdump-mkinitrd */

static int print_options(const struct option_row *rows)
{
	int r = 0;

	for (; rows->name && !r; rows++)
		r = print_option(rows->letter, rows->name, rows->arg, rows->manual.text);
	return r;
}

static int print_loader_options(unsigned group)
{
	(void)group;
	return print_options(loader_option_rows);
}

static int print_mkinitrd_options(unsigned group)
{
	(void)group;
	return print_options(mkinitrd_option_rows);
}

static int print_mkinitrd_line(unsigned group)
{
	(void)group;
	fputs("\\fBkdump\\-mkinitrd\\fR ", stdout);
	roff_syntax(mkinitrd_syntax);
	putchar('\n');
	return 0;
}

static int print_commands(unsigned group)
{
	(void)group;
	for (unsigned i = 0; i < LOADER_COMMANDS; i++) {
		const struct loader_command_row *c = &loader_commands[i];

		if (!c->manual.text)
			return missing(c->name);
		roff_tag(c->name, c->args, true);
		roff_text(c->manual.text, NULL);
	}
	return 0;
}

static int print_command_lines(unsigned group)
{
	(void)group;
	for (unsigned i = 0; i < LOADER_COMMANDS; i++) {
		printf("\\fBkdump\\-loader %s\\fR ", loader_commands[i].name);
		roff_syntax(loader_commands[i].args);
		puts(i + 1 < LOADER_COMMANDS ? "\n.br" : "");
	}
	return 0;
}

static int print_replaced(unsigned group)
{
	static struct pairs all;

	(void)group;
	for (const struct replaced *r = replaced_commands; r->name; r++)
		add_pair(&all, r->name, r->by);
	print_pairs(&all, roff_clause);
	return 0;
}

static void print_reason(const char *text)
{
	roff_text(text, NULL);
}

static int print_drops(unsigned group)
{
	static struct pairs all;

	(void)group;
	for (const struct cmdline_drop *d = cmdline_drops; d->name; d++)
		add_pair(&all, d->name, d->why);
	print_pairs(&all, print_reason);
	return 0;
}

/* The reason, and what the argument is for, if not for all. */
static void append_words(const struct cmdline_append *a, char buf[160])
{
	int len = snprintf(buf, 120, "%s", a->why);

	if (a->before)
		len += sprintf(buf + len, " (before Linux %u.%u)", a->before >> 8,
			       a->before & 0xff);
	if (a->since)
		len += sprintf(buf + len, " (from Linux %u.%u on)", a->since >> 8, a->since & 0xff);
	if (a->arches != CMDLINE_ALL)
		sprintf(buf + len, " (%s%s%s)", a->arches & CMDLINE_X86 ? "x86_64" : "aarch64",
			a->arches == (CMDLINE_X86 | CMDLINE_ARM64) ? ", aarch64" : "",
			a->arches == (CMDLINE_ARM64 | CMDLINE_RISCV64) ? ", riscv64" : "");
}

static int print_appends(unsigned group)
{
	static struct {
		char name[64], why[160];
	} row[MAX_PAIRS];
	static struct pairs all;

	(void)group;
	for (const struct cmdline_append *a = cmdline_appends; a->text; a++) {
		size_t len = strcspn(a->text, "%");

		snprintf(row[all.n].name, sizeof(row[0].name), "%.*s%s", (int)len, a->text,
			 a->text[len] ? "N" : "");
		append_words(a, row[all.n].why);
		add_pair(&all, row[all.n].name, row[all.n].why);
	}
	print_pairs(&all, print_reason);
	return 0;
}

/* ---------------------------------------------------------------- blocks */

static_assert(CONF_GROUPS <= MAX_GROUPS && COLLECTOR_GROUPS <= MAX_GROUPS,
	      "blocks have them by number");

static struct block blocks[] = {
	{ .name = "directives",
	  .print = print_directives,
	  .groups = { [CONF_G_TARGETS] = "targets",
		      [CONF_G_NETWORK] = "network",
		      [CONF_G_DUMP] = "dump",
		      [CONF_G_TIME] = "time",
		      [CONF_G_SPACE] = "space",
		      [CONF_G_END] = "end",
		      [CONF_G_HOOKS] = "hooks",
		      [CONF_G_MACHINE] = "machine",
		      [CONF_G_IMAGE] = "image",
		      [CONF_G_TAKEN] = "taken",
		      [CONF_G_NO_EFFECT] = "no-effect",
		      [CONF_G_REFUSED] = "refused" } },
	{ .name = "variables", .print = print_variables },
	{ .name = "dracut-options", .print = print_dracut },
	{ .name = "usages", .print = print_usages },
	{ .name = "usage-lines", .print = print_usage_lines },
	{ .name = "dump-options",
	  .print = print_dump_options,
	  .groups = { [COLLECTOR_G_FILTER] = "filter",
		      [COLLECTOR_G_STORE] = "store",
		      [COLLECTOR_G_SAY] = "say",
		      [COLLECTOR_G_NO_EFFECT] = "no-effect",
		      [COLLECTOR_G_REFUSED] = "refused" } },
	{ .name = "commands", .print = print_commands },
	{ .name = "command-lines", .print = print_command_lines },
	{ .name = "loader-options", .print = print_loader_options },
	{ .name = "replaced", .print = print_replaced },
	{ .name = "dropped-arguments", .print = print_drops },
	{ .name = "appended-arguments", .print = print_appends },
	{ .name = "mkinitrd-line", .print = print_mkinitrd_line },
	{ .name = "mkinitrd-options", .print = print_mkinitrd_options },
};

int entries_print(const char *name, const char *group)
{
	for (size_t i = 0; i < ARRAY_LEN(blocks); i++) {
		struct block *b = &blocks[i];

		for (unsigned g = 0; g < MAX_GROUPS && !strcmp(b->name, name); g++) {
			const char *of = b->groups[g] ? b->groups[g] : "";

			if (strcmp(of, group))
				continue;
			b->done[g] = true;
			return b->print(g);
		}
	}
	return -ENOENT;
}

int entries_check(void)
{
	int r = 0;

	for (size_t i = 0; i < ARRAY_LEN(blocks); i++) {
		bool used = memchr(blocks[i].done, true, sizeof(blocks[i].done));

		for (unsigned g = 0; g < MAX_GROUPS && used; g++) {
			if (!blocks[i].groups[g] || blocks[i].done[g])
				continue;
			fprintf(stderr, "a line is missing: @%s %s\n", blocks[i].name,
				blocks[i].groups[g]);
			r = -EINVAL;
		}
	}
	return r;
}
