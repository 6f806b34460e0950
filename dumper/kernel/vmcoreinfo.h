/* SPDX-License-Identifier: MIT */
/*
 * The notes of the core: VMCOREINFO's text and the number of NT_PRSTATUS. Keys are asked for by
 * presence; a key with garbage behind it counts as absent.
 */
#ifndef DUMPER_KERNEL_VMCOREINFO_H
#define DUMPER_KERNEL_VMCOREINFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dumper/read/vmcore.h"

/* A line with a '=': where it begins in the text, and the length of its key. */
struct vmcoreinfo_key {
	uint32_t at, len;
};

struct vmcoreinfo {
	char *text; /* KEY=value lines, ends with NUL; "" if there is none */
	size_t len;
	struct vmcoreinfo_key *key; /* of each such line, in order */
	size_t n_keys;
	uint64_t desc_off;  /* of the text inside the note area */
	unsigned prstatus;  /* CORE/NT_PRSTATUS notes: CPUs */
	uint64_t notes_end; /* behind the last note that could be read */
};

/*
 * Walks the notes. 0; -ENODATA: no VMCOREINFO note (prstatus is still counted); -EBADMSG: the notes
 * are corrupt before it was found; -ENOMEM; read errors. In each case *ret can be used and freed.
 */
int vmcoreinfo_read(const struct vmcore *v, struct vmcoreinfo *ret);
void vmcoreinfo_free(struct vmcoreinfo *vi);

/* From a copy of text. 0 or -ENOMEM. */
int vmcoreinfo_from_text(const char *text, size_t len, struct vmcoreinfo *ret);

/* The value of a whole key such as "OSRELEASE"; cut to size. False: absent. */
bool vmcoreinfo_string(const struct vmcoreinfo *vi, const char *key, char *buf, size_t size);

/* SYMBOL(name): bare hex. */
bool vmcoreinfo_symbol(const struct vmcoreinfo *vi, const char *name, uint64_t *ret);
/* The highest address in [from, to) that any SYMBOL has; 0: none. */
uint64_t vmcoreinfo_last_symbol(const struct vmcoreinfo *vi, uint64_t from, uint64_t to);
/* NUMBER(name): signed decimal, or 0x hex as some architectures print it. */
bool vmcoreinfo_number(const struct vmcoreinfo *vi, const char *name, int64_t *ret);
/*
 * OFFSET, SIZE, LENGTH: unsigned decimal; an offset or a size over 1 MiB and a length over 16,777,216
 * are garbage and count as absent.
 */
bool vmcoreinfo_offset(const struct vmcoreinfo *vi, const char *name, uint32_t *ret);
bool vmcoreinfo_size(const struct vmcoreinfo *vi, const char *name, uint32_t *ret);
bool vmcoreinfo_length(const struct vmcoreinfo *vi, const char *name, uint32_t *ret);

/* PAGESIZE as a power of two; unless it is one of 4 to 64 KiB, shift. */
unsigned vmcoreinfo_page_shift(const struct vmcoreinfo *vi, unsigned shift);

/* A plain key with a decimal number, such as PAGESIZE or CRASHTIME. */
bool vmcoreinfo_plain(const struct vmcoreinfo *vi, const char *key, uint64_t *ret);

#endif
