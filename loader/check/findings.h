/* SPDX-License-Identifier: MIT */
/*
 * What the checks found, as whole sentences for the user; the caller prints them. The id of a
 * finding is for scripts: it stays when its sentence is put better.
 */
#ifndef LOADER_CHECK_FINDINGS_H
#define LOADER_CHECK_FINDINGS_H

#include <stdbool.h>

#define FINDINGS_MAX 32

enum finding_level {
	FINDING_WARNING, /* works, but… */
	FINDING_STALE,	 /* works with what was current once */
	FINDING_ERROR,	 /* does not work; a load is not tried */
};

struct finding {
	enum finding_level level;
	const char *id; /* a literal */
	char text[400];
};

struct findings {
	struct finding item[FINDINGS_MAX];
	unsigned n;
	bool fatal; /* one of them is an error… */
	bool stale; /* …or stale */
};

/*
 * Behind FINDINGS_MAX one takes the place of another that is less grave, or is not kept; it counts for
 * fatal and stale in any case.
 */
void findings_error(struct findings *f, const char *id, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void findings_stale(struct findings *f, const char *id, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void findings_warn(struct findings *f, const char *id, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* One more of another list, as it is. */
void findings_add(struct findings *f, const struct finding *one);

/* "error", "stale", "warning" */
const char *findings_level_name(enum finding_level l);

#endif
