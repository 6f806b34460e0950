/* SPDX-License-Identifier: MIT */
/*
 * A core whose notes have no VMCOREINFO: it is found in memory, unless it is that of another boot.
 */
#include "dumper/kernel/crash.h"

#include <string.h>
#include <unistd.h>

#include "tests/unit/fake/fakecore.h"
#include "tests/unit/test.h"

#define NOTE_PA	 (FAKE_IMAGE_PA + 0x3000)
#define OLD_PA	 (FAKE_IMAGE_PA + 0x6000)
#define UTS_PA	 (FAKE_IMAGE_PA + 0x9000)
#define UTS_NAME FAKE_RELEASE
#define CR3_AT	 416 /* in the description of QEMU's note */

static struct crash core;

static void put_note(uint8_t *at, const char *text)
{
	uint32_t head[3] = { 11, (uint32_t)strlen(text), 0 };

	memcpy(at, head, sizeof(head));
	memcpy(at + 12, "VMCOREINFO", 11);
	memcpy(at + 24, text, strlen(text));
}

/* A machine whose kernel tells its release at UTS_PA; its VMCOREINFO is in f->info. */
static void make(struct fake *f)
{
	char line[80];

	fake_open(f, &(struct fake_desc){ .kernel = FAKE_6_12 });
	fake_kernel_pages(f, 0, 2048);
	snprintf(line, sizeof(line), "SYMBOL(init_uts_ns)=%llx",
		 (unsigned long long)(FAKE_IMAGE_VA + UTS_PA - FAKE_IMAGE_PA));
	fake_info_drop(f, "SYMBOL(init_uts_ns)");
	fake_info_drop(f, "OFFSET(uts_namespace.name)");
	fake_info_add(f, line);
	fake_info_add(f, "OFFSET(uts_namespace.name)=0");
	strcpy((char *)f->mem + UTS_PA + 2 * 65, UTS_NAME);
}

/* The notes become one of a CPU, with these page tables; as QEMU writes them. */
static void cpu_note_alone(struct fake *f, uint64_t cr3)
{
	uint8_t *note = f->file + FAKE_NOTE_OFF;
	uint32_t head[3] = { 5, 440, 0 };

	fake_finish(f);
	memset(note, 0, f->ph[0].p_filesz);
	memcpy(note, head, sizeof(head));
	memcpy(note + 12, "QEMU", 5);
	memcpy(note + 12 + 8 + CR3_AT, &cr3, sizeof(cr3));
	f->ph[0].p_filesz = f->ph[0].p_memsz = 12 + 8 + 440;
}

static int open_it(struct fake *f, unsigned flags)
{
	const char *path = f->path;

	return crash_open_set(&path, 1, flags, &core);
}

TEST(found_in_memory)
{
	char release[65] = "";
	struct fake f;

	make(&f);
	put_note(f.mem + NOTE_PA, f.info);
	cpu_note_alone(&f, f.root);
	/* not for those who did not ask */
	CHECK_EQ(open_it(&f, 0), 0);
	CHECK(core.missing & CORE_NO_VMCOREINFO);
	crash_close(&core);
	CHECK_EQ(open_it(&f, VMCORE_SEARCH), 0);
	CHECK(core.searched);
	CHECK_EQ(core.missing, 0);
	CHECK(vmcoreinfo_string(&core.info, "OSRELEASE", release, sizeof(release)));
	CHECK_STR(release, FAKE_RELEASE);
	/* the notes have it from now on, as any other */
	CHECK_EQ(core.info.desc_off, 460 + 24);
	CHECK_EQ(core.vmcore.note_len, 460 + 24 + (core.info.len + 3) / 4 * 4);
	CHECK_EQ(vmcore_notes_read(&core.vmcore, 472, release, 11), 0);
	CHECK_STR(release, "VMCOREINFO");
	/* over the seam */
	CHECK_EQ(vmcore_notes_read(&core.vmcore, 456, release, 12), 0);
	CHECK_EQ(release[4], 11);
	CHECK(vmcore_notes_read(&core.vmcore, core.vmcore.note_len - 3, release, 4) != 0);
	crash_close(&core);
	fake_close(&f);
}

/* What an earlier boot left: its symbols lead nowhere, or the CPUs know another place. */
TEST(another_boot)
{
	char line[80];
	struct fake f;

	make(&f);
	put_note(f.mem + NOTE_PA, f.info);
	fake_info_drop(&f, "OSRELEASE=");
	memmove(f.info + 21, f.info, strlen(f.info) + 1);
	memcpy(f.info, "OSRELEASE=6.1.0-older", 21);
	f.info[20] = '\n';
	put_note(f.mem + OLD_PA - 0x5000, f.info);
	cpu_note_alone(&f, f.root);
	CHECK_EQ(open_it(&f, VMCORE_SEARCH), 0);
	CHECK(core.searched);
	vmcoreinfo_string(&core.info, "OSRELEASE", line, sizeof(line));
	CHECK_STR(line, FAKE_RELEASE);
	crash_close(&core);
	/* page tables of the same kernel at another place */
	*fake_entry(&f, FAKE_IMAGE_VA + UTS_PA - FAKE_IMAGE_PA, 0) &= ~1ull;
	CHECK_EQ(open_it(&f, VMCORE_SEARCH), 0);
	CHECK(!core.searched);
	CHECK(core.missing & CORE_NO_VMCOREINFO);
	CHECK(strstr(core.why, "-device vmcoreinfo") != NULL);
	crash_close(&core);
	fake_close(&f);
}

