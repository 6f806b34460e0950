/* SPDX-License-Identifier: MIT */
/*
 * A device tree as QEMU's virt machines have it.
 */
#ifndef TESTS_UNIT_FAKE_TREEFDT_H
#define TESTS_UNIT_FAKE_TREEFDT_H

#include <libfdt.h>
#include <stdbool.h>
#include <stdint.h>

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

#endif
