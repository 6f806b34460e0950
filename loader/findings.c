/* SPDX-License-Identifier: MIT */
/*
 * The list of findings.
 */
#include "loader/findings.h"

#include <stdarg.h>
#include <stdio.h>

static void add(struct findings *f, bool fatal, const char *fmt, va_list ap)
{
	f->fatal |= fatal;
	if (f->n == FINDINGS_MAX)
		return;
	f->item[f->n].fatal = fatal;
	vsnprintf(f->item[f->n].text, sizeof(f->item[0].text), fmt, ap);
	f->n++;
}

void findings_error(struct findings *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(f, true, fmt, ap);
	va_end(ap);
}

void findings_warn(struct findings *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(f, false, fmt, ap);
	va_end(ap);
}
