/* SPDX-License-Identifier: MIT */
/*
 * A 64-bit ELF file with an interpreter, libraries and their paths, and no code.
 */
#ifndef TESTS_UNIT_FAKE_FAKEELF_H
#define TESTS_UNIT_FAKE_FAKEELF_H

#include <elf.h>
#include <stdint.h>
#include <string.h>

struct fakeelf {
	Elf64_Ehdr head;
	Elf64_Phdr seg[3]; /* PT_LOAD of all, PT_DYNAMIC, PT_INTERP */
	char interp[64];
	Elf64_Dyn dyn[16];
	char strings[512];
};

#define FAKEELF_VA 0x400000ull

/* libs: names with blanks between them. Arguments may be NULL: there is no such thing. */
static inline struct fakeelf fakeelf_make(const char *interp, const char *libs, const char *rpath,
					  const char *runpath)
{
	struct fakeelf e = {
		.head = { .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB },
			  .e_machine = EM_X86_64,
			  .e_phoff = sizeof(Elf64_Ehdr),
			  .e_phentsize = sizeof(Elf64_Phdr),
			  .e_phnum = interp ? 3 : 2 },
		.seg = { { .p_type = PT_LOAD, .p_vaddr = FAKEELF_VA, .p_filesz = sizeof(e) },
			 { .p_type = PT_DYNAMIC,
			   .p_offset = offsetof(struct fakeelf, dyn),
			   .p_filesz = sizeof(e.dyn) },
			 { .p_type = PT_INTERP,
			   .p_offset = offsetof(struct fakeelf, interp),
			   .p_filesz = interp ? strlen(interp) + 1 : 0 } },
	};
	size_t n = 0, at = 1;

	if (interp)
		strcpy(e.interp, interp);
	e.dyn[n++] = (Elf64_Dyn){ .d_tag = DT_STRTAB,
				  .d_un.d_ptr = FAKEELF_VA + offsetof(struct fakeelf, strings) };
	e.dyn[n++] = (Elf64_Dyn){ .d_tag = DT_STRSZ, .d_un.d_val = sizeof(e.strings) };
	for (const char *p = libs; p && *p;) {
		size_t len = strcspn(p, " ");

		e.dyn[n++] = (Elf64_Dyn){ .d_tag = DT_NEEDED, .d_un.d_val = at };
		memcpy(e.strings + at, p, len);
		at += len + 1;
		p += len + (p[len] == ' ');
	}
	if (rpath) {
		e.dyn[n++] = (Elf64_Dyn){ .d_tag = DT_RPATH, .d_un.d_val = at };
		at += strlen(strcpy(e.strings + at, rpath)) + 1;
	}
	if (runpath) {
		e.dyn[n++] = (Elf64_Dyn){ .d_tag = DT_RUNPATH, .d_un.d_val = at };
		strcpy(e.strings + at, runpath);
	}
	return e;
}

/* A program that needs nothing. */
static inline struct fakeelf fakeelf_static(void)
{
	struct fakeelf e = fakeelf_make(NULL, NULL, NULL, NULL);

	e.head.e_phnum = 1;
	return e;
}

#endif
