/* SPDX-License-Identifier: MIT */
/*
 * bzimage_read over any head, and what kexec_load's layout would take of it.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/io.h"
#include "loader/arch/x86/bzimage.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_close_ int fd = memfd_create("kernel", MFD_CLOEXEC);
	const char *why = NULL;
	struct kernel_head b;
	int r;

	if (fd < 0 || io_pwrite(fd, data, size, 0))
		return 0;
	r = bzimage_read(fd, size, &b, &why);
	if (r == -ENOEXEC && !why)
		abort();
	if (!r && (b.setup_bytes > size || strlen(b.release) >= sizeof(b.release)))
		abort();
	return 0;
}
