/* SPDX-License-Identifier: MIT */
#include "lib/dumps/dump_name.h"

#include <string.h>
#include <time.h>

/* "-20261123T142005Z-0a1b2c3d" */
static const char tail_form[] = "-ddddddddTddddddZ-xxxxxxxx";

enum { TAIL_LEN = sizeof(tail_form) - 1 };

static bool fits_form(const char *s)
{
	for (unsigned i = 0; i < TAIL_LEN; i++) {
		bool digit = s[i] >= '0' && s[i] <= '9', hex = s[i] >= 'a' && s[i] <= 'f';

		if (tail_form[i] == 'd'	  ? !digit
		    : tail_form[i] == 'x' ? !digit && !hex
					  : s[i] != tail_form[i])
			return false;
	}
	return true;
}

static int number(const char *s, unsigned digits)
{
	int n = 0;

	while (digits--)
		n = n * 10 + (*s++ - '0');
	return n;
}

bool dump_name_parse(const char *name, uint64_t *ret_time_s, unsigned *ret_host_len)
{
	size_t len = strlen(name);
	const char *t;
	struct tm tm;

	if (len <= TAIL_LEN || len >= DUMP_NAME_BYTES || name[0] == '.' ||
	    !fits_form(name + len - TAIL_LEN))
		return false;
	t = name + len - TAIL_LEN + 1;
	tm = (struct tm){ .tm_year = number(t, 4) - 1900,
			  .tm_mon = number(t + 4, 2) - 1,
			  .tm_mday = number(t + 6, 2),
			  .tm_hour = number(t + 9, 2),
			  .tm_min = number(t + 11, 2),
			  .tm_sec = number(t + 13, 2) };
	if (tm.tm_year < 70)
		return false;
	*ret_time_s = (uint64_t)timegm(&tm);
	*ret_host_len = (unsigned)(len - TAIL_LEN);
	return true;
}
