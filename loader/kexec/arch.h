/* SPDX-License-Identifier: MIT */
/*
 * What the loader needs to know of an architecture. Each has a file or a folder in loader/arch/; a
 * program holds its own alone (archs_own.c there), the unit tests all of them (archs.c).
 */
#ifndef LOADER_KEXEC_ARCH_H
#define LOADER_KEXEC_ARCH_H

#include "loader/kexec/kernel_head.h"
#include "loader/kexec/layout.h"

/* The files, and what the next kernel is told of an elfcorehdr. */
struct arch_files {
	int kernel_fd; /* as unpack_kernel() gave it */
	int initrd_fd; /* -1: none */
	const char *cmdline;
	const struct segment *elfcorehdr; /* NULL: not for a crash */
};

/* What a capture takes beside kernel, image and struct pages (loader/check/check_fit.c). */
struct arch_fit {
	uint64_t top_bytes; /* of what is placed beside the two files */
	/* at least, and at ease: bytes, and the share of init_bytes */
	uint64_t least_bytes, easy_bytes;
	uint64_t sections_bytes; /* of either, for a memory map in sections */
	unsigned least_share, easy_share;
};

struct kexec_arch {
	const char *machine;	/* as uname -m */
	const char *image_name; /* what its kernels are called in messages */
	unsigned params;	/* its bit in the tables of cmdline.h */
	/* bytes that kexec_file_load puts in front of the crash kernel's command line */
	unsigned prepended_bytes;
	/* its kexec_file_load may take other files than image_name: ENOEXEC says nothing of them */
	bool file_call_is_narrow;
	/* kexec_load: /proc/kallsyms and /proc/iomem agree on where the kernel's image begins */
	bool text_by_symbols;
	/* kexec_load: a normal image is told of l->memory; else the device tree tells of it */
	bool tells_memory;

	uint16_t elf_machine;	   /* of the header for /proc/vmcore */
	uint64_t elfcorehdr_align; /* of that; 0: a page */
	uint64_t low_bytes;	   /* of memory from 0 on that every kernel keeps for itself */
	struct arch_fit fit;

	/*
	 * Reads the head of the kernel in fd, a file of file_bytes. 0; -ENOEXEC with a sentence's
	 * end in *why (a literal): not a kernel for this machine, or a truncated one; -EIO and so
	 * on.
	 */
	int (*read_kernel)(int fd, uint64_t file_bytes, struct kernel_head *ret, const char **why);

	/*
	 * What the calls take of a packed kernel: *ret_fd is the caller's, -1 where they take the
	 * file as it is. Errors as read_kernel(). NULL: kernels are never packed.
	 */
	int (*unpack_kernel)(int fd, int *ret_fd, const char **why);

	/* Virtual less physical address of the map of all RAM, where /proc/kcore does not tell. */
	uint64_t (*linear)(int root);

	/*
	 * What of the reservation's bottom no segment may take: the kernel puts its page tables for
	 * the jump there. ram_bytes: of the machine. NULL: nothing.
	 */
	uint64_t (*control_bytes)(uint64_t ram_bytes);

	/* Takes out of ram what no dump has: memory that may not be read. NULL: nothing. */
	int (*cut_dump)(struct layout *l, struct iomem *ram);

	/*
	 * Places kernel, initrd, command line and whatever starts the kernel with them, and sets
	 * l->entry. For a reboot l->memory is what the next kernel is told of; for a crash that
	 * follows from l->machine, and the elfcorehdr is no part of it. With l->apart the running
	 * kernel maps the segments alone: what else the next one touches before it has page tables of
	 * its own is mapped here. 0; -errno with l->why. NULL: there is no kexec_load for this
	 * architecture here.
	 */
	int (*place)(struct layout *l, const struct arch_files *f);
};

/* Those that a program may hold. */
extern const struct kexec_arch kexec_arch_x86_64, kexec_arch_aarch64, kexec_arch_riscv64,
	kexec_arch_other;

#endif
