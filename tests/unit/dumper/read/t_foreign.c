/* SPDX-License-Identifier: MIT */
/*
 * What is no dump is refused by its name, whatever was asked for.
 */
#include "dumper/read/vmcore.h"

#include <errno.h>
#include <unistd.h>

#include "tests/unit/fake/fakedump.h"
#include "tests/unit/test.h"

static const struct {
	size_t off;
	const char *magic;
	size_t len;
	const char *word;
} cases[] = {
	{ 0, "PAGEDU64", 8, "Windows" },
	{ 0, "PAGEDUMP", 8, "Windows" },
	{ 0, "LibvirtQemudSave", 16, "virsh save: take virsh dump --memory-only" },
	{ 0, "LibvirtQemudPart", 16, "did not finish" },
	{ 0, "QEVM\0\0\0\3", 8, "migration stream" },
	{ 0, "QFI\xfb", 4, "qcow2" },
	{ 0, "EMiL\1\0\0\0", 8, "LiME" },
	{ 0, "AVML", 4, "AVML" },
	{ 0, "DISKDUMP", 8, "diskdump" },
	{ 0, "\xed\x23\x8f\x61\x73\x01\x19\xa8", 8, "LKCD" },
	{ 0, "\xd2\xbe\xd2\xbe", 4, "VMware" },
	{ 0, "\xff\xff\xff\xff\xff\xff\xff\xffXENF", 12, "Xen" },
	{ 4086, "S1SUSPEND", 9, "hibernation" },
	{ 4086, "SWAPSPACE2", 10, "swap" },
	{ 0, "\x89LZO\0\r\n\x1a\n", 9, "lzop" },
	{ 0, "\x04\x22\x4d\x18", 4, "lz4" },
	{ 0, "nothing", 7, "neither an ELF core nor a dump" },
};

static void refused(size_t i, unsigned flags)
{
	static uint8_t file[8192];
	struct fakedump_bytes b = { file, sizeof(file), sizeof(file) };
	const char *name, *why;
	struct vmcore v;
	char path[40];
	int fd, r;

	memset(file, 0x55, sizeof(file));
	memcpy(file + cases[i].off, cases[i].magic, cases[i].len);
	fd = fakedump_file(&b, path);
	name = path;
	r = vmcore_open_set(&name, 1, flags, &v, &why);
	close(fd);
	CHECK_EQ(r, -ENOEXEC);
	if (!strstr(why, cases[i].word)) {
		printf("%s: %s\n", cases[i].word, why);
		test_failures++;
	}
}

TEST(by_name)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		refused(i, 0);
}

TEST(and_not_recovered_from)
{
	for (size_t i = 0; i + 1 < sizeof(cases) / sizeof(cases[0]); i++)
		refused(i, VMCORE_DAMAGED);
}
