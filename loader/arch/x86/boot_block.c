/* SPDX-License-Identifier: MIT */
#include "loader/arch/x86/boot_block.h"

#include <asm/bootparam.h>
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "lib/bytes.h"
#include "lib/io.h"
#include "loader/arch/x86/efi.h"

enum {
	PARAMS_BYTES = 4096,
	ALIGN = 16,
	OFF_HEADER = 0x1f1,  /* of the file and of boot_params */
	OFF_JUMP = 0x201,    /* a byte: how far behind 0x202 the header ends */
	LOADER_KEXEC = 0xd0, /* type_of_loader, as kexec_file_load gives it */
	SEED_BYTES = 32,
	SETUP_SEED = 9, /* SETUP_RNG_SEED, 6.0 */
	EFI_DATA_WORDS = 12,
};

static_assert(sizeof(struct boot_params) == PARAMS_BYTES, "the zero page");

/* e820 types, ACPI 6.5, table 15.1; the last is Linux's. */
static const struct {
	enum iomem_kind kind;
	uint32_t type;
} e820_types[] = {
	{ IOMEM_RAM, 1 },   { IOMEM_RESERVED, 2 },	{ IOMEM_ACPI, 3 },
	{ IOMEM_NVS, 4 },   { IOMEM_UNUSABLE, 5 },	{ IOMEM_PMEM, 7 },
	{ IOMEM_PRAM, 12 }, { IOMEM_SOFT, 0xefffffff },
};

/* 0: not for a kernel. */
static uint32_t e820_type(enum iomem_kind kind)
{
	for (size_t i = 0; i < sizeof(e820_types) / sizeof(e820_types[0]); i++) {
		if (e820_types[i].kind == kind)
			return e820_types[i].type;
	}
	return 0;
}

/* Where the next part of so many bytes lies. */
static size_t take_part(size_t *end, size_t bytes)
{
	size_t at = bytes_round_up(*end, ALIGN);

	*end = at + bytes;
	return at;
}

static size_t take_data(size_t *end, size_t bytes)
{
	return take_part(end, sizeof(struct setup_data) + bytes);
}

static size_t count_e820(const struct iomem *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n; i++)
		n += e820_type(m->range[i].kind) != 0;
	return n;
}

/* Entries beyond the zero page's go into setup_data. */
static void put_e820(struct boot_block *b, const struct iomem *m)
{
	struct boot_params *p = (struct boot_params *)b->data;
	uint8_t *more = b->e820 ? b->data + b->e820 + sizeof(struct setup_data) : NULL;
	size_t n = 0;

	for (size_t i = 0; i < m->n; i++) {
		const struct iomem_range *range = &m->range[i];
		struct boot_e820_entry e = { range->start, range->end - range->start,
					     e820_type(range->kind) };

		if (!e.type)
			continue;
		if (n < E820_MAX_ENTRIES_ZEROPAGE)
			memcpy(&p->e820_table[n], &e, sizeof(e));
		else
			memcpy(more + (n - E820_MAX_ENTRIES_ZEROPAGE) * sizeof(e), &e, sizeof(e));
		n++;
	}
	p->e820_entries = n < E820_MAX_ENTRIES_ZEROPAGE ? (uint8_t)n : E820_MAX_ENTRIES_ZEROPAGE;
}

/* The header of the file, as a boot loader copies it; the rest stays zero. */
static void put_header(struct boot_params *p, const uint8_t *kernel)
{
	size_t end = OFF_JUMP + 1 + kernel[OFF_JUMP];
	size_t max = offsetof(struct boot_params, edd_mbr_sig_buffer);

	memcpy((uint8_t *)p + OFF_HEADER, kernel + OFF_HEADER,
	       (end < max ? end : max) - OFF_HEADER);
	p->hdr.type_of_loader = LOADER_KEXEC;
	p->hdr.hardware_subarch = 0;
	p->hdr.ramdisk_image = p->hdr.ramdisk_size = 0;
	p->hdr.setup_data = 0;
}

/* What this kernel was told of the hardware is as true for the next one. */
static void put_firmware(struct boot_params *p, const struct boot_params *from)
{
	p->screen_info = from->screen_info;
	p->edid_info = from->edid_info;
	p->acpi_rsdp_addr = from->acpi_rsdp_addr;
	p->secure_boot = from->secure_boot;
	p->cc_blob_address = from->cc_blob_address;
	p->hdr.hardware_subarch = from->hdr.hardware_subarch;
	p->eddbuf_entries = from->eddbuf_entries;
	p->edd_mbr_sig_buf_entries = from->edd_mbr_sig_buf_entries;
	memcpy(p->edd_mbr_sig_buffer, from->edd_mbr_sig_buffer, sizeof(p->edd_mbr_sig_buffer));
	memcpy(p->eddbuf, from->eddbuf, sizeof(p->eddbuf));
}

static void put_data(struct boot_block *b, size_t at, uint32_t type, const void *data, size_t bytes)
{
	struct setup_data head = { .type = type, .len = (uint32_t)bytes };

	memcpy(b->data + at, &head, sizeof(head));
	if (data)
		memcpy(b->data + at + sizeof(head), data, bytes);
}

