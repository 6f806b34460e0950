/* SPDX-License-Identifier: MIT */
/*
 * What is behind vmcore.h: one table of functions for each kind of file. Of use to vmcore.c, the
 * readers and verify.c alone.
 */
#ifndef DUMPER_READ_READER_H
#define DUMPER_READ_READER_H

#include "dumper/read/vmcore.h"

/* Each as the function of vmcore.h with its name. */
struct vmcore_reader {
	void (*close)(struct vmcore *v);
	int (*notes_read)(const struct vmcore *v, uint64_t off, void *buf, size_t len);
	int (*read)(const struct vmcore *v, uint64_t pa, void *buf, size_t len);
	uint64_t (*end)(const struct vmcore *v);
	uint64_t (*next_ram)(const struct vmcore *v, uint64_t pfn);
	uint64_t (*next_data)(const struct vmcore *v, uint64_t pfn); /* or NULL: next_ram's */
	uint64_t (*ram_pages)(const struct vmcore *v);
	uint64_t (*pages_lost)(const struct vmcore *v); /* or NULL: 0 */
	void (*ram_bits)(const struct vmcore *v, uint64_t pfn, unsigned n, uint64_t *ram,
			 uint64_t *data);
	bool (*next_range)(const struct vmcore *v, uint64_t pa, struct vmcore_range *ret);
	int (*window_init)(struct vmcore_window *w);
	void (*window_close)(struct vmcore_window *w);
	const uint8_t *(*window_get)(struct vmcore_window *w, uint64_t pa, size_t *len);
};

/* A struct vmcore without a reader is an ELF core too: one put together by hand. */
extern const struct vmcore_reader read_elf;

/*
 * Both take the sources over, also when they fail. -ENOEXEC: the file is not theirs. kdump: n
 * sources, one for each part.
 */
int read_elf_open(struct vmcore *v, struct source *src, const char **why);
int read_kdump_open(struct vmcore *v, struct source *src, unsigned n, unsigned flags,
		    const char **why);

/* As vmcore_changed. */
int read_elf_changed(const struct vmcore *v);

#endif
