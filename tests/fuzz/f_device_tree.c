/* SPDX-License-Identifier: MIT */
/*
 * The running kernel's device tree, of which the input breaks some bytes, made into the next kernel's;
 * and /proc/iomem beside it.
 *
 * Input: which tree (bits 0..2), whether for a crash (bit 3), whether its sizes are put right after the
 * patches (bit 4); the number of patches, each where (2 bytes), a length (1 byte, 1 to 16) and the bytes; then the
 * text of iomem, if any.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/io.h"
#include "loader/arch/tree/device_tree.h"
#include "tests/unit/fake/tree.h"
#include "tests/unit/fake/treefdt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TREE_BYTES = 4096, MAX_PATCHES = 16 };

static void must(bool good)
{
	if (!good)
		abort();
}

static size_t make_tree(uint8_t which, char *buf)
{
	static const int cells[] = { 2, 1, 0, 3 };

	treemachine_tree(&(struct treemachine_tree){ .address_cells = cells[which & 3],
						     .size_cells = cells[which & 3],
						     .no_chosen = (which & 7) == 6,
						     .firmware = which & 1,
						     .handed = which & 4 },
			 buf, TREE_BYTES);
	return TREE_BYTES;
}

/* What is left of the input. */
static size_t patch(char *tree, const uint8_t *data, size_t size)
{
	unsigned n = size ? data[0] % MAX_PATCHES : 0;
	size_t at = 1;

	while (n-- && size - at > 3) {
		size_t where = (data[at] | (size_t)data[at + 1] << 8) % (TREE_BYTES - 16);
		size_t len = data[at + 2] % 16 + 1;

		at += 3;
		len = len > size - at ? size - at : len;
		memcpy(tree + where, data + at, len);
		at += len;
	}
	return size > at ? size - at : 0;
}

static struct tree root;
static int root_fd;

static void root_remove(void)
{
	close(root_fd);
	tree_remove(&root);
}

/* It is kept from one input to the next. */
static void root_make(void)
{
	if (*root.root)
		return;
	root = tree_make();
	tree_folders(&root, "/sys/firmware/fdt");
	root_fd = open(root.root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	must(root_fd >= 0);
	atexit(root_remove);
}

static void put_tree(const char *fdt, size_t n)
{
	_close_ int fd = open(tree_path(&root, "/sys/firmware/fdt"),
			      O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	must(fd >= 0 && !io_write(fd, fdt, n));
}

static void check_made(struct layout *l, bool crash)
{
	static const struct segment initrd = { .start = 0x61000000,
					       .end = 0x61300000,
					       .bytes = 0x2ff123 };
	static const struct segment elf = { .start = 0x6fff0000, .end = 0x70000000, .bytes = 4000 };
	struct device_tree_chosen c = { "console=ttyS0", &initrd, crash ? &elf : NULL };
	void *fdt = NULL;
	size_t n = 0;
	int len, r = device_tree_make(l, &c, &fdt, &n);

	must(!r == !*l->why);
	if (r)
		return;
	must(n == fdt_totalsize(fdt) && !fdt_check_full(fdt, n));
	must(fdt_path_offset(fdt, "/chosen") > 0);
	must(!strcmp(fdt_getprop(fdt, fdt_path_offset(fdt, "/chosen"), "bootargs", &len),
		     "console=ttyS0"));
	must(!fdt_getprop(fdt, fdt_path_offset(fdt, "/chosen"), "linux,kho-fdt", &len));
	must(crash == !!fdt_getprop(fdt, fdt_path_offset(fdt, "/chosen"),
				    "linux,usable-memory-range", &len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char tree[TREE_BYTES];
	struct iomem ram = { 0 };
	struct layout l;
	char text[4097];
	size_t n, rest;

	if (size < 2 || size > 4096)
		return 0;
	root_make();
	n = make_tree(data[0], tree);
	rest = patch(tree, data + 1, size - 1);
	if (data[0] & 0x10)
		fdt_set_totalsize(tree, (uint32_t)n);
	put_tree(tree, n);
	layout_init(&l, NULL, root_fd, true);
	memcpy(text, data + size - rest, rest);
	text[rest] = '\0';
	if (!rest || iomem_parse(text, &l.machine))
		must(!iomem_add(&l.machine, 0x60000000, 0x70000000, IOMEM_CRASH));
	must(!iomem_pick(&l.machine, ~0u, &ram));
	must(!device_tree_cut_reserved(&l, "mmode_resv", &ram));
	iomem_free(&ram);
	check_made(&l, data[0] & 8);
	layout_free(&l);
	return 0;
}