/* struct efi_setup_data of arch/x86/include/asm/efi.h; boot_block_bind() completes efi_info. */
static void put_efi(struct boot_block *b, const struct boot_params *from, const struct efi_state *e)
{
	struct boot_params *p = (struct boot_params *)b->data;
	uint64_t words[EFI_DATA_WORDS] = { e->fw_vendor, 0, e->tables, e->smbios };

	put_data(b, b->efi, SETUP_EFI, words, sizeof(words));
	memcpy(b->data + b->efi_map, e->map, e->n * sizeof(e->map[0]));
	p->efi_info = from->efi_info;
	p->efi_info.efi_memdesc_size = sizeof(e->map[0]);
	p->efi_info.efi_memmap_size = (uint32_t)(e->n * sizeof(e->map[0]));
}

/* Can the next kernel take over the firmware's runtime services? */
static bool has_efi(const struct boot_params *from, const struct efi_state *e)
{
	return from->efi_info.efi_systab && from->efi_info.efi_memmap_size && e->n &&
	       e->fw_vendor && e->tables;
}

static void lay_out(const struct boot_input *in, const struct efi_state *e, bool efi,
		    struct boot_block *ret)
{
	size_t entries = count_e820(in->memory);

	*ret = (struct boot_block){ .bytes = PARAMS_BYTES };
	ret->cmdline = take_part(&ret->bytes, strlen(in->cmdline) + 1);
	ret->seed = take_data(&ret->bytes, SEED_BYTES);
	if (entries > E820_MAX_ENTRIES_ZEROPAGE)
		ret->e820 = take_data(&ret->bytes, (entries - E820_MAX_ENTRIES_ZEROPAGE) *
							   sizeof(struct boot_e820_entry));
	if (!efi)
		return;
	ret->efi = take_data(&ret->bytes, EFI_DATA_WORDS * sizeof(uint64_t));
	ret->efi_map = take_part(&ret->bytes, e->n * sizeof(e->map[0]));
}

static void fill(struct boot_block *b, const struct boot_input *in, const struct boot_params *from,
		 const struct efi_state *e)
{
	struct boot_params *p = (struct boot_params *)b->data;
	size_t entries = count_e820(in->memory);
	uint8_t seed[SEED_BYTES];

	put_header(p, in->kernel);
	put_firmware(p, from);
	if (!p->acpi_rsdp_addr)
		p->acpi_rsdp_addr = e->rsdp;
	memcpy(b->data + b->cmdline, in->cmdline, strlen(in->cmdline) + 1);
	if (b->e820)
		put_data(b, b->e820, SETUP_E820_EXT, NULL,
			 (entries - E820_MAX_ENTRIES_ZEROPAGE) * sizeof(struct boot_e820_entry));
	put_e820(b, in->memory);
	if (b->efi)
		put_efi(b, from, e);
	/* without one it stays of a type that no kernel knows */
	if (getrandom(seed, sizeof(seed), GRND_NONBLOCK) == sizeof(seed))
		put_data(b, b->seed, SETUP_SEED, seed, sizeof(seed));
	else
		put_data(b, b->seed, SETUP_NONE, NULL, 0);
}

int boot_block_make(int root, const struct boot_input *in, struct boot_block *ret)
{
	/* io_read_file() puts a NUL behind it */
	struct {
		struct boot_params p;
		char end;
	} from;
	struct efi_state efi;
	size_t len;
	int r = efi_read(root, &efi);

	if (io_read_file(root, "sys/kernel/boot_params/data", (char *)&from, sizeof(from), &len) ||
	    len != sizeof(from.p))
		memset(&from, 0, sizeof(from));
	if (!r) {
		lay_out(in, &efi, has_efi(&from.p, &efi), ret);
		ret->data = calloc(1, ret->bytes);
		if (ret->data)
			fill(ret, in, &from.p, &efi);
		else
			r = -ENOMEM;
	}
	efi_free(&efi);
	return r;
}

/* In front of the list of setup_data. */
static void link_data(struct boot_block *b, size_t offset, uint64_t at)
{
	struct boot_params *p = (struct boot_params *)b->data;
	uint64_t next = p->hdr.setup_data;

	if (!offset)
		return;
	memcpy(b->data + offset, &next, sizeof(next));
	p->hdr.setup_data = at + offset;
}

void boot_block_bind(struct boot_block *b, uint64_t at, uint64_t initrd, uint64_t initrd_bytes)
{
	struct boot_params *p = (struct boot_params *)b->data;
	uint64_t cmdline = at + b->cmdline, map = at + b->efi_map;

	p->hdr.cmd_line_ptr = (uint32_t)cmdline;
	p->ext_cmd_line_ptr = (uint32_t)(cmdline >> 32);
	p->hdr.ramdisk_image = (uint32_t)initrd;
	p->ext_ramdisk_image = (uint32_t)(initrd >> 32);
	p->hdr.ramdisk_size = (uint32_t)initrd_bytes;
	p->ext_ramdisk_size = (uint32_t)(initrd_bytes >> 32);
	p->hdr.setup_data = 0;
	link_data(b, b->seed, at);
	link_data(b, b->e820, at);
	link_data(b, b->efi, at);
	if (!b->efi)
		return;
	p->efi_info.efi_memmap = (uint32_t)map;
	p->efi_info.efi_memmap_hi = (uint32_t)(map >> 32);
}
