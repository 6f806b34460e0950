/* SPDX-License-Identifier: MIT */
/*
 * boot_params, with what a fake machine's firmware told: EFI, many ranges, a screen.
 */
#include "loader/arch/x86/boot_block.h"

#include <asm/bootparam.h>

#include "lib/cleanup.h"
#include "loader/arch/x86/efi.h"
#include "tests/unit/fake/machine.h"
#include "tests/unit/test.h"

#define AT 0x1234500000ull

static uint8_t kernel[4096];

static void make_kernel(void)
{
	memset(kernel, 0xee, sizeof(kernel));
	kernel[0x201] = 0x6a;
	machine_le(kernel + 0x206, 2, 0x20f);
}

static struct boot_block make(const struct machine *t, const struct iomem *m)
{
	struct boot_input in = { kernel, "root=/dev/vda1 ro", m };
	struct boot_block b;

	make_kernel();
	CHECK_EQ(boot_block_make(t->fd, &in, &b), 0);
	boot_block_bind(&b, AT, 0x55000000, 0x100000001);
	return b;
}

static const struct setup_data *data(const struct boot_block *b, uint64_t at)
{
	return at ? (const struct setup_data *)(b->data + (at - AT)) : NULL;
}

/* The first of a type in the list. */
static const struct setup_data *find(const struct boot_block *b, uint32_t type)
{
	const struct boot_params *p = (const struct boot_params *)b->data;
	const struct setup_data *d;

	for (d = data(b, p->hdr.setup_data); d && d->type != type; d = data(b, d->next))
		CHECK((const uint8_t *)d < b->data + b->bytes);
	return d;
}

TEST(on_bios)
{
	struct machine t = machine_bare();
	struct iomem m = { 0 };
	const struct boot_params *p;
	struct boot_block b;

	iomem_add(&m, 0, 0x9fc00, IOMEM_RAM);
	iomem_add(&m, 0x100000, 0x200000, IOMEM_KERNEL);
	iomem_add(&m, 0xf0000000, 0xf0001000, IOMEM_SOFT);
	b = make(&t, &m);
	p = (const struct boot_params *)b.data;
	/* of the file the header alone, from 0x1f1 to behind the jump's target */
	for (unsigned i = 0; i < 0x1f1; i++)
		CHECK(b.data[i] != 0xee);
	CHECK_EQ(b.data[0x26b], 0xee);
	CHECK_EQ(b.data[0x26c], 0);
	CHECK_EQ(p->hdr.version, 0x20f);
	CHECK_EQ(p->hdr.hardware_subarch, 0);
	CHECK_EQ(p->hdr.cmd_line_ptr | (uint64_t)p->ext_cmd_line_ptr << 32, AT + b.cmdline);
	CHECK_STR((const char *)b.data + b.cmdline, "root=/dev/vda1 ro");
	CHECK_EQ(p->hdr.ramdisk_image, 0x55000000);
	CHECK_EQ(p->hdr.ramdisk_size, 1);
	CHECK_EQ(p->ext_ramdisk_size, 1);
	CHECK_EQ(p->e820_entries, 2);
	CHECK(p->e820_table[0].type == 1 && p->e820_table[0].size == 0x9fc00);
	CHECK(p->e820_table[1].type == 0xefffffff && p->e820_table[1].addr == 0xf0000000);
	CHECK(find(&b, 9) && find(&b, 9)->len == 32);
	CHECK(!find(&b, SETUP_EFI) && !find(&b, SETUP_E820_EXT));
	CHECK_EQ(p->efi_info.efi_loader_signature, 0);
	free(b.data);
	iomem_free(&m);
	machine_remove(&t);
}

TEST(more_ranges_than_the_zero_page_has)
{
	struct machine t = machine_bare();
	struct iomem m = { 0 };
	const struct boot_params *p;
	const struct setup_data *more;
	struct boot_e820_entry e;
	struct boot_block b;

	for (uint64_t i = 0; i < 300; i++)
		iomem_add(&m, i << 20, (i << 20) + 4096, i % 2 ? IOMEM_RESERVED : IOMEM_RAM);
	b = make(&t, &m);
	p = (const struct boot_params *)b.data;
	more = find(&b, SETUP_E820_EXT);
	CHECK_EQ(p->e820_entries, 128);
	CHECK_EQ(more->len, 172 * sizeof(e));
	memcpy(&e, more->data, sizeof(e));
	CHECK(e.addr == 128ull << 20 && e.size == 4096 && e.type == 1);
	memcpy(&e, more->data + 171 * sizeof(e), sizeof(e));
	CHECK(e.addr == 299ull << 20 && e.type == 2);
	free(b.data);
	iomem_free(&m);
	machine_remove(&t);
}

