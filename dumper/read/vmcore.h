/* SPDX-License-Identifier: MIT */
/*
 * The dead machine's memory as a file: physical ranges → bytes. Nothing else in the project knows
 * what is read from. Works on /proc/vmcore, on any ELF core with physical addresses, and on
 * dumps: kdump-compressed ones, also split, flattened or not finished, and ELF cores in zstd
 * frames.
 */
#ifndef DUMPER_READ_VMCORE_H
#define DUMPER_READ_VMCORE_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dumper/read/source.h"

#define VMCORE_MAX_PHYS_BITS 56 /* of any machine; a segment beyond is a broken header */
#define VMCORE_MAX_PARTS     64 /* of a split dump */

/* [pa, end) is RAM; its first bytes, up to file_end, are in the file at off. */
struct vmcore_segment {
	uint64_t pa, end;
	uint64_t file_end;
	uint64_t off;
	uint64_t va;	/* p_vaddr; UINT64_MAX: not known */
	bool forbidden; /* what it begins with must not be read: by system calls, which say so */
};

enum vmcore_format { VMCORE_ELF, VMCORE_KDUMP };

enum vmcore_flags {
	/* take what is there of a dump that was not finished or is cut off (--recover); -ENODATA
	   if that is not a single page */
	VMCORE_DAMAGED = 1 << 0,
	/* crash_open_set: a VMCOREINFO that no note has is looked for in memory; not in /proc */
	VMCORE_SEARCH = 1 << 1,
};

struct vmcore_reader;

struct vmcore {
	int fd;			     /* of an ELF core; -1 where there is none */
	uint64_t size;		     /* of the file, without its wrapping */
	unsigned page_shift;	     /* of the dumped kernel; 12 until VMCOREINFO said otherwise */
	bool page_fixed;	     /* the file has blocks of this size: no page is larger */
	uint16_t machine;	     /* e_machine; 0: not known */
	struct vmcore_segment *segs; /* ELF: by address, without overlap */
	size_t n_segs;
	uint64_t note_off,
		note_len; /* the PT_NOTE segments as one range of the file; 0, 0 if none */
	uint8_t *added;	  /* the last note_added bytes of them are no part of it */
	uint64_t note_added;
	uint64_t text_pa, text_va, text_len; /* the PT_LOAD that maps the kernel image; 0 if none */
	bool truncated;			     /* the file ends before its segments do */
	unsigned impossible; /* PT_LOADs that are ignored: no machine has such addresses */
	bool live;	     /* the machine runs while it is read (/proc/kcore) */
	enum vmcore_format format;
	const char *wrapping; /* "flattened", "zstd frames"; NULL: none */
	/* what a kdump file says of itself; 0 for an ELF core, which does not say it */
	const char (*utsname)[65]; /* six fields; NULL: nothing */
	unsigned dump_level;	   /* what was excluded when it was made */
	uint32_t status;	   /* enum kdump_flag */
	uint64_t phys_base;
	unsigned parts;	    /* files of a split dump; 0: not split */
	bool parts_missing; /* the ranges of the parts leave gaps */
	bool codec_unknown; /* some of its pages are packed as no reader here knows */
	bool recovered;	    /* VMCORE_DAMAGED was needed: there is no index */
	const struct vmcore_reader *reader;
	void *state;	   /* the reader's */
	struct source src; /* ELF in a wrapping */
};

/*
 * Reads the headers of a file, or of n files that are the parts of a split dump, in any order.
 * flags: a set of enum vmcore_flags. 0; -ENOEXEC: nothing that can be read here; -EBADMSG: headers
 * that contradict themselves or the file; -errno of open and read. *why gets the reason as a
 * literal.
 */
int vmcore_open_set(const char *const *paths, unsigned n, unsigned flags, struct vmcore *ret,
		    const char **why);
void vmcore_close(struct vmcore *v);

/*
 * One line on why vmcore_open_set() returned r, with its reason: the system's words follow where
 * the system refused, but not where the file was read and is no dump.
 */
void vmcore_why(int r, const char *why, char *buf, size_t size);

/*
 * The same memory for one more thread, through a descriptor of its own; all else is borrowed from
 * v. -errno: the file needs a descriptor for each thread, and none can be had, so that this thread
 * must not read. Ends with vmcore_own_close, not vmcore_close.
 */
int vmcore_own(const struct vmcore *v, struct vmcore *ret);
void vmcore_own_close(struct vmcore *own, const struct vmcore *v);

