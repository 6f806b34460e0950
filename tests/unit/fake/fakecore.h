/* SPDX-License-Identifier: MIT */
/*
 * A small crash core made from a short description, in a memfd: ELF64 headers, notes with
 * VMCOREINFO, physical memory with the page tables of an architecture, mem_section, struct pages
 * and a kernel image. Memory is sparse: gigabytes of RAM cost what is written to them.
 *
 *	struct fake f;
 *	fake_open(&f, &(struct fake_desc){ .kernel = FAKE_6_12 });
 *	fake_compound(f.kernel, fake_struct(&f, 512), 9, true);
 *	fake_finish(&f);
 *	crash_open(f.path, &core); …
 *	fake_close(&f);
 */
#ifndef TESTS_UNIT_FAKE_FAKECORE_H
#define TESTS_UNIT_FAKE_FAKECORE_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/unit/fake/fakearch.h"
#include "tests/unit/fake/fakepage.h"

#define FAKE_MEM_OFF	 65536u /* where physical address 0 stands in the file */
#define FAKE_NOTE_OFF	 4096u
#define FAKE_IMAGE_PA	 0x100000ull /* the kernel image, FAKE_IMAGE_BYTES */
#define FAKE_IMAGE_BYTES 0x10000ull
#define FAKE_IMAGE_VA	 0xffffffff81000000ull
#define FAKE_TABLES_PA	 (FAKE_IMAGE_PA + FAKE_IMAGE_BYTES) /* tables and rings, up to 2 MiB */
#define FAKE_MEMMAP_PA	 0x200000ull			    /* struct pages, one after the other */
#define FAKE_RANGES	 8
#define FAKE_RELEASE	 "6.12.0-fake"

enum fake_arch { FAKE_X86_64, FAKE_AARCH64, FAKE_RISCV64 };

struct fake_desc {
	enum fake_kernel kernel;
	enum fake_arch arch;
	unsigned levels;       /* x86_64: of page tables; 0: 4 */
	unsigned page_shift;   /* aarch64: 12, 14, 16; 0: 12 */
	unsigned va_bits;      /* aarch64, riscv64: of addresses; 0: 48 */
	unsigned run_bits;     /* aarch64: of those, what the CPU translates; 0: all */
	unsigned section_bits; /* 0: 20, i.e. units of 256 pages of 4 KiB */
	uint64_t ram_bytes;    /* 0: 8 MiB */
	struct fake_range {
		uint64_t pa, end;
	} ram[FAKE_RANGES]; /* PT_LOADs; none: one of ram_bytes */
	bool small_leaves;  /* vmemmap by pages, not 2 MiB; always with pages above 4 KiB */
	bool no_text;	    /* no PT_LOAD of the kernel image; none on aarch64, riscv64 */
	unsigned log_bits;  /* size of the text ring; 0: 12 */
};

struct fake {
	char path[40]; /* for open() */
	int fd;
	uint8_t *file;
	uint64_t file_len;
	uint8_t *mem; /* physical address 0 */
	enum fake_kernel kernel;
	struct fake_desc desc;
	const struct fake_machine *machine;
	unsigned page_shift, index_bits, levels, va_bits; /* of page tables */
	uint64_t image_va;				  /* FAKE_IMAGE_VA on x86_64 */
	uint64_t next;		    /* first free byte behind FAKE_TABLES_PA */
	uint64_t root;		    /* top page table */
	uint64_t direct, vmemmap;   /* virtual bases */
	uint64_t sections, n_roots; /* mem_section[], physical; its length */
	Elf64_Ehdr *eh;
	Elf64_Phdr *ph;	 /* 0: notes; then the image unless no_text; then RAM */
	char info[8192]; /* VMCOREINFO, may be edited before fake_finish */
};

/* Aborts the program where the machine gives no memory. */
void fake_open(struct fake *f, const struct fake_desc *d);
void fake_close(struct fake *f);

/* Writes headers and notes. May be called again after a change of f->info. */
void fake_finish(struct fake *f);

/* The struct page of a frame. */
uint8_t *fake_struct(struct fake *f, uint64_t pfn);
/* n struct pages as kernel memory, from pfn. */
void fake_kernel_pages(struct fake *f, uint64_t pfn, uint64_t n);

/* n zeroed bytes of memory that nothing else uses, page aligned. */
uint64_t fake_alloc(struct fake *f, uint64_t n);
/* Virtual address of physical memory, in the direct map. */
uint64_t fake_va(const struct fake *f, uint64_t pa);
/* Maps 1 << shift bytes, what an entry of some level maps (4 KiB pages: 12, 21, 30), at va to pa. */
void fake_map(struct fake *f, uint64_t va, uint64_t pa, unsigned shift);
/* The page table entry at a level (0: of a page) for va; NULL if there is no such table. */
uint64_t *fake_entry(struct fake *f, uint64_t va, unsigned level);
/* The word of mem_section for the section of pfn. */
uint64_t *fake_section(struct fake *f, uint64_t pfn);

/* Removes each line of f->info that begins with key; adds a line (without '\n'). */
void fake_info_drop(struct fake *f, const char *key);
void fake_info_add(struct fake *f, const char *line);

#endif
