/* SPDX-License-Identifier: MIT */
/*
 * A kernel that is packed, as a whole (Image.gz) or behind an EFI program that unpacks it (zboot):
 * no kexec call takes it so. Facts: include/linux/pe.h and drivers/firmware/efi/libstub/
 * zboot-header.S of Linux 6.1.
 */
#ifndef LOADER_ARCH_TREE_UNPACK_H
#define LOADER_ARCH_TREE_UNPACK_H

/*
 * *ret_fd: a file in memory that nobody can write to, the caller's; -1: fd is not packed. 0;
 * -ENOEXEC with a sentence's end in *why (a literal) for what is damaged or packed in a way that
 * is not known here; -errno.
 */
int unpack_kernel(int fd, int *ret_fd, const char **why);

/* In what fd is packed, as a literal ("gzip", "zboot"); NULL: in nothing that is known here. */
const char *unpack_kind(int fd);

#endif
