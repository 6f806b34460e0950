/* SPDX-License-Identifier: MIT */
#include "loader/line/settings.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/conf/conf_table.h"
#include "lib/io.h"

#define NO_LINE "no line: " /* of conf_shell_variable(): what to write stands behind it */

enum { FILE_BYTES = 256 << 10, NAME_BYTES = 64 };

static const char *const files[] = { "etc/sysconfig/kdump", "etc/default/kdump-tools" };

enum meaning { BASE, REMOVE, APPEND, CPUS };

static const struct variable {
	const char *name;
	enum meaning meaning;
} variables[] = {
	{ "KDUMP_COMMANDLINE", BASE },		{ "KDUMP_CMDLINE", BASE },
	{ "KDUMP_COMMANDLINE_REMOVE", REMOVE }, { "KDUMP_COMMANDLINE_APPEND", APPEND },
	{ "KDUMP_CMDLINE_APPEND", APPEND },	{ "KDUMP_CPUS", CPUS },
};

/* What the packages' own files set, and what comes to the same here: no word is lost on these. */
static const struct {
	const char *name, *value;
} usual[] = {
	{ "USE_KDUMP", "1" },
	{ "KDUMP_SAVEDIR", "/var/crash" },
	{ "KDUMP_SAVEDIR", "file:///var/crash" },
	{ "KDUMP_COREDIR", "/var/crash" },
	{ "KDUMP_KEEP_OLD_DUMPS", "0" },
	{ "KDUMP_NUM_DUMPS", "0" },
	{ "KDUMP_DUMPLEVEL", "31" },
	{ "KDUMP_DUMPFORMAT", "compressed" },
	{ "KDUMP_IMMEDIATE_REBOOT", "yes" },
	{ "KDUMP_CONTINUE_ON_ERROR", "true" },
	{ "KDUMP_FAIL_CMD", "reboot -f" },
	{ "KDUMP_NETCONFIG", "auto" },
	{ "MAKEDUMP_ARGS", "-c -d 31" },
	{ "KEXEC_ARGS", "-s" },
	{ "KDUMP_KEXEC_ARGS", "-s" },
};

/* Where the file is read. */
struct reader {
	const char *file;
	char *pos;
	struct settings *settings;
	struct findings *findings;
};

static bool is_usual(const char *name, const char *value)
{
	for (size_t i = 0; i < ARRAY_LEN(usual); i++) {
		if (!strcmp(usual[i].name, name) && !strcmp(usual[i].value, value))
			return true;
	}
	return false;
}

static void tell_no_effect(const struct reader *r, const char *name, const char *value)
{
	const char *by = conf_shell_variable(name);
	size_t skip = by && !strncmp(by, NO_LINE, strlen(NO_LINE)) ? strlen(NO_LINE) : 0;

	if (!by || !*value || is_usual(name, value))
		return;
	findings_warn(r->findings, "settings-no-effect", "/%s: %s has no effect here: %s %s",
		      r->file, name, skip ? "write" : "write in kdump.conf", by + skip);
}

static void take_cpus(const struct reader *r, const char *value)
{
	char *end;
	unsigned long n = strtoul(value, &end, 10);

	if (!isdigit((unsigned char)*value) || *end || n > 1 << 16) {
		findings_warn(r->findings, "settings-value",
			      "/%s: KDUMP_CPUS is no number of CPUs: it has no effect", r->file);
		return;
	}
	r->settings->has_cpus = true;
	r->settings->cpus = (unsigned)n;
}

static const struct variable *find_variable(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(variables); i++) {
		if (!strcmp(variables[i].name, name))
			return &variables[i];
	}
	return NULL;
}

/* An empty value is one that is not set, as the programs that own the files take it. */
static void take(const struct reader *r, const char *name, const char *value)
{
	const struct variable *v = find_variable(name);
	struct settings *s = r->settings;

	if (!v) {
		tell_no_effect(r, name, value);
		return;
	}
	value += strspn(value, " \t\n");
	s->file = *value ? r->file : s->file;
	if (v->meaning == BASE)
		s->has_base = *value && snprintf(s->base, sizeof(s->base), "%s", value) > 0;
	else if (v->meaning == REMOVE)
		snprintf(s->remove, sizeof(s->remove), "%s", value);
	else if (v->meaning == APPEND)
		snprintf(s->append, sizeof(s->append), "%s", value);
	else if (*value)
		take_cpus(r, value);
}

static void skip_line(struct reader *r)
{
	r->pos += strcspn(r->pos, "\n");
}

/*
 * The value at r->pos into buf, up to the blank, line or comment that ends it; a line break inside
 * quotes is a blank, as in a command line. False: a shell would have to work it out.
 */
static bool read_value(struct reader *r, char *buf, size_t size)
{
	char quote = 0;
	size_t n = 0;

	for (; *r->pos && (quote || !strchr(" \t\n;", *r->pos)); r->pos++) {
		char c = *r->pos;

		if (c == quote) {
			quote = 0;
			continue;
		}
		if (!quote && (c == '"' || c == '\'')) {
			quote = c;
			continue;
		}
		if (quote != '\'' && (c == '$' || c == '`'))
			return false;
		if (quote != '\'' && c == '\\' && r->pos[1]) {
			c = *++r->pos;
			/* the line goes on */
			if (c == '\n')
				continue;
			if (quote && !strchr("\"\\$`", c) && n + 1 < size)
				buf[n++] = '\\';
		}
		if (n + 1 >= size)
			return false;
		buf[n++] = c == '\n' ? ' ' : c;
	}
	buf[n] = '\0';
	return !quote;
}

/* A name and the '=' behind it at r->pos, which is then behind both. */
static bool read_name(struct reader *r, char name[NAME_BYTES])
{
	size_t len;

	r->pos += strspn(r->pos, " \t");
	if (!strncmp(r->pos, "export ", 7))
		r->pos += 7 + strspn(r->pos + 7, " \t");
	len = strspn(r->pos, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789");
	if (!len || len >= NAME_BYTES || r->pos[len] != '=')
		return false;
	memcpy(name, r->pos, len);
	name[len] = '\0';
	r->pos += len + 1;
	return true;
}

static void read_text(struct reader *r)
{
	char name[NAME_BYTES], value[CMDLINE_BYTES];

	while (*r->pos) {
		if (read_name(r, name)) {
			if (read_value(r, value, sizeof(value)))
				take(r, name, value);
			else if (find_variable(name))
				findings_warn(
					r->findings, "settings-value",
					"/%s: %s is not a plain value, or too long: it has no "
					"effect; write it out, or as cmdline_append and "
					"cmdline_remove in kdump.conf",
					r->file, name);
		}
		skip_line(r);
		r->pos += *r->pos == '\n';
	}
}

void settings_read(int root, struct settings *ret, struct findings *f)
{
	*ret = (struct settings){ .file = NULL };
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct reader r = { .file = files[i], .settings = ret, .findings = f };
		_free_ char *text = NULL;
		int e = io_load_file(root, files[i], FILE_BYTES, &text, NULL);

		if (e && e != -ENOENT && e != -ENOTDIR)
			findings_warn(f, "settings-unreadable", "/%s: %s: it has no effect",
				      files[i], strerror(-e));
		r.pos = text;
		if (!e)
			read_text(&r);
	}
}
