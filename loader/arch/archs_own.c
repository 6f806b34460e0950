/* SPDX-License-Identifier: MIT */
/*
 * The machine that this program was built for; the Makefile names it.
 */
#include "loader/arch/archs.h"

#include <string.h>

const struct kexec_arch *archs_find(const char *machine)
{
	/* other: whatever machine it runs on is what it was built for */
	return !*OWN_ARCH.machine || !strcmp(OWN_ARCH.machine, machine) ? &OWN_ARCH : NULL;
}
