/* SPDX-License-Identifier: MIT */
/*
 * ELF headers, good and hostile, and the reading of physical memory through them.
 */
#include "dumper/read/vmcore.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/io.h"
#include "tests/unit/test.h"

#define DATA_OFF 0x2000

struct file {
	int fd;
	char path[40];
	Elf64_Ehdr eh;
	Elf64_Phdr ph[8];
	uint64_t size;
};

static void file_open(struct file *f, unsigned n)
{
	memset(f, 0, sizeof(*f));
	f->fd = memfd_create("elf", MFD_CLOEXEC);
	snprintf(f->path, sizeof(f->path), "/proc/self/fd/%d", f->fd);
	f->size = 0x20000;
	f->eh = (Elf64_Ehdr){
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_CORE,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_phoff = sizeof(f->eh),
		.e_ehsize = sizeof(f->eh),
		.e_phentsize = sizeof(f->ph[0]),
		.e_phnum = (uint16_t)n,
	};
}

static void load(struct file *f, unsigned i, uint64_t pa, uint64_t memsz, uint64_t off,
		 uint64_t filesz)
{
	f->ph[i] = (Elf64_Phdr){ .p_type = PT_LOAD,
				 .p_paddr = pa,
				 .p_memsz = memsz,
				 .p_offset = off,
				 .p_filesz = filesz,
				 .p_vaddr = 0xffff888000000000ull + pa };
}

static int open_one(const char *path, struct vmcore *v, const char **why)
{
	return vmcore_open_set(&path, 1, 0, v, why);
}

/* Each 8 bytes of the file hold their own offset. */
static int file_write(struct file *f, struct vmcore *v)
{
	const char *why = NULL;
	int r;

	CHECK_EQ(ftruncate(f->fd, (off_t)f->size), 0);
	for (uint64_t off = 0x1000; off + 4096 <= f->size && off < 0x40000; off += 4096) {
		uint64_t page[512];

		for (int i = 0; i < 512; i++)
			page[i] = off + (uint64_t)i * 8;
		CHECK_EQ(io_pwrite(f->fd, page, sizeof(page), off), 0);
	}
	CHECK_EQ(io_pwrite(f->fd, &f->eh, sizeof(f->eh), 0), 0);
	CHECK_EQ(io_pwrite(f->fd, f->ph, sizeof(f->ph), sizeof(f->eh)), 0);
	CHECK_EQ(ftruncate(f->fd, (off_t)f->size), 0);
	r = open_one(f->path, v, &why);
	CHECK(why != NULL && (!r || why[0]));
	return r;
}

static void expect_open(struct file *f, int want)
{
	struct vmcore v;
	int r = file_write(f, &v);

	CHECK_EQ(r, want);
	if (!r)
		vmcore_close(&v);
	close(f->fd);
}

TEST(cannot_open)
{
	struct vmcore v;
	const char *why;

	CHECK_EQ(open_one("/nonexistent", &v, &why), -ENOENT);
	CHECK_EQ(open_one("/", &v, &why), -EISDIR);
}

TEST(every_cut_of_the_headers)
{
	for (uint64_t size = 0; size < 64 + 2 * 56; size++) {
		struct vmcore v;
		struct file f;
		int r;

		file_open(&f, 2);
		load(&f, 0, 0x1000, 0x1000, DATA_OFF, 0x1000);
		load(&f, 1, 0x3000, 0x1000, DATA_OFF, 0x1000);
		f.size = size;
		r = file_write(&f, &v);
		CHECK_EQ(r, size < 64 ? -ENOEXEC : -EBADMSG);
		close(f.fd);
	}
}

TEST(not_a_core)
{
	for (int i = 0; i < 6; i++) {
		struct file f;

		file_open(&f, 1);
		load(&f, 0, 0, 0x1000, DATA_OFF, 0x1000);
		if (i < 4)
			f.eh.e_ident[i] ^= 0x20;
		else
			f.eh.e_ident[i] = i == 4 ? ELFCLASS32 : ELFDATA2MSB;
		expect_open(&f, -ENOEXEC);
	}
	for (int i = 0; i < 3; i++) {
		struct file f;

		file_open(&f, 1);
		load(&f, 0, 0, 0x1000, DATA_OFF, 0x1000);
		f.eh.e_type = i == 0 ? ET_EXEC : ET_CORE;
		f.eh.e_phentsize = (uint16_t)(56 + i / 2);
		f.eh.e_phnum = i != 1;
		expect_open(&f, i == 0 ? -ENOEXEC : -EBADMSG);
	}
}

