/* SPDX-License-Identifier: MIT */
/*
 * The machine's memory as the running kernel tells it: ranges with their kind, from /proc/iomem
 * or /sys/firmware/memmap.
 */
#ifndef LOADER_KEXEC_IOMEM_H
#define LOADER_KEXEC_IOMEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum iomem_kind {
	IOMEM_RAM,
	IOMEM_RAM_OF_DRIVER, /* virtio_mem, kmem: in a dump, not in the next kernel's map */
	IOMEM_RESERVED,
	IOMEM_ACPI,
	IOMEM_NVS,
	IOMEM_UNUSABLE,
	IOMEM_PMEM,
	IOMEM_PRAM, /* persistent, as some firmware before ACPI 6 says it */
	IOMEM_SOFT, /* for a purpose of its own */
	IOMEM_CRASH,
	IOMEM_KERNEL, /* the running kernel's image */
};

#define IOMEM_BIT(kind) (1u << (kind))

/* Bytes [start, end) of physical memory. */
struct iomem_range {
	uint64_t start, end;
	enum iomem_kind kind;
};

/* In the order of the file: by address, a part behind the range that it lies in. */
struct iomem {
	struct iomem_range *range;
	size_t n, size;
};

void iomem_free(struct iomem *m);

/* Appends. -EINVAL for an empty range, -ENOMEM. */
int iomem_add(struct iomem *m, uint64_t start, uint64_t end, enum iomem_kind kind);

/* Takes [start, end) out of every range. -ENOMEM. */
int iomem_cut(struct iomem *m, uint64_t start, uint64_t end);

/* Appends the ranges of these kinds (IOMEM_BIT) to ret. -ENOMEM. */
int iomem_pick(const struct iomem *from, unsigned kinds, struct iomem *ret);

uint64_t iomem_bytes(const struct iomem *m, unsigned kinds);

/* What a range of this kind is called in /proc/iomem; a literal. */
const char *iomem_kind_name(enum iomem_kind kind);

/*
 * The lines of /proc/iomem's format whose kind is known here, appended to ret. -EACCES: the
 * addresses are hidden, as they are without CAP_SYS_ADMIN; -ENODATA: no line is known; -ENOMEM.
 */
int iomem_parse(const char *text, struct iomem *ret);

/* iomem_parse() of a file below root; -errno besides. iomem_free(ret) in any case. */
int iomem_read(int root, const char *path, struct iomem *ret);

/*
 * The map that the firmware gave to this boot (/sys/firmware/memmap). -ENOENT where the kernel
 * does not keep it.
 */
int iomem_read_firmware(int root, struct iomem *ret);

/* Where in the map's ranges to look for room. */
struct iomem_wish {
	uint64_t bytes, align; /* align: a power of two */
	uint64_t min, max;     /* the place lies in [min, max) */
	bool down;	       /* the highest place, not the lowest */
};

/* The start of a place for w; false if there is none. Ranges must be in order. */
bool iomem_find(const struct iomem *m, const struct iomem_wish *w, uint64_t *ret);

#endif
