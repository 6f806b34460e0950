/* SPDX-License-Identifier: MIT */
/*
 * What kexec_load(2) is to be given: bytes, and the physical memory that they go to.
 */
#ifndef LOADER_KEXEC_LAYOUT_H
#define LOADER_KEXEC_LAYOUT_H

#include <stdarg.h>

#include "loader/kexec/iomem.h"

#define LAYOUT_SEGMENTS 16 /* KEXEC_SEGMENT_MAX */
#define LAYOUT_BUFFERS	8
#define LAYOUT_WHY	240

struct segment {
	const char *name; /* a literal */
	const void *data; /* bytes of it; the rest of the place becomes zero */
	uint64_t bytes;
	uint64_t start, end; /* the place: whole pages */
	bool may_change;     /* by the kernel, after the load: no digest holds */
};

/* Memory that the layout frees; mapped: of a file, by mmap. */
struct layout_buffer {
	void *data;
	size_t bytes;
	bool mapped;
};

struct kexec_arch;

struct layout {
	const struct kexec_arch *arch;
	int root;	      /* descriptor: /proc and /sys lie below it */
	bool crash;	      /* for a panic, else for a reboot */
	bool apart;	      /* from this kernel's own memory */
	struct iomem machine; /* all that the running kernel tells */
	struct iomem memory;  /* what the next kernel is told of */
	struct iomem free;    /* where a segment may go */
	struct segment segment[LAYOUT_SEGMENTS];
	unsigned n;
	uint64_t entry; /* where the kernel jumps to */
	uint64_t page_bytes;
	struct layout_buffer buffer[LAYOUT_BUFFERS];
	unsigned n_buffers;
	char why[LAYOUT_WHY]; /* of the first failure: a sentence */
};

void layout_init(struct layout *l, const struct kexec_arch *arch, int root, bool crash);
void layout_free(struct layout *l);

/* Sets why, unless it is set; returns err. */
int layout_fail(struct layout *l, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Gives data, from malloc, to the layout; frees it if there is no room. -ENOMEM. */
int layout_own(struct layout *l, void *data, size_t bytes);

/* Maps the file whole, for reading. *ret is the layout's; what: for messages. */
int layout_map(struct layout *l, int fd, const char *what, const void **ret, size_t *ret_len);

/* What to place: a segment without its place. */
struct layout_part {
	const char *name;
	const void *data; /* must outlive the layout, or be its own */
	uint64_t bytes;
	uint64_t place_bytes; /* at least bytes; 0: as many */
	uint64_t align;	      /* 0: a page */
	uint64_t offset;      /* of its place from a multiple of align; whole pages */
	uint64_t min;	      /* lowest address */
	bool low;	      /* as low as there is room, for a crash too */
	bool may_change;
	/*
	 * The rest of the place need not become zero: apart from this kernel's memory it is no part
	 * of the segment, for which the kernel would take as much of its own.
	 */
	bool rest_is_scratch;
};

/*
 * Places it: for a crash as high as there is room, unless it says low, else as low. *ret, which may be NULL, points
 * into the layout. -EADDRNOTAVAIL where there is no room.
 */
int layout_place(struct layout *l, const struct layout_part *p, struct segment **ret);

#endif