TEST(program_header_table_elsewhere)
{
	static const uint64_t offs[] = {
		0x1fff0, 0x20000, 1ull << 40, ~0ull - 55, ~0ull, 1ull << 63
	};

	for (size_t i = 0; i < sizeof(offs) / sizeof(offs[0]); i++) {
		struct file f;

		file_open(&f, 1);
		load(&f, 0, 0, 0x1000, DATA_OFF, 0x1000);
		f.eh.e_phoff = offs[i];
		expect_open(&f, -EBADMSG);
	}
}

/* PN_XNUM: the count stands in the first section header. */
TEST(extended_numbering)
{
	static const struct {
		uint64_t shoff;
		uint32_t info;
		int want;
	} cases[] = {
		{ 0x1000, 2, 0 },
		{ 0, 2, -EBADMSG },
		{ 0x20000, 2, -EBADMSG },
		{ 0x20000 - 63, 2, -EBADMSG },
		{ ~0ull, 2, -EBADMSG },
		{ 0x1000, 0, -EBADMSG },
		{ 0x1000, 0xffffffff, -EBADMSG },
		{ 0x1000, 1u << 20, -EBADMSG },
		{ 0x1000, 3000, -EBADMSG },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		Elf64_Shdr sh = { .sh_info = cases[i].info };
		struct vmcore v;
		struct file f;
		int r;

		file_open(&f, PN_XNUM);
		load(&f, 0, 0x1000, 0x1000, DATA_OFF, 0x1000);
		load(&f, 1, 0x3000, 0x1000, DATA_OFF, 0x1000);
		f.eh.e_shoff = cases[i].shoff;
		file_write(&f, &v);
		CHECK_EQ(io_pwrite(f.fd, &sh, sizeof(sh), 0x1000), 0);
		r = open_one(f.path, &v, &(const char *){ NULL });
		CHECK_EQ(r, cases[i].want);
		if (!r) {
			CHECK_EQ(v.n_segs, 2);
			vmcore_close(&v);
		}
		close(f.fd);
	}
}

TEST(impossible_ranges)
{
	static const struct {
		uint64_t pa, memsz, filesz;
		int want;
	} cases[] = {
		{ 0, 1ull << 52, 0x1000, 0 },
		{ 1, 1ull << 52, 0x1000, -EBADMSG },
		{ 1ull << 52, 1, 0, -EBADMSG },
		{ ~0ull, 1, 1, -EBADMSG },
		{ ~0ull - 0xfff, 0x2000, 0x1000, -EBADMSG },
		{ 0x1000, ~0ull, 0x1000, -EBADMSG },
		{ 0x1000, 0x1000, 0x1001, -EBADMSG },
		{ 0x1000, 0x1000, ~0ull, -EBADMSG },
		{ ~0ull, 0, ~0ull, 0 }, /* an empty segment says nothing */
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct file f;

		file_open(&f, 1);
		load(&f, 0, cases[i].pa, cases[i].memsz, DATA_OFF, cases[i].filesz);
		expect_open(&f, cases[i].want);
	}
}

/* One impossible range beside a good one costs itself alone. */
TEST(impossible_beside_good)
{
	struct vmcore v;
	struct file f;

	file_open(&f, 2);
	load(&f, 0, ~0ull - 0xfff, 0x2000, DATA_OFF, 0x1000);
	load(&f, 1, 0x3000, 0x1000, DATA_OFF, 0x1000);
	CHECK_EQ(file_write(&f, &v), 0);
	CHECK_EQ(v.n_segs, 1);
	CHECK_EQ(v.impossible, 1);
	CHECK_EQ(v.segs[0].pa, 0x3000);
	vmcore_close(&v);
	close(f.fd);
}

