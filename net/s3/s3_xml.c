/* SPDX-License-Identifier: MIT */
#include "net/s3/s3_xml.h"

#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"

/* The rest of a text. */
struct rest {
	const char *at, *end;
};

static bool begins(const struct rest *r, const char *text)
{
	size_t n = strlen(text);

	return (size_t)(r->end - r->at) >= n && !memcmp(r->at, text, n);
}

/* Behind "<name", up to '>' or what an attribute begins with. */
static bool is_tag(const struct rest *r, const char *name)
{
	size_t n = strlen(name);

	return (size_t)(r->end - r->at) > n + 1 && *r->at == '<' && !memcmp(r->at + 1, name, n) &&
	       strchr("> \t\r\n/", r->at[n + 1]);
}

static const struct {
	const char *name;
	char letter;
} entities[] = {
	{ "&amp;", '&' }, { "&lt;", '<' }, { "&gt;", '>' }, { "&quot;", '"' }, { "&apos;", '\'' },
};

/* A number that is no letter of ASCII is left out. */
static char take_number(struct rest *r)
{
	const char *semicolon = memchr(r->at, ';', (size_t)(r->end - r->at));
	char digits[12] = "";
	long v;

	if (!semicolon || (size_t)(semicolon - r->at) > sizeof(digits)) {
		r->at++;
		return '&';
	}
	memcpy(digits, r->at + 2, (size_t)(semicolon - r->at) - 2);
	v = digits[0] == 'x' ? strtol(digits + 1, NULL, 16) : strtol(digits, NULL, 10);
	r->at = semicolon + 1;
	return v > 0 && v < 127 ? (char)v : '\0';
}

static char take_letter(struct rest *r)
{
	for (size_t i = 0; *r->at == '&' && i < ARRAY_LEN(entities); i++) {
		if (begins(r, entities[i].name)) {
			r->at += strlen(entities[i].name);
			return entities[i].letter;
		}
	}
	return begins(r, "&#") ? take_number(r) : *r->at++;
}

/* The text up to the next '<', which must end this element. */
static bool read_text(struct rest *r, const char *name, char *ret, size_t size)
{
	size_t n = 0;

	while (r->at < r->end && *r->at != '<') {
		unsigned char c = (unsigned char)take_letter(r);

		if (c >= ' ' && c != 127 && n + 1 < size)
			ret[n++] = (char)c;
	}
	ret[n] = '\0';
	return begins(r, "</") && (size_t)(r->end - r->at) > strlen(name) + 2 &&
	       !memcmp(r->at + 2, name, strlen(name)) && r->at[strlen(name) + 2] == '>';
}

bool s3_xml_text(const char *xml, size_t len, const char *name, char *ret, size_t size)
{
	struct rest r = { .at = xml, .end = xml + len };

	ret[0] = '\0';
	while ((r.at = memchr(r.at, '<', (size_t)(r.end - r.at)))) {
		struct rest in = r;

		if (is_tag(&r, name)) {
			in.at = memchr(r.at, '>', (size_t)(r.end - r.at));
			if (!in.at)
				break;
			in.at++;
			if (in.at[-2] != '/' && read_text(&in, name, ret, size))
				return true;
			ret[0] = '\0';
		}
		r.at++;
	}
	return false;
}

bool s3_xml_is(const char *xml, size_t len, const char *name)
{
	struct rest r = { .at = xml, .end = xml + len };

	while ((r.at = memchr(r.at, '<', (size_t)(r.end - r.at)))) {
		if (!begins(&r, "<?") && !begins(&r, "<!"))
			return is_tag(&r, name);
		r.at++;
	}
	return false;
}
