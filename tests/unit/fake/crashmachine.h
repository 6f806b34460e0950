/* SPDX-License-Identifier: MIT */
/*
 * What a machine of fake/machine.h needs besides to be armed by kexec_load: CPUs with crash notes,
 * VMCOREINFO, /proc/kcore and an iomem with a reservation.
 */
#ifndef TESTS_UNIT_FAKE_CRASHMACHINE_H
#define TESTS_UNIT_FAKE_CRASHMACHINE_H

#include <elf.h>

#include "tests/unit/fake/machine.h"

#define CRASHMACHINE_LINEAR  0xffff9c8000000000ull
#define CRASHMACHINE_TEXT_VA 0xffffffffa6a00000ull
#define CRASHMACHINE_TEXT_PA 0x1c600000ull

static inline void crashmachine_cpu(const struct machine *m, unsigned cpu, const char *notes)
{
	char path[80];

	snprintf(path, sizeof(path), "sys/devices/system/cpu/cpu%u/crash_notes", cpu);
	machine_put(m, path, notes);
	snprintf(path, sizeof(path), "sys/devices/system/cpu/cpu%u/crash_notes_size", cpu);
	machine_put(m, path, "376\n");
}

/* RAM in two pieces, the image, and a range of vmalloc. */
static inline void crashmachine_kcore(const struct machine *m)
{
	struct {
		Elf64_Ehdr e;
		Elf64_Phdr p[5];
	} k = { .e = { .e_phoff = sizeof(Elf64_Ehdr),
		       .e_phentsize = sizeof(Elf64_Phdr),
		       .e_phnum = 5 } };

	memcpy(k.e.e_ident, ELFMAG "\2\1\1", 7);
	k.p[0] = (Elf64_Phdr){ .p_type = PT_NOTE, .p_memsz = 4096 };
	k.p[1] = (Elf64_Phdr){ .p_type = PT_LOAD,
			       .p_vaddr = CRASHMACHINE_TEXT_VA,
			       .p_paddr = CRASHMACHINE_TEXT_PA,
			       .p_memsz = 0x2a00000 };
	k.p[2] = (Elf64_Phdr){ .p_type = PT_LOAD,
			       .p_vaddr = 0xffffb00000000000,
			       .p_paddr = ~0ull,
			       .p_memsz = 1ull << 45 };
	k.p[3] = (Elf64_Phdr){ .p_type = PT_LOAD,
			       .p_vaddr = CRASHMACHINE_LINEAR + 0x1000,
			       .p_paddr = 0x1000,
			       .p_memsz = 0x9e000 };
	k.p[4] = (Elf64_Phdr){ .p_type = PT_LOAD,
			       .p_vaddr = CRASHMACHINE_LINEAR + 0x100000,
			       .p_paddr = 0x100000,
			       .p_memsz = 0x3fee0000 };
	machine_put_bytes(m, "proc/kcore", &k, sizeof(k));
}

/* 1 GiB below and, if high, 4 GiB above with the larger reservation. */
static inline void crashmachine_iomem(const struct machine *m, bool high)
{
	char text[1024];

	snprintf(text, sizeof(text),
		 "00000000-00000fff : Reserved\n00001000-0009fbff : System RAM\n"
		 "000f0000-000fffff : Reserved\n00100000-3ffdffff : System RAM\n"
		 "  1c600000-1d5fffff : Kernel code\n  1ec00000-1effffff : Kernel bss\n"
		 "  2e000000-3dffffff : Crash kernel\n3ffe0000-3fffefff : ACPI Tables\n"
		 "3ffff000-3fffffff : ACPI Non-volatile Storage\n%s",
		 high ? "100000000-1ffffffff : System RAM\n  1bf000000-1deffffff : Crash kernel\n"
		      : "");
	machine_put(m, "proc/iomem", text);
}

static inline struct machine crashmachine_make(bool high)
{
	struct machine m = machine_make();

	crashmachine_iomem(&m, high);
	crashmachine_kcore(&m);
	crashmachine_cpu(&m, 0, "3fc11a00\n");
	crashmachine_cpu(&m, 2, "3fc31a00\n");
	machine_put(&m, "sys/devices/system/cpu/cpuidle/current_driver", "none\n");
	machine_put(&m, "sys/kernel/vmcoreinfo", "0x0000000003ed3000 1024\n");
	return m;
}

#endif
