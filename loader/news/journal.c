/* SPDX-License-Identifier: MIT */
/*
 * Sources: systemd's "Native Journal Protocol" (fields as NAME=VALUE lines in one datagram), RFC
 * 3164 (/dev/log).
 */
#include "loader/news/journal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "lib/cleanup.h"

#define JOURNAL_SOCKET "run/systemd/journal/socket"
#define SYSLOG_SOCKET  "dev/log"

enum { FACILITY_DAEMON = 3 << 3 };

void journal_field(struct journal *j, const char *name, const char *value)
{
	size_t room = sizeof(j->text) - j->len;
	int n = snprintf(j->text + j->len, room, "%s=%s\n", name, value);

	if (n < 0 || (size_t)n >= room)
		return;
	for (char *c = j->text + j->len; c < j->text + j->len + n - 1; c++)
		*c = *c == '\n' ? ' ' : *c;
	j->len += (size_t)n;
}

void journal_init(struct journal *j, int priority, const char *id, const char *line)
{
	char number[12];

	j->len = 0;
	snprintf(j->line, sizeof(j->line), "%s", line);
	snprintf(number, sizeof(number), "%d", priority);
	journal_field(j, "MESSAGE", line);
	journal_field(j, "MESSAGE_ID", id);
	journal_field(j, "PRIORITY", number);
	journal_field(j, "SYSLOG_IDENTIFIER", "kdump-loader");
}

/* A datagram to a socket below root, however long root's path is. */
static int send_to(int root, const char *path, const char *text, size_t len)
{
	_close_ int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct sockaddr_un to = { .sun_family = AF_UNIX };

	if (fd < 0)
		return -errno;
	snprintf(to.sun_path, sizeof(to.sun_path), "/proc/self/fd/%d/%s", root, path);
	return sendto(fd, text, len, MSG_NOSIGNAL, (struct sockaddr *)&to, sizeof(to)) < 0 ? -errno
											   : 0;
}

int journal_send(int root, const struct journal *j, int priority)
{
	char line[sizeof(j->line) + 32];
	int r = send_to(root, JOURNAL_SOCKET, j->text, j->len), n;

	if (!r)
		return 0;
	n = snprintf(line, sizeof(line), "<%d>kdump-loader: %s", FACILITY_DAEMON | priority,
		     j->line);
	return send_to(root, SYSLOG_SOCKET, line, (size_t)n);
}
