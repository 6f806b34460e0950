/* SPDX-License-Identifier: MIT */
#include "lib/newc.h"

#include <string.h>

size_t newc_entry_text(const struct newc_entry *e, uint32_t bytes,
		       char ret[NEWC_ENTRY_BYTES + NEWC_NAME_BYTES])
{
	size_t name = strlen(e->name) + 1;

	snprintf(ret, NEWC_ENTRY_BYTES + NEWC_NAME_BYTES,
		 "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%s", e->inode, e->mode,
		 0u, 0u, e->links, 0u, bytes, 0u, 0u, 0u, 0u, (unsigned)name, 0u, e->name);
	return NEWC_ENTRY_BYTES + name;
}

void newc_pad(FILE *to, size_t *at, size_t align)
{
	for (; *at % align; (*at)++)
		fputc(0, to);
}

void newc_put(FILE *to, const struct newc_entry *e, const void *data, size_t len, size_t *at)
{
	char text[NEWC_ENTRY_BYTES + NEWC_NAME_BYTES];
	size_t n = newc_entry_text(e, (uint32_t)len, text);

	fwrite(text, 1, n, to);
	*at += n;
	newc_pad(to, at, 4);
	if (len)
		fwrite(data, 1, len, to);
	*at += len;
	newc_pad(to, at, 4);
}
