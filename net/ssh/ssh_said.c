/* SPDX-License-Identifier: MIT */
#include "net/ssh/ssh_said.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/text.h"

#define LINES 3 /* of the end, that a reason may have */

void ssh_said_add(struct ssh_said *s, const char *bytes, size_t len)
{
	size_t room = sizeof(s->text) - 1;

	if (len > room) {
		bytes += len - room;
		len = room;
	}
	if (s->len + len > room) {
		size_t drop = s->len + len - room;

		memmove(s->text, s->text + drop, s->len - drop);
		s->len -= drop;
	}
	memcpy(s->text + s->len, bytes, len);
	s->len += len;
	s->text[s->len] = '\0';
}

/* What dbclient says, and what it means. The first row that fits counts. */
static const struct {
	const char *words;
	int error;
	const char *why;
} reasons[] = {
	{ "host key mismatch", -EKEYREJECTED,
	  "the host key is another one than known_hosts has: a new server, or somebody between" },
	{ "Not accepted automatically", -EKEYREJECTED,
	  "the host key is not in the image's known_hosts" },
	{ "No matching algo", -EKEYREJECTED,
	  "the server has no host key of a kind that known_hosts has, or no cipher in common" },
	{ "No auth methods could be used", -EACCES, "the server refuses the key" },
	{ "Bad hostkey signature", -EKEYREJECTED, "the host key does not belong to the server" },
	{ "Keepalive timeout", -ETIMEDOUT, "the server does not answer any more" },
	{ "Remote closed the connection", -ECONNRESET, "the server closed the connection" },
	{ "Error reading", -ECONNRESET, "the connection was lost" },
	{ "Error writing", -ECONNRESET, "the connection was lost" },
	{ "Integrity error", -EPROTO, "the connection brings broken data" },
};

/* A line without what every line of dbclient begins with. */
static const char *without_name(const char *line)
{
	const char *exited = strstr(line, " exited: ");

	if (strncmp(line, "dbclient: ", 10))
		return line;
	return exited ? exited + 9 : line + 10;
}

/* What dbclient says of itself in each capture kernel, whatever happens then. */
static bool is_chatter(const char *line)
{
	static const char *const chatter[] = { "Waiting for kernel randomness",
					       "Warning: failed to identify current user" };

	for (size_t i = 0; i < ARRAY_LEN(chatter); i++) {
		if (strstr(line, chatter[i]))
			return true;
	}
	return false;
}

/* The last lines that say something, joined. */
static void say_last(const struct ssh_said *s, char *why, size_t size)
{
	char text[sizeof(s->text)], *line[LINES] = { NULL }, *save = NULL;
	unsigned n = 0;
	size_t at = 0;

	memcpy(text, s->text, s->len);
	text[s->len] = '\0';
	for (char *l = strtok_r(text, "\r\n", &save); l; l = strtok_r(NULL, "\r\n", &save)) {
		if (is_chatter(l))
			continue;
		if (n == LINES)
			memmove(line, line + 1, (LINES - 1) * sizeof(*line));
		n -= n == LINES;
		line[n++] = l;
	}
	why[0] = '\0';
	for (unsigned i = 0; i < n && at < size; i++)
		at += (size_t)snprintf(why + at, size - at, "%s%s", i ? "; " : "",
				       without_name(line[i]));
	text_make_printable(why);
}

int ssh_said_reason(const struct ssh_said *s, int status, char *why, size_t size)
{
	why[0] = '\0';
	if (!status)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++) {
		if (s->len && strstr(s->text, reasons[i].words)) {
			snprintf(why, size, "%s", reasons[i].why);
			return reasons[i].error;
		}
	}
	say_last(s, why, size);
	if (!why[0] && status > 0)
		snprintf(why, size, "the command on the server failed (exit status %d)", status);
	else if (!why[0])
		snprintf(why, size, "dbclient was ended by signal %d", -status);
	return -EREMOTEIO;
}

/* The name that dbclient has for what known_hosts calls so. */
static const char *signature_name(const char *type)
{
	return strcmp(type, "ssh-rsa") ? type : "rsa-sha2-256";
}

void ssh_said_host_keys(char *text, const char *host, char *ret, size_t size)
{
	size_t at = 0;

	ret[0] = '\0';
	for (char *line; (line = strsep(&text, "\n"));) {
		const char *name = strsep(&line, " "), *type = strsep(&line, " ");

		if (!line || strcmp(name, host) || at >= size)
			continue;
		at += (size_t)snprintf(ret + at, size - at, "%s%s", at ? "," : "",
				       signature_name(type));
	}
}
