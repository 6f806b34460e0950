/* SPDX-License-Identifier: MIT */
/*
 * Notes and names: what is there, what is not, and garbage.
 */
#include "dumper/kernel/vmcoreinfo.h"

#include <elf.h>
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/io.h"
#include "tests/unit/fake/fakecore.h"
#include "tests/unit/test.h"

static struct vmcoreinfo text_of(const char *text)
{
	struct vmcoreinfo vi;

	CHECK_EQ(vmcoreinfo_from_text(text, strlen(text), &vi), 0);
	return vi;
}

TEST(the_four_kinds)
{
	struct vmcoreinfo vi =
		text_of("OSRELEASE=6.1.0\nPAGESIZE=4096\nSYMBOL(prb)=ffffffff81000000\n"
			"OFFSET(page.flags)=0\nSIZE(page)=64\nLENGTH(mem_section)=2048\n"
			"NUMBER(phys_base)=-15728640\nNUMBER(PHYS_OFFSET)=0x40000000\nCRASHTIME="
			"1795444220");
	uint64_t u;
	uint32_t o = 7;
	int64_t n;
	char s[64];

	CHECK(vmcoreinfo_string(&vi, "OSRELEASE", s, sizeof(s)));
	CHECK_STR(s, "6.1.0");
	CHECK(vmcoreinfo_string(&vi, "OSRELEASE", s, 4));
	CHECK_STR(s, "6.1");
	CHECK(vmcoreinfo_symbol(&vi, "prb", &u) && u == 0xffffffff81000000ull);
	CHECK(vmcoreinfo_offset(&vi, "page.flags", &o) && o == 0);
	CHECK(vmcoreinfo_size(&vi, "page", &o) && o == 64);
	CHECK(vmcoreinfo_length(&vi, "mem_section", &o) && o == 2048);
	CHECK(vmcoreinfo_number(&vi, "phys_base", &n) && n == -15728640);
	CHECK(vmcoreinfo_number(&vi, "PHYS_OFFSET", &n) && n == 0x40000000);
	CHECK(vmcoreinfo_plain(&vi, "PAGESIZE", &u) && u == 4096);
	/* the last line has no end */
	CHECK(vmcoreinfo_plain(&vi, "CRASHTIME", &u) && u == 1795444220);
	vmcoreinfo_free(&vi);
}

TEST(absent_keys_leave_the_result_alone)
{
	struct vmcoreinfo vi = text_of("XSYMBOL(prb)=1\nSYMBOL(prb2)=2\nSYMBOL(prb)\nSYMBOL(prb)x="
				       "3\n=4\n\n\nSIZE(pag)=64\n");
	uint64_t u = 99;
	uint32_t o = 99;
	int64_t n = 99;
	char s[8] = "old";

	CHECK(!vmcoreinfo_symbol(&vi, "prb", &u) && u == 99);
	CHECK(!vmcoreinfo_size(&vi, "page", &o) && o == 99);
	CHECK(!vmcoreinfo_number(&vi, "x", &n) && n == 99);
	CHECK(!vmcoreinfo_plain(&vi, "PAGESIZE", &u) && u == 99);
	CHECK(!vmcoreinfo_string(&vi, "OSRELEASE", s, sizeof(s)));
	CHECK_STR(s, "old");
	vmcoreinfo_free(&vi);
}

TEST(the_first_of_equal_keys_and_an_equals_sign_in_a_value)
{
	struct vmcoreinfo vi = text_of("a=1=2\na=3\nSIZE(b)=4\nSIZE(b)=5\nSIZE[b)=6\nc\n");
	uint64_t u = 99;
	uint32_t o = 99;
	char s[8] = "old";

	CHECK(vmcoreinfo_string(&vi, "a", s, sizeof(s)));
	CHECK_STR(s, "1=2");
	CHECK(!vmcoreinfo_plain(&vi, "a", &u) && u == 99);
	CHECK(vmcoreinfo_size(&vi, "b", &o) && o == 4);
	CHECK(!vmcoreinfo_offset(&vi, "b", &o) && !vmcoreinfo_string(&vi, "c", s, sizeof(s)) &&
	      !vmcoreinfo_string(&vi, "", s, sizeof(s)));
	vmcoreinfo_free(&vi);
}

