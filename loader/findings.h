/* SPDX-License-Identifier: MIT */
/*
 * What the checks found, as whole sentences for the user; the caller prints them.
 */
#ifndef LOADER_FINDINGS_H
#define LOADER_FINDINGS_H

#include <stdbool.h>

#define FINDINGS_MAX 16

struct finding {
	bool fatal; /* else a warning */
	char text[320];
};

struct findings {
	struct finding item[FINDINGS_MAX];
	unsigned n;
	bool fatal; /* one of them is */
};

/* The seventeenth is lost, its being fatal is not. */
void findings_error(struct findings *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void findings_warn(struct findings *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
