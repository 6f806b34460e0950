/* SPDX-License-Identifier: MIT */
/*
 * The head of an x86 boot image: what the kernel's own loader will ask of it, asked beforehand.
 * Facts: Documentation/arch/x86/boot.rst.
 */
#ifndef LOADER_KEXEC_BZIMAGE_H
#define LOADER_KEXEC_BZIMAGE_H

#include <stdbool.h>
#include <stdint.h>

struct bzimage {
	uint32_t cmdline_bytes; /* longest command line, without the NUL */
	uint64_t init_bytes;	/* memory it needs until it has unpacked itself */
	uint64_t align_bytes;	/* of its place in memory */
	uint64_t pref_address;	/* where it would like to lie */
	uint64_t setup_bytes;	/* of its 16-bit part, in front of the kernel proper */
	bool five_level;	/* can be started by a kernel with 5-level page tables */
	bool is_signed;		/* carries a PE signature; by whom is not looked at */
	unsigned major, minor;	/* of its release; 0.0 if the image has none */
	char release[65];	/* "" if the image has none */
};

/*
 * Reads the head of fd, a file of file_bytes. 0; -ENOEXEC with a sentence's end in *why (a
 * literal): not an image that kexec_file_load takes, or a truncated one; -EIO and so on.
 */
int bzimage_read(int fd, uint64_t file_bytes, struct bzimage *ret, const char **why);

#endif
