/* SPDX-License-Identifier: MIT */
/*
 * The kdump-compressed format as crash, libkdumpfile (drgn) and makedumpfile read it: header block,
 * sub header and notes, two bitmaps, page descriptors, page data. All in host byte order: the
 * capture kernel runs on the machine that crashed. Readers find the bitmaps only through
 * sub_hdr_size, so that page data may lie in front of them.
 */
#ifndef DUMPER_FORMAT_KDUMP_FORMAT_H
#define DUMPER_FORMAT_KDUMP_FORMAT_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#define KDUMP_SIGNATURE	     "KDUMP   "
#define KDUMP_HEADER_VERSION 6

/* Of the header's status and of a descriptor's flags; each page's own flags decide. */
enum kdump_flag {
	KDUMP_ZLIB = 0x1,
	KDUMP_LZO = 0x2,
	KDUMP_SNAPPY = 0x4,
	KDUMP_INCOMPLETE = 0x8,	 /* status only */
	KDUMP_NO_VMEMMAP = 0x10, /* status only: struct pages are excluded */
	KDUMP_ZSTD = 0x20,
};

struct kdump_header {
	char signature[8];
	int32_t header_version;
	char utsname[6][65]; /* sysname nodename release version machine domainname */
	char pad[6];
	int64_t crash_s;
	int64_t crash_us; /* 0: libkdumpfile's 32-bit probe reads a block size here */
	uint32_t status;
	int32_t block_size;
	int32_t sub_hdr_size;	/* in blocks */
	uint32_t bitmap_blocks; /* both bitmaps */
	uint32_t max_mapnr;	/* min(max_mapnr_64, 2^32 - 1) */
	uint32_t total_ram_blocks, device_blocks, written_blocks, current_cpu; /* 0 */
	int32_t nr_cpus; /* > 0, or crash warns */
};
static_assert(sizeof(struct kdump_header) == 464, "fixed by the format");
static_assert(offsetof(struct kdump_header, crash_s) == 408, "fixed by the format");
static_assert(offsetof(struct kdump_header, sub_hdr_size) == 432, "fixed by the format");

struct kdump_sub_header {
	uint64_t phys_base;
	int32_t dump_level;
	int32_t split;
	uint64_t start_pfn, end_pfn;
	uint64_t offset_vmcoreinfo, size_vmcoreinfo; /* the text inside the notes */
	uint64_t offset_note, size_note;
	uint64_t offset_eraseinfo, size_eraseinfo;
	uint64_t start_pfn_64, end_pfn_64, max_mapnr_64;
};
static_assert(sizeof(struct kdump_sub_header) == 104, "fixed by the format");
static_assert(offsetof(struct kdump_sub_header, offset_note) == 48, "fixed by the format");

/* One descriptor per page of the second bitmap, in pfn order. */
struct kdump_page {
	uint64_t offset;     /* of the page data, from the file's start; 0: lost */
	uint32_t size;	     /* == block size when stored raw */
	uint32_t flags;	     /* enum kdump_flag, or 0: stored raw */
	uint64_t page_flags; /* 0 */
};
static_assert(sizeof(struct kdump_page) == 24, "fixed by the format");

/*
 * Ours: in the tail layout page data lie in chunks, from the first block behind the notes on. A
 * reader of the finished file never looks at this header; it makes a file openable that was cut
 * before its bitmaps, and carries checksums. Behind it data_bytes of page data, then n_tokens
 * tokens of two bytes (kdump_tokens.h), then the next chunk.
 */
#define KDUMP_CHUNK_MAGIC "KDUMPCHK"

enum kdump_chunk_kind {
	KDUMP_CHUNK_PAGES,
	KDUMP_CHUNK_INDEX, /* data: a copy of what the tokens say; to be skipped */
	KDUMP_CHUNK_ZERO,  /* data: the page that all zero pages share */
};

struct kdump_chunk {
	char magic[8];
	uint32_t kind; /* enum kdump_chunk_kind */
	uint32_t n_tokens;
	uint64_t first_pfn; /* of the first token */
	uint32_t data_bytes;
	uint32_t codec;	   /* enum kdump_flag of compressed pages */
	uint64_t head_sum; /* XXH3-64 of all above and the tokens */
	uint64_t data_sum; /* XXH3-64 of the data; 0 for KDUMP_CHUNK_INDEX */
};
static_assert(sizeof(struct kdump_chunk) == 48, "no padding");
static_assert(offsetof(struct kdump_chunk, head_sum) == 32, "no padding");

#endif
