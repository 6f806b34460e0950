/* SPDX-License-Identifier: MIT */
/*
 * The list of findings.
 */
#include "loader/check/findings.h"

#include <stdarg.h>
#include <stdio.h>

#include "lib/text.h"

static void add_finding(struct findings *f, enum finding_level level, const char *id,
			const char *fmt, va_list ap)
{
	f->fatal |= level == FINDING_ERROR;
	f->stale |= level == FINDING_STALE;
	if (f->n == FINDINGS_MAX)
		return;
	f->item[f->n].level = level;
	f->item[f->n].id = id;
	vsnprintf(f->item[f->n].text, sizeof(f->item[0].text), fmt, ap);
	/* names come from an image or a folder, and the sentence goes to a terminal */
	text_make_printable(f->item[f->n].text);
	f->n++;
}

void findings_error(struct findings *f, const char *id, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_finding(f, FINDING_ERROR, id, fmt, ap);
	va_end(ap);
}

void findings_stale(struct findings *f, const char *id, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_finding(f, FINDING_STALE, id, fmt, ap);
	va_end(ap);
}

void findings_warn(struct findings *f, const char *id, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_finding(f, FINDING_WARNING, id, fmt, ap);
	va_end(ap);
}

void findings_add(struct findings *f, const struct finding *one)
{
	f->fatal |= one->level == FINDING_ERROR;
	f->stale |= one->level == FINDING_STALE;
	if (f->n < FINDINGS_MAX)
		f->item[f->n++] = *one;
}

const char *findings_level_name(enum finding_level l)
{
	static const char *const names[] = {
		[FINDING_WARNING] = "warning", [FINDING_STALE] = "stale", [FINDING_ERROR] = "error"
	};

	return names[l];
}
