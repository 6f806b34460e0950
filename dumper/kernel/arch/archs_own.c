/* SPDX-License-Identifier: MIT */
/*
 * For kdump-init in place of archs.c: what crashed is the machine that it was built for, which the
 * Makefile names, if there is a file for it.
 */
#include <stddef.h>

#include "dumper/kernel/arch.h"

const struct arch *arch_find(uint16_t e_machine)
{
#ifdef OWN_ARCH
	if (OWN_ARCH.e_machine == e_machine)
		return &OWN_ARCH;
#endif
	(void)e_machine;
	return NULL;
}
