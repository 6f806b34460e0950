/* SPDX-License-Identifier: MIT */
/*
 * Words → struct collector, by the table of options.
 */
#include "lib/conf/collector.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/conf/collector_table.h"
#include "lib/conf/words.h"

#define MIN_ZSTD (-5)
#define MAX_ZSTD 3

static const struct {
	const char *name;
	enum dump_format format;
	bool flattened;
} formats[] = {
	{ "kdump", DUMP_KDUMP, false },	   { "kdump-classic", DUMP_KDUMP_CLASSIC, false },
	{ "elf", DUMP_ELF, false },	   { "elf.zst", DUMP_ELF_ZST, false },
	{ "flattened", DUMP_KDUMP, true },
};

static const char codec_letters[] = {
	[DUMP_ZLIB] = 'c',
	[DUMP_LZO] = 'l',
	[DUMP_ZSTD] = 'z',
};

/* Where the parser stands. */
struct parser {
	char **words;
	unsigned n, at;
	bool conf; /* a line of kdump.conf */
	bool has_mode;
	struct collector *c;
	struct collector_error *err;
};

/* Always returns -EINVAL, for `return fail(…)`. */
static int __attribute__((format(printf, 2, 3)))
fail(struct collector_error *err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return -EINVAL;
}

void collector_init(struct collector *c)
{
	*c = (struct collector){
		.n_levels = 1,
		.messages = COLLECTOR_PROGRESS | COLLECTOR_COMMON | COLLECTOR_ERRORS,
	};
}

void collector_label(const struct collector_option *o, char buf[COLLECTOR_LABEL])
{
	if (o->letter)
		snprintf(buf, COLLECTOR_LABEL, "-%c", o->letter);
	else
		snprintf(buf, COLLECTOR_LABEL, "--%s", o->name);
}

/* ---------------------------------------------------------------- values */

/* One item of a list with commas; NULL at its end. */
static char *next_item(char **rest)
{
	char *item = *rest;
	size_t len;

	if (!item)
		return NULL;
	len = strcspn(item, ",");
	*rest = item[len] ? item + len + 1 : NULL;
	item[len] = '\0';
	return item;
}

static int set_levels(struct parser *p, const struct collector_option *o, char *arg)
{
	struct collector *c = p->c;
	char *item;

	c->n_levels = 0;
	while ((item = next_item(&arg))) {
		if (c->n_levels == COLLECTOR_LEVELS)
			return fail(p->err, "-d takes %d levels at most", COLLECTOR_LEVELS);
		if (words_number(item, 0, o->value, &c->levels[c->n_levels]))
			return fail(p->err, "-d needs a dump level from 0 to %u, not '%.40s'",
				    o->value, item);
		c->n_levels++;
	}
	return 0;
}

/* Names that earlier versions knew. */
static bool is_gone(const char *name)
{
	static const char *const gone[] = { "zsmalloc", "user-tables", "pcp-free" };

	for (size_t i = 0; i < ARRAY_LEN(gone); i++) {
		if (!strcmp(name, gone[i]))
			return true;
	}
	return false;
}

static int set_exclude(struct parser *p, char *arg)
{
	char *item;

	while ((item = next_item(&arg))) {
		if (is_gone(item))
			return fail(p->err,
				    "--exclude %s is gone, only struct-pages is left; remove it",
				    item);
		if (strcmp(item, "struct-pages"))
			return fail(p->err, "--exclude knows struct-pages, not '%.40s'", item);
		p->c->exclude_struct_pages = true;
	}
	return 0;
}

static void note(struct collector *c, const struct collector_option *o)
{
	if (c->n_notes < COLLECTOR_NOTES)
		c->notes[c->n_notes++] = o;
}

static int set_codec(struct parser *p, const struct collector_option *o)
{
	struct collector *c = p->c;

	if (c->codec != DUMP_STORED && c->codec != o->value)
		return fail(p->err, "-%c and -%c exclude each other; write one",
			    codec_letters[c->codec], o->letter);
	c->codec = o->value;
	/* which of the two -l will be, only the program that dumps knows */
	if (o->letter == 'p' || (p->conf && c->codec == DUMP_LZO))
		note(c, o);
	return 0;
}