static void put_runtime(const struct machine *t, unsigned i, const char *phys, const char *virt)
{
	const char *const words[] = {
		"phys_addr", phys,   "virt_addr", virt,	       "num_pages",
		"0x30\n",    "type", "0x5\n",	  "attribute", "0x800000000000000f\n"
	};

	for (size_t n = 0; n < ARRAY_LEN(words); n += 2) {
		char path[96];

		snprintf(path, sizeof(path), "sys/firmware/efi/runtime-map/%u/%s", i, words[n]);
		machine_put(t, path, words[n + 1]);
	}
}

/* The running kernel's boot_params, as /sys/kernel/boot_params tells them. */
static void put_running(const struct machine *t)
{
	struct boot_params p = { .screen_info.orig_video_cols = 80,
				 .screen_info.orig_video_isVGA = 0x70,
				 .secure_boot = 2,
				 .efi_info = { .efi_loader_signature = 0x34364c45,
					       .efi_systab = 0x7f9ec018,
					       .efi_systab_hi = 1,
					       .efi_memdesc_size = 48,
					       .efi_memdesc_version = 1,
					       .efi_memmap = 0x1000,
					       .efi_memmap_size = 480 },
				 .eddbuf_entries = 1 };

	machine_put_bytes(t, "sys/kernel/boot_params/data", &p, sizeof(p));
}

TEST(on_efi)
{
	struct machine t = machine_bare();
	struct iomem m = { 0 };
	const struct boot_params *p;
	const struct efi_memory *map;
	struct boot_block b;
	uint64_t words[4];

	put_running(&t);
	machine_put(&t, "sys/firmware/efi/fw_vendor", "0x7f9ebf98\n");
	machine_put(&t, "sys/firmware/efi/config_table", "0x7f9ecd18\n");
	machine_put(&t, "sys/firmware/efi/systab",
		    "ACPI20=0x7fb7e014\nACPI=0x7fb7e000\nSMBIOS3=0x7f988000\nSMBIOS=0x7f98a000\n");
	put_runtime(&t, 0, "0x7f8ef000\n", "0xfffffffefea00000\n");
	put_runtime(&t, 1, "0x7f9ef000\n", "0xfffffffefe900000\n");
	iomem_add(&m, 0, 0x9fc00, IOMEM_RAM);
	b = make(&t, &m);
	p = (const struct boot_params *)b.data;
	CHECK_EQ(p->screen_info.orig_video_isVGA, 0x70);
	CHECK_EQ(p->secure_boot, 2);
	CHECK_EQ(p->eddbuf_entries, 1);
	CHECK_EQ(p->acpi_rsdp_addr, 0x7fb7e014);
	CHECK_EQ(p->efi_info.efi_loader_signature, 0x34364c45);
	CHECK_EQ(p->efi_info.efi_systab_hi, 1);
	CHECK_EQ(p->efi_info.efi_memdesc_size, 40);
	CHECK_EQ(p->efi_info.efi_memdesc_version, 1);
	CHECK_EQ(p->efi_info.efi_memmap_size, 80);
	CHECK_EQ(p->efi_info.efi_memmap | (uint64_t)p->efi_info.efi_memmap_hi << 32,
		 AT + b.efi_map);
	map = (const struct efi_memory *)(b.data + b.efi_map);
	CHECK(map[1].type == 5 && map[1].physical == 0x7f9ef000 && map[1].pages == 0x30);
	CHECK_EQ(map[1].virtual, 0xfffffffefe900000);
	CHECK_EQ(map[1].attributes, 0x800000000000000f);
	CHECK(find(&b, SETUP_EFI) && find(&b, SETUP_EFI)->len == 96);
	memcpy(words, find(&b, SETUP_EFI)->data, sizeof(words));
	CHECK(words[0] == 0x7f9ebf98 && words[2] == 0x7f9ecd18 && words[3] == 0x7f98a000);
	free(b.data);
	iomem_free(&m);
	machine_remove(&t);
}

/* Without the firmware's runtime services ACPI must be found all the same. */
TEST(on_efi_without_runtime)
{
	struct machine t = machine_bare();
	struct iomem m = { 0 };
	const struct boot_params *p;
	struct boot_block b;

	put_running(&t);
	machine_put(&t, "sys/firmware/efi/systab", "ACPI=0x7fb7e000\n");
	iomem_add(&m, 0, 0x9fc00, IOMEM_RAM);
	b = make(&t, &m);
	p = (const struct boot_params *)b.data;
	CHECK_EQ(p->acpi_rsdp_addr, 0x7fb7e000);
	CHECK_EQ(p->efi_info.efi_systab, 0);
	CHECK(!find(&b, SETUP_EFI));
	free(b.data);
	iomem_free(&m);
	machine_remove(&t);
}