/* Offsets behind the file's end or that wrap: memory without bytes. */
TEST(offsets_outside_the_file)
{
	static const struct {
		uint64_t off, have;
	} cases[] = {
		{ 0x1f000, 0x1000 },  { 0x1f800, 0x800 }, { 0x20000, 0 },      { ~0ull, 0 },
		{ ~0ull - 0xfff, 0 }, { 1ull << 63, 0 },  { 0x1e000, 0x2000 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t buf[0x2000];
		struct vmcore v;
		struct file f;

		file_open(&f, 1);
		load(&f, 0, 0x10000, 0x2000, cases[i].off, 0x2000);
		CHECK_EQ(file_write(&f, &v), 0);
		CHECK_EQ(v.truncated, cases[i].have < 0x2000);
		CHECK_EQ(vmcore_read(&v, 0x10000, buf, 0x2000),
			 cases[i].have < 0x2000 ? -EFAULT : 0);
		if (cases[i].have) {
			CHECK_EQ(vmcore_read(&v, 0x10000, buf, cases[i].have), 0);
			CHECK_EQ(*(uint64_t *)(void *)buf, cases[i].off);
		} else {
			CHECK_EQ(vmcore_read(&v, 0x10000, buf, 1), -EFAULT);
		}
		CHECK_EQ(vmcore_ram_pages(&v), 2);
		vmcore_close(&v);
		close(f.fd);
	}
}

TEST(ranges_with_virtual_addresses)
{
	struct vmcore_range g;
	struct vmcore v;
	struct file f;

	file_open(&f, 3);
	load(&f, 0, 0x3000, 0x2000, 0x2000, 0x2000);
	load(&f, 1, 0x4000, 0x4000, 0x4000, 0x4000);
	load(&f, 2, 0x10000, 0x1000, 0x9000, 0);
	CHECK_EQ(file_write(&f, &v), 0);
	CHECK(vmcore_next_range(&v, 0, &g));
	CHECK(g.pa == 0x3000 && g.end == 0x5000 && g.va == 0xffff888000003000ull);
	/* what the first one covers is cut off the second */
	CHECK(vmcore_next_range(&v, g.end, &g));
	CHECK(g.pa == 0x5000 && g.end == 0x8000 && g.va == 0xffff888000005000ull);
	CHECK(vmcore_next_range(&v, 0x7fff, &g) && g.pa == 0x5000);
	CHECK(vmcore_next_range(&v, g.end, &g));
	CHECK(g.pa == 0x10000 && g.end == 0x11000 && g.va == 0xffff888000010000ull);
	CHECK(!vmcore_next_range(&v, g.end, &g));
	vmcore_close(&v);
	close(f.fd);
}

static uint64_t word_at(const struct vmcore *v, uint64_t pa)
{
	uint64_t w = 0;

	return vmcore_read(v, pa, &w, 8) ? ~0ull : w;
}

/* The kernel image repeats a part of RAM; a third one reaches over the end of the second. */
TEST(overlaps)
{
	struct vmcore v;
	struct file f;

	file_open(&f, 4);
	load(&f, 0, 0x3000, 0x1000, 0x2000, 0x1000);
	f.ph[0].p_vaddr = 0xffffffff81000000ull;
	load(&f, 1, 0x1000, 0x8000, 0x4000, 0x8000);
	load(&f, 2, 0x8000, 0x4000, 0xb000, 0x4000);
	load(&f, 3, 0x8000, 0x2000, 0xb000, 0x2000);
	CHECK_EQ(file_write(&f, &v), 0);
	CHECK_EQ(v.n_segs, 2);
	CHECK_EQ(v.text_pa, 0x3000);
	CHECK_EQ(v.text_va, 0xffffffff81000000ull);
	CHECK_EQ(v.text_len, 0x1000);
	CHECK_EQ(word_at(&v, 0x1000), 0x4000);
	CHECK_EQ(word_at(&v, 0x3000), 0x6000);
	CHECK_EQ(word_at(&v, 0x8ff8), 0xbff8);
	CHECK_EQ(word_at(&v, 0x9000), 0xc000);
	CHECK_EQ(word_at(&v, 0xbff8), 0xeff8);
	CHECK_EQ(word_at(&v, 0xc000), ~0ull);
	CHECK_EQ(word_at(&v, 0xff8), ~0ull);
	CHECK_EQ(vmcore_end(&v), 0xc000);
	CHECK_EQ(vmcore_ram_pages(&v), 0xb);
	vmcore_close(&v);
	close(f.fd);
}

/* A copy of /proc/vmcore that was cut off in RAM still has the kernel image, which stands in front of it. */
TEST(cut_off_ram_that_the_image_repeats)
{
	struct vmcore_range range;
	struct vmcore v;
	struct file f;

	file_open(&f, 3);
	load(&f, 0, 0x8000, 0x2000, 0x2000, 0x2000);
	f.ph[0].p_vaddr = 0xffffffff81000000ull;
	load(&f, 1, 0x1000, 0x10000, 0x4000, 0x10000);
	load(&f, 2, 0x20000, 0x1000, 0x14000, 0x1000);
	f.size = 0x6000;
	CHECK_EQ(file_write(&f, &v), 0);
	CHECK(v.truncated);
	CHECK_EQ(word_at(&v, 0x2ff8), 0x5ff8);
	CHECK_EQ(word_at(&v, 0x3000), ~0ull);
	CHECK_EQ(word_at(&v, 0x7ff8), ~0ull);
	CHECK_EQ(word_at(&v, 0x8000), 0x2000);
	CHECK_EQ(word_at(&v, 0x9ff8), 0x3ff8);
	CHECK_EQ(word_at(&v, 0xa000), ~0ull);
	CHECK_EQ(vmcore_next_data(&v, 3), 8);
	CHECK_EQ(vmcore_next_data(&v, 10), ~0ull);
	CHECK_EQ(vmcore_ram_pages(&v), 0x11);
	CHECK_EQ(vmcore_end(&v), 0x21000);
	/* as the RAM says, not the image */
	CHECK(vmcore_next_range(&v, 0x9000, &range));
	CHECK_EQ(range.va - range.pa, 0xffff888000000000ull);
	vmcore_close(&v);
	close(f.fd);
}

/* The same where nothing of the RAM is left, and where the image reaches over its end. */
TEST(cut_off_ram_that_the_image_replaces)
{
	struct vmcore v;
	struct file f;

	file_open(&f, 3);
	load(&f, 0, 0x1000, 0x4000, 0x2000, 0x4000);
	load(&f, 1, 0x1000, 0x5000, 0x8000, 0x5000);
	load(&f, 2, 0x3000, 0x8000, 0x10000, 0x8000);
	f.size = 0x6000;
	CHECK_EQ(file_write(&f, &v), 0);
	CHECK_EQ(v.n_segs, 2);
	CHECK_EQ(word_at(&v, 0x1000), 0x2000);
	CHECK_EQ(word_at(&v, 0x4ff8), 0x5ff8);
	CHECK_EQ(word_at(&v, 0x5000), ~0ull);
	CHECK_EQ(vmcore_ram_pages(&v), 10);
	CHECK_EQ(vmcore_end(&v), 0xb000);
	vmcore_close(&v);
	close(f.fd);

	file_open(&f, 2);
	load(&f, 0, 0x3000, 0x4000, 0x2000, 0x4000);
	load(&f, 1, 0x1000, 0x4000, 0x6000, 0x4000);
	f.size = 0x7000;
	CHECK_EQ(file_write(&f, &v), 0);
	CHECK_EQ(word_at(&v, 0x1ff8), 0x6ff8);
	CHECK_EQ(word_at(&v, 0x2000), ~0ull);
	CHECK_EQ(word_at(&v, 0x3000), 0x2000);
	CHECK_EQ(word_at(&v, 0x6ff8), 0x5ff8);
	CHECK_EQ(vmcore_end(&v), 0x7000);
	CHECK_EQ(vmcore_ram_pages(&v), 6);
	vmcore_close(&v);
	close(f.fd);
}

TEST(reads_cross_segments)
{
	uint64_t buf[1024];
	struct vmcore v;
	struct file f;

	file_open(&f, 2);
	load(&f, 0, 0x2000, 0x1000, 0x5000, 0x1000);
	load(&f, 1, 0x1000, 0x1000, 0x9000, 0x1000);
	CHECK_EQ(file_write(&f, &v), 0);
	CHECK_EQ(vmcore_read(&v, 0x1800, buf, 0x1000), 0);
	CHECK_EQ(buf[0], 0x9800);
	CHECK_EQ(buf[255], 0x9ff8);
	CHECK_EQ(buf[256], 0x5000);
	CHECK_EQ(vmcore_read(&v, 0x2800, buf, 0x801), -EFAULT);
	CHECK_EQ(vmcore_read(&v, 0x2800, buf, 0x800), 0);
	CHECK_EQ(vmcore_read(&v, ~0ull - 3, buf, 8), -EFAULT);
	CHECK_EQ(vmcore_read(&v, 0x5000, buf, 0), 0);
	vmcore_close(&v);
	close(f.fd);
}

/* [0x1800, 0x2400) and [0x2400, 0x2500), [0x5000, 0x6000) without bytes */
static void odd_machine(struct file *f, struct vmcore *v)
{
	file_open(f, 3);
	load(f, 0, 0x1800, 0xc00, 0x3008, 0xc00);
	load(f, 1, 0x2400, 0x100, 0x7000, 0x100);
	load(f, 2, 0x5000, 0x1000, 0, 0);
	CHECK_EQ(file_write(f, v), 0);
}

TEST(frames_that_are_ram)
{
	uint64_t ram = 0, data = 0;
	struct vmcore v;
	struct file f;

	odd_machine(&f, &v);
	CHECK_EQ(vmcore_ram_pages(&v), 3);
	CHECK_EQ(vmcore_next_ram(&v, 0), 1);
	CHECK_EQ(vmcore_next_ram(&v, 2), 2);
	CHECK_EQ(vmcore_next_ram(&v, 3), 5);
	CHECK_EQ(vmcore_next_ram(&v, 6), UINT64_MAX);
	CHECK_EQ(vmcore_next_ram(&v, UINT64_MAX), UINT64_MAX);
	CHECK_EQ(vmcore_next_ram(&v, 1ull << 52), UINT64_MAX);
	vmcore_ram_bits(&v, 0, 64, &ram, &data);
	CHECK_EQ(ram, 0x26);
	CHECK_EQ(data, 0x06);
	vmcore_ram_bits(&v, 2, 16, &ram, &data);
	CHECK_EQ(ram, 0x9);
	CHECK_EQ(data, 0x1);
	vmcore_close(&v);
	close(f.fd);
}

static void check_window(const struct vmcore *v, size_t size)
{
	static uint8_t buf[8192];
	struct vmcore_window w;
	size_t len = 0x5000;
	const uint8_t *p;

	vmcore_window_init(&w, v, size, buf, sizeof(buf));
	p = vmcore_window_get(&w, 0x1000, &len);
	CHECK(p != NULL && len == 4096);
	/* the first half is no RAM */
	CHECK(p && !memcmp(p, (char[2048]){ 0 }, 2048));
	CHECK(p && *(const uint64_t *)(const void *)(p + 0x800) == 0x3008);
	len = 4096;
	p = vmcore_window_get(&w, 0x2000, &len);
	CHECK(p && *(const uint64_t *)(const void *)p == 0x3808);
	CHECK(p && *(const uint64_t *)(const void *)(p + 0x400) == 0x7000);
	CHECK(p && *(const uint64_t *)(const void *)(p + 0x500) == 0);
	len = 4096;
	CHECK(vmcore_window_get(&w, 0x5000, &len) == NULL);
	CHECK_EQ(len, 4096);
	CHECK(vmcore_window_get(&w, 0x8000, &len) == NULL);
	CHECK(vmcore_window_get(&w, 1ull << 51, &len) == NULL);
	vmcore_window_close(&w);
}

TEST(pages_put_together)
{
	struct vmcore v;
	struct file f;

	odd_machine(&f, &v);
	check_window(&v, 1 << 20);
	check_window(&v, 0);
	vmcore_close(&v);
	close(f.fd);
}

/*
 * Windows over a core whose segments begin at odd places of the file: every page once, in
 * batches.
 */
TEST(windows_give_every_page)
{
	for (int mmapped = 0; mmapped < 2; mmapped++) {
		static uint8_t buf[3 * 4096];
		struct vmcore_window w;
		struct vmcore v;
		struct file f;
		uint64_t pa = 0x100000;
		unsigned calls = 0;

		file_open(&f, 1);
		load(&f, 0, pa, 0x10000, 0x1e08, 0x10000);
		CHECK_EQ(file_write(&f, &v), 0);
		vmcore_window_init(&w, &v, mmapped ? 3 * 4096 : 0, buf, sizeof(buf));
		while (pa < 0x110000) {
			size_t len = 0x110000 - pa;
			const uint8_t *p = vmcore_window_get(&w, pa, &len);

			CHECK(p && len && !(len % 4096) && len <= 3 * 4096);
			if (!p || !len)
				break;
			for (size_t i = 0; i < len; i += 8)
				CHECK_EQ(*(const uint64_t *)(const void *)(p + i),
					 0x1e08 + (pa - 0x100000) + i);
			pa += len;
			calls++;
		}
		CHECK(calls >= 6 && calls < 16);
		vmcore_window_close(&w);
		vmcore_close(&v);
		close(f.fd);
	}
}

TEST(notes_behind_each_other_are_one)
{
	struct vmcore v;
	struct file f;

	file_open(&f, 5);
	f.ph[0] = (Elf64_Phdr){ .p_type = PT_NOTE, .p_offset = 0x1000, .p_filesz = 0x200 };
	f.ph[1] = (Elf64_Phdr){ .p_type = PT_NOTE, .p_offset = 0x1200, .p_filesz = 0x100 };
	f.ph[2] = (Elf64_Phdr){ .p_type = PT_NOTE, .p_offset = 0x5000, .p_filesz = 0x100 };
	f.ph[3] = (Elf64_Phdr){ .p_type = PT_NOTE, .p_offset = 0x20000, .p_filesz = 0x100 };
	load(&f, 4, 0, 0x1000, DATA_OFF, 0x1000);
	CHECK_EQ(file_write(&f, &v), 0);
	CHECK_EQ(v.note_off, 0x1000);
	CHECK_EQ(v.note_len, 0x300);
	vmcore_close(&v);
	close(f.fd);
	file_open(&f, 1);
	f.ph[0] = (Elf64_Phdr){ .p_type = PT_NOTE, .p_offset = 0x1f000, .p_filesz = ~0ull };
	CHECK_EQ(file_write(&f, &v), 0);
	CHECK_EQ(v.note_len, 0x1000);
	CHECK(v.truncated);
	CHECK_EQ(vmcore_end(&v), 0);
	CHECK_EQ(vmcore_next_ram(&v, 0), UINT64_MAX);
	CHECK_EQ(vmcore_ram_pages(&v), 0);
	vmcore_close(&v);
	close(f.fd);
}

/* The pages of a kernel with larger ones. */
TEST(page_size_of_16k)
{
	uint64_t ram = 0, data = 0;
	struct vmcore v;
	struct file f;

	file_open(&f, 2);
	load(&f, 0, 0x4000, 0x8000, 0x4000, 0x8000);
	load(&f, 1, 0x11000, 0x1000, 0x1000, 0x1000);
	CHECK_EQ(file_write(&f, &v), 0);
	v.page_shift = 14;
	CHECK_EQ(vmcore_ram_pages(&v), 3);
	vmcore_ram_bits(&v, 0, 64, &ram, &data);
	CHECK_EQ(ram, 0x16);
	CHECK_EQ(vmcore_next_ram(&v, 3), 4);
	vmcore_close(&v);
	close(f.fd);
}

/* Memory of the firmware is never mapped; what lies behind it is. */
TEST(forbidden_memory)
{
	static uint8_t buf[8192];
	struct vmcore_segment seg = { .pa = 0x80000000,
				      .end = 0x80000000 + (65ull << 20),
				      .file_end = 0x80000000 + (65ull << 20),
				      .forbidden = true };
	struct vmcore v = { .page_shift = 12, .machine = EM_RISCV, .segs = &seg, .n_segs = 1 };
	struct vmcore_window w;
	size_t len = 4096;

	v.fd = v.src.fd = memfd_create("ram", MFD_CLOEXEC);
	v.size = 65 << 20;
	v.src.mapped = true;
	CHECK(v.fd >= 0 && !ftruncate(v.fd, 65 << 20));
	CHECK_EQ(vmcore_window_init(&w, &v, 1 << 20, buf, sizeof(buf)), 0);
	CHECK(vmcore_window_get(&w, 0x80000000, &len) == buf && !w.map);
	CHECK(vmcore_window_get(&w, 0x80000000 + (63 << 20), &len) == buf && !w.map);
	CHECK(vmcore_window_get(&w, 0x80000000 + (64 << 20), &len) == w.map && w.map);
	/* a page that the kernel refuses is lost, and no more than that */
	close(v.fd);
	v.fd = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	vmcore_window_close(&w);
	len = 4096;
	CHECK(vmcore_window_get(&w, 0x80000000, &len) == NULL && len == 4096);
	vmcore_window_close(&w);
	close(v.fd);
}
