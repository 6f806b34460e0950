/* SPDX-License-Identifier: MIT */
/*
 * completion SHELL PROGRAM: the tables of options → what bash, zsh and fish complete. It runs during the build, as
 * docs/man/pages does.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/conf/collector_table.h"
#include "loader/options.h"
#include "mkinitrd/options.h"

#define MAX_OPTIONS 96
#define ALL	    0xffff

/* An option of any of the tables. */
struct option {
	char letter;
	const char *name, *arg, *help;
	unsigned commands; /* of kdump-loader; ALL: any */
};

struct program {
	const char *name;
	bool commands; /* its first word is one of loader_commands[] */
	bool files;    /* words that are no options are files */
	struct option option[MAX_OPTIONS];
	size_t n;
};

static void add_option(struct program *p, const struct option *o)
{
	if (p->n < MAX_OPTIONS)
		p->option[p->n++] = *o;
}

static void add_rows(struct program *p, const struct option_row *rows)
{
	for (const struct option_row *r = rows; r->name; r++)
		add_option(p, &(struct option){ r->letter, r->name, r->arg, r->help,
						r->commands ? r->commands : ALL });
}

/* Options without effect, or that are refused, are not offered. */
static void add_collector(struct program *p)
{
	for (size_t i = 0; i < collector_n_options; i++) {
		const struct collector_option *o = &collector_options[i];
		const char *help;

		if (o->group == COLLECTOR_G_NO_EFFECT || o->group == COLLECTOR_G_REFUSED)
			continue;
		/* a mode has its words in the other table */
		help = o->action == A_MODE ? collector_usages[o->value].text : o->text;
		add_option(p,
			   &(struct option){ o->letter, o->name, o->arg, help ? help : "", ALL });
	}
}

static bool is_file(const char *arg)
{
	static const char *const names[] = { "FILE", "DIR", "ROOT", "CONF", "OUT", "IMAGE" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (!strcmp(arg, names[i]))
			return true;
	}
	return false;
}

static bool is_of(const struct option *o, size_t command)
{
	return o->commands == ALL || (o->commands >> command & 1);
}

/* ---------------------------------------------------------------- bash */

/* "-x|--name" */
static void print_pattern(const struct option *o)
{
	if (o->letter)
		printf("-%c", o->letter);
	printf("%s%s%s", o->letter && o->name ? "|" : "", o->name ? "--" : "",
	       o->name ? o->name : "");
}

/* A case for the words behind which a value follows. */
static void bash_values(const struct program *p, bool file, const char *does)
{
	bool any = false;

	for (size_t i = 0; i < p->n; i++) {
		const struct option *o = &p->option[i];

		if (!o->arg || is_file(o->arg) != file)
			continue;
		printf("%s", any ? "|" : "\t");
		print_pattern(o);
		any = true;
	}
	if (any)
		printf(") %s; return ;;\n", does);
}

static void bash_words(const struct program *p, size_t command)
{
	for (size_t i = 0; i < p->n; i++) {
		if (p->option[i].name && is_of(&p->option[i], command))
			printf(" --%s", p->option[i].name);
	}
}

static void bash_commands(const struct program *p)
{
	printf("\tif [ \"$COMP_CWORD\" = 1 ]; then words=\"");
	for (size_t c = 0; c < LOADER_COMMANDS; c++)
		printf("%s%s", c ? " " : "", loader_commands[c].name);
	printf("\"\n\telse case ${COMP_WORDS[1]} in\n");
	for (size_t c = 0; c < LOADER_COMMANDS; c++) {
		printf("\t\t%s) words=\"", loader_commands[c].name);
		bash_words(p, c);
		puts("\" ;;");
	}
	puts("\tesac; fi");
}

static void print_bash(const struct program *p)
{
	printf("# of %s's table of options\n_%.5s_%s() {\n", p->name, p->name, p->name + 6);
	puts("\tlocal cur=${COMP_WORDS[COMP_CWORD]} words=\n\tcase ${COMP_WORDS[COMP_CWORD-1]} in");
	bash_values(p, true, "mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")");
	bash_values(p, false, "COMPREPLY=()");
	puts("\tesac");
	if (p->commands) {
		bash_commands(p);
	} else {
		printf("\twords=\"");
		bash_words(p, 0);
		puts("\"");
	}
	if (p->files)
		puts("\tcase $cur in -*) ;; *) mapfile -t COMPREPLY < <(compgen -f -- \"$cur\"); "
		     "return ;; esac");
	puts("\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n}");
	printf("complete -o filenames -F _%.5s_%s %s\n", p->name, p->name + 6, p->name);
}

