/* SPDX-License-Identifier: MIT */
/*
 * riscv64. The kernel finds the device tree among the segments by its magic and enters the next
 * kernel with its address, so that no code of ours runs. Facts: Documentation/arch/riscv/boot.rst.
 */
#include <elf.h>

#include "loader/arch/tree/device_tree.h"
#include "loader/arch/tree/place.h"
#include "loader/arch/tree/unpack.h"
#include "loader/kexec/cmdline.h"

static const struct boot_image_kind kind = {
	.magic = "RSC\x05",
	.wrong = "is an arm64 Image: this machine needs a riscv one",
	.cmdline_bytes = 1023, /* COMMAND_LINE_SIZE less the NUL */
};

static const struct place_rules rules = {
	.kind = &kind,
	/* text_offset only says what the alignment must be */
	.adds_text_offset = false,
	/* the kernel reserves its own last block of 2 MiB whole, and drops an initrd that begins in it */
	.initrd_align = BOOT_IMAGE_ALIGN,
};

static int place(struct layout *l, const struct arch_files *f)
{
	struct placed p;
	int r = place_files(l, &rules, f, &p);

	if (!r)
		l->entry = p.kernel;
	return r;
}

/* OpenSBI's memory is RAM to the kernel, and reading it is denied (physical memory protection). */
static int cut_firmware(struct layout *l, struct iomem *ram)
{
	return device_tree_cut_reserved(l, "mmode_resv", ram);
}

static int read_kernel(int fd, uint64_t file_bytes, struct kernel_head *ret, const char **why)
{
	return boot_image_read(&kind, fd, file_bytes, ret, why);
}

const struct kexec_arch kexec_arch_riscv64 = {
	.machine = "riscv64",
	.image_name = "Image",
	.params = CMDLINE_RISCV64,
	/* it took vmlinux alone until Images followed (after 6.12) */
	.file_call_is_narrow = true,
	.elf_machine = EM_RISCV,
	.elfcorehdr_align = 0,
	.fit = { .top_bytes = 2304 << 10,
		 .least_bytes = 35 << 20,
		 .easy_bytes = 48 << 20,
		 .sections_bytes = 32 << 20, /* mem_section's roots, of 56 physical bits */
		 .least_share = 8,
		 .easy_share = 3 },
	.read_kernel = read_kernel,
	.unpack_kernel = unpack_kernel,
	.cut_dump = cut_firmware,
	.place = place,
};
