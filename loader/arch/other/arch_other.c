/* SPDX-License-Identifier: MIT */
/*
 * An architecture of which nothing is known here: kexec_file_load takes what it takes.
 */
#include <elf.h>
#include <errno.h>

#include "loader/kexec/arch.h"

static int read_kernel(int fd, uint64_t file_bytes, struct kernel_head *ret, const char **why)
{
	(void)fd;
	(void)file_bytes;
	(void)ret;
	*why = "is for an architecture that this kdump-loader does not know";
	return -ENOEXEC;
}

const struct kexec_arch kexec_arch_other = {
	.machine = "",
	.image_name = "kernel",
	.elf_machine = EM_NONE,
	.read_kernel = read_kernel,
};