TEST(garbage_counts_as_absent)
{
	static const char *const bad[] = {
		"",
		" ",
		"-",
		"+1",
		" 1",
		"1 ",
		"1x",
		"0x",
		"0xg",
		"--1",
		"- 1",
		"9223372036854775808999",
		"18446744073709551616",
		"1\r",
		"abc",
		"1.5",
		"\xff",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char text[128];
		struct vmcoreinfo vi;
		uint64_t u = 99;
		uint32_t o = 99;
		int64_t n = 99;

		snprintf(text, sizeof(text), "NUMBER(a)=%s\nSIZE(a)=%s\na=%s\n", bad[i], bad[i],
			 bad[i]);
		vi = text_of(text);
		if (vmcoreinfo_number(&vi, "a", &n) || vmcoreinfo_size(&vi, "a", &o) ||
		    vmcoreinfo_plain(&vi, "a", &u))
			printf("\"%s\" was taken for a number\n", bad[i]);
		CHECK(n == 99 && o == 99 && u == 99);
		vmcoreinfo_free(&vi);
	}
}

TEST(symbols_are_bare_hex)
{
	static const char *const bad[] = {
		"", "0", "-1", "g", "1ffffffffffffffff", "ffffffff81000000 t", "1\t"
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char text[128];
		struct vmcoreinfo vi;
		uint64_t u = 99;

		snprintf(text, sizeof(text), "SYMBOL(a)=%s\n", bad[i]);
		vi = text_of(text);
		CHECK(!vmcoreinfo_symbol(&vi, "a", &u) && u == 99);
		vmcoreinfo_free(&vi);
	}
}

TEST(layouts_are_small)
{
	struct vmcoreinfo vi =
		text_of("SIZE(a)=1048576\nSIZE(b)=1048577\nSIZE(c)=4294967360\nSIZE(d)=-1\n");
	uint32_t o = 99;

	CHECK(vmcoreinfo_size(&vi, "a", &o) && o == 1048576);
	o = 99;
	CHECK(!vmcoreinfo_size(&vi, "b", &o) && !vmcoreinfo_size(&vi, "c", &o) &&
	      !vmcoreinfo_size(&vi, "d", &o));
	CHECK_EQ(o, 99);
	vmcoreinfo_free(&vi);
}

TEST(nul_inside_the_text)
{
	static const char text[] = "A=1\0002\nNUMBER(b)=7\0\nPAGESIZE=4096\n\0\0\0";
	struct vmcoreinfo vi;
	uint64_t u = 99;
	int64_t n = 99;

	CHECK_EQ(vmcoreinfo_from_text(text, sizeof(text), &vi), 0);
	CHECK(!vmcoreinfo_plain(&vi, "A", &u));
	CHECK(!vmcoreinfo_number(&vi, "b", &n));
	CHECK(vmcoreinfo_plain(&vi, "PAGESIZE", &u) && u == 4096);
	vmcoreinfo_free(&vi);
}

TEST(long_names_and_values)
{
	char name[300], text[700];
	struct vmcoreinfo vi;
	uint64_t u;

	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	snprintf(text, sizeof(text), "%s=1\nA=%s\n", name, name);
	vi = text_of(text);
	CHECK(vmcoreinfo_plain(&vi, name, &u) && u == 1);
	CHECK(!vmcoreinfo_plain(&vi, "A", &u));
	vmcoreinfo_free(&vi);
	vi = text_of("");
	CHECK(!vmcoreinfo_plain(&vi, "A", &u));
	vmcoreinfo_free(&vi);
	vmcoreinfo_free(&vi);
}

/* A file that is one note area. */
static int read_notes(const void *notes, uint64_t len, struct vmcoreinfo *ret)
{
	struct vmcore v = { .fd = memfd_create("notes", MFD_CLOEXEC),
			    .size = len + 64,
			    .note_off = 64,
			    .note_len = len };
	int r;

	CHECK_EQ(io_pwrite(v.fd, notes, len, 64), 0);
	r = vmcoreinfo_read(&v, ret);
	close(v.fd);
	return r;
}

static size_t note(uint8_t *at, const char *name, uint32_t namesz, uint32_t type, uint32_t descsz,
		   const char *desc)
{
	Elf64_Nhdr nh = { namesz, descsz, type };

	memcpy(at, &nh, sizeof(nh));
	memcpy(at + sizeof(nh), name, strlen(name) + 1);
	memcpy(at + sizeof(nh) + (namesz + 3) / 4 * 4, desc, strlen(desc));
	return sizeof(nh) + (namesz + 3) / 4 * 4 + (strlen(desc) + 3) / 4 * 4;
}

