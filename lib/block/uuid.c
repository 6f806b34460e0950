/* SPDX-License-Identifier: MIT */
#include "lib/block/uuid.h"

#include <stdio.h>

void uuid_print(char *to, const uint8_t *uuid)
{
	for (int i = 0; i < UUID_BYTES; i++)
		to += sprintf(to, i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x",
			      uuid[i]);
}