static int set_zstd_level(struct parser *p, const char *arg)
{
	char *end;
	long v;

	p->c->zstd_auto = !strcmp(arg, "auto");
	p->c->zstd_level = 0;
	if (p->c->zstd_auto)
		return 0;
	errno = 0;
	v = strtol(arg, &end, 10);
	if (errno || end == arg || *end || !v || v < MIN_ZSTD || v > MAX_ZSTD)
		return fail(p->err, "--zstd-level is auto or a number from -5 to 3, without 0");
	p->c->zstd_level = (int)v;
	return 0;
}

static int set_format(struct parser *p, const char *arg)
{
	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		if (strcmp(arg, formats[i].name))
			continue;
		p->c->format = formats[i].format;
		p->c->flattened |= formats[i].flattened;
		return 0;
	}
	return fail(p->err,
		    "--format is kdump, kdump-classic, elf, elf.zst or flattened, not '%.40s'",
		    arg);
}

static int set_limit(struct parser *p, const char *arg)
{
	if (words_size(arg, &p->c->limit) || !p->c->limit)
		return fail(p->err, "-L needs a size in bytes, as 2000000000 or 2G");
	return 0;
}

static int set_mode(struct parser *p, enum collector_mode mode)
{
	struct collector *c = p->c;

	/* help is never wrong */
	if (c->mode == COLLECTOR_HELP || c->mode == COLLECTOR_VERSION)
		return 0;
	if (p->has_mode && c->mode != mode && mode != COLLECTOR_HELP && mode != COLLECTOR_VERSION)
		return fail(p->err, "%s and %s exclude each other; write one",
			    collector_usages[c->mode].option, collector_usages[mode].option);
	p->has_mode = true;
	c->mode = mode;
	return 0;
}

static int set_number(struct parser *p, const struct collector_option *o, const char *arg,
		      unsigned *ret)
{
	unsigned max = o->value ? o->value : UINT32_MAX;
	char label[COLLECTOR_LABEL];

	if (!words_number(arg, 0, max, ret))
		return 0;
	collector_label(o, label);
	return fail(p->err, "%s needs a number from 0 to %u, not '%.20s'", label, max, arg);
}

/* arg is not NULL where the option takes a value. */
static int apply(struct parser *p, const struct collector_option *o, char *arg)
{
	struct collector *c = p->c;
	unsigned unused;

	switch (o->action) {
	case A_LEVELS:
		return set_levels(p, o, arg);
	case A_EXCLUDE:
		return set_exclude(p, arg);
	case A_FLAG:
		*(bool *)((char *)c + o->value) = true;
		return 0;
	case A_CODEC:
		return set_codec(p, o);
	case A_ZSTD_LEVEL:
		return set_zstd_level(p, arg);
	case A_FORMAT:
		c->format = o->value;
		return 0;
	case A_FORMAT_NAME:
		return set_format(p, arg);
	case A_LIMIT:
		return set_limit(p, arg);
	case A_THREADS:
		return set_number(p, o, arg, &c->threads);
	case A_MODE:
		return set_mode(p, o->value);
	case A_PARTIAL:
		c->partial = true;
		return set_mode(p, COLLECTOR_DMESG);
	case A_MESSAGES:
		return set_number(p, o, arg, &c->messages);
	case A_NUMBER:
		return set_number(p, o, arg, &unused);
	case A_NOTED:
		note(c, o);
		return 0;
	case A_SAYS:
		c->messages |= o->value;
		return 0;
	default:
		return 0;
	}
}

/* ---------------------------------------------------------------- words */

static const struct collector_option *find_option(const char *name, size_t len)
{
	for (size_t i = 0; i < collector_n_options; i++) {
		const struct collector_option *o = &collector_options[i];

		if (o->name && strlen(o->name) == len && !memcmp(o->name, name, len))
			return o;
	}
	return NULL;
}

static const struct collector_option *find_letter(char letter)
{
	for (size_t i = 0; i < collector_n_options; i++) {
		if (collector_options[i].letter == letter)
			return &collector_options[i];
	}
	return NULL;
}

