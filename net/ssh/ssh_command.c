/* SPDX-License-Identifier: MIT */
#include "net/ssh/ssh_command.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* As much as a command has room for twice. */
enum { QUOTED_BYTES = SSH_COMMAND_BYTES / 2 - 100 };

struct quoted {
	char text[QUOTED_BYTES];
	size_t len;
	bool full;
};

static void add(struct quoted *q, const char *text)
{
	size_t n = strlen(text);

	if (q->len + n >= sizeof(q->text)) {
		q->full = true;
		return;
	}
	memcpy(q->text + q->len, text, n + 1);
	q->len += n;
}

/* As a shell takes it as it is between single quotes; one in the text ends them for a moment. */
static void add_inside(struct quoted *q, const char *text)
{
	for (; *text; text++)
		add(q, *text == '\'' ? "'\\''" : (const char[2]){ *text, '\0' });
}

static int quote_folder(struct quoted *q, const char *path, const char *folder)
{
	*q = (struct quoted){ .len = 0 };
	add(q, "'");
	add_inside(q, path);
	add(q, "/");
	add_inside(q, folder);
	add(q, "'");
	return q->full ? -ENAMETOOLONG : 0;
}

int ssh_command_take(const char *path, const char *folder, const char *name,
		     char ret[SSH_COMMAND_BYTES])
{
	struct quoted dir;
	int r = quote_folder(&dir, path, folder);

	if (r)
		return r;
	r = snprintf(ret, SSH_COMMAND_BYTES,
		     "umask 077; mkdir -p %s && echo '" SSH_COMMAND_READY
		     "' && exec cat >%s/%s.partial",
		     dir.text, dir.text, name);
	return r < SSH_COMMAND_BYTES ? 0 : -ENAMETOOLONG;
}

int ssh_command_finish(const char *path, const char *folder, const char *name,
		       char ret[SSH_COMMAND_BYTES])
{
	struct quoted dir;
	int r = quote_folder(&dir, path, folder);

	if (r)
		return r;
	r = snprintf(ret, SSH_COMMAND_BYTES,
		     "cd %s && { sync %s.partial || sync; } 2>/dev/null; "
		     "[ ! -e %s.partial ] && [ -e %s ] || mv -f %s.partial %s",
		     dir.text, name, name, name, name, name);
	return r < SSH_COMMAND_BYTES ? 0 : -ENAMETOOLONG;
}
