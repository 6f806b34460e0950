/* SPDX-License-Identifier: MIT */
/*
 * Images of arm64 and riscv, packed or not: read as kdump-loader reads a kernel, and placed in memory
 * as kexec_load would be given it. Kernels come from anywhere.
 *
 * Input: what it is packed by (bits 0..1: not, gzip, zstd; bit 2: behind a zboot head; bit 3: the
 * other architecture); then the file's bytes, which so are any of a whole file, or what is unpacked.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "lib/bytes.h"
#include "lib/cleanup.h"
#include "lib/io.h"
#include "loader/arch/tree/boot_image.h"
#include "loader/arch/tree/unpack.h"
#include "loader/kexec/arch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEAD = 64, ROOM = 16384 };

static size_t pack_gzip(const uint8_t *data, size_t size, uint8_t *to)
{
	z_stream z = { .next_in = (uint8_t *)(uintptr_t)data,
		       .avail_in = (unsigned)size,
		       .next_out = to,
		       .avail_out = ROOM - HEAD };

	if (deflateInit2(&z, 1, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) != Z_OK ||
	    deflate(&z, Z_FINISH) != Z_STREAM_END)
		abort();
	deflateEnd(&z);
	return z.total_out;
}

/* The file that the input describes. */
static size_t make_file(uint8_t how, const uint8_t *data, size_t size, uint8_t *ret)
{
	size_t n = size, at = how & 4 ? HEAD : 0;

	if ((how & 3) == 1) {
		n = pack_gzip(data, size, ret + at);
	} else if ((how & 3) == 2) {
		n = ZSTD_compress(ret + at, ROOM - HEAD, data, size, 1);
		if (ZSTD_isError(n))
			abort();
	} else {
		memcpy(ret + at, data, size);
	}
	if (at) {
		memset(ret, 0, HEAD);
		memcpy(ret, "MZ\0\0zimg", 8);
		put_le32(ret + 8, HEAD);
		put_le32(ret + 12, (uint32_t)n);
		memcpy(ret + 24, (how & 3) == 1 ? "gzip" : "zstd", 4);
	}
	return at + n;
}

static void check(const struct kexec_arch *a, int fd, size_t len)
{
	_close_ int plain = -1;
	struct kernel_head h;
	const char *why = NULL;
	int r = a->read_kernel(fd, len, &h, &why);

	if (r == -ENOEXEC && !why)
		abort();
	if (!r && (strlen(h.release) >= sizeof(h.release) || !h.init_bytes))
		abort();
	/* what is read can be unpacked, and is then not packed */
	if (!r && (unpack_kernel(fd, &plain, &why) || (plain >= 0) != (h.packed != NULL)))
		abort();
	if (plain >= 0 && write(plain, "x", 1) >= 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t file[ROOM];
	_close_ int fd = memfd_create("kernel", MFD_CLOEXEC);
	size_t len;

	if (!size || size > 8192 || fd < 0)
		return 0;
	len = make_file(data[0], data + 1, size - 1, file);
	if (io_pwrite(fd, file, len, 0))
		return 0;
	check(data[0] & 8 ? &kexec_arch_riscv64 : &kexec_arch_aarch64, fd, len);
	return 0;
}
