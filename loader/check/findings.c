/* SPDX-License-Identifier: MIT */
/*
 * The list of findings.
 */
#include "loader/check/findings.h"

#include <stdarg.h>
#include <stdio.h>

/* Names come from an image or a folder, and the sentence goes to a terminal. */
static void only_printable(char *s)
{
	for (; *s; s++) {
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			*s = '?';
	}
}

static void add(struct findings *f, enum finding_level level, const char *id, const char *fmt,
		va_list ap)
{
	f->fatal |= level == FINDING_ERROR;
	f->stale |= level == FINDING_STALE;
	if (f->n == FINDINGS_MAX)
		return;
	f->item[f->n].level = level;
	f->item[f->n].id = id;
	vsnprintf(f->item[f->n].text, sizeof(f->item[0].text), fmt, ap);
	only_printable(f->item[f->n].text);
	f->n++;
}

void findings_error(struct findings *f, const char *id, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(f, FINDING_ERROR, id, fmt, ap);
	va_end(ap);
}

void findings_stale(struct findings *f, const char *id, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(f, FINDING_STALE, id, fmt, ap);
	va_end(ap);
}

void findings_warn(struct findings *f, const char *id, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(f, FINDING_WARNING, id, fmt, ap);
	va_end(ap);
}

const char *findings_level_name(enum finding_level l)
{
	static const char *const names[] = {
		[FINDING_WARNING] = "warning", [FINDING_STALE] = "stale", [FINDING_ERROR] = "error"
	};

	return names[l];
}
