/* SPDX-License-Identifier: MIT */
/*
 * /proc/iomem of several machines, /sys/firmware/memmap, and places in ranges.
 */
#include "loader/kexec/iomem.h"

#include <errno.h>

#include "lib/cleanup.h"
#include "tests/unit/fake/machine.h"
#include "tests/unit/test.h"

#define GIB ((uint64_t)1 << 30)

/* QEMU, OVMF, crashkernel=512M,high, a plugged DIMM, virtio-mem */
static const char efi[] = "00000000-00000fff : Reserved\n"
			  "00001000-0009ffff : System RAM\n"
			  "000a0000-000fffff : Reserved\n"
			  "  000f0000-000fffff : System ROM\n"
			  "00100000-007fffff : System RAM\n"
			  "00800000-00807fff : ACPI Non-volatile Storage\n"
			  "00808000-7f8eefff : System RAM\n"
			  "  01000000-01ffffff : Kernel code\n"
			  "  2f000000-3effffff : Crash kernel\n"
			  "7f8ef000-7fb6efff : Reserved\n"
			  "7fb6f000-7fb7efff : ACPI Tables\n"
			  "80000000-febfffff : PCI Bus 0000:00\n"
			  "  fd000000-fdffffff : 0000:00:02.0\n"
			  "  feb00000-feb00fff : Reserved\n"
			  "100000000-17fffffff : System RAM\n"
			  "  15f000000-17effffff : Crash kernel\n"
			  "180000000-18fffffff : System RAM (virtio_mem)\n"
			  "200000000-ffffffffffffffff : System RAM\n";

static bool is(const struct iomem *m, size_t i, uint64_t start, uint64_t end, enum iomem_kind kind)
{
	return i < m->n && m->range[i].start == start && m->range[i].end == end &&
	       m->range[i].kind == kind;
}

TEST(iomem)
{
	struct iomem m = { 0 };

	CHECK_EQ(iomem_parse(efi, &m), 0);
	CHECK_EQ(m.n, 14);
	CHECK(is(&m, 0, 0, 0x1000, IOMEM_RESERVED));
	CHECK(is(&m, 1, 0x1000, 0xa0000, IOMEM_RAM));
	CHECK(is(&m, 4, 0x800000, 0x808000, IOMEM_NVS));
	CHECK(is(&m, 6, 0x1000000, 0x2000000, IOMEM_KERNEL));
	CHECK(is(&m, 7, 0x2f000000, 0x3f000000, IOMEM_CRASH));
	CHECK(is(&m, 9, 0x7fb6f000, 0x7fb7f000, IOMEM_ACPI));
	/* whatever it lies in */
	CHECK(is(&m, 10, 0xfeb00000, 0xfeb01000, IOMEM_RESERVED));
	CHECK(is(&m, 12, 0x15f000000, 0x17f000000, IOMEM_CRASH));
	CHECK(is(&m, 13, 0x180000000, 0x190000000, IOMEM_RAM_OF_DRIVER));
	CHECK_EQ(iomem_bytes(&m, IOMEM_BIT(IOMEM_CRASH)), (256 << 20) + GIB / 2);
	iomem_free(&m);
	CHECK_EQ(m.n, 0);
}

