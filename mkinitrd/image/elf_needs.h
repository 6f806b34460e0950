/* SPDX-License-Identifier: MIT */
/*
 * What an ELF program or library cannot run without: its interpreter and the libraries it names
 * (System V ABI, chapter 5, "Program Interpreter" and "Shared Object Dependencies"). The file may
 * be anybody's: every offset in it is checked.
 */
#ifndef MKINITRD_IMAGE_ELF_NEEDS_H
#define MKINITRD_IMAGE_ELF_NEEDS_H

#include <stddef.h>
#include <stdint.h>

#define ELF_NEEDS_MAX 96

/* All strings lie in the file. */
struct elf_needs {
	uint16_t machine;   /* EM_X86_64, … */
	const char *interp; /* NULL: none; a program without libraries is a static one */
	const char *libs[ELF_NEEDS_MAX]; /* DT_NEEDED: a name, or a path */
	unsigned n_libs;
	const char *rpath, *runpath; /* folders to look in, with ':' between them; NULL: none */
};

/*
 * elf has len bytes. 0; -ENOEXEC with *why when it is no 64-bit ELF file of this byte order, or
 * a broken one.
 */
int elf_needs_read(const char *elf, size_t len, struct elf_needs *ret, const char **why);

#endif
