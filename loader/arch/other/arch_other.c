/* SPDX-License-Identifier: MIT */
/*
 * An architecture of which only kexec_file_load(2) is known here.
 */
#include <elf.h>
#include <errno.h>

#include "loader/kexec/arch.h"

const uint16_t arch_elf_machine = EM_NONE;
const uint64_t arch_low_bytes = 0;

uint64_t arch_linear(int root)
{
	(void)root;
	return 0;
}

uint64_t arch_control_bytes(uint64_t ram_bytes)
{
	(void)ram_bytes;
	return 0;
}

int arch_place(struct layout *l, const struct arch_files *f)
{
	(void)f;
	return layout_fail(l, -ENOSYS,
			   "kexec_load is not known here for this architecture, only "
			   "kexec_file_load is");
}
