/* SPDX-License-Identifier: MIT */
/*
 * The dead machine's memory as a file: ELF64 core headers → physical ranges → bytes. Nothing
 * else in the project knows ELF input. Works on /proc/vmcore and on any ELF core with physical
 * addresses.
 */
#ifndef DUMPER_VMCORE_H
#define DUMPER_VMCORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VMCORE_MAX_PHYS_BITS	52	/* x86_64 and arm64; a segment beyond is a broken header */

/* [pa, end) is RAM; its first bytes, up to file_end, stand in the file at off. */
struct vmcore_segment {
	uint64_t pa, end;
	uint64_t file_end;
	uint64_t off;
};

struct vmcore {
	int fd;
	uint64_t size;			/* of the file */
	unsigned page_shift; /* of the dumped kernel; 12 until VMCOREINFO said otherwise */
	uint16_t machine;		/* e_machine */
	struct vmcore_segment *segs;	/* by address, without overlap */
	size_t n_segs;
	uint64_t note_off,
		note_len; /* the PT_NOTE segments as one range of the file; 0, 0 if none */
	uint64_t text_pa, text_va, text_len; /* the PT_LOAD that maps the kernel image; 0 if none */
	bool truncated;			/* the file ends before its segments do */
	unsigned impossible;		/* PT_LOADs left out: no machine has such addresses */
};

/*
 * Reads the headers. 0; -ENOEXEC: not an ELF64 little-endian core; -EBADMSG: headers that
 * contradict themselves or the file; -errno of open and read. *why gets the reason as a literal.
 */
int vmcore_open(const char *path, struct vmcore *ret, const char **why);
void vmcore_close(struct vmcore *v);

/*
 * Reads len bytes of physical memory. -EFAULT: not all of it is in the file. Slow (a system call),
 * meant for tables and single objects.
 */
int vmcore_read(const struct vmcore *v, uint64_t pa, void *buf, size_t len);

/* First address that is no RAM any more, 0 for a core without segments. */
uint64_t vmcore_end(const struct vmcore *v);

/* The first page frame >= pfn of which at least a byte is RAM; UINT64_MAX if none. */
uint64_t vmcore_next_ram(const struct vmcore *v, uint64_t pfn);

/* Number of page frames of which at least a byte is RAM. */
uint64_t vmcore_ram_pages(const struct vmcore *v);

/*
 * For the n page frames from pfn: bit i of ram says that frame pfn + i holds RAM, bit i of data
 * that the file has bytes of it. Both are arrays of (n + 63) / 64 words and are written whole.
 */
void vmcore_ram_bits(const struct vmcore *v, uint64_t pfn, unsigned n, uint64_t *ram,
		     uint64_t *data);

/*
 * A view of the file for streaming: mmap windows, or pread into a buffer where mmap is refused. One
 * owner (thread) each.
 */
struct vmcore_window {
	const struct vmcore *v;
	uint8_t *map;
	uint64_t map_off;
	size_t map_len;
	size_t size;		/* wanted size of a mapping, a multiple of 4096 */
	uint8_t *buf;		/* for pread and for pages put together; buf_size bytes, borrowed */
	size_t buf_size;
	size_t seg;		/* last segment used */
	bool no_mmap;
};

/* buf is borrowed and at least one page long; size 0 forbids mmap. */
void vmcore_window_init(struct vmcore_window *w, const struct vmcore *v, size_t size, uint8_t *buf,
			size_t buf_size);
void vmcore_window_close(struct vmcore_window *w);

/*
 * The pages from pa on (page aligned; *len a multiple of the page size): a pointer that is good
 * until the next call, and *len lowered to the whole pages behind it, at least one. A page that
 * is RAM only in part is completed with zeros. NULL: the first page cannot be read.
 */
const uint8_t *vmcore_window_get(struct vmcore_window *w, uint64_t pa, size_t *len);

#endif
