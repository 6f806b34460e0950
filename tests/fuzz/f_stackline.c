/* SPDX-License-Identifier: MIT */
/*
 * The dm and md lines of an image's config, down to the braces.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/conf/stackline.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_free_ char *a = strndup((const char *)data, size), *b = a ? strdup(a) : NULL;
	char name[STACKLINE_NAME_BYTES];
	const char *before, *inside;
	struct stackline_dm dm;
	struct stackline_md md;
	size_t seen = 0, len;

	if (!a || !b)
		return 0;
	if (stackline_maker(a, name) && strlen(name) >= sizeof(name))
		abort();
	if (!stackline_md(b, &md) && strlen(md.uuid) != 36)
		abort();
	if (stackline_dm(a, &dm))
		return 0;
	len = strlen(dm.params);
	while (stackline_next(&dm.params, &before, &inside) > 0)
		seen += strlen(before) + (inside ? strlen(inside) + 2 : 0);
	if (seen > len)
		abort();
	return 0;
}