TEST(notes_in_the_kernels_order)
{
	uint8_t buf[1024] = { 0 };
	struct vmcoreinfo vi;
	size_t n = 0, off;

	n += note(buf + n, "LINUX", 6, 0x700, 8, "devdump.");
	n += note(buf + n, "CORE", 5, 1, 4, "regs");
	n += note(buf + n, "CORE", 5, 1, 4, "regs");
	n += note(buf + n, "CORE", 5, 3, 4, "psin");
	off = n + 12 + 12;
	n += note(buf + n, "VMCOREINFO", 11, 0, 6, "A=1\nB=");
	n += note(buf + n, "VMCOREINFO", 11, 0, 4, "A=2\n");
	/* the zero-filled rest of a page */
	CHECK_EQ(read_notes(buf, sizeof(buf), &vi), 0);
	CHECK_EQ(vi.prstatus, 2);
	CHECK_EQ(vi.desc_off, off);
	CHECK_EQ(vi.len, 6);
	CHECK_STR(vi.text, "A=1\nB=");
	vmcoreinfo_free(&vi);
}

TEST(no_vmcoreinfo_note)
{
	uint8_t buf[256] = { 0 };
	struct vmcoreinfo vi;
	size_t n = note(buf, "CORE", 5, 1, 4, "regs");
	uint64_t u;

	n += note(buf + n, "VMCOREINFO", 11, 1, 4, "A=1\n");
	CHECK_EQ(read_notes(buf, n, &vi), -ENODATA);
	CHECK_EQ(vi.prstatus, 1);
	CHECK(!vmcoreinfo_plain(&vi, "A", &u));
	vmcoreinfo_free(&vi);
	CHECK_EQ(read_notes(buf, 0, &vi), -ENODATA);
	CHECK_EQ(read_notes(buf, 11, &vi), -ENODATA);
}

/* Every length of a note area ends in one of the three answers. */
TEST(cut_notes)
{
	uint8_t buf[256] = { 0 };
	struct vmcoreinfo vi;
	size_t n = note(buf, "CORE", 5, 1, 4, "regs"), all;

	all = n + note(buf + n, "VMCOREINFO", 11, 0, 8, "A=1\nB=2\n");
	for (size_t len = 0; len < all; len++) {
		int r = read_notes(buf, len, &vi);

		CHECK(r == -ENODATA || r == -EBADMSG);
		CHECK(!vi.text && !vi.len);
		vmcoreinfo_free(&vi);
	}
	CHECK_EQ(read_notes(buf, all, &vi), 0);
	vmcoreinfo_free(&vi);
}

TEST(hostile_sizes)
{
	static const uint32_t sizes[] = { 0xffffffff, 0xfffffffc, 0x80000000, 1 << 21, 200 };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		uint8_t buf[256] = { 0 };
		struct vmcoreinfo vi;

		note(buf, "VMCOREINFO", 11, 0, 4, "A=1\n");
		memcpy(buf + 4, &sizes[i], 4);
		CHECK_EQ(read_notes(buf, i < 4 ? 256 : 100, &vi), -EBADMSG);
		vmcoreinfo_free(&vi);
		memcpy(buf, &sizes[i], 4);
		CHECK_EQ(read_notes(buf, 100, &vi), -EBADMSG);
		vmcoreinfo_free(&vi);
	}
}

/* A broken note behind VMCOREINFO does not matter any more. */
TEST(broken_behind_the_names)
{
	uint8_t buf[256] = { 0 };
	struct vmcoreinfo vi;
	size_t n = note(buf, "VMCOREINFO", 11, 0, 4, "A=1\n");

	n += note(buf + n, "CORE", 5, 1, 0x7fffffff, "regs");
	CHECK_EQ(read_notes(buf, n, &vi), 0);
	CHECK_STR(vi.text, "A=1\n");
	vmcoreinfo_free(&vi);
}

TEST(names_without_a_text)
{
	uint8_t buf[64] = { 0 };
	struct vmcoreinfo vi;
	uint64_t u;

	note(buf, "VMCOREINFO", 11, 0, 0, "");
	CHECK_EQ(read_notes(buf, 64, &vi), 0);
	CHECK(!vmcoreinfo_plain(&vi, "A", &u));
	vmcoreinfo_free(&vi);
}
