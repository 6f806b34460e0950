/* SPDX-License-Identifier: MIT */
/*
 * partition_read over any disk. Byte 0 is the partition's number; the rest stands at the second
 * sector, or, by its lowest bit, at 4 KiB.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/block/partition.h"
#include "lib/cleanup.h"
#include "lib/io.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_close_ int fd = memfd_create("disk", MFD_CLOEXEC);
	struct partition p;

	if (fd < 0 || size < 2 || ftruncate(fd, 16384) < 0)
		return 0;
	if (io_pwrite(fd, "EFI PART", 8, data[1] & 1 ? 4096 : 512) ||
	    io_pwrite(fd, data + 2, size - 2, (data[1] & 1 ? 4096 : 512) + (data[1] & 2 ? 8 : -72)))
		return 0;
	if (!partition_read(fd, data[0], &p) &&
	    (strlen(p.uuid) < 11 || strlen(p.uuid) > 36 || strlen(p.label) > 108))
		abort();
	return 0;
}
