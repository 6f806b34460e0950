/* SPDX-License-Identifier: MIT */
/*
 * One line, one event: `module: object: what`. Only the edges (init, net's callers, the mains)
 * log; lib/ and dumper/ return errors. The log is the one place in the project with file-scope
 * state.
 */
#ifndef LIB_LOG_H
#define LIB_LOG_H

#include <stddef.h>

#define LOG_OUTPUTS 10 /* eight consoles, the kernel's log, a file */

enum log_level { LOG_ERR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* How lines look on an output. */
enum log_format {
	LOG_PLAIN, /* "prog: text" */
	LOG_TIMED, /* "prog: 12.345 text", seconds since boot (CLOCK_BOOTTIME) */
	LOG_KMSG,  /* LOG_TIMED behind a "<level>" prefix, for /dev/kmsg */
};

/*
 * prog is borrowed for ever (a literal). Lines above max are dropped. Without an output, lines
 * go to stderr as LOG_PLAIN.
 */
void log_init(const char *prog, enum log_level max);

/*
 * Adds an output, LOG_OUTPUTS at most; fd is borrowed. A write error on one output never stops the
 * others, and nothing ever blocks the caller longer than the write itself (consoles are opened
 * O_NONBLOCK by their owner). Returns 0 or -ENOSPC.
 */
int log_add(int fd, enum log_format format);
void log_remove(int fd);

void log_line(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#define log_err(...)   log_line(LOG_ERR, __VA_ARGS__)
#define log_warn(...)  log_line(LOG_WARN, __VA_ARGS__)
#define log_info(...)  log_line(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_line(LOG_DEBUG, __VA_ARGS__)

#endif
