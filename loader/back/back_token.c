/* SPDX-License-Identifier: MIT */
#include "loader/back/back_token.h"

#include <stdio.h>
#include <stdlib.h>

#include "loader/kexec/cmdline.h"

unsigned back_token_read(const char *cmdline)
{
	const char *value;

	return cmdline_has(cmdline, BACK_TOKEN, &value) ? (unsigned)strtoul(value, NULL, 10) : 0;
}

int back_token_line(const char *base, unsigned times, char *buf, size_t size)
{
	char token[48];

	snprintf(token, sizeof(token), BACK_TOKEN "=%u", times);
	return cmdline_again(base, token, buf, size);
}
