/* SPDX-License-Identifier: MIT */
/*
 * A raw target's trailer with any contents and a sum that fits, and the signatures of what else a
 * device may hold. Inputs: the trailer, then what the device begins with.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dumper/read/vmcore.h"
#include "lib/block/raw.h"
#include "lib/block/signature.h"
#include "lib/bytes.h"
#include "lib/cleanup.h"
#include "lib/hash.h"
#include "lib/io.h"

#define SIZE RAW_MIN_BYTES

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct raw_trailer *t)
{
	if (!t->folder[0] || strchr(t->folder, '/') || t->folder[0] == '.')
		abort();
	for (int i = 0; i < RAW_FILES; i++) {
		const struct raw_file *f = &t->file[i];

		if (raw_slot(f->name) != i || !bytes_inside(f->off, f->bytes, SIZE - RAW_END_BYTES))
			abort();
	}
}

static void open_as_dump(int fd)
{
	char path[40];
	const char *paths[1] = { path }, *why;
	struct vmcore v;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (!vmcore_open_set(paths, 1, VMCORE_DAMAGED, &v, &why))
		vmcore_close(&v);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_close_ int fd = memfd_create("device", MFD_CLOEXEC);
	struct raw_trailer t, got;
	size_t n = size < sizeof(t) ? size : sizeof(t);
	const char *what;

	if (fd < 0 || ftruncate(fd, SIZE) < 0 || raw_layout(SIZE, &t))
		return 0;
	/* on top of a good one, so that what is not reached stays believable */
	strcpy(t.folder, "a-b-c");
	for (size_t i = 0; i < n; i++)
		((uint8_t *)&t)[i] ^= data[i];
	memcpy(t.magic, RAW_MAGIC, sizeof(t.magic));
	t.version = RAW_VERSION;
	t.sum = hash_bytes(&t, offsetof(struct raw_trailer, sum));
	if (io_pwrite(fd, &t, sizeof(t), SIZE - RAW_BLOCK) || io_pwrite(fd, data + n, size - n, 0))
		return 0;
	if (!raw_read(fd, &got))
		check(&got);
	signature_find(fd, &what);
	open_as_dump(fd);
	return 0;
}
