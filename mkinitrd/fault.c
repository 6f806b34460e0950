/* SPDX-License-Identifier: MIT */
#include "mkinitrd/fault.h"

#include <stdarg.h>
#include <stdio.h>

int fault_set(struct fault *f, int r, const char *fmt, ...)
{
	va_list ap;

	f->line = 0;
	va_start(ap, fmt);
	vsnprintf(f->text, sizeof(f->text), fmt, ap);
	va_end(ap);
	return r;
}

int fault_at(struct fault *f, unsigned line, int r, const char *fmt, ...)
{
	va_list ap;

	f->line = line;
	va_start(ap, fmt);
	vsnprintf(f->text, sizeof(f->text), fmt, ap);
	va_end(ap);
	return r;
}
