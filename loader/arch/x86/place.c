/* SPDX-License-Identifier: MIT */
/*
 * Kernel, initrd, boot_params and purgatory -> places in memory, as the boot protocol asks
 * (Documentation/arch/x86/boot.rst), and what a crash kernel is told of the machine's memory.
 */
#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/io.h"
#include "lib/sha256.h"
#include "loader/arch/x86/boot_block.h"
#include "loader/arch/x86/bzimage.h"
#include "loader/arch/x86/page_tables.h"
#include "loader/arch/x86/purgatory.h"
#include "loader/kexec/arch.h"
#include "loader/kexec/cmdline.h"

#define MIB ((uint64_t)1 << 20)
/* reserve_real_mode() and kexec_file_load's own header agree on it since 5.13 */
#define LOW_BYTES MIB

enum {
	ENTRY_64 = 0x200, /* of the 64-bit entry behind the kernel's beginning */
	/* a normal kernel stays clear of what old firmware and DMA want */
	LOWEST = 16 << 20,
	/* of control pages: the code that jumps, tables for the segments and for ACPI */
	CONTROL_BYTES = 128 << 10,
	/* a page of page table for each GiB of RAM, in 2 MiB pages */
	GIB_SHIFT = 30,
	PAGE_SHIFT = 12,
	ELFCOREHDR_ARG = 30, /* "elfcorehdr=0x… " */
	PREPENDED_BYTES = ELFCOREHDR_ARG,
	CPUINFO_MAX = 64 << 20,
};

/* Of page tables, as the running kernel has them: one that does not hides the flag. */
static bool has_five_levels(int root)
{
	_free_ char *text = NULL;

	return !io_load_file(root, "proc/cpuinfo", CPUINFO_MAX, &text, NULL) &&
	       strstr(text, " la57");
}

/* Documentation/arch/x86/x86_64/mm.rst, without KASLR: with it /proc/kcore is needed. */
static uint64_t linear(int root)
{
	return has_five_levels(root) ? 0xff11000000000000 : 0xffff888000000000;
}

static uint64_t control_bytes(uint64_t ram_bytes)
{
	return CONTROL_BYTES + ((ram_bytes >> GIB_SHIFT) << PAGE_SHIFT);
}

/* The kernel as the boot protocol knows it. */
struct kernel {
	const uint8_t *file;
	size_t bytes; /* of the file */
	struct kernel_head head;
};

static int map_kernel(struct layout *l, int fd, struct kernel *ret)
{
	const char *why = NULL;
	const void *file;
	int r = layout_map(l, fd, "kernel", &file, &ret->bytes);

	if (r)
		return r;
	r = bzimage_read(fd, ret->bytes, &ret->head, &why);
	if (r)
		return layout_fail(l, r, "the kernel %s", why ? why : strerror(-r));
	ret->file = file;
	return 0;
}

static int place_kernel(struct layout *l, const struct kernel *k, struct segment **ret)
{
	const struct kernel_head *b = &k->head;

	if (b->init_bytes < k->bytes - b->setup_bytes)
		return layout_fail(l, -ENOEXEC, "the kernel is larger than its own init_size");
	if (b->align_bytes & (b->align_bytes - 1))
		return layout_fail(l, -ENOEXEC, "the kernel's alignment is no power of two");
	return layout_place(l,
			    &(struct layout_part){
				    .name = "kernel",
				    .data = k->file + b->setup_bytes,
				    .bytes = k->bytes - b->setup_bytes,
				    .place_bytes = b->init_bytes,
				    .rest_is_scratch = true,
				    .align = b->align_bytes,
				    .min = l->crash		      ? 0
					   : b->pref_address > LOWEST ? b->pref_address
								      : LOWEST,
			    },
			    ret);
}

static int place_initrd(struct layout *l, int fd, struct segment **ret)
{
	const void *data;
	size_t len;
	int r = layout_map(l, fd, "initrd", &data, &len);

	return r ? r
		 : layout_place(l,
				&(struct layout_part){ .name = "initrd",
						       .data = data,
						       .bytes = len,
						       .min = l->crash ? 0 : LOWEST },
				ret);
}

