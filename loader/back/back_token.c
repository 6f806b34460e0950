/* SPDX-License-Identifier: MIT */
#include "loader/back/back_token.h"

#include <stdio.h>
#include <stdlib.h>

#include "loader/kexec/cmdline.h"

struct back_token back_token_read(const char *cmdline, int boot_apicid)
{
	struct back_token t = { .first_cpu = boot_apicid };
	const char *value;
	char *end;

	if (!cmdline_has(cmdline, BACK_TOKEN, &value))
		return t;
	t.times = (unsigned)strtoul(value, &end, 10);
	t.first_cpu = *end == ',' ? (int)strtol(end + 1, NULL, 10) : CMDLINE_NO_APICID;
	return t;
}

int back_token_line(const char *base, const struct back_token *t, char *buf, size_t size)
{
	char token[64];

	snprintf(token, sizeof(token), BACK_TOKEN "=%u,%d", t->times, t->first_cpu);
	return cmdline_again(base, token, buf, size);
}
