/* SPDX-License-Identifier: MIT */
#include "lib/dumps/json_read.h"

#include <errno.h>
#include <string.h>

/* Where the reader stands in the text. */
struct cursor {
	const char *at, *end;
};

static void skip_blanks(struct cursor *c)
{
	while (c->at < c->end && strchr(" \t\r\n", *c->at) && *c->at)
		c->at++;
}

static bool take_char(struct cursor *c, char want)
{
	skip_blanks(c);
	if (c->at == c->end || *c->at != want)
		return false;
	c->at++;
	return true;
}

/* Four hexadecimal digits; -1: something else. */
static int take_hex(struct cursor *c)
{
	int n = 0;

	for (int i = 0; i < 4; i++, c->at++) {
		static const char digits[] = "0123456789abcdef";
		const char *d = c->at < c->end && *c->at ? strchr(digits, *c->at | 0x20) : NULL;

		if (!d || !*d)
			return -1;
		n = n * 16 + (int)(d - digits);
	}
	return n;
}

/* The second half of a character beyond U+FFFF follows its first one. -1: it does not. */
static int take_pair(struct cursor *c, int high)
{
	int low;

	if (high < 0xd800 || high > 0xdfff)
		return high;
	if (high > 0xdbff || c->end - c->at < 6 || c->at[0] != '\\' || c->at[1] != 'u')
		return -1;
	c->at += 2;
	low = take_hex(c);
	return low < 0xdc00 || low > 0xdfff ? -1 : 0x10000 + ((high - 0xd800) << 10) + low - 0xdc00;
}

/* Bytes of a code point in UTF-8. */
static size_t encode_utf8(int code, char ret[4])
{
	static const struct {
		int below, lead;
	} forms[] = { { 0x80, 0 }, { 0x800, 0xc0 }, { 0x10000, 0xe0 }, { 0x110000, 0xf0 } };
	size_t n = 1;

	while (code >= forms[n - 1].below)
		n++;
	for (size_t i = n; i-- > 1; code >>= 6)
		ret[i] = (char)(0x80 | (code & 0x3f));
	ret[0] = (char)(forms[n - 1].lead | code);
	return n;
}

/* One character of a string, behind its escape if it has one. Its bytes, at most 4; 0: none. */
static size_t take_character(struct cursor *c, char ret[4])
{
	static const char names[] = "\"\\/bfnrt", are[] = "\"\\/\b\f\n\r\t";
	const char *name;
	int code;

	if (c->at == c->end || (unsigned char)*c->at < 0x20)
		return 0;
	ret[0] = *c->at++;
	if (ret[0] != '\\')
		return 1;
	if (c->at == c->end || !*c->at)
		return 0;
	name = strchr(names, *c->at);
	c->at++;
	if (name) {
		ret[0] = are[name - names];
		return 1;
	}
	if (c->at[-1] != 'u')
		return 0;
	code = take_hex(c);
	code = code < 0 ? code : take_pair(c, code);
	return code < 0 ? 0 : encode_utf8(code, ret);
}

/* From behind the first quote to behind the last one. ret: NULL, or room for size bytes. */
static bool take_string(struct cursor *c, char *ret, size_t size)
{
	bool full = !size;
	size_t n = 0, bytes;
	char one[4];

	while (c->at < c->end && *c->at != '"') {
		bytes = take_character(c, one);
		if (!bytes)
			return false;
		full |= n + bytes >= size;
		if (!full)
			memcpy(ret + n, one, bytes);
		n += full ? 0 : bytes;
	}
	if (size)
		ret[n] = '\0';
	return take_char(c, '"');
}

static bool take_digits(struct cursor *c)
{
	const char *first = c->at;

	while (c->at < c->end && *c->at >= '0' && *c->at <= '9')
		c->at++;
	return c->at > first;
}

static bool take_number(struct cursor *c)
{
	const char *first;

	if (c->at < c->end && *c->at == '-')
		c->at++;
	first = c->at;
	if (!take_digits(c) || (*first == '0' && c->at - first > 1))
		return false;
	if (c->at < c->end && *c->at == '.') {
		c->at++;
		if (!take_digits(c))
			return false;
	}
	if (c->at < c->end && (*c->at | 0x20) == 'e') {
		c->at++;
		if (c->at < c->end && (*c->at == '+' || *c->at == '-'))
			c->at++;
		return take_digits(c);
	}
	return true;
}

