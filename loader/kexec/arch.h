/* SPDX-License-Identifier: MIT */
/*
 * What kexec_load(2) needs to know of an architecture: one folder of loader/arch/ implements this
 * header, and the Makefile takes it by ARCH.
 */
#ifndef LOADER_KEXEC_ARCH_H
#define LOADER_KEXEC_ARCH_H

#include "loader/kexec/layout.h"

/* e_machine of the header for /proc/vmcore. */
extern const uint16_t arch_elf_machine;

/* Memory from 0 on that every kernel keeps for itself, so that no dump has it; 0: none. */
extern const uint64_t arch_low_bytes;

/* Virtual less physical address of the map of all RAM, where /proc/kcore does not tell. */
uint64_t arch_linear(int root);

/*
 * What of the reservation's bottom no segment may take: the kernel puts its page tables for the
 * jump there. ram_bytes: of the machine.
 */
uint64_t arch_control_bytes(uint64_t ram_bytes);

/* The files, and what the next kernel is told of an elfcorehdr. */
struct arch_files {
	int kernel_fd;
	int initrd_fd; /* -1: none */
	const char *cmdline;
	const struct segment *elfcorehdr; /* NULL: not for a crash */
};

/*
 * With l->apart the running kernel maps the segments alone: what else the next one touches before it
 * has page tables of its own is mapped here.
 *
 * Places kernel, initrd, command line and whatever starts the kernel with them, and sets l->entry.
 * For a reboot l->memory is what the next kernel is told of; for a crash that follows from
 * l->machine, and the elfcorehdr is no part of it. 0; -errno with l->why; -ENOSYS: there is no
 * kexec_load for this architecture here.
 */
int arch_place(struct layout *l, const struct arch_files *f);

#endif
