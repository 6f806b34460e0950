/* SPDX-License-Identifier: MIT */
/*
 * Which architecture an ELF file is for: a program, a library, a module. An image may be made on a machine of another
 * architecture than that which it is for; nothing in it may be of both.
 */
#ifndef MKINITRD_IMAGE_ELF_MACHINE_H
#define MKINITRD_IMAGE_ELF_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mkinitrd/kernel/kconfig.h"

/* EM_X86_64, …; EM_NONE: it is no ELF file. */
uint16_t elf_machine(const void *data, size_t len);
/* Of a kernel by its configuration; EM_NONE: not one of those known here. */
uint16_t elf_machine_of_kernel(const struct kconfig *kernel);
/* May a kernel of this machine run the other one's programs, if it is built so? What is no ELF file it may. */
bool elf_machine_runs(uint16_t kernel, uint16_t program);
/* As uname -m says; of others "another machine". */
const char *elf_machine_name(uint16_t machine);

#endif