TEST(what_is_no_map)
{
	static const struct {
		const char *text;
		int err;
	} cases[] = {
		{ "", -ENODATA },
		{ "\n\n", -ENODATA },
		{ "0-0 : System RAM\n00000000-00000000 : Crash kernel\n", -EACCES },
		{ "00001000 System RAM\n", -ENODATA },
		{ "00001000-00001fff System RAM\n", -ENODATA },
		{ "00001000-00001fff : System RAMs\n", -ENODATA },
		{ "00001000-00001fff : System RA", -ENODATA },
		{ "00002000-00001fff : System RAM\n", -ENODATA },
		{ "00001000-00001fff : System RAM", 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct iomem m = { 0 };

		CHECK_EQ(iomem_parse(cases[i].text, &m), cases[i].err);
		iomem_free(&m);
	}
}

TEST(cut)
{
	struct iomem m = { 0 };

	CHECK_EQ(iomem_add(&m, 5, 5, IOMEM_RAM), -EINVAL);
	CHECK_EQ(iomem_add(&m, 100, 200, IOMEM_RAM), 0);
	CHECK_EQ(iomem_add(&m, 300, 400, IOMEM_ACPI), 0);
	CHECK_EQ(iomem_cut(&m, 0, 100), 0);
	CHECK_EQ(iomem_cut(&m, 200, 300), 0);
	CHECK(is(&m, 0, 100, 200, IOMEM_RAM) && is(&m, 1, 300, 400, IOMEM_ACPI));
	CHECK_EQ(iomem_cut(&m, 120, 130), 0);
	CHECK(is(&m, 0, 100, 120, IOMEM_RAM) && is(&m, 1, 130, 200, IOMEM_RAM));
	CHECK_EQ(iomem_cut(&m, 190, 310), 0);
	CHECK(is(&m, 1, 130, 190, IOMEM_RAM) && is(&m, 2, 310, 400, IOMEM_ACPI));
	CHECK_EQ(iomem_cut(&m, 100, 120), 0);
	CHECK(is(&m, 0, 130, 190, IOMEM_RAM));
	CHECK_EQ(iomem_cut(&m, 0, 1000), 0);
	CHECK_EQ(m.n, 0);
	iomem_free(&m);
}

/* As many cuts as make it grow, each in the middle of what is left. */
TEST(many_cuts)
{
	struct iomem m = { 0 };

	CHECK_EQ(iomem_add(&m, 0, 4000, IOMEM_RAM), 0);
	for (uint64_t at = 10; at < 4000; at += 20)
		CHECK_EQ(iomem_cut(&m, at, at + 10), 0);
	CHECK_EQ(m.n, 200);
	CHECK_EQ(iomem_bytes(&m, IOMEM_BIT(IOMEM_RAM)), 2000);
	for (size_t i = 0; i < m.n; i++)
		CHECK(is(&m, i, 20 * i, 20 * i + 10, IOMEM_RAM));
	iomem_free(&m);
}

TEST(places)
{
	struct iomem m = { 0 };
	struct iomem_wish w = { .bytes = 0x1000, .align = 0x1000, .max = UINT64_MAX };
	uint64_t at = 7;

	iomem_add(&m, 0x1000, 0x9fc00, IOMEM_RAM);
	iomem_add(&m, 0x100000, 0x400000, IOMEM_RAM);
	CHECK(iomem_find(&m, &w, &at) && at == 0x1000);
	w.min = 0x1001;
	CHECK(iomem_find(&m, &w, &at) && at == 0x2000);
	w.down = true;
	CHECK(iomem_find(&m, &w, &at) && at == 0x3ff000);
	w.max = 0x3ff800;
	CHECK(iomem_find(&m, &w, &at) && at == 0x3fe000);
	w.max = 0x9fc00;
	CHECK(iomem_find(&m, &w, &at) && at == 0x9e000);
	w.max = UINT64_MAX;
	w.align = 0x200000;
	CHECK(iomem_find(&m, &w, &at) && at == 0x200000);
	w.bytes = 0x200001;
	CHECK(!iomem_find(&m, &w, &at) && at == 0x200000);
	w.down = false;
	CHECK(!iomem_find(&m, &w, &at));
	w.bytes = UINT64_MAX;
	CHECK(!iomem_find(&m, &w, &at));
	iomem_free(&m);
	/* at the very end of addresses nothing wraps */
	iomem_add(&m, UINT64_MAX - 0x1000, UINT64_MAX, IOMEM_RAM);
	w = (struct iomem_wish){ .bytes = 1, .align = 0x200000, .max = UINT64_MAX };
	CHECK(!iomem_find(&m, &w, &at));
	iomem_free(&m);
}

static void put_firmware(const struct machine *t, unsigned i, const char *start, const char *end,
			 const char *type)
{
	const char *const words[] = { "start", start, "end", end, "type", type };

	for (size_t n = 0; n < ARRAY_LEN(words); n += 2) {
		char path[80];

		snprintf(path, sizeof(path), "sys/firmware/memmap/%u/%s", i, words[n]);
		machine_put(t, path, words[n + 1]);
	}
}

TEST(firmware)
{
	struct machine t = machine_bare();
	struct iomem m = { 0 };

	CHECK_EQ(iomem_read_firmware(t.fd, &m), -ENOENT);
	put_firmware(&t, 0, "0x0\n", "0x9fbff\n", "System RAM\n");
	put_firmware(&t, 1, "0x9fc00\n", "0x9ffff\n", "Reserved\n");
	put_firmware(&t, 2, "0x100000\n", "0x7ffdffff\n", "System RAM\n");
	put_firmware(&t, 3, "0x80000000\n", "0x80000fff\n", "something new\n");
	put_firmware(&t, 4, "0x90000000\n", "0x90000fff\n", "Persistent Memory (legacy)\n");
	CHECK_EQ(iomem_read_firmware(t.fd, &m), 0);
	CHECK_EQ(m.n, 5);
	CHECK(is(&m, 0, 0, 0x9fc00, IOMEM_RAM));
	CHECK(is(&m, 2, 0x100000, 0x7ffe0000, IOMEM_RAM));
	CHECK(is(&m, 3, 0x80000000, 0x80001000, IOMEM_RESERVED));
	CHECK(is(&m, 4, 0x90000000, 0x90001000, IOMEM_PRAM));
	iomem_free(&m);
	machine_remove(&t);
}

TEST(names)
{
	CHECK_STR(iomem_kind_name(IOMEM_RAM), "System RAM");
	CHECK_STR(iomem_kind_name(IOMEM_NVS), "ACPI Non-volatile Storage");
}