/* shown: the option as it was written. value: what stands in the same word, or NULL. */
static int take_option(struct parser *p, const struct collector_option *o, const char *shown,
		       char *value)
{
	if (o->action == A_REFUSED)
		return fail(p->err, "option %s is not supported: %s", shown, o->text);
	if (p->conf && o->conf == COMMAND)
		return fail(p->err, "option %s is not supported in kdump.conf; remove it", shown);
	if (o->arg && !value) {
		if (p->at == p->n)
			return fail(p->err, "%s needs a value: %s", shown, o->arg);
		value = p->words[p->at++];
	}
	return apply(p, o, value ? value : (char *)"");
}

/* "--name" or "--name=value". */
static int parse_long(struct parser *p, char *word)
{
	size_t len = strcspn(word + 2, "=");
	const struct collector_option *o = find_option(word + 2, len);
	char shown[24], *value = word[2 + len] ? word + 3 + len : NULL;

	snprintf(shown, sizeof(shown), "%.*s", (int)(len + 2 < 100 ? len + 2 : 100), word);
	if (!o)
		return fail(p->err, "option %s is unknown; remove it", shown);
	if (value && !o->arg)
		return fail(p->err, "%s takes no value", shown);
	return take_option(p, o, shown, value);
}

/* "-ld31": letters, of which the last may have its value behind it or in the next word. */
static int parse_short(struct parser *p, char *word)
{
	for (char *at = word + 1; *at; at++) {
		const char shown[] = { '-', *at, '\0' };
		const struct collector_option *o = find_letter(*at);
		int r;

		if (!o)
			return fail(p->err, "option %s is unknown; remove it", shown);
		r = take_option(p, o, shown, o->arg && at[1] ? at + 1 : NULL);
		if (r || o->arg)
			return r;
	}
	return 0;
}

/* The one mode that is a word: a core of this name is ./list. */
static int take_list(struct parser *p)
{
	if (p->conf || !p->n || strcmp(p->words[0], "list"))
		return 0;
	p->at++;
	return set_mode(p, COLLECTOR_LIST);
}

static int parse_words(struct parser *p)
{
	bool options = true;
	unsigned kept = 0;
	int first = take_list(p);

	if (first)
		return first;
	while (p->at < p->n) {
		char *word = p->words[p->at++];
		int r = 0;

		if (!options || word[0] != '-' || !word[1])
			p->words[kept++] = word;
		else if (!strcmp(word, "--"))
			options = false;
		else
			r = word[1] == '-' ? parse_long(p, word) : parse_short(p, word);
		if (r)
			return r;
	}
	p->c->operands = p->words;
	p->c->n_operands = kept;
	return 0;
}

/* ---------------------------------------------------------------- what does not go together */

static int check_format(const struct collector *c, struct collector_error *err)
{
	if (c->format == DUMP_ELF && c->codec != DUMP_STORED)
		return fail(err,
			    "pages of an ELF file cannot be compressed; remove -%c, or write "
			    "--format elf.zst",
			    codec_letters[c->codec]);
	if (c->format == DUMP_ELF_ZST && c->codec != DUMP_STORED && c->codec != DUMP_ZSTD)
		return fail(err, "elf.zst is zstd; remove -%c", codec_letters[c->codec]);
	if (c->format == DUMP_ELF_ZST && c->flattened)
		return fail(err, "elf.zst is a stream already; remove -F");
	if (c->split && (c->format >= DUMP_ELF || c->flattened))
		return fail(err, "--split makes kdump files only; remove -E, -F or --format");
	return 0;
}

static int check_operands(const struct collector *c, struct collector_error *err)
{
	const struct collector_usage *u = &collector_usages[c->mode];
	unsigned min = u->min, max = u->max;

	if (c->mode == COLLECTOR_DUMP) {
		/* where the bytes go is clear: to standard output, or nowhere */
		min = c->split ? 3 : c->flattened || c->dry_run ? 1 : 2;
		max = c->split ? max : 2;
	}
	if (c->n_operands < min)
		return fail(err, "too few names; write kdump-dumper %s%s%s", u->option,
			    *u->option ? " " : "", c->split ? "SRC DST DST..." : u->operands);
	if (c->n_operands > max)
		return fail(err, "'%.40s' is one name too many; write kdump-dumper %s%s%s",
			    c->operands[max], u->option, *u->option ? " " : "", u->operands);
	return 0;
}