/*
 * Has a running machine got or lost memory since it was opened? 0: no; 1: yes, and what is still
 * there is where it was. -ESTALE: everything moved inside the file, so that what was read since is
 * from other places. -errno of reading.
 */
int vmcore_changed(const struct vmcore *v);

/* Reads from the notes, off bytes behind their beginning. -ENODATA: they end before that. */
int vmcore_notes_read(const struct vmcore *v, uint64_t off, void *buf, size_t len);

/*
 * From now on the notes end at end, and note (len bytes, that free() takes) follows. Once.
 */
void vmcore_add_note(struct vmcore *v, uint64_t end, uint8_t *note, uint64_t len);

/*
 * Reads len bytes of physical memory. -EFAULT: not all of it is in the file. Slow (a system call,
 * or a page to be unpacked), meant for tables and single objects. Thread-safe.
 */
int vmcore_read(const struct vmcore *v, uint64_t pa, void *buf, size_t len);

/* First address that is no RAM any more, 0 for a core without segments. */
uint64_t vmcore_end(const struct vmcore *v);

/* The first page frame >= pfn of which at least a byte is RAM; UINT64_MAX if none. */
uint64_t vmcore_next_ram(const struct vmcore *v, uint64_t pfn);

/* Number of page frames of which at least a byte is RAM. */
uint64_t vmcore_ram_pages(const struct vmcore *v);

/*
 * The first page frame >= pfn that the file may have bytes of; UINT64_MAX if none. A core that was
 * cut promises memory by the terabyte that is not there.
 */
uint64_t vmcore_next_data(const struct vmcore *v, uint64_t pfn);

/* Has the file bytes of any page frame at all? */
bool vmcore_any_data(const struct vmcore *v);

/* Page frames that were marked as lost when the dump was made. 0 for an ELF core. */
uint64_t vmcore_pages_lost(const struct vmcore *v);

/*
 * For the n page frames from pfn: bit i of ram says that frame pfn + i holds RAM, bit i of data
 * that the file has bytes of it. Both are arrays of (n + 63) / 64 words and are written whole.
 */
void vmcore_ram_bits(const struct vmcore *v, uint64_t pfn, unsigned n, uint64_t *ram,
		     uint64_t *data);

/* Bits of a physical address on a machine (e_machine). riscv64 has 56; so may have what is not known. */
static inline unsigned vmcore_phys_bits(uint16_t machine)
{
	return machine == EM_X86_64 || machine == EM_AARCH64 ? 52 : VMCORE_MAX_PHYS_BITS;
}

/* RAM in one piece. A kdump file knows whole pages and no virtual addresses. */
struct vmcore_range {
	uint64_t pa, end;
	uint64_t va; /* of pa in the kernel's direct map; UINT64_MAX: not known */
};

/* The range that holds pa, from its beginning on in an ELF core, else the next one. False: none. */
bool vmcore_next_range(const struct vmcore *v, uint64_t pa, struct vmcore_range *ret);

/*
 * A view of the file for streaming: mmap windows, or pread into a buffer where mmap is refused, or
 * pages unpacked into it. One owner (thread) each.
 */
struct vmcore_window {
	const struct vmcore *v;
	uint8_t *map;
	uint64_t map_off;
	size_t map_len;
	size_t size;  /* wanted size of a mapping */
	uint8_t *buf; /* for pread and for pages put together; buf_size bytes, borrowed */
	size_t buf_size;
	size_t seg; /* last segment used */
	bool no_mmap;
	void *state; /* the reader's */
};

/*
 * buf is borrowed and at least one page long; size 0 forbids mmap, which only files of /proc get:
 * any other may shrink under it. 0 or -ENOMEM; without memory each get gives NULL.
 */
int vmcore_window_init(struct vmcore_window *w, const struct vmcore *v, size_t size, uint8_t *buf,
		       size_t buf_size);
/* Gives memory and mappings back; a get after it takes them anew. */
void vmcore_window_close(struct vmcore_window *w);

/*
 * The pages from pa on (page aligned; *len a multiple of the page size): a pointer that is good
 * until the next call, and *len lowered to the whole pages behind it, at least one. A page that
 * is RAM only in part is completed with zeros. NULL: the first page cannot be read.
 */
const uint8_t *vmcore_window_get(struct vmcore_window *w, uint64_t pa, size_t *len);

#endif
