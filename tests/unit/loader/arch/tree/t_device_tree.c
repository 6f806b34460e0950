/* SPDX-License-Identifier: MIT */
/*
 * The next kernel's device tree: what it is told anew, what stays of the running one's, and trees
 * that make no sense.
 */
#include "loader/arch/tree/device_tree.h"

#include <errno.h>

#include "lib/cleanup.h"
#include "tests/unit/fake/treemachine.h"
#include "tests/unit/test.h"

static struct machine t;
static struct layout l;
static const void *fdt;
static size_t fdt_bytes;

static const struct segment initrd = { .start = 0x61000000, .end = 0x61300000, .bytes = 0x2ff123 };
static const struct segment elf = { .start = 0x6fff0000, .end = 0x70000000, .bytes = 4000 };

static void begin(const struct treemachine_tree *tree, bool high)
{
	t = machine_bare();
	treemachine_put_tree(&t, tree);
	layout_init(&l, NULL, t.fd, true);
	treemachine_iomem(&t, 0x40000000, high);
	CHECK_EQ(iomem_read(t.fd, "proc/iomem", &l.machine), 0);
}

static int make(const struct device_tree_chosen *c)
{
	void *p = NULL;
	int r = device_tree_make(&l, c, &p, &fdt_bytes);

	fdt = p;
	return r;
}

static void end(void)
{
	layout_free(&l);
	machine_remove(&t);
}

/* A property of /chosen; NULL: there is none. */
static const void *chosen(const char *name, int *len)
{
	return fdt_getprop(fdt, fdt_path_offset(fdt, "/chosen"), name, len);
}

static uint64_t number(const char *name, int at)
{
	int len;
	const fdt64_t *p = chosen(name, &len);

	CHECK(p && len >= 8 * (at + 1));
	return p ? fdt64_ld(p + at) : 0;
}

static const struct treemachine_tree usual = { .address_cells = 2, .size_cells = 2 };

TEST(crash)
{
	uint64_t at, size;
	int len;

	begin(&usual, false);
	CHECK_EQ(make(&(struct device_tree_chosen){ "console=ttyAMA0", &initrd, &elf }), 0);
	CHECK(fdt_bytes < 4096);
	CHECK_EQ(fdt_check_full(fdt, fdt_bytes), 0);
	CHECK_STR((const char *)chosen("bootargs", &len), "console=ttyAMA0");
	CHECK_EQ(number("linux,initrd-start", 0), 0x61000000);
	CHECK_EQ(number("linux,initrd-end", 0), 0x612ff123);
	CHECK_EQ(number("linux,elfcorehdr", 0), 0x6fff0000);
	CHECK_EQ(number("linux,elfcorehdr", 1), 0x10000);
	CHECK(chosen("linux,usable-memory-range", &len) && len == 16);
	CHECK_EQ(number("linux,usable-memory-range", 0), 0x60000000);
	CHECK_EQ(number("linux,usable-memory-range", 1), 0x10000000);
	/* random, and not the zero of the running tree */
	CHECK(number("kaslr-seed", 0));
	CHECK(chosen("rng-seed", &len) && len == 48);
	/* by which EFI is found, and what else is nobody's here */
	CHECK_EQ(number("linux,uefi-system-table", 0), 0x7c000018);
	CHECK_STR((const char *)chosen("stdout-path", &len), "/pl011@9000000");
	CHECK_STR((const char *)fdt_getprop(fdt, 0, "compatible", &len), "linux,dummy-virt");
	/* of the reservations the former initrd's is gone */
	CHECK_EQ(fdt_num_mem_rsv(fdt), 1);
	CHECK_EQ(fdt_get_mem_rsv(fdt, 0, &at, &size), 0);
	CHECK(at == 0x4f000000 && size == 0x1000);
	end();
}

TEST(reboot)
{
	int len;

	begin(&usual, false);
	CHECK_EQ(make(&(struct device_tree_chosen){ "", NULL, NULL }), 0);
	CHECK_STR((const char *)chosen("bootargs", &len), "");
	CHECK(!chosen("linux,initrd-start", &len) && !chosen("linux,initrd-end", &len));
	CHECK(!chosen("linux,elfcorehdr", &len) && !chosen("linux,usable-memory-range", &len));
	CHECK(chosen("linux,uefi-system-table", &len));
	end();
}

