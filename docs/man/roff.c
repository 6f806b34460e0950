/* SPDX-License-Identifier: MIT */
#include "docs/man/roff.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define COLUMNS 78
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

enum font { ROMAN = 'R', BOLD = 'B', ITALIC = 'I' };

/* Where roff_text() stands. */
struct line {
	size_t column;
	bool quoted; /* between backquotes */
	const char *args;
};

static size_t put_char(char c)
{
	switch (c) {
	case '\\':
		return (size_t)printf("\\e");
	case '-':
		return (size_t)printf("\\-");
	case '\'':
		return (size_t)printf("\\(aq");
	case '^':
		return (size_t)printf("\\(ha");
	case '~':
		return (size_t)printf("\\(ti");
	default:
		putchar(c);
		return 1;
	}
}

static size_t put_chars(const char *s, size_t len, enum font font)
{
	size_t n = 0;

	if (!len)
		return 0;
	if (font != ROMAN)
		n += (size_t)printf("\\f%c", font);
	for (size_t i = 0; i < len; i++)
		n += put_char(s[i]);
	if (font != ROMAN)
		n += (size_t)printf("\\fR");
	return n;
}

/* Of letters, digits and underscores. */
static size_t name_length(const char *s, size_t len)
{
	size_t n = 0;

	while (n < len && (isalnum((unsigned char)s[n]) || s[n] == '_'))
		n++;
	return n;
}

static bool is_capitals(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (islower((unsigned char)s[i]))
			return false;
	}
	return len && isupper((unsigned char)s[0]);
}

/* Is the name a word of args? */
static bool is_in(const char *args, const char *name, size_t len)
{
	for (const char *at = args; *at; at++) {
		size_t n = name_length(at, strlen(at));

		if (n == len && !memcmp(at, name, n))
			return true;
		at += n ? n - 1 : 0;
	}
	return false;
}

/* A word of syntax; args: as for roff_text(). */
static size_t put_syntax(const char *word, size_t len, const char *args)
{
	static const char marks[] = "[]|() ,";
	size_t n = 0, at = 0;

	while (at < len) {
		size_t name = name_length(word + at, len - at), end = at;

		if (is_capitals(word + at, name) && (at + name == len || word[at + name] != '=') &&
		    (!args || is_in(args, word + at, name))) {
			n += put_chars(word + at, name, ITALIC);
			at += name;
			continue;
		}
		if (strchr(marks, word[at]) || !strncmp(word + at, "...", 3)) {
			size_t mark = strchr(marks, word[at]) ? 1 : 3;

			n += put_chars(word + at, mark, ROMAN);
			at += mark;
			continue;
		}
		/* an option's letter may be a capital: -K */
		end += name ? name : 1;
		if (word[at] == '-' && (!at || strchr(marks, word[at - 1])) && end < len &&
		    isalnum((unsigned char)word[end]))
			end++;
		/* up to a mark, or a place behind one of "=/:" */
		while (end < len && !strchr(marks, word[end]) && strncmp(word + end, "...", 3) &&
		       !isupper((unsigned char)word[end]))
			end++;
		n += put_chars(word + at, end - at, BOLD);
		at = end;
	}
	return n;
}

/* "crash(8)", perhaps with marks behind it: the length of the name, 0 for any other word. */
static size_t page_name(const char *word, size_t len)
{
	size_t n = 0;

	while (n < len && (isalnum((unsigned char)word[n]) || strchr("_.-", word[n])))
		n++;
	return n && n + 2 < len && word[n] == '(' && isdigit((unsigned char)word[n + 1]) &&
			       word[n + 2] == ')'
		       ? n
		       : 0;
}

static size_t put_plain(const char *word, size_t len, const char *args)
{
	size_t page = page_name(word, len), n = 0;

	if (page)
		return put_chars(word, page, BOLD) + put_chars(word + page, len - page, ROMAN);
	for (size_t at = 0; at < len;) {
		size_t name = name_length(word + at, len - at);
		bool place = args && is_capitals(word + at, name) && is_in(args, word + at, name);

		n += put_chars(word + at, name ? name : 1, place ? ITALIC : ROMAN);
		at += name ? name : 1;
	}
	return n;
}

/* A word with its marks of quotation, which change the state of the line. */
static void put_word(struct line *l, const char *word, size_t len)
{
	while (len) {
		const char *quote = memchr(word, '`', len);
		size_t n = quote ? (size_t)(quote - word) : len;

		l->column += l->quoted ? put_syntax(word, n, l->args) : put_plain(word, n, l->args);
		l->quoted ^= !!quote;
		n += !!quote;
		word += n;
		len -= n;
	}
}

/* The blank before a word of len, or the end of the line. */
static void put_blank(struct line *l, size_t len, bool sentence_ended)
{
	bool ends = sentence_ended || l->column + len + 1 > COLUMNS;

	putchar(ends ? '\n' : ' ');
	l->column = ends ? 0 : l->column + 1;
}

/* Text begins with a capital, but for kdump.json, --option and the like. */
static void put_first_word(struct line *l, const char *word, size_t len)
{
	char first = (char)toupper((unsigned char)word[0]);
	size_t letters = strspn(word, LETTERS "-");

	if (letters + 1 < len || !isalpha((unsigned char)word[0])) {
		put_word(l, word, len);
		return;
	}
	put_word(l, &first, 1);
	put_word(l, word + 1, len - 1);
}

/* What follows the first word, of len. */
static void put_rest(struct line *l, const char *text, size_t len)
{
	while (text[len]) {
		bool ended = text[len - 1] == '.' && !l->quoted;

		text += len + 1;
		len = strcspn(text, " ");
		put_blank(l, len, ended);
		if (!l->column && *text == '.')
			fputs("\\&", stdout);
		put_word(l, text, len);
	}
}

void roff_text(const char *text, const char *args)
{
	struct line l = { .args = args };
	size_t len = strcspn(text, " ");
	char last = text[strlen(text) - 1];

	put_first_word(&l, text, len);
	put_rest(&l, text, len);
	puts(last == '.' || last == ':' ? "" : ".");
}

void roff_clause(const char *text)
{
	struct line l = { .args = NULL };
	size_t len = strcspn(text, " ");

	put_word(&l, text, len);
	put_rest(&l, text, len);
	putchar('\n');
}

void roff_syntax(const char *syntax)
{
	put_syntax(syntax, strlen(syntax), NULL);
}

void roff_tag(const char *name, const char *args, bool first)
{
	puts(first ? ".TP" : ".TQ");
	if (name)
		put_chars(name, strlen(name), BOLD);
	if (name && args && *args)
		putchar(' ');
	if (args)
		put_syntax(args, strlen(args), NULL);
	putchar('\n');
}
