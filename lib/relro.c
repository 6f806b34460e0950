/* SPDX-License-Identifier: MIT */
/*
 * Makes the pages of PT_GNU_RELRO read-only: tables of pointers, which the start code of a static
 * PIE relocates. musl's dynamic linker does so, but not its start code (1.2.5, ldso/dlstart.c).
 */
#include <elf.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/mman.h>

/* The linker's: where the ELF header is loaded. */
extern const char __ehdr_start[] __attribute__((visibility("hidden")));

static const Elf64_Phdr *find_header(const Elf64_Phdr *ph, size_t n, uint32_t type)
{
	for (size_t i = 0; i < n; i++) {
		if (ph[i].p_type == type)
			return &ph[i];
	}
	return NULL;
}

/* Before main(). A kernel that refuses leaves them writable. */
static void __attribute__((constructor)) protect_relocated(void)
{
	const Elf64_Phdr *ph = (const Elf64_Phdr *)getauxval(AT_PHDR);
	const Elf64_Phdr *first = find_header(ph, getauxval(AT_PHNUM), PT_LOAD);
	const Elf64_Phdr *relro = find_header(ph, getauxval(AT_PHNUM), PT_GNU_RELRO);
	uintptr_t page = getauxval(AT_PAGESZ), from, end;

	if (!first || !relro)
		return;
	from = (uintptr_t)__ehdr_start - first->p_vaddr + relro->p_vaddr;
	end = (from + relro->p_memsz) & -page;
	from &= -page;
	if (from < end)
		mprotect((void *)from, end - from, PROT_READ);
}
