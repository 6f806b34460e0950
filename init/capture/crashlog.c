/* SPDX-License-Identifier: MIT */
#include "init/capture/crashlog.h"

#include <stdlib.h>
#include <string.h>

enum { LINE_BYTES = 400 };

/*
 * "CPU: 1 PID: 1 Comm: sh Not tainted 6.1.0-40 #1", "… Tainted: G        W  OE      6.12.9 #1":
 * a letter in each flag's place or a blank, up to the release.
 */
static void find_taint(struct crashlog *c, const char *line)
{
	const char *at = strstr(line, " Comm: ");
	size_t n = 0;

	if (!at)
		return;
	if (strstr(at, " Not tainted ")) {
		c->told = true;
		c->taint[0] = '\0';
		return;
	}
	at = strstr(at, " Tainted: ");
	if (!at)
		return;
	for (at += 10; *at == ' ' || (*at >= 'A' && *at <= 'Z'); at++) {
		if (*at != ' ' && n + 1 < sizeof(c->taint))
			c->taint[n++] = *at;
	}
	c->taint[n] = '\0';
	c->told = true;
}

/*
 * "crashkernel reserved: 0x…b9000000 - 0x…bf000000 (96 MB)", and the same for "crashkernel low
 * memory"; before 6.8 on x86 "Reserving 96MB of memory at 2960MB for crashkernel (…)".
 */
static void find_reservation(struct crashlog *c, const char *line)
{
	const char *at = strstr(line, "Reserving "), *end = strstr(line, " MB)");

	if (at && strstr(at, "crashkernel")) {
		c->crashkernel_bytes += strtoull(at + 10, NULL, 10) << 20;
		return;
	}
	at = strstr(line, "crashkernel ");
	if (!at || !strstr(at, "reserved: 0x") || !end)
		return;
	while (end > at && end[-1] != '(')
		end--;
	c->crashkernel_bytes += strtoull(end, NULL, 10) << 20;
}

/* "[   12.345678] text" */
static void find_uptime(struct crashlog *c, const char *line)
{
	char *end;
	uint64_t s;

	if (*line != '[')
		return;
	s = strtoull(line + 1, &end, 10);
	if (end > line + 1 && *end == '.' && s > c->uptime_s)
		c->uptime_s = s;
}

int crashlog_line(void *ctx, const char *text, size_t len)
{
	char line[LINE_BYTES];

	if (len >= sizeof(line))
		len = sizeof(line) - 1;
	memcpy(line, text, len);
	line[len] = '\0';
	find_taint(ctx, line);
	find_uptime(ctx, line);
	if (strstr(line, "crashkernel"))
		find_reservation(ctx, line);
	return 0;
}