static bool take_word(struct cursor *c, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(c->end - c->at) < n || memcmp(c->at, word, n))
		return false;
	c->at += n;
	return true;
}

static bool take_value(struct cursor *c, unsigned depth);

/* "key": of an object's member. */
static bool take_key(struct cursor *c, char *ret, size_t size)
{
	return take_char(c, '"') && take_string(c, ret, size) && take_char(c, ':');
}

/* From behind the opening bracket. */
static bool take_members(struct cursor *c, char close, unsigned depth)
{
	if (take_char(c, close))
		return true;
	do {
		if ((close == '}' && !take_key(c, NULL, 0)) || !take_value(c, depth))
			return false;
	} while (take_char(c, ','));
	return take_char(c, close);
}

static bool take_value(struct cursor *c, unsigned depth)
{
	skip_blanks(c);
	if (c->at == c->end || depth == JSON_READ_DEPTH)
		return false;
	switch (*c->at) {
	case '{':
		c->at++;
		return take_members(c, '}', depth + 1);
	case '[':
		c->at++;
		return take_members(c, ']', depth + 1);
	case '"':
		c->at++;
		return take_string(c, NULL, 0);
	case 't':
		return take_word(c, "true");
	case 'f':
		return take_word(c, "false");
	case 'n':
		return take_word(c, "null");
	default:
		return take_number(c);
	}
}

int json_read_check(const char *text, size_t len)
{
	struct cursor c = { text, text + len };

	if (!take_value(&c, 0))
		return -EBADMSG;
	skip_blanks(&c);
	return c.at == c.end ? 0 : -EBADMSG;
}

/* Into the member of this name: the cursor stands before its value. */
static bool enter_key(struct cursor *c, const char *name, size_t len)
{
	char key[64];

	if (!take_char(c, '{') || take_char(c, '}'))
		return false;
	do {
		if (!take_key(c, key, sizeof(key)))
			return false;
		if (strlen(key) == len && !memcmp(key, name, len))
			return true;
		if (!take_value(c, 0))
			return false;
	} while (take_char(c, ','));
	return false;
}

static bool enter_index(struct cursor *c, unsigned long index)
{
	if (!take_char(c, '[') || take_char(c, ']'))
		return false;
	while (index--) {
		if (!take_value(c, 0) || !take_char(c, ','))
			return false;
	}
	return true;
}

/* The cursor then stands at the value's first character. 0 or -ENOENT. */
static int find_value(struct cursor *c, const char *path)
{
	while (*path) {
		size_t n = strcspn(path, ".[");

		if (n ? !enter_key(c, path, n)
		      : *path == '[' && !enter_index(c, (unsigned long)(path[1] - '0')))
			return -ENOENT;
		/* indices have one digit: "[0]" */
		path += n ? n : *path == '[' ? 3 : 1;
	}
	skip_blanks(c);
	return c->at == c->end || *c->at == 'n' ? -ENOENT : 0;
}

int json_read_string(const char *text, size_t len, const char *path, char *ret, size_t size)
{
	struct cursor c = { text, text + len };
	int r = find_value(&c, path);

	if (r)
		return r;
	if (*c.at != '"')
		return -EINVAL;
	c.at++;
	return take_string(&c, ret, size) ? 0 : -EINVAL;
}

int json_read_uint(const char *text, size_t len, const char *path, uint64_t *ret)
{
	struct cursor c = { text, text + len };
	int r = find_value(&c, path);
	uint64_t n = 0;

	if (r)
		return r;
	if (*c.at < '0' || *c.at > '9')
		return -EINVAL;
	for (; c.at < c.end && *c.at >= '0' && *c.at <= '9'; c.at++) {
		if (__builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, (uint64_t)(*c.at - '0'), &n))
			return -ERANGE;
	}
	if (c.at < c.end && strchr(".eE", *c.at))
		return -EINVAL;
	*ret = n;
	return 0;
}
