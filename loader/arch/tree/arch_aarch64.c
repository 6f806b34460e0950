/* SPDX-License-Identifier: MIT */
/*
 * arm64. Facts: Documentation/arch/arm64/booting.rst, memory.rst.
 */
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "loader/arch/tree/place.h"
#include "loader/arch/tree/unpack.h"
#include "loader/kexec/cmdline.h"

static const struct boot_image_kind kind = {
	.magic = "ARM\x64",
	.wrong = "is a riscv Image: this machine needs an arm64 one",
	.cmdline_bytes = 2047, /* COMMAND_LINE_SIZE less the NUL */
	.has_page_bytes = true,
};

static const struct place_rules rules = {
	.kind = &kind,
	.adds_text_offset = true,
	.initrd_reach = (uint64_t)32 << 30,
	.reboots_high = true,
};

/*
 * kexec_load enters with nothing in the registers, and the kernel wants the device tree's address
 * in x0 and zero in x1 to x3. Position independent; the MMU is off.
 */
struct start_code {
	uint32_t code[6];
	uint64_t kernel, tree;
};

static const struct start_code start_code = {
	.code = {
		0x580000d1, /* ldr x17, kernel */
		0x580000e0, /* ldr x0, tree */
		0xaa1f03e1, /* mov x1, xzr */
		0xaa1f03e2, /* mov x2, xzr */
		0xaa1f03e3, /* mov x3, xzr */
		0xd61f0220, /* br x17 */
	},
};

static int place_start(struct layout *l, const struct placed *p)
{
	struct start_code *s = malloc(sizeof(*s));
	struct segment *place;
	int r;

	if (!s)
		return -ENOMEM;
	memcpy(s, &start_code, sizeof(*s));
	s->kernel = p->kernel;
	s->tree = p->tree;
	r = layout_own(l, s, sizeof(*s));
	if (!r)
		r = layout_place(
			l,
			&(struct layout_part){
				.name = "start code", .data = s, .bytes = sizeof(*s), .low = true },
			&place);
	if (!r)
		l->entry = place->start;
	return r;
}

static int place(struct layout *l, const struct arch_files *f)
{
	struct placed p;
	int r = place_files(l, &rules, f, &p);

	return r ? r : place_start(l, &p);
}

static int read_kernel(int fd, uint64_t file_bytes, struct kernel_head *ret, const char **why)
{
	return boot_image_read(&kind, fd, file_bytes, ret, why);
}

const struct kexec_arch kexec_arch_aarch64 = {
	.machine = "aarch64",
	.image_name = "Image",
	.params = CMDLINE_ARM64,
	.elf_machine = EM_AARCH64,
	.elfcorehdr_align = 64 << 10, /* of the largest pages, which the next kernel may have */
	/* device tree, start code and ELF header; kexec_file_load aligns the tree to 2 MiB */
	.fit = { .top_bytes = 2304 << 10,
		 .least_bytes = 3 << 20,
		 .easy_bytes = 8 << 20,
		 .least_share = 8,
		 .easy_share = 3 },
	.read_kernel = read_kernel,
	.unpack_kernel = unpack_kernel,
	.place = place,
};
