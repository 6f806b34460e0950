/* SPDX-License-Identifier: MIT */
/*
 * iomem_parse over any text, and cuts and places in what comes out. /proc/iomem is the kernel's, but
 * kdump-loader exec --memory-map takes a file.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "loader/kexec/iomem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct iomem_wish w = { .bytes = size * 4096, .align = 4096, .max = UINT64_MAX };
	struct iomem m = { 0 };
	char *text = malloc(size + 1);
	uint64_t at;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	if (!iomem_parse(text, &m) && !m.n)
		abort();
	w.down = size & 1;
	if (iomem_find(&m, &w, &at)) {
		uint64_t before = iomem_bytes(&m, ~0u);

		if (at % w.align || iomem_cut(&m, at, at + w.bytes))
			abort();
		/* ranges may lie in each other, so more than once as much may be gone */
		if (w.bytes && before - iomem_bytes(&m, ~0u) < w.bytes)
			abort();
	}
	for (size_t i = 0; i < m.n; i++) {
		if (m.range[i].end <= m.range[i].start)
			abort();
	}
	iomem_free(&m);
	free(text);
	return 0;
}
