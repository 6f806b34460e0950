/* SPDX-License-Identifier: MIT */
/*
 * The door: what is missing inside a core is said and is no end; and who crashed, of what.
 */
#include "dumper/kernel/crash.h"
#include "dumper/kernel/crash_identity.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "tests/unit/fake/fakelog.h"
#include "tests/unit/test.h"

static struct crash_identity identity(struct fake *f)
{
	struct crash_identity id;
	struct crash c;

	fake_finish(f);
	CHECK_EQ(crash_open(f->path, &c), 0);
	crash_identify(&c, &id);
	CHECK_STR(id.panic, "");
	crash_panic_line(&c, id.panic);
	crash_close(&c);
	return id;
}

TEST(whole_core)
{
	struct crash_identity id;
	struct fakelog l;
	struct fake f;

	fake_open(&f, &(struct fake_desc){ .kernel = FAKE_6_12, .levels = 5 });
	fakelog_open(&l, &f, 5, 12);
	id = identity(&f);
	CHECK_STR(id.sysname, "Linux");
	CHECK_STR(id.nodename, "fakehost");
	CHECK_STR(id.release, FAKE_RELEASE);
	CHECK_STR(id.version, "#1 SMP fake");
	CHECK_STR(id.machine, "x86_64");
	CHECK_STR(id.domainname, "(none)");
	CHECK_STR(id.build_id, "0123456789abcdef0123456789abcdef01234567");
	CHECK_EQ(id.crash_time_s, 1795444220);
	CHECK_EQ(id.ram_bytes, 8 << 20);
	CHECK_EQ(id.cpus, 2);
	CHECK_STR(id.panic, "");
	fake_close(&f);
}

TEST(open_fails)
{
	int before = fcntl(STDIN_FILENO, F_GETFD);
	struct crash c;

	CHECK_EQ(crash_open("/nonexistent", &c), -ENOENT);
	CHECK(strstr(c.why, "No such file") != NULL);
	/* nothing of the caller's is closed by that */
	crash_close(&c);
	CHECK_EQ(fcntl(STDIN_FILENO, F_GETFD), before);
	CHECK_EQ(crash_open("/dev/null", &c), -ENOEXEC);
	CHECK(c.why[0] && !strstr(c.why, "Exec format"));
	crash_close(&c);
	CHECK_EQ(c.vmcore.fd, -1);
}

TEST(no_vmcoreinfo)
{
	struct crash_identity id;
	struct crash c;
	struct fake f;

	fake_open(&f, &(struct fake_desc){ .kernel = FAKE_6_12 });
	fake_finish(&f);
	f.ph[0].p_type = PT_NULL;
	CHECK_EQ(crash_open(f.path, &c), 0);
	CHECK_EQ(c.missing, CORE_NO_VMCOREINFO | CORE_NO_PAGING | CORE_NO_MEMMAP);
	CHECK(strstr(c.why, "VMCOREINFO") != NULL);
	crash_identify(&c, &id);
	CHECK_STR(id.release, "");
	CHECK_STR(id.build_id, "");
	CHECK_EQ(id.ram_bytes, 8 << 20);
	crash_close(&c);
	fake_close(&f);
}

TEST(corrupt_notes)
{
	struct crash c;
	struct fake f;

	fake_open(&f, &(struct fake_desc){ .kernel = FAKE_6_12 });
	fake_finish(&f);
	f.file[FAKE_NOTE_OFF + 7] = 0x7f;
	CHECK_EQ(crash_open(f.path, &c), 0);
	CHECK(c.missing & CORE_NO_VMCOREINFO);
	CHECK(strstr(c.why, "corrupt") != NULL);
	crash_close(&c);
	fake_close(&f);
}

TEST(garbage_in_the_names)
{
	struct crash_identity id;
	struct crash c;
	struct fake f;

	fake_open(&f, &(struct fake_desc){ .kernel = FAKE_6_12 });
	fake_info_drop(&f, "BUILD-ID");
	fake_info_add(&f, "BUILD-ID=\x01\x02zz");
	fake_info_drop(&f, "CRASHTIME");
	fake_info_add(&f, "CRASHTIME=soon");
	fake_info_drop(&f, "PAGESIZE");
	fake_info_add(&f, "PAGESIZE=4097");
	fake_info_drop(&f, "OSRELEASE");
	memcpy(f.mem + FAKE_IMAGE_PA + 0x100 + 65, "\x1b[2Jevil\n\xff", 11);
	memset(f.mem + FAKE_IMAGE_PA + 0x100 + 3 * 65, 'v', 65);
	id = identity(&f);
	CHECK_STR(id.build_id, "");
	CHECK_EQ(id.crash_time_s, 0);
	CHECK_STR(id.nodename, "?[2Jevil??");
	CHECK_STR(id.release, FAKE_RELEASE); /* from utsname */
	CHECK_EQ(strlen(id.version), 64);
	fake_info_add(&f, "OSRELEASE=6.12\x1b[2J\xff");
	id = identity(&f);
	CHECK_STR(id.release, "6.12?[2J?");
	CHECK_EQ(crash_open(f.path, &c), 0);
	CHECK_EQ(c.vmcore.page_shift, 12);
	crash_close(&c);
	fake_close(&f);
}

