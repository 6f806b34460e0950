/* SPDX-License-Identifier: MIT */
/*
 * Which machine a dump is of: by its header's words, their byte order, or the registers of a CPU.
 */
#include <elf.h>
#include <errno.h>

#include "dumper/read/vmcore.h"
#include "tests/unit/fake/fakedump.h"
#include "tests/unit/test.h"

/* By the header, where it names one; of others the name stays. */
TEST(the_machine_by_its_name)
{
	static const struct {
		const char *name;
		uint16_t machine;
	} cases[] = { { "x86_64", EM_X86_64 },
		      { "aarch64", EM_AARCH64 },
		      { "riscv64", EM_RISCV },
		      { "ppc64le", EM_PPC64 },
		      { "s390x", 0 } };
	struct fakedump d;
	struct vmcore v;

	fakedump_open(&d, 12, 200);
	fakedump_pages(&d, 5, 3, FAKEDUMP_ZSTD);
	fakedump_write(&d, FAKEDUMP_CLASSIC);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memset(d.file.p + 12 + 4 * 65, 0, 65);
		strcpy((char *)d.file.p + 12 + 4 * 65, cases[i].name);
		fakedump_save(&d);
		CHECK_EQ(fakedump_vmcore(d.path, 0, &v), 0);
		CHECK_EQ(v.machine, cases[i].machine);
		CHECK_STR(v.utsname[4], cases[i].name);
		vmcore_close(&v);
	}
	fakedump_close(&d);
}

/* The header's numbers are in the order of the machine that wrote it. */
TEST(big_endian)
{
	struct fakedump d;
	const char *why;
	struct vmcore v;

	fakedump_open(&d, 12, 200);
	fakedump_pages(&d, 5, 3, FAKEDUMP_ZSTD);
	fakedump_write(&d, FAKEDUMP_CLASSIC);
	memcpy(d.file.p + 428, "\0\0\x10\0", 4);
	fakedump_save(&d);
	CHECK_EQ(vmcore_open_set((const char *[]){ d.path }, 1, 0, &v, &why), -EBADMSG);
	CHECK(strstr(why, "big-endian") != NULL);
	fakedump_close(&d);
}

/* And where no VMCOREINFO is there, the size of a CPU's registers. */
TEST(the_machine_by_its_registers)
{
	static const struct {
		uint32_t bytes;
		uint16_t machine;
	} cases[] = { { 336, EM_X86_64 }, { 392, EM_AARCH64 }, { 376, EM_RISCV }, { 504, 0 } };
	struct fakedump d;
	struct vmcore v;

	fakedump_open(&d, 12, 200);
	fakedump_pages(&d, 5, 3, FAKEDUMP_ZSTD);
	fakedump_write(&d, FAKEDUMP_CLASSIC);
	memcpy(d.file.p + 12 + 4 * 65, "Unknown", 8);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint32_t head[5] = { 5, cases[i].bytes, 1, 0x45524f43 /* CORE */, 0 };
		uint64_t len = sizeof(head) + cases[i].bytes;

		/* in the place of the notes, which have a block of their own */
		memset(d.file.p + 4096 + 104, 0, 4096 - 104);
		memcpy(d.file.p + 4096 + 104, head, sizeof(head));
		memcpy(d.file.p + 4096 + 56, &len, 8);
		fakedump_save(&d);
		CHECK_EQ(fakedump_vmcore(d.path, 0, &v), 0);
		CHECK_EQ(v.machine, cases[i].machine);
		vmcore_close(&v);
	}
	fakedump_close(&d);
}
