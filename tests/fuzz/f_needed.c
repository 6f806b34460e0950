/* SPDX-License-Identifier: MIT */
/*
 * elf_needs_read over any file: what it returns lies inside the file and ends there.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mkinitrd/image/elf_needs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const uint8_t *data, size_t size, const char *s)
{
	const char *from = (const char *)data;

	if (s && (s < from || s >= from + size || !memchr(s, '\0', size - (size_t)(s - from))))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *why = NULL;
	struct elf_needs n;

	if (elf_needs_read((const char *)data, size, &n, &why)) {
		if (!why)
			abort();
		return 0;
	}
	check(data, size, n.interp);
	check(data, size, n.rpath);
	check(data, size, n.runpath);
	for (unsigned i = 0; i < n.n_libs; i++) {
		check(data, size, n.libs[i]);
		if (!n.libs[i] || !n.libs[i][0])
			abort();
	}
	return 0;
}