TEST(the_cpus_contradict)
{
	uint64_t other, pa[2];
	struct fake f;

	make(&f);
	put_note(f.mem + NOTE_PA, f.info);
	/* of a CPU in user space: no kernel in them, which says nothing */
	other = fake_alloc(&f, 4096);
	cpu_note_alone(&f, other);
	CHECK_EQ(open_it(&f, VMCORE_SEARCH), 0);
	CHECK(core.searched);
	crash_close(&core);
	/* and of one that sees the kernel elsewhere, in a large page */
	for (int i = 0; i < 2; i++)
		pa[i] = fake_alloc(&f, 4096) | 3;
	memcpy(f.mem + other + 511 * 8, &pa[0], 8);
	memcpy(f.mem + (pa[0] & ~3ull) + 510 * 8, &pa[1], 8);
	memcpy(f.mem + (pa[1] & ~3ull) + 8 * 8, &(uint64_t){ 0x400083 }, 8);
	CHECK_EQ(open_it(&f, VMCORE_SEARCH), 0);
	CHECK(!core.searched);
	crash_close(&core);
	fake_close(&f);
}

/* A copy that was cut promises petabytes: what is not in the file is not looked at. */
/* n notes that lead nowhere, each of which claims 64 KiB, in front of the kernel's own. */
static bool found_behind(unsigned n)
{
	struct fake f;
	bool found;

	make(&f);
	for (unsigned i = 0; i < n; i++) {
		uint8_t *at = f.mem + 0x400000 + i * 64;

		put_note(at, "OSRELEASE=6.1\n");
		memcpy(at + 4, &(uint32_t){ 65536 }, 4);
	}
	put_note(f.mem + 0x700000, f.info);
	cpu_note_alone(&f, f.root);
	CHECK_EQ(open_it(&f, VMCORE_SEARCH), 0);
	found = core.searched;
	crash_close(&core);
	fake_close(&f);
	return found;
}

/* A guest can fill its memory with them; nobody waits for hours. */
TEST(notes_without_end)
{
	CHECK(found_behind(1000));
	CHECK(!found_behind(10000));
}

TEST(memory_that_is_not_in_the_file)
{
	uint64_t huge = 1ull << 51;
	uint16_t n, last;
	struct fake f;

	make(&f);
	cpu_note_alone(&f, f.root);
	memcpy(&n, f.file + 56, sizeof(n));
	last = (uint16_t)(64 + (n - 1) * 56);
	memcpy(f.file + last + 40, &huge, sizeof(huge));
	alarm(20);
	CHECK_EQ(open_it(&f, VMCORE_SEARCH), 0);
	CHECK(!core.searched && vmcore_any_data(&core.vmcore));
	CHECK(vmcore_next_data(&core.vmcore, 1ull << 30) == UINT64_MAX);
	CHECK(vmcore_next_data(&core.vmcore, UINT64_MAX) == UINT64_MAX);
	CHECK_EQ(vmcore_next_data(&core.vmcore, 0), vmcore_next_ram(&core.vmcore, 0));
	crash_close(&core);
	alarm(0);
	fake_close(&f);
}

TEST(notes_that_are_none)
{
	struct fake f;

	make(&f);
	/* headers that lie: lengths, kinds, ends of memory */
	put_note(f.mem + NOTE_PA, f.info);
	memset(f.mem + NOTE_PA + 4, 0xff, 4);
	put_note(f.mem + OLD_PA, f.info);
	f.mem[OLD_PA + 8] = 1;
	memcpy(f.mem, "VMCOREINFO", 11);
	memcpy(f.mem + (8 << 20) - 11, "VMCOREINFO", 11);
	cpu_note_alone(&f, f.root);
	CHECK_EQ(open_it(&f, VMCORE_SEARCH), 0);
	CHECK(!core.searched);
	CHECK(core.missing & CORE_NO_VMCOREINFO);
	crash_close(&core);
	fake_close(&f);
}

/* On the other architectures QEMU says nothing of page tables; the page size is in the note itself. */
TEST(other_architectures)
{
	static const struct fake_desc descs[] = {
		{ .kernel = FAKE_6_12, .arch = FAKE_AARCH64, .va_bits = 48 },
		{ .kernel = FAKE_6_12, .arch = FAKE_AARCH64, .page_shift = 16, .va_bits = 52 },
		{ .kernel = FAKE_7_1, .arch = FAKE_RISCV64, .va_bits = 57 },
	};

	for (size_t i = 0; i < sizeof(descs) / sizeof(descs[0]); i++) {
		struct fake f;

		fake_open(&f, &descs[i]);
		fake_kernel_pages(&f, 0, f.desc.ram_bytes >> f.page_shift);
		put_note(f.mem + FAKE_IMAGE_PA + 0x8000, f.info);
		fake_finish(&f);
		f.ph[0].p_type = PT_NULL;
		CHECK_EQ(open_it(&f, VMCORE_SEARCH), 0);
		CHECK(core.searched);
		CHECK_EQ(core.missing, 0);
		CHECK_EQ(core.vmcore.page_shift, f.page_shift);
		crash_close(&core);
		fake_close(&f);
	}
}
