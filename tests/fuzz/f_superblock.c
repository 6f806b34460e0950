/* SPDX-License-Identifier: MIT */
/*
 * superblock_read over any image. Inputs are short: the first half stands at the start of the
 * image, the second where btrfs keeps its superblock.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/block/superblock.h"
#include "lib/cleanup.h"
#include "lib/io.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_close_ int fd = memfd_create("image", MFD_CLOEXEC);
	struct superblock sb;
	size_t head = size / 2;

	if (fd < 0 || ftruncate(fd, 65536 + 2048) < 0)
		return 0;
	if (io_pwrite(fd, data, head, 0) || io_pwrite(fd, data + head, size - head, 65536))
		return 0;
	if (!superblock_read(fd, &sb) &&
	    (!sb.type[0] || strlen(sb.uuid) >= sizeof(sb.uuid) || strlen(sb.label) > 256))
		abort();
	return 0;
}
