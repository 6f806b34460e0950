/* SPDX-License-Identifier: MIT */
/*
 * What a kernel's file says of itself, whatever the architecture; arch.h reads it.
 */
#ifndef LOADER_KEXEC_KERNEL_HEAD_H
#define LOADER_KEXEC_KERNEL_HEAD_H

#include <stdbool.h>
#include <stdint.h>

struct kernel_head {
	uint32_t cmdline_bytes; /* longest command line, without the NUL */
	uint64_t init_bytes;	/* memory it needs until it runs */
	uint64_t align_bytes;	/* of its place in memory, a power of two */
	bool unpacks_itself;	/* init_bytes is for that, and most of it is given back */
	bool is_signed;		/* carries a PE signature; by whom is not looked at */
	const char *packed;	/* a literal: in what the file is packed; NULL: it is not */
	uint32_t page_bytes;	/* of its page tables; 0: the file does not tell */
	bool flat_memory;	/* its memory map has no sections; false too if the file does not tell */
	unsigned major, minor;	/* of its release; 0.0 if the image has none */
	char release[65];	/* "" if the image has none */

	/* x86 alone */
	uint64_t pref_address; /* where it would like to lie */
	uint64_t setup_bytes;  /* of its 16-bit part, in front of the kernel proper */
	bool five_level;       /* can be started by a kernel with 5-level page tables */
};

/* The release from text, up to its first blank, with its numbers. */
void kernel_head_release(struct kernel_head *h, const char *text);

/*
 * Has the PE program in fd, a file of file_bytes, a certificate table? It is the fifth data
 * directory of a PE32+ header. False also if there is no PE header.
 */
bool kernel_head_is_signed(int fd, uint64_t file_bytes);

/* How long the PE program in fd is, by its sections; 0: there is no PE header. */
uint64_t kernel_head_pe_bytes(int fd);

#endif
