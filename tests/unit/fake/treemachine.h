/* SPDX-License-Identifier: MIT */
/*
 * Machines of a device tree as files, as QEMU's virt machines are: an Image, a tree, CPUs, iomem.
 */
#ifndef TESTS_UNIT_FAKE_TREEMACHINE_H
#define TESTS_UNIT_FAKE_TREEMACHINE_H

#include "tests/unit/fake/crashmachine.h"
#include "tests/unit/fake/treefdt.h"

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
