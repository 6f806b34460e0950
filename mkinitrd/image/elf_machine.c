/* SPDX-License-Identifier: MIT */
#include "mkinitrd/image/elf_machine.h"

#include <elf.h>
#include <string.h>

#include "lib/bytes.h"
#include "lib/cleanup.h"

static const struct {
	uint16_t machine,
		narrow; /* narrow: of 32 bits, which its kernel can run as well; EM_NONE */
	const char *name, *option;
} known[] = {
	{ EM_X86_64, EM_386, "x86_64", "CONFIG_X86_64" },
	{ EM_AARCH64, EM_ARM, "aarch64", "CONFIG_ARM64" },
	{ EM_RISCV, EM_NONE, "riscv64", "CONFIG_RISCV" },
};

uint16_t elf_machine(const void *data, size_t len)
{
	Elf64_Ehdr head;

	if (len < sizeof(head) || memcmp(data, ELFMAG, SELFMAG))
		return EM_NONE;
	memcpy(&head, data, sizeof(head));
	return head.e_machine;
}

uint16_t elf_machine_of_kernel(const struct kconfig *kernel)
{
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (kconfig_has(kernel, known[i].option))
			return known[i].machine;
	}
	return EM_NONE;
}

bool elf_machine_runs(uint16_t kernel, uint16_t program)
{
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (known[i].machine == kernel && known[i].narrow == program)
			return true;
	}
	return program == kernel || program == EM_NONE;
}

const char *elf_machine_name(uint16_t machine)
{
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (known[i].machine == machine)
			return known[i].name;
	}
	return "another machine";
}
