/* SPDX-License-Identifier: MIT */
/*
 * The trailer of a raw target: where things lie, and that nothing impossible is believed.
 */
#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/block/raw.h"
#include "lib/cleanup.h"
#include "lib/hash.h"
#include "lib/io.h"
#include "tests/unit/test.h"

#define SIZE (64ull << 20)

static int device(uint64_t size)
{
	int fd = memfd_create("device", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, (off_t)size) < 0)
		abort();
	return fd;
}

static struct raw_trailer made(uint64_t size)
{
	struct raw_trailer t;

	CHECK_EQ(raw_layout(size, &t), 0);
	strcpy(t.folder, "host-20261123T142005Z-0a1b2c3d");
	return t;
}

TEST(layout)
{
	static const uint64_t sizes[] = { RAW_MIN_BYTES, SIZE, SIZE + 511, 1ull << 43 };

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct raw_trailer t = made(sizes[i]);
		uint64_t at = 0;

		for (int k = 0; k < RAW_FILES; k++) {
			static const int by_place[] = { RAW_VMCORE, RAW_DMESG, RAW_JSON, RAW_LOG };
			const struct raw_file *f = &t.file[by_place[k]];

			CHECK_EQ(f->off, at);
			CHECK(f->room && f->room % RAW_BLOCK == 0);
			at += f->room;
		}
		CHECK_EQ(at + RAW_END_BYTES, sizes[i] / RAW_BLOCK * RAW_BLOCK);
		CHECK(t.file[RAW_DMESG].room >= 1u << 20 && t.file[RAW_DMESG].room <= 64u << 20);
		CHECK(t.file[RAW_VMCORE].room > sizes[i] / 2);
	}
	{
		struct raw_trailer t;

		CHECK_EQ(raw_layout(RAW_MIN_BYTES - 1, &t), -ENOSPC);
	}
}

/* The two places are written in turn; what was there before counts until the new one is whole. */
TEST(the_newer_one_counts)
{
	_close_ int fd = device(SIZE + 100);
	struct raw_trailer t = made(SIZE + 100), got;

	CHECK_EQ(raw_read(fd, &got), -ENODATA);
	for (unsigned i = 1; i <= 5; i++) {
		t.time_s = i;
		CHECK_EQ(raw_write(fd, &t), 0);
		CHECK_EQ(raw_read(fd, &got), 0);
		CHECK_EQ(got.time_s, i);
	}
	/* the fifth is torn */
	CHECK_EQ(io_pwrite(fd, "torn", 4, SIZE - RAW_BLOCK + 300), 0);
	CHECK_EQ(raw_read(fd, &got), 0);
	CHECK_EQ(got.time_s, 4);
	CHECK_EQ(io_pwrite(fd, "torn", 4, SIZE - 2 * RAW_BLOCK + 300), 0);
	CHECK_EQ(raw_read(fd, &got), -ENODATA);
}

/* Writes it as it is, with a sum that fits. */
static int read_back(struct raw_trailer t)
{
	_close_ int fd = device(SIZE);
	struct raw_trailer got;

	memcpy(t.magic, RAW_MAGIC, sizeof(t.magic));
	t.sum = hash_bytes(&t, offsetof(struct raw_trailer, sum));
	CHECK_EQ(io_pwrite(fd, &t, sizeof(t), SIZE - RAW_BLOCK), 0);
	return raw_read(fd, &got);
}

TEST(nothing_impossible_is_believed)
{
	static const char *const folders[] = {
		"", ".", "..", "../etc", "a/b", ".hidden", "with blank", "new\nline", "h\xc3\xb6st",
	};
	struct raw_trailer good = made(SIZE), t;

	good.version = RAW_VERSION;
	CHECK_EQ(read_back(good), 0);
	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		t = good;
		strcpy(t.folder, folders[i]);
		CHECK_EQ(read_back(t), -ENODATA);
	}
	memset(t.folder, 'a', sizeof(t.folder));
	CHECK_EQ(read_back(t), -ENODATA);
#define WRONG(member, value)                                                                       \
	do {                                                                                       \
		t = good;                                                                          \
		t.member = value;                                                                  \
		CHECK_EQ(read_back(t), -ENODATA);                                                  \
	} while (0)
	WRONG(version, 2);
	WRONG(state, 0);
	WRONG(state, 4);
	WRONG(device_bytes, SIZE - RAW_BLOCK);
	WRONG(file[RAW_DMESG].off, SIZE);
	WRONG(file[RAW_DMESG].off, UINT64_MAX - 100);
	WRONG(file[RAW_DMESG].room, SIZE);
	WRONG(file[RAW_DMESG].bytes, good.file[RAW_DMESG].room + 1);
	WRONG(file[RAW_VMCORE].off, RAW_BLOCK);
	WRONG(file[RAW_VMCORE].bytes, UINT64_MAX);
	WRONG(file[RAW_LOG].state, 4);
	WRONG(file[RAW_LOG].name[0], 'x');
#undef WRONG
	t = good;
	memset(t.file[RAW_LOG].name, 'k', sizeof(t.file[RAW_LOG].name));
	CHECK_EQ(read_back(t), -ENODATA);
}

TEST(a_wiped_device_is_empty)
{
	_close_ int fd = device(SIZE + 513);
	struct raw_trailer t = made(SIZE + 513), got;
	char byte = 1, zeros[16] = { 0 }, there[16];

	CHECK_EQ(raw_write(fd, &t), 0);
	CHECK_EQ(io_pwrite(fd, "KDUMP   ", 8, 0), 0);
	CHECK_EQ(io_pwrite(fd, &byte, 1, SIZE + 512), 0);
	CHECK_EQ(raw_wipe(fd, SIZE + 513), 0);
	CHECK_EQ(raw_read(fd, &got), -ENODATA);
	CHECK_EQ(io_pread(fd, there, 16, 0), 0);
	CHECK(!memcmp(there, zeros, 16));
	CHECK_EQ(io_pread(fd, there, 1, SIZE + 512), 0);
	CHECK(!there[0]);
	CHECK_EQ(lseek(fd, 0, SEEK_END), SIZE + 513);
}

TEST(what_is_unsaved)
{
	struct raw_trailer t = made(SIZE);

	CHECK(!raw_unsaved(&t));
	t.file[RAW_DMESG].bytes = 1;
	CHECK(raw_unsaved(&t));
	t.state = RAW_RECOVERED;
	CHECK(!raw_unsaved(&t));
}

TEST(names)
{
	CHECK_EQ(raw_slot("vmcore"), RAW_VMCORE);
	CHECK_EQ(raw_slot("vmcore.elf.zst"), RAW_VMCORE);
	CHECK_EQ(raw_slot("dmesg.txt"), RAW_DMESG);
	CHECK_EQ(raw_slot("kdump.json"), RAW_JSON);
	CHECK_EQ(raw_slot("kdump.log"), RAW_LOG);
	CHECK_EQ(raw_slot("vmcore.flat"), -1);
	CHECK_EQ(raw_slot(""), -1);
}
