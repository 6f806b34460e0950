/* SPDX-License-Identifier: MIT */
/*
 * The ELF header by which a capture kernel finds the dead kernel's memory (/proc/vmcore): a note
 * for each present CPU's registers, VMCOREINFO, the kernel's image and all RAM. As
 * kexec_file_load makes it (crash_prepare_elf64_headers in kernel/crash_core.c).
 */
#ifndef LOADER_KEXEC_ELFCOREHDR_H
#define LOADER_KEXEC_ELFCOREHDR_H

#include "loader/kexec/kcore.h"

#define ELFCOREHDR_WHY 160

struct elfcorehdr {
	const struct iomem *ram; /* what a dump has, in order */
	const struct kernel_place *kernel;
	uint16_t machine; /* e_machine */
};

/*
 * Makes the header from what /sys below root says of notes. *ret is the caller's. 0; -errno with
 * a sentence in why: -ENOENT where the kernel offers no notes.
 */
int elfcorehdr_make(int root, const struct elfcorehdr *e, void **ret, size_t *ret_len,
		    char why[ELFCOREHDR_WHY]);

#endif
