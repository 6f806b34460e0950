/* SPDX-License-Identifier: MIT */
/*
 * The table of architectures.
 */
#include <stddef.h>

#include "dumper/kernel/arch.h"
#include "lib/cleanup.h"

static const struct arch *const archs[] = { &arch_x86_64, &arch_aarch64, &arch_riscv64 };

const struct arch *arch_find(uint16_t e_machine)
{
	for (size_t i = 0; i < ARRAY_LEN(archs); i++) {
		if (archs[i]->e_machine == e_machine)
			return archs[i];
	}
	return NULL;
}
