/* SPDX-License-Identifier: MIT */
/*
 * For the unit tests in place of archs_own.c: all that there are.
 */
#include "loader/arch/archs.h"

#include <string.h>

#include "lib/cleanup.h"

static const struct kexec_arch *const archs[] = {
	&kexec_arch_x86_64,
	&kexec_arch_aarch64,
	&kexec_arch_riscv64,
};

const struct kexec_arch *archs_find(const char *machine)
{
	for (size_t i = 0; i < ARRAY_LEN(archs); i++) {
		if (!strcmp(archs[i]->machine, machine))
			return archs[i];
	}
	return NULL;
}
