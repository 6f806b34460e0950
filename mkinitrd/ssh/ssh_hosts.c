/* SPDX-License-Identifier: MIT */
#include "mkinitrd/ssh/ssh_hosts.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/cleanup.h"

/* Kinds that the client has. */
static const char *const kinds[] = { "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384",
				     "ecdsa-sha2-nistp521", "ssh-rsa" };

/* '*' and '?', upper and lower case alike. Without recursion, as anybody may write a pattern. */
static bool fits_pattern(const char *pattern, const char *name)
{
	const char *star = NULL, *retry = NULL;

	while (*name) {
		if (*pattern == '*') {
			star = ++pattern;
			retry = name;
		} else if (*pattern == '?' ||
			   tolower((unsigned char)*pattern) == tolower((unsigned char)*name)) {
			pattern++;
			name++;
		} else if (star) {
			pattern = star;
			name = ++retry;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

/* A list with commas; one with '!' in front that fits forbids all. */
static bool fits_list(char *list, const char *name)
{
	bool fits = false;

	for (char *one; (one = strsep(&list, ","));) {
		bool not = *one == '!';

		if (!fits_pattern(one + not, name))
			continue;
		if (not )
			return false;
		fits = true;
	}
	return fits;
}

static bool is_base64(const char *s)
{
	size_t n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

	return n > 30 && strspn(s + n, "=") == strlen(s + n);
}

static bool is_kind(const char *s)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (!strcmp(s, kinds[i]))
			return true;
	}
	return false;
}

static void add_key(struct ssh_hosts *h, const char *kind, const char *key, bool revoked)
{
	char line[sizeof(h->key[0])];

	if (!is_kind(kind) || !is_base64(key) ||
	    (size_t)snprintf(line, sizeof(line), "%s %s", kind, key) >= sizeof(line))
		return;
	for (unsigned i = 0; i < h->n; i++) {
		if (!strcmp(h->key[i], line)) {
			h->revoked[i] |= revoked;
			return;
		}
	}
	if (h->n == SSH_HOSTS_KEYS)
		return;
	strcpy(h->key[h->n], line);
	h->revoked[h->n++] = revoked;
}

static char *next_word(char **rest)
{
	char *word;

	do
		word = strsep(rest, " \t\r");
	while (word && !*word);
	return word;
}

static void take_line(struct ssh_hosts *h, char *line, const char *name, bool all_hashed)
{
	char *names = next_word(&line), *marker = NULL, *kind, *key;
	bool fits;

	if (!names || *names == '#')
		return;
	if (*names == '@') {
		marker = names;
		names = next_word(&line);
	}
	kind = next_word(&line);
	key = next_word(&line);
	if (!names || !kind || !key)
		return;
	h->hashed |= *names == '|';
	fits = *names == '|' ? all_hashed : fits_list(names, name);
	if (!fits)
		return;
	if (marker && !strcmp(marker, "@cert-authority"))
		h->authorities++;
	else if (!marker || !strcmp(marker, "@revoked"))
		add_key(h, kind, key, marker);
}

void ssh_hosts_add(struct ssh_hosts *h, const char *text, size_t len, const char *name,
		   bool all_hashed)
{
	_free_ char *copy = strndup(text, len);
	char *rest = copy;

	for (char *line; rest && (line = strsep(&rest, "\n"));)
		take_line(h, line, name, all_hashed);
}

unsigned ssh_hosts_lines(const struct ssh_hosts *h, const char *as, char ret[SSH_HOSTS_BYTES])
{
	unsigned n = 0;
	size_t at = 0;

	ret[0] = '\0';
	for (unsigned i = 0; i < h->n; i++) {
		int len = h->revoked[i] ? 0
					: snprintf(ret + at, SSH_HOSTS_BYTES - at, "%s %s\n", as,
						   h->key[i]);

		if (len <= 0 || (size_t)len >= SSH_HOSTS_BYTES - at) {
			ret[at] = '\0';
			continue;
		}
		at += (size_t)len;
		n++;
	}
	return n;
}
