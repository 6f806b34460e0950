/* SPDX-License-Identifier: MIT */
/*
 * x86_64 for the unit tests of another architecture, whose compiler cannot make its purgatory: what
 * reads files is there, kexec_load is not.
 */
#include <elf.h>

#include "loader/arch/x86/bzimage.h"
#include "loader/kexec/arch.h"
#include "loader/kexec/cmdline.h"

const struct kexec_arch kexec_arch_x86_64 = {
	.machine = "x86_64",
	.image_name = "bzImage",
	.params = CMDLINE_X86,
	.prepended_bytes = 30,
	.tells_memory = true,
	.elf_machine = EM_X86_64,
	.fit = { .top_bytes = 256 << 10,
		 .least_bytes = 3 << 20,
		 .easy_bytes = 8 << 20,
		 .least_share = 8,
		 .easy_share = 3 },
	.read_kernel = bzimage_read,
};
