/* SPDX-License-Identifier: MIT */
/*
 * What a kernel gets from its boot loader: boot_params, the command line and setup_data, in one
 * piece of memory. Documentation/arch/x86/boot.rst and zero-page.rst.
 */
#ifndef LOADER_ARCH_X86_BOOT_BLOCK_H
#define LOADER_ARCH_X86_BOOT_BLOCK_H

#include <stddef.h>
#include <stdint.h>

#include "loader/kexec/iomem.h"

struct boot_input {
	const uint8_t *kernel; /* a bzImage that bzimage_read() has accepted, all of it */
	const char *cmdline;
	const struct iomem *memory; /* what the kernel is told of */
};

/* Offsets of its parts; 0: there is none. */
struct boot_block {
	uint8_t *data; /* the caller's */
	size_t bytes;
	size_t cmdline, efi, e820, seed, efi_map;
};

/*
 * Makes the block, but for addresses. What the running kernel got of its firmware and still tells
 * below root (/sys/kernel/boot_params, /sys/firmware/efi) is passed on: screen, EDD, EFI, the
 * place of ACPI's tables. 0 or -ENOMEM.
 */
int boot_block_make(int root, const struct boot_input *in, struct boot_block *ret);

/* Fills in the addresses once the block and the initrd (0 bytes: none) have their places. */
void boot_block_bind(struct boot_block *b, uint64_t at, uint64_t initrd, uint64_t initrd_bytes);

#endif