/* What of the machine's ranges of a kind lies below end becomes RAM of the next kernel. */
static int add_below(struct layout *l, enum iomem_kind kind, uint64_t end)
{
	int r = 0;

	for (size_t i = 0; !r && i < l->machine.n; i++) {
		const struct iomem_range *range = &l->machine.range[i];

		if (range->kind == kind && range->start < end)
			r = iomem_add(&l->memory, range->start, range->end < end ? range->end : end,
				      IOMEM_RAM);
	}
	return r;
}

/*
 * As kexec_file_load: the low memory, which each kernel needs for its trampolines, the reserved
 * ranges less the ELF header, which nothing else protects, and what ACPI needs.
 */
static int crash_memory(struct layout *l, const struct segment *elfcorehdr)
{
	int r = add_below(l, IOMEM_RAM, LOW_BYTES);

	if (!r)
		r = add_below(l, IOMEM_CRASH, UINT64_MAX);
	if (!r)
		r = iomem_cut(&l->memory, elfcorehdr->start, elfcorehdr->end);
	if (!r)
		r = iomem_pick(&l->machine,
			       IOMEM_BIT(IOMEM_ACPI) | IOMEM_BIT(IOMEM_NVS) |
				       IOMEM_BIT(IOMEM_RESERVED),
			       &l->memory);
	return r;
}

static int place_boot_block(struct layout *l, const struct kernel *k, const struct arch_files *f,
			    const struct segment *initrd, struct segment **ret)
{
	size_t len = strlen(f->cmdline) + (f->elfcorehdr ? ELFCOREHDR_ARG : 1);
	struct boot_block b;
	char line[CMDLINE_BYTES + ELFCOREHDR_ARG];
	struct boot_input in = { k->file, line, &l->memory };
	int r;

	if (len > sizeof(line) || len > k->head.cmdline_bytes)
		return layout_fail(l, -EINVAL, "the command line is longer than the kernel takes");
	snprintf(line, sizeof(line), "%s", f->cmdline);
	if (f->elfcorehdr)
		snprintf(line, sizeof(line), "elfcorehdr=0x%" PRIx64 " %s", f->elfcorehdr->start,
			 f->cmdline);
	r = boot_block_make(l->root, &in, &b);
	if (!r)
		r = layout_own(l, b.data, b.bytes);
	if (!r)
		r = layout_place(l,
				 &(struct layout_part){ .name = "boot_params",
							.data = b.data,
							.bytes = b.bytes,
							.min = l->crash ? 0 : LOWEST },
				 ret);
	if (!r)
		boot_block_bind(&b, (*ret)->start, initrd ? initrd->start : 0,
				initrd ? initrd->bytes : 0);
	return r;
}

static void digest(const struct segment *s, struct purgatory_region *ret)
{
	char text[SHA256_TEXT];
	struct sha256 sum;

	*ret = (struct purgatory_region){ .start = s->start, .bytes = s->bytes };
	snprintf(ret->name, sizeof(ret->name), "%s", s->name);
	sha256_init(&sum);
	sha256_add(&sum, s->data, s->bytes);
	sha256_text(&sum, text);
	memcpy(ret->digest, sum.h, sizeof(ret->digest));
}

/* The I/O port of the first serial console of the line that has one; 0: none. */
static uint32_t serial_port(int root, const char *cmdline)
{
	static const char name[] = "ttyS";
	struct cmdline_arg arg;

	while (cmdline_next(&cmdline, &arg)) {
		char path[64], text[32];
		const char *value = arg.name + arg.name_len + 1;

		if (arg.name_len != 7 || memcmp(arg.name, "console=", 8) ||
		    strncmp(value, name, strlen(name)) || value[4] < '0' || value[4] > '9')
			continue;
		snprintf(path, sizeof(path), "sys/class/tty/ttyS%lu/port",
			 strtoul(value + 4, NULL, 10));
		/* 0 where its registers are in memory */
		if (!io_read_file(root, path, text, sizeof(text), NULL) && strtoul(text, NULL, 0))
			return (uint32_t)strtoul(text, NULL, 0) & 0xffff;
	}
	return 0;
}

