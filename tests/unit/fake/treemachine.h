/* SPDX-License-Identifier: MIT */
/*
 * Machines of a device tree as files, as QEMU's virt machines are: an Image, a tree, CPUs, iomem.
 */
#ifndef TESTS_UNIT_FAKE_TREEMACHINE_H
#define TESTS_UNIT_FAKE_TREEMACHINE_H

#include <libfdt.h>

#include "tests/unit/fake/crashmachine.h"

#define TREEMACHINE_IMAGE "boot/Image"

enum { TREEMACHINE_IMAGE_BYTES = 300 << 10, TREEMACHINE_IN_MEMORY = 9 << 20 };

/* An Image with a release in it; magic as "ARM\x64". */
static inline void treemachine_image(unsigned char *img, const char *magic, uint64_t text_offset)
{
	memset(img, 0x5a, TREEMACHINE_IMAGE_BYTES);
	memset(img, 0, 64);
	machine_le(img + 8, 8, text_offset);
	machine_le(img + 16, 8, TREEMACHINE_IN_MEMORY);
	machine_le(img + 24, 8, 0xa);
	memcpy(img + 56, magic, 4);
	strcpy((char *)img + 5000, "Linux version %s");
	strcpy((char *)img + 200000, "Linux version 6.12.117+deb13-arm64 (debian-kernel@x) #1");
}

static inline void treemachine_put_image(const struct machine *m, const char *path,
					 const char *magic, uint64_t text_offset)
{
	unsigned char *img = malloc(TREEMACHINE_IMAGE_BYTES);

	treemachine_image(img, magic, text_offset);
	machine_put_bytes(m, path, img, TREEMACHINE_IMAGE_BYTES);
	free(img);
}

/* What a test may change of the tree. */
struct treemachine_tree {
	int address_cells, size_cells; /* 0: the root does not say */
	bool no_chosen;
	bool firmware; /* OpenSBI's reservation */
	bool handed;   /* the running kernel was itself handed something over by a kexec */
};

/* The tree in buf, padded as QEMU's is. */
static inline void treemachine_tree(const struct treemachine_tree *t, void *buf, int size)
{
	fdt_create(buf, size);
	fdt_add_reservemap_entry(buf, 0x48000000, 0x123456);
	fdt_add_reservemap_entry(buf, 0x4f000000, 0x1000);
	fdt_finish_reservemap(buf);
	fdt_begin_node(buf, "");
	if (t->address_cells)
		fdt_property_u32(buf, "#address-cells", (uint32_t)t->address_cells);
	if (t->size_cells)
		fdt_property_u32(buf, "#size-cells", (uint32_t)t->size_cells);
	fdt_property_string(buf, "compatible", "linux,dummy-virt");
	if (t->firmware) {
		const uint32_t reg[] = { 0, cpu_to_fdt32(0x80000000), 0, cpu_to_fdt32(0x40000) };

		fdt_begin_node(buf, "reserved-memory");
		fdt_property_u32(buf, "#address-cells", 2);
		fdt_property_u32(buf, "#size-cells", 2);
		fdt_begin_node(buf, "mmode_resv0@80000000");
		fdt_property(buf, "reg", reg, sizeof(reg));
		fdt_end_node(buf);
		fdt_begin_node(buf, "other@90000000");
		fdt_property(buf, "reg", reg, sizeof(reg));
		fdt_end_node(buf);
		fdt_end_node(buf);
	}
	if (!t->no_chosen) {
		fdt_begin_node(buf, "chosen");
		fdt_property_string(buf, "bootargs", "root=/dev/vda1");
		fdt_property_string(buf, "stdout-path", "/pl011@9000000");
		fdt_property_u64(buf, "linux,initrd-start", 0x48000000);
		fdt_property_u64(buf, "linux,initrd-end", 0x48123456);
		fdt_property_u64(buf, "linux,uefi-system-table", 0x7c000018);
		fdt_property_u64(buf, "linux,elfcorehdr", 1);
		fdt_property_u64(buf, "kaslr-seed", 0);
		if (t->handed) {
			fdt_property_u64(buf, "linux,ima-kexec-buffer", 0x4f000000);
			fdt_property_u64(buf, "linux,kho-fdt", 0x4f000000);
			fdt_property_u64(buf, "linux,kho-scratch", 0x50000000);
		}
		fdt_end_node(buf);
	}
	fdt_end_node(buf);
	fdt_finish(buf);
	fdt_open_into(buf, buf, size);
}

static inline void treemachine_put_tree(const struct machine *m, const struct treemachine_tree *t)
{
	static char buf[64 << 10];

	treemachine_tree(t, buf, sizeof(buf));
	machine_put_bytes(m, "sys/firmware/fdt", buf, sizeof(buf));
}

/* 1 GiB from RAM on, 256 MiB reserved; high: a second GiB, with a second reservation. */
static inline void treemachine_iomem(const struct machine *m, uint64_t ram, bool high)
{
	char text[1024];
	int n = snprintf(text, sizeof(text),
			 "09000000-09000fff : pl011@9000000\n"
			 "%08llx-%08llx : System RAM\n"
			 "  %08llx-%08llx : Kernel code\n"
			 "  %08llx-%08llx : reserved\n"
			 "  %08llx-%08llx : Crash kernel\n",
			 (unsigned long long)ram, (unsigned long long)ram + 0x3fffffff,
			 (unsigned long long)ram + 0x200000, (unsigned long long)ram + 0x1ffffff,
			 (unsigned long long)ram + 0x2000000, (unsigned long long)ram + 0x20fffff,
			 (unsigned long long)ram + 0x20000000,
			 (unsigned long long)ram + 0x2fffffff);

	if (high)
		snprintf(text + n, sizeof(text) - (size_t)n,
			 "200000000-23fffffff : System RAM\n"
			 "  220000000-22fffffff : Crash kernel\n");
	machine_put(m, "proc/iomem", text);
}

/* A machine of aarch64 or riscv64 with all that kexec_load needs. */
static inline struct machine treemachine_make(bool riscv, bool high)
{
	struct machine m = machine_make();

	machine_put(&m, "proc/sys/kernel/arch", riscv ? "riscv64\n" : "aarch64\n");
	treemachine_put_image(&m, TREEMACHINE_IMAGE, riscv ? "RSC\x05" : "ARM\x64",
			      riscv ? 0x200000 : 0x80000);
	treemachine_put_tree(&m, &(struct treemachine_tree){
					 .address_cells = 2, .size_cells = 2, .firmware = riscv });
	treemachine_iomem(&m, riscv ? 0x80000000 : 0x40000000, high);
	crashmachine_kcore(&m);
	crashmachine_cpu(&m, 0, "3fc11a00\n");
	crashmachine_cpu(&m, 1, "3fc31a00\n");
	machine_put(&m, "sys/kernel/vmcoreinfo", "0x0000000043ed3000 1024\n");
	return m;
}

#endif
