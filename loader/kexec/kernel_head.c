/* SPDX-License-Identifier: MIT */
#include "loader/kexec/kernel_head.h"

#include <stdlib.h>
#include <string.h>

#include "lib/bytes.h"
#include "lib/io.h"

/* Microsoft's PE/COFF specification */
enum {
	OFF_PE = 0x3c,
	OFF_PE_END = 0x40,
	PE_SECTIONS = 6,
	PE_OPTIONAL_BYTES = 20,
	PE_OPTIONAL = 24,
	SECTION_BYTES = 40,
	SECTION_RAW_BYTES = 16,
	SECTION_RAW = 20,
};

void kernel_head_release(struct kernel_head *h, const char *text)
{
	size_t n = 0;
	char *end;

	while (n < sizeof(h->release) - 1 && text[n] > ' ' && text[n] < 0x7f)
		n++;
	memcpy(h->release, text, n);
	h->release[n] = '\0';
	h->major = (unsigned)strtoul(h->release, &end, 10);
	h->minor = *end == '.' ? (unsigned)strtoul(end + 1, NULL, 10) : 0;
}

/* The first bytes of the PE header; its place in the file, 0: there is none. */
static uint64_t read_pe(int fd, uint8_t *pe, size_t len)
{
	uint8_t dos[OFF_PE_END];
	uint64_t at;

	if (io_pread(fd, dos, sizeof(dos), 0) < 0 || memcmp(dos, "MZ", 2))
		return 0;
	at = get_le32(dos + OFF_PE);
	return io_pread(fd, pe, len, at) < 0 || memcmp(pe, "PE\0\0", 4) ? 0 : at;
}

uint64_t kernel_head_pe_bytes(int fd)
{
	uint8_t pe[PE_OPTIONAL], section[SECTION_BYTES];
	uint64_t at = read_pe(fd, pe, sizeof(pe)), last = 0;

	if (!at)
		return 0;
	at += PE_OPTIONAL + get_le16(pe + PE_OPTIONAL_BYTES);
	for (unsigned i = get_le16(pe + PE_SECTIONS); i; i--, at += sizeof(section)) {
		uint64_t end;

		if (io_pread(fd, section, sizeof(section), at) < 0)
			break;
		end = (uint64_t)get_le32(section + SECTION_RAW) +
		      get_le32(section + SECTION_RAW_BYTES);
		last = end > last ? end : last;
	}
	return last;
}

bool kernel_head_is_signed(int fd, uint64_t file_bytes)
{
	enum { NUMBER = 24 + 108, TABLE = 24 + 112 + 4 * 8, END = TABLE + 8 };
	uint8_t pe[END];
	uint32_t bytes;

	if (!read_pe(fd, pe, sizeof(pe)) || get_le16(pe + PE_OPTIONAL) != 0x20b ||
	    get_le32(pe + NUMBER) <= 4)
		return false;
	bytes = get_le32(pe + TABLE + 4);
	return bytes && bytes_inside(get_le32(pe + TABLE), bytes, file_bytes);
}