/* It lies in memory that the next kernel does not get, or that is somebody else's by now. */
TEST(what_the_kernel_before_handed_over)
{
	static const char *const names[] = { "linux,ima-kexec-buffer", "linux,kho-fdt",
					     "linux,kho-scratch" };
	struct treemachine_tree tree = usual;
	int len;

	tree.handed = true;
	begin(&tree, false);
	CHECK_EQ(make(&(struct device_tree_chosen){ "a", &initrd, &elf }), 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		CHECK(!chosen(names[i], &len));
	CHECK(chosen("linux,uefi-system-table", &len));
	end();
}

/* The main range, which is the higher one, stands first. */
TEST(two_ranges)
{
	int len;

	begin(&usual, true);
	CHECK_EQ(make(&(struct device_tree_chosen){ "a", &initrd, &elf }), 0);
	CHECK(chosen("linux,usable-memory-range", &len) && len == 32);
	CHECK_EQ(number("linux,usable-memory-range", 0), 0x220000000);
	CHECK_EQ(number("linux,usable-memory-range", 1), 0x10000000);
	CHECK_EQ(number("linux,usable-memory-range", 2), 0x60000000);
	CHECK_EQ(number("linux,usable-memory-range", 3), 0x10000000);
	end();
}

/* One cell holds 32 bits; without a word on cells there is one. */
TEST(cells)
{
	static const struct treemachine_tree trees[] = { { .address_cells = 1, .size_cells = 1 },
							 { 0 },
							 { .address_cells = 2 } };

	for (size_t i = 0; i < ARRAY_LEN(trees); i++) {
		const fdt32_t *p;
		int len;

		begin(&trees[i], false);
		CHECK_EQ(make(&(struct device_tree_chosen){ "a", &initrd, &elf }), 0);
		p = chosen("linux,elfcorehdr", &len);
		CHECK_EQ(len, i == 2 ? 12 : 8);
		CHECK_EQ(fdt32_to_cpu(p[len / 4 - 2]), 0x6fff0000);
		CHECK_EQ(fdt32_to_cpu(p[len / 4 - 1]), 0x10000);
		end();
	}
	begin(&trees[0], true);
	CHECK_EQ(make(&(struct device_tree_chosen){ "a", &initrd, &elf }), -EOVERFLOW);
	CHECK_STR(l.why, "0x220000000 and the size there do not fit into the 1 cells of an address "
			 "and the 1 of a size in /sys/firmware/fdt");
	end();
	begin(&(struct treemachine_tree){ .address_cells = 3, .size_cells = 2 }, false);
	CHECK_EQ(make(&(struct device_tree_chosen){ "a", &initrd, &elf }), -EOVERFLOW);
	end();
	/* what does not fit is the size */
	begin(&(struct treemachine_tree){ .address_cells = 2, .size_cells = 3 }, false);
	CHECK_EQ(make(&(struct device_tree_chosen){ "a", &initrd, &elf }), -EOVERFLOW);
	CHECK(strstr(l.why, "the 2 cells of an address and the 3 of a size"));
	end();
}

TEST(no_chosen)
{
	struct treemachine_tree tree = usual;
	int len;

	tree.no_chosen = true;
	begin(&tree, false);
	CHECK_EQ(make(&(struct device_tree_chosen){ "b", &initrd, &elf }), 0);
	CHECK_STR((const char *)chosen("bootargs", &len), "b");
	CHECK_EQ(fdt_num_mem_rsv(fdt), 2);
	end();
}

TEST(a_long_command_line)
{
	static char line[4000];
	int len;

	memset(line, 'x', sizeof(line) - 1);
	begin(&usual, false);
	CHECK_EQ(make(&(struct device_tree_chosen){ line, &initrd, &elf }), 0);
	CHECK_STR((const char *)chosen("bootargs", &len), line);
	end();
}

TEST(no_tree)
{
	char tree[4096];

	begin(&usual, false);
	unlinkat(t.fd, "sys/firmware/fdt", 0);
	CHECK_EQ(make(&(struct device_tree_chosen){ "a", NULL, &elf }), -ENOENT);
	CHECK(strstr(l.why, "/sys/firmware/fdt is not there: "));
	*l.why = '\0';
	machine_put(&t, "sys/firmware/fdt", "no tree");
	CHECK_EQ(make(&(struct device_tree_chosen){ "a", NULL, &elf }), -EBADMSG);
	CHECK_STR(l.why, "/sys/firmware/fdt: is no device tree");
	/* cut anywhere */
	treemachine_tree(&usual, tree, sizeof(tree));
	for (size_t n = 0; n < sizeof(tree); n += 7) {
		*l.why = '\0';
		machine_put_bytes(&t, "sys/firmware/fdt", tree, n);
		CHECK_EQ(make(&(struct device_tree_chosen){ "a", NULL, &elf }), -EBADMSG);
	}
	end();
}

TEST(firmware)
{
	struct treemachine_tree tree = usual;
	struct iomem ram = { 0 };

	tree.firmware = true;
	begin(&tree, false);
	iomem_add(&ram, 0x80000000, 0xa0000000, IOMEM_RAM);
	CHECK_EQ(device_tree_cut_reserved(&l, "mmode_resv", &ram), 0);
	CHECK_EQ(ram.n, 1);
	CHECK(ram.range[0].start == 0x80040000 && ram.range[0].end == 0xa0000000);
	/* without a tree nothing is known */
	unlinkat(t.fd, "sys/firmware/fdt", 0);
	CHECK_EQ(device_tree_cut_reserved(&l, "mmode_resv", &ram), 0);
	CHECK_EQ(iomem_bytes(&ram, ~0u), 0x1ffc0000);
	iomem_free(&ram);
	end();
}
