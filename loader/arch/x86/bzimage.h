/* SPDX-License-Identifier: MIT */
/*
 * The head of an x86 boot image: what the kernel's own loader will ask of it, asked beforehand.
 * Facts: Documentation/arch/x86/boot.rst.
 */
#ifndef LOADER_ARCH_X86_BZIMAGE_H
#define LOADER_ARCH_X86_BZIMAGE_H

#include "loader/kexec/kernel_head.h"

/*
 * Reads the head of fd, a file of file_bytes. 0; -ENOEXEC with a sentence's end in *why (a
 * literal): not an image that kexec_file_load takes, or a truncated one; -EIO and so on.
 */
int bzimage_read(int fd, uint64_t file_bytes, struct kernel_head *ret, const char **why);

#endif
