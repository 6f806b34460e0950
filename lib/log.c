/* SPDX-License-Identifier: MIT */
/*
 * The log: formats a line once on the stack and writes it whole to each output, so that lines
 * of two processes do not mix.
 */
#include "lib/log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/clock.h"

#define LINE_BYTES 1024

static struct {
	const char *prog;
	enum log_level max;
	int n;
	struct {
		int fd;
		enum log_format format;
	} out[LOG_OUTPUTS];
} state = { .prog = "kdump", .max = LOG_INFO };

void log_init(const char *prog, enum log_level max)
{
	state.prog = prog;
	state.max = max;
}

int log_add(int fd, enum log_format format)
{
	if (state.n == LOG_OUTPUTS)
		return -ENOSPC;
	state.out[state.n].fd = fd;
	state.out[state.n].format = format;
	state.n++;
	return 0;
}

void log_remove(int fd)
{
	for (int i = 0; i < state.n; i++) {
		if (state.out[i].fd != fd)
			continue;
		state.n--;
		memmove(&state.out[i], &state.out[i + 1],
			(size_t)(state.n - i) * sizeof(state.out[0]));
		return;
	}
}

/* Puts the prefix the format asks for into buf; returns its length. */
static size_t prefix(char *buf, size_t size, enum log_format format, enum log_level level)
{
	/* syslog's numbers: err 3, warning 4, info 6, debug 7 */
	static const char kmsg[] = { '3', '4', '6', '7' };
	uint64_t now_ms;
	int n;

	if (format == LOG_PLAIN)
		return (size_t)snprintf(buf, size, "%s: ", state.prog);
	now_ms = clock_boot_ms();
	n = format == LOG_KMSG ? snprintf(buf, size, "<%c>", kmsg[level]) : 0;
	n += snprintf(buf + n, size - (size_t)n, "%s: %" PRIu64 ".%03" PRIu64 " ", state.prog,
		      now_ms / 1000, now_ms % 1000);
	return (size_t)n;
}

static void write_line(int fd, enum log_format format, enum log_level level, const char *text)
{
	char line[LINE_BYTES + 96];
	size_t head = prefix(line, sizeof(line), format, level);
	size_t len = strnlen(text, LINE_BYTES);

	memcpy(line + head, text, len);
	line[head + len] = '\n';
	/* a console that does not take the line loses it: the capture goes on */
	if (write(fd, line, head + len + 1) < 0)
		return;
}

void log_line(enum log_level level, const char *fmt, ...)
{
	char text[LINE_BYTES];
	int saved = errno;
	va_list ap;

	if (level > state.max)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (!state.n)
		write_line(STDERR_FILENO, LOG_PLAIN, level, text);
	for (int i = 0; i < state.n; i++)
		write_line(state.out[i].fd, state.out[i].format, level, text);
	errno = saved;
}