/* ---------------------------------------------------------------- zsh */

/* Text within '…', where escape are characters that get a backslash. */
static void print_quoted(const char *text, const char *escape)
{
	for (; *text; text++) {
		if (*text == '\'')
			fputs("'\\''", stdout);
		else
			printf("%s%c", strchr(escape, *text) ? "\\" : "", *text);
	}
}

static void zsh_option(const struct option *o, char letter, const char *name)
{
	printf(" \\\n\t\t'-");
	if (letter)
		putchar(letter);
	else
		printf("-%s", name);
	putchar('[');
	print_quoted(o->help, "[]:\\");
	putchar(']');
	if (o->arg)
		printf(":%s:%s", o->arg, is_file(o->arg) ? "_files" : "");
	putchar('\'');
}

static void zsh_arguments(const struct program *p, size_t command)
{
	printf("_arguments");
	for (size_t i = 0; i < p->n; i++) {
		const struct option *o = &p->option[i];

		if (!is_of(o, command))
			continue;
		if (o->letter)
			zsh_option(o, o->letter, NULL);
		if (o->name)
			zsh_option(o, 0, o->name);
	}
	puts(p->files ? " \\\n\t\t'*:file:_files'" : "");
}

static void print_zsh(const struct program *p)
{
	printf("#compdef %s\n", p->name);
	if (!p->commands) {
		zsh_arguments(p, 0);
		return;
	}
	puts("if (( CURRENT == 2 )); then\n\tlocal -a commands=(");
	for (size_t c = 0; c < LOADER_COMMANDS; c++) {
		printf("\t\t'%s:", loader_commands[c].name);
		print_quoted(loader_commands[c].help, ":\\");
		puts("'");
	}
	puts("\t)\n\t_describe command commands\n\treturn\nfi\nshift words\n(( CURRENT-- ))\ncase "
	     "$words[1] in");
	for (size_t c = 0; c < LOADER_COMMANDS; c++) {
		printf("%s) ", loader_commands[c].name);
		zsh_arguments(p, c);
		puts("\t;;");
	}
	puts("esac");
}

/* ---------------------------------------------------------------- fish */

/* The condition: one of the commands that take it. */
static void fish_condition(const struct program *p, const struct option *o)
{
	if (!p->commands)
		return;
	printf(" -n '__fish_seen_subcommand_from");
	for (size_t c = 0; c < LOADER_COMMANDS; c++) {
		if (is_of(o, c))
			printf(" %s", loader_commands[c].name);
	}
	putchar('\'');
}

/* In fish a backslash quotes within '…', too. */
static void fish_help(const char *text)
{
	printf(" -d '");
	for (; *text; text++)
		printf("%s%c", *text == '\'' || *text == '\\' ? "\\" : "", *text);
	puts("'");
}

static void print_fish(const struct program *p)
{
	for (size_t c = 0; p->commands && c < LOADER_COMMANDS; c++) {
		printf("complete -c %s -f -n __fish_use_subcommand -a %s", p->name,
		       loader_commands[c].name);
		fish_help(loader_commands[c].help);
	}
	for (size_t i = 0; i < p->n; i++) {
		const struct option *o = &p->option[i];

		printf("complete -c %s", p->name);
		fish_condition(p, o);
		if (o->letter)
			printf(" -s %c", o->letter);
		if (o->name)
			printf(" -l %s", o->name);
		if (o->arg)
			printf(is_file(o->arg) ? " -r -F" : " -x");
		fish_help(o->help);
	}
}

/* ---------------------------------------------------------------- */

static bool find_program(const char *name, struct program *ret)
{
	*ret = (struct program){ .name = name };
	if (!strcmp(name, "kdump-loader")) {
		ret->commands = true;
		add_rows(ret, loader_option_rows);
	} else if (!strcmp(name, "kdump-mkinitrd")) {
		add_rows(ret, mkinitrd_option_rows);
	} else if (!strcmp(name, "kdump-dumper")) {
		ret->files = true;
		add_collector(ret);
	}
	return ret->n;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*print)(const struct program *p);
	} shells[] = { { "bash", print_bash }, { "zsh", print_zsh }, { "fish", print_fish } };
	static struct program p;

	for (size_t i = 0; argc == 3 && i < ARRAY_LEN(shells); i++) {
		if (strcmp(argv[1], shells[i].name) || !find_program(argv[2], &p))
			continue;
		shells[i].print(&p);
		return fflush(stdout) != 0;
	}
	fputs("usage: completion bash|zsh|fish PROGRAM\n", stderr);
	return 2;
}