static void expect_panic(const char *const *lines, const char *want)
{
	struct crash_identity id;
	struct fakelog l;
	struct fake f;

	fake_open(&f, &(struct fake_desc){ .kernel = FAKE_6_12 });
	fakelog_open(&l, &f, 5, 12);
	for (; *lines; lines++)
		fakelog_add(&l, *lines, strlen(*lines));
	id = identity(&f);
	CHECK_STR(id.panic, want);
	fake_close(&f);
}

TEST(panic_line)
{
	static char text[600];
	struct crash_identity id;
	struct fakelog l;
	struct fake f;

	expect_panic((const char *[]){ "Linux version", "sysrq: Trigger a crash",
				       "Kernel panic - not syncing: sysrq triggered crash",
				       "rebooting", NULL },
		     "Kernel panic - not syncing: sysrq triggered crash");
	expect_panic((const char *[]){ "BUG: kernel NULL pointer dereference, address: 0",
				       "Oops: 0002 [#1]", "BUG: second", NULL },
		     "BUG: kernel NULL pointer dereference, address: 0");
	expect_panic((const char *[]){ "Oops: 0002 [#1]", "kernel BUG at mm/slub.c:1", NULL },
		     "kernel BUG at mm/slub.c:1");
	/* traps of x86_64 */
	expect_panic((const char *[]){ "traps: PANIC: double fault, error_code: 0x0",
				       "double fault: 0000 [#1] PREEMPT SMP NOPTI", NULL },
		     "traps: PANIC: double fault, error_code: 0x0");
	expect_panic((const char *[]){ "Kernel panic - not syncing: a",
				       "Kernel panic - not syncing: b", NULL },
		     "Kernel panic - not syncing: b");
	/* what stands after a panic that nothing captured; where it alone is left, it */
	expect_panic((const char *[]){ "Kernel panic - not syncing: a",
				       "---[ end Kernel panic - not syncing: a ]---", NULL },
		     "Kernel panic - not syncing: a");
	expect_panic(
		(const char *[]){ "BUG: x", "---[ end Kernel panic - not syncing: a ]---", NULL },
		"---[ end Kernel panic - not syncing: a ]---");
	expect_panic((const char *[]){ "all is well", NULL }, "");
	expect_panic((const char *[]){ "first line\nBUG: in the second", NULL },
		     "               BUG: in the second");
	/* longer than the field */
	fake_open(&f, &(struct fake_desc){ .kernel = FAKE_6_12 });
	fakelog_open(&l, &f, 5, 12);
	memset(text, 'p', sizeof(text));
	memcpy(text, "BUG: ", 5);
	fakelog_add(&l, text, sizeof(text));
	id = identity(&f);
	CHECK_EQ(strlen(id.panic), sizeof(id.panic) - 1);
	fake_close(&f);
}

/* The core cut at many lengths: opened as far as it goes, or refused with a reason. */
TEST(every_cut)
{
	struct crash_identity id;
	struct crash c;
	struct fake f;

	fake_open(&f, &(struct fake_desc){ .kernel = FAKE_6_12 });
	fake_finish(&f);
	for (uint64_t len = f.file_len; len; len -= len > 1 << 20 ? 999999
						    : len > 10000 ? 9973
						    : len > 37	  ? 37
								  : len) {
		int r;

		CHECK_EQ(ftruncate(f.fd, (off_t)len), 0);
		r = crash_open(f.path, &c);
		CHECK(!r || r == -ENOEXEC || r == -EBADMSG);
		CHECK(len == f.file_len || c.why[0]);
		CHECK_EQ(!r, len >= sizeof(Elf64_Ehdr) + 3 * sizeof(Elf64_Phdr));
		if (!r) {
			crash_identify(&c, &id);
			crash_panic_line(&c, id.panic);
		}
		crash_close(&c);
	}
	fake_close(&f);
}

/* SYMBOL(prb) and others with every byte of the text broken in turn. */
TEST(each_byte_of_the_names_broken)
{
	struct crash_identity id;
	struct fakelog l;
	struct crash c;
	struct fake f;
	size_t len;

	fake_open(&f, &(struct fake_desc){ .kernel = FAKE_7_1 });
	fakelog_open(&l, &f, 5, 12);
	fakelog_add(&l, "line", 4);
	fake_finish(&f);
	len = strlen(f.info);
	for (size_t i = 0; i < len; i++) {
		char *at = (char *)f.file + FAKE_NOTE_OFF + f.ph[0].p_filesz - (len + 3) / 4 * 4 +
			   i,
		     old = *at;

		*at = i % 2 ? '9' : 'f';
		CHECK_EQ(crash_open(f.path, &c), 0);
		crash_identify(&c, &id);
		crash_panic_line(&c, id.panic);
		crash_close(&c);
		*at = old;
	}
	fake_close(&f);
}
