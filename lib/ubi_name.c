/* SPDX-License-Identifier: MIT */
#include "lib/ubi_name.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* At least one digit, and no more than devices and volumes there can be. */
static bool take_number(const char **p, unsigned *ret)
{
	size_t n = strspn(*p, "0123456789");

	if (!n || n > 5)
		return false;
	*ret = (unsigned)strtoul(*p, NULL, 10);
	*p += n;
	return true;
}

static bool take_text(const char *from, size_t len, char *ret, size_t size)
{
	return len && (size_t)snprintf(ret, size, "%.*s", (int)len, from) < size;
}

/* A volume's name has no colon in practice; a partition's may ("spi0.0:data"). */
static bool split_lasting(const char *s, struct ubi_name *ret)
{
	const char *colon = strrchr(s, ':');

	return colon && take_text(s, (size_t)(colon - s), ret->partition, UBI_PARTITION_BYTES) &&
	       take_text(colon + 1, strlen(colon + 1), ret->volume, UBI_VOLUME_BYTES);
}

bool ubi_name_split(const char *where, struct ubi_name *ret)
{
	const char *p = where;

	*ret = (struct ubi_name){ .device = 0 };
	if (!strncmp(p, "MTD=", 4))
		return split_lasting(p + 4, ret);
	if (!strncmp(p, "/dev/", 5))
		p += 5;
	if (strncmp(p, "ubi", 3))
		return false;
	p += 3;
	/* the kernel takes ubi:NAME as of ubi0 */
	if (*p != ':' && *p != '!' && !take_number(&p, &ret->device))
		return false;
	if (*p == ':' || *p == '!')
		return take_text(p + 1, strlen(p + 1), ret->volume, UBI_VOLUME_BYTES);
	return *p++ == '_' && take_number(&p, &ret->id) && !*p;
}
