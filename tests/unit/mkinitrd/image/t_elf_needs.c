/* SPDX-License-Identifier: MIT */
#include "mkinitrd/image/elf_needs.h"

#include <errno.h>

#include "tests/unit/fake/fakeelf.h"
#include "tests/unit/test.h"

static struct elf_needs needs;
static const char *why;

/* From memory of just that size, so that the sanitizer sees a read behind it. */
static int read_first(const void *elf, size_t len)
{
	static char *copy;

	free(copy);
	copy = malloc(len ? len : 1);
	memcpy(copy, elf, len);
	why = "";
	return elf_needs_read(copy, len, &needs, &why);
}

static int read_elf(const struct fakeelf *e)
{
	return read_first(e, sizeof(*e));
}

TEST(dynamic_program)
{
	struct fakeelf e = fakeelf_make("/lib64/ld.so.2", "liba.so.1 libc.so.6", "/r", "/a:/b");

	CHECK_EQ(read_elf(&e), 0);
	CHECK_STR(needs.interp, "/lib64/ld.so.2");
	CHECK_EQ(needs.machine, EM_X86_64);
	CHECK_EQ(needs.n_libs, 2);
	CHECK_STR(needs.libs[0], "liba.so.1");
	CHECK_STR(needs.libs[1], "libc.so.6");
	CHECK_STR(needs.rpath, "/r");
	CHECK_STR(needs.runpath, "/a:/b");
}

TEST(static_program_and_library)
{
	struct fakeelf e = fakeelf_static();

	CHECK_EQ(read_elf(&e), 0);
	CHECK(!needs.interp && !needs.n_libs);
	e = fakeelf_make(NULL, "libc.so.6", NULL, NULL);
	CHECK_EQ(read_elf(&e), 0);
	CHECK(!needs.interp && needs.n_libs == 1);
	/* a static one that can be loaded anywhere: a dynamic section without names */
	e = fakeelf_make(NULL, NULL, NULL, NULL);
	memset(e.dyn, 0, sizeof(e.dyn));
	CHECK_EQ(read_elf(&e), 0);
	CHECK(!needs.interp && !needs.n_libs);
}

TEST(no_program)
{
	struct fakeelf e = fakeelf_static();

	CHECK_EQ(read_first("#!/bin/sh\n", 10), -ENOEXEC);
	CHECK_STR(why, "no 64-bit ELF program");
	CHECK_EQ(read_first("", 0), -ENOEXEC);
	e.head.e_ident[EI_CLASS] = ELFCLASS32;
	CHECK_EQ(read_elf(&e), -ENOEXEC);
	e.head.e_ident[EI_CLASS] = ELFCLASS64;
	e.head.e_ident[EI_DATA] = ELFDATA2MSB;
	CHECK_EQ(read_elf(&e), -ENOEXEC);
}

static void check_broken(const struct fakeelf *e, const char *words)
{
	CHECK_EQ(read_elf(e), -ENOEXEC);
	if (!strstr(why, words))
		printf("why: %s\n", why);
	CHECK(strstr(why, words));
}

TEST(broken_programs)
{
	const struct fakeelf good = fakeelf_make("/lib/ld.so", "libc.so.6", NULL, NULL);
	struct fakeelf e = good;

	e.head.e_phoff = UINT64_MAX - 8;
	check_broken(&e, "broken");
	e = good;
	e.head.e_phentsize = 32;
	check_broken(&e, "broken");
	e = good;
	e.seg[2].p_offset = UINT64_MAX;
	check_broken(&e, "interpreter");
	e = good;
	memset(e.interp, 'x', sizeof(e.interp));
	e.seg[2].p_filesz = sizeof(e.interp);
	check_broken(&e, "interpreter");
	e = good;
	e.seg[1].p_filesz = sizeof(e);
	check_broken(&e, "cut off");
	e = good;
	e.dyn[0].d_un.d_ptr = 4;
	check_broken(&e, "string table");
	e = good;
	e.dyn[1].d_un.d_val = UINT64_MAX;
	check_broken(&e, "string table");
	e = good;
	e.dyn[2].d_un.d_val = sizeof(e.strings);
	check_broken(&e, "library");
	e = good;
	memset(e.strings, 'x', sizeof(e.strings));
	check_broken(&e, "library");
}

TEST(cut_off_anywhere)
{
	const struct fakeelf good = fakeelf_make("/lib/ld.so", "libc.so.6", "/r", "/s");

	for (size_t len = 0; len < sizeof(good); len++)
		CHECK(read_first(&good, len) == -ENOEXEC && why[0]);
}
