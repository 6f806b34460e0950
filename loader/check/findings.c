/* SPDX-License-Identifier: MIT */
/*
 * The list of findings.
 */
#include "loader/check/findings.h"

#include <stdarg.h>
#include <stdio.h>

#include "lib/text.h"

/* Where one of this level goes: behind the others; in a full list over the least grave; NULL: nowhere. */
static struct finding *find_room(struct findings *f, enum finding_level level)
{
	struct finding *least = NULL;

	f->fatal |= level == FINDING_ERROR;
	f->stale |= level == FINDING_STALE;
	if (f->n < FINDINGS_MAX)
		return &f->item[f->n++];
	for (unsigned i = f->n; i--;) {
		if (f->item[i].level < (least ? least->level : level))
			least = &f->item[i];
	}
	return least;
}

static void add_finding(struct findings *f, enum finding_level level, const char *id,
			const char *fmt, va_list ap)
{
	struct finding *to = find_room(f, level);

	if (!to)
		return;
	to->level = level;
	to->id = id;
	vsnprintf(to->text, sizeof(to->text), fmt, ap);
	/* names come from an image or a folder, and the sentence goes to a terminal */
	text_make_printable(to->text);
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
	struct finding *to = find_room(f, one->level);

	if (to)
		*to = *one;
}

const char *findings_level_name(enum finding_level l)
{
	static const char *const names[] = {
		[FINDING_WARNING] = "warning", [FINDING_STALE] = "stale", [FINDING_ERROR] = "error"
	};

	return names[l];
}