/* Digests are for a crash: a reboot follows at once, and nothing has gone wrong before it. */
static void fill_params(const struct layout *l, const struct arch_files *f,
			struct purgatory_params *p)
{
	if (!l->crash)
		return;
	p->port = serial_port(l->root, f->cmdline);
	for (unsigned i = 0; i < l->n && p->n < PURGATORY_REGIONS; i++) {
		if (!l->segment[i].may_change)
			digest(&l->segment[i], &p->region[p->n++]);
	}
}

/* Where the kernel unpacks itself is mapped by nobody else: *ret is the tables' address. */
static int place_tables(struct layout *l, uint64_t end, uint64_t *ret)
{
	bool five = has_five_levels(l->root);
	struct segment *s;
	uint64_t *tables;
	size_t bytes;
	int r;

	for (unsigned i = 0; i < l->n; i++)
		end = l->segment[i].end > end ? l->segment[i].end : end;
	/* they themselves lie near, too */
	end += (uint64_t)1 << GIB_SHIFT;
	bytes = page_tables_bytes(end, five);
	tables = bytes ? malloc(bytes) : NULL;
	if (!tables)
		return bytes ? -ENOMEM
			     : layout_fail(l, -EADDRNOTAVAIL, "no room for the kernel below %d GiB",
					   (int)(PAGE_TABLES_MAX >> GIB_SHIFT));
	r = layout_own(l, tables, bytes);
	if (!r)
		r = layout_place(l,
				 &(struct layout_part){ .name = "page tables",
							.data = tables,
							.bytes = bytes,
							.min = LOWEST },
				 &s);
	if (r)
		return r;
	page_tables_write(tables, s->start, end, five);
	*ret = s->start;
	return 0;
}

/* *ret: its bytes, to which the parameters still go. */
static int place_purgatory(struct layout *l, const struct arch_files *f, struct purgatory_params *p,
			   uint8_t **ret)
{
	size_t bytes = (size_t)(purgatory_program_end - purgatory_program);
	uint8_t *program = malloc(bytes);
	struct segment *s;
	int r;

	if (!program)
		return -ENOMEM;
	memcpy(program, purgatory_program, bytes);
	r = layout_own(l, program, bytes);
	if (r)
		return r;
	fill_params(l, f, p);
	r = layout_place(l,
			 &(struct layout_part){ .name = "purgatory",
						.data = program,
						.bytes = bytes,
						.place_bytes = bytes + PURGATORY_STACK,
						.min = l->crash ? 0 : LOWEST },
			 &s);
	if (r)
		return r;
	p->stack = s->end;
	l->entry = s->start;
	*ret = program;
	return 0;
}

static int place(struct layout *l, const struct arch_files *f)
{
	struct segment *kernel = NULL, *initrd = NULL, *boot = NULL;
	struct purgatory_params p = { 0 };
	uint8_t *program = NULL;
	struct kernel k;
	int r = map_kernel(l, f->kernel_fd, &k);

	if (!r)
		r = place_kernel(l, &k, &kernel);
	if (!r && f->initrd_fd >= 0)
		r = place_initrd(l, f->initrd_fd, &initrd);
	if (!r && l->crash)
		r = crash_memory(l, f->elfcorehdr);
	if (!r)
		r = place_boot_block(l, &k, f, initrd, &boot);
	if (!r)
		r = place_purgatory(l, f, &p, &program);
	if (!r && l->apart)
		r = place_tables(l, kernel->start + k.head.init_bytes, &p.tables);
	if (r)
		return r;
	p.boot_params = boot->start;
	p.kernel = kernel->start + ENTRY_64;
	memcpy(program + PURGATORY_OFFSET, &p, sizeof(p));
	return 0;
}

const struct kexec_arch kexec_arch_x86_64 = {
	.machine = "x86_64",
	.image_name = "bzImage",
	.params = CMDLINE_X86,
	.prepended_bytes = PREPENDED_BYTES,
	.text_by_symbols = true,
	.tells_memory = true,
	.elf_machine = EM_X86_64,
	.low_bytes = LOW_BYTES,
	/* purgatory, boot_params, EFI memory map; they lie above the kernel */
	.fit = { .top_bytes = 256 << 10,
		 .least_bytes = 3 << 20,
		 .easy_bytes = 8 << 20,
		 .least_share = 8,
		 .easy_share = 3 },
	.read_kernel = bzimage_read,
	.linear = linear,
	.control_bytes = control_bytes,
	.place = place,
};