static int check_command(const struct collector *c, struct collector_error *err)
{
	bool makes = c->mode == COLLECTOR_DUMP || c->mode == COLLECTOR_CONVERT ||
		     c->mode == COLLECTOR_RECOVER || c->mode == COLLECTOR_REASSEMBLE;

	int r;

	if (c->mode == COLLECTOR_HELP || c->mode == COLLECTOR_VERSION)
		return 0;
	if (c->dry_run && c->mode != COLLECTOR_DUMP && c->mode != COLLECTOR_CONVERT)
		return fail(err, "--dry-run and %s exclude each other; write one",
			    collector_usages[c->mode].option);
	if (c->split && c->mode != COLLECTOR_DUMP)
		return fail(err, "--split and %s exclude each other; write one",
			    collector_usages[c->mode].option);
	r = check_operands(c, err);
	if (r)
		return r;
	if (c->json && c->mode == COLLECTOR_DMESG && c->n_operands > 1)
		return fail(err, "--json writes the log to standard output; remove %.60s",
			    c->operands[1]);
	if (c->json && makes && !c->dry_run &&
	    (c->n_operands == 1 || !strcmp(c->operands[c->n_operands - 1], "-")))
		return fail(err, "--json and a dump on standard output exclude each other");
	return 0;
}

int collector_parse(char **words, unsigned n, struct collector *ret, struct collector_error *err)
{
	struct parser p = { .words = words, .n = n, .c = ret, .err = err };
	int r = parse_words(&p);

	if (!r && ret->mode < COLLECTOR_HELP)
		r = check_format(ret, err);
	return r ? r : check_command(ret, err);
}

int collector_parse_line(char *line, struct collector *ret, struct collector_error *err)
{
	char *words[COLLECTOR_WORDS], *word;
	struct parser p = { .words = words, .conf = true, .c = ret, .err = err };
	int r;

	while ((word = words_next(&line))) {
		if (p.n == COLLECTOR_WORDS)
			return fail(err, "more than %d words; remove some", COLLECTOR_WORDS);
		words[p.n++] = word;
	}
	r = parse_words(&p);
	ret->operands = NULL;
	if (r)
		return r;
	if (ret->n_operands)
		return fail(err, "'%.40s' is no option; only options may follow the program's name",
			    words[0]);
	return check_format(ret, err);
}

/* ---------------------------------------------------------------- and back */

static void print_lists(FILE *f, const struct collector *c)
{
	fputs("-d", f);
	for (unsigned i = 0; i < c->n_levels; i++)
		fprintf(f, "%c%u", i ? ',' : ' ', c->levels[i]);
	if (c->exclude_struct_pages)
		fputs(" --exclude struct-pages", f);
}

int collector_print(const struct collector *c, char *buf, size_t size)
{
	FILE *f = size ? fmemopen(buf, size, "w") : NULL;
	long len;

	if (!f)
		return -ENOSPC;
	print_lists(f, c);
	if (c->codec != DUMP_STORED)
		fprintf(f, " -%c", codec_letters[c->codec]);
	if (c->zstd_level)
		fprintf(f, " --zstd-level %d", c->zstd_level);
	if (c->zstd_auto)
		fputs(" --zstd-level auto", f);
	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		if (c->format != DUMP_KDUMP && formats[i].format == c->format)
			fprintf(f, " --format %s", formats[i].name);
	}
	if (c->flattened)
		fputs(" -F", f);
	if (c->threads)
		fprintf(f, " --threads %u", c->threads);
	if (c->limit)
		fprintf(f, " -L %llu", (unsigned long long)c->limit);
	len = ftell(f);
	return fclose(f) || len < 0 || (size_t)len >= size ? -ENOSPC : 0;
}
