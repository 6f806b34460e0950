/* SPDX-License-Identifier: MIT */
#include "loader/arch/tree/device_tree.h"

#include <errno.h>
#include <inttypes.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "lib/cleanup.h"
#include "lib/io.h"

/* of the running kernel, as the firmware or the EFI stub gave it; root alone may read it */
#define RUNNING "sys/firmware/fdt"

enum {
	TREE_MAX = 2 << 20, /* Documentation/arch/arm64/booting.rst; riscv maps as much */
	MORE_BYTES = 4096,  /* of properties and their names, beside the command line */
	CELLS_MAX = 2,
	/* where the root has none: include/linux/of.h */
	CELLS_DEFAULT = 1,
	SEED_BYTES = 48,
};

/* What a former boot was told, and what kexec_file_load handed over to it (drivers/of/kexec.c). */
static const char *const former[] = {
	"bootargs",	     "linux,initrd-start",	  "linux,initrd-end",
	"linux,elfcorehdr",  "linux,usable-memory-range", "kaslr-seed",
	"rng-seed",	     "linux,ima-kexec-buffer",	  "linux,kho-fdt",
	"linux,kho-scratch",
};

/* libfdt's error as a sentence. */
static int fail(struct layout *l, int err)
{
	return layout_fail(l, err == -FDT_ERR_NOSPACE ? -E2BIG : -EBADMSG, "/" RUNNING ": %s",
			   fdt_strerror(err));
}

/* The running kernel's tree, checked; the caller's. */
static int read_running(int root, char **ret, size_t *ret_len)
{
	int r = io_load_file(root, RUNNING, TREE_MAX, ret, ret_len);

	if (r)
		return r;
	return fdt_check_full(*ret, *ret_len) ? -EBADMSG : 0;
}

static int load_running(struct layout *l, char **ret, size_t *ret_len)
{
	int r = read_running(l->root, ret, ret_len);

	if (!r)
		return 0;
	if (r == -ENOENT)
		return layout_fail(l, r,
				   "/" RUNNING " is not there: the kernel does not tell the device "
				   "tree that it was started with");
	return layout_fail(l, r, "/" RUNNING ": %s",
			   r == -EBADMSG ? "is no device tree" : strerror(-r));
}

/* #address-cells or #size-cells of the root. */
static int root_cells(const void *fdt, const char *name)
{
	int len;
	const fdt32_t *p = fdt_getprop(fdt, 0, name, &len);

	return p && len == sizeof(*p) ? (int)fdt32_ld(p) : CELLS_DEFAULT;
}

/* A number of n cells at *at, which moves on. -EOVERFLOW: it does not fit. */
static int put_cells(uint8_t **at, uint64_t v, int n)
{
	if (n < 1 || n > CELLS_MAX || (n == 1 && v >> 32))
		return -EOVERFLOW;
	if (n == 2)
		fdt32_st(*at, (uint32_t)(v >> 32));
	fdt32_st(*at + 4 * (n - 1), (uint32_t)v);
	*at += 4 * n;
	return 0;
}

/* The tree that is being written. */
struct writing {
	struct layout *l;
	void *fdt;
	int chosen; /* offset of /chosen */
};

/* Ranges as addresses and sizes in the root's cells. */
static int set_ranges(struct writing *w, const char *name, const struct iomem_range *range,
		      size_t n)
{
	int address = root_cells(w->fdt, "#address-cells");
	int size = root_cells(w->fdt, "#size-cells"), r = 0;
	uint8_t cells[2 * CELLS_MAX * 2 * 4], *at = cells;

	for (size_t i = 0; !r && i < n; i++) {
		r = put_cells(&at, range[i].start, address);
		if (!r)
			r = put_cells(&at, range[i].end - range[i].start, size);
	}
	if (r)
		return layout_fail(w->l, r,
				   "0x%" PRIx64 " and the size there do not fit into the %d cells "
				   "of an address and the %d of a size in /" RUNNING,
				   range[0].start, address, size);
	r = fdt_setprop(w->fdt, w->chosen, name, cells, (int)(at - cells));
	return r ? fail(w->l, r) : 0;
}

static int set_elfcorehdr(struct writing *w, const struct segment *s)
{
	return set_ranges(w, "linux,elfcorehdr",
			  &(struct iomem_range){ s->start, s->end, IOMEM_RAM }, 1);
}

/* The kernel takes two: the main one first, then the one for DMA. */
static int set_usable(struct writing *w)
{
	struct iomem_range range[2];
	size_t n = 0;

	for (size_t i = w->l->machine.n; i-- && n < ARRAY_LEN(range);) {
		if (w->l->machine.range[i].kind == IOMEM_CRASH)
			range[n++] = w->l->machine.range[i];
	}
	return set_ranges(w, "linux,usable-memory-range", range, n);
}

static int set_initrd(struct writing *w, const struct segment *s)
{
	int r = fdt_setprop_u64(w->fdt, w->chosen, "linux,initrd-start", s->start);

	if (!r)
		r = fdt_setprop_u64(w->fdt, w->chosen, "linux,initrd-end", s->start + s->bytes);
	return r ? fail(w->l, r) : 0;
}

/* Without one there is no KASLR, and less to begin with for random numbers: no failure. */
static int set_seeds(struct writing *w)
{
	uint8_t seed[sizeof(uint64_t) + SEED_BYTES];
	int r;

	if (getrandom(seed, sizeof(seed), GRND_NONBLOCK) != sizeof(seed))
		return 0;
	r = fdt_setprop(w->fdt, w->chosen, "kaslr-seed", seed, sizeof(uint64_t));
	if (!r)
		r = fdt_setprop(w->fdt, w->chosen, "rng-seed", seed + sizeof(uint64_t), SEED_BYTES);
	return r ? fail(w->l, r) : 0;
}

/* A number of one cell or two. */
static uint64_t read_number(const void *fdt, int node, const char *name)
{
	int len;
	const void *p = fdt_getprop(fdt, node, name, &len);

	return !p ? 0 : len == 4 ? fdt32_ld(p) : len == 8 ? fdt64_ld(p) : 0;
}

/* A boot loader reserves the initrd that it loaded; that memory is free by now. */
static void forget_initrd(void *fdt, int chosen)
{
	uint64_t start = read_number(fdt, chosen, "linux,initrd-start");
	uint64_t end = read_number(fdt, chosen, "linux,initrd-end"), at, size;

	for (int i = fdt_num_mem_rsv(fdt); i-- > 0;) {
		if (end > start && !fdt_get_mem_rsv(fdt, i, &at, &size) && at == start &&
		    size >= end - start && size - (end - start) < 65536)
			fdt_del_mem_rsv(fdt, i);
	}
}

static int open_chosen(struct writing *w)
{
	w->chosen = fdt_path_offset(w->fdt, "/chosen");
	if (w->chosen == -FDT_ERR_NOTFOUND)
		w->chosen = fdt_add_subnode(w->fdt, 0, "chosen");
	return w->chosen < 0 ? fail(w->l, w->chosen) : 0;
}

static int forget_former(struct writing *w)
{
	forget_initrd(w->fdt, w->chosen);
	/* deleting reservations moves what lies behind them */
	w->chosen = fdt_path_offset(w->fdt, "/chosen");
	for (size_t i = 0; i < ARRAY_LEN(former); i++) {
		int r = fdt_delprop(w->fdt, w->chosen, former[i]);

		if (r && r != -FDT_ERR_NOTFOUND)
			return fail(w->l, r);
	}
	return 0;
}

static int write_chosen(struct writing *w, const struct device_tree_chosen *c)
{
	int r = open_chosen(w);

	if (!r)
		r = forget_former(w);
	if (r)
		return r;
	r = fdt_setprop_string(w->fdt, w->chosen, "bootargs", c->cmdline);
	if (r)
		return fail(w->l, r);
	r = c->initrd ? set_initrd(w, c->initrd) : 0;
	if (!r && c->elfcorehdr)
		r = set_elfcorehdr(w, c->elfcorehdr);
	if (!r && c->elfcorehdr)
		r = set_usable(w);
	return r ? r : set_seeds(w);
}

int device_tree_make(struct layout *l, const struct device_tree_chosen *c, void **ret,
		     size_t *ret_len)
{
	_free_ char *running = NULL;
	_free_ void *fdt = NULL;
	struct writing w = { .l = l };
	size_t len;
	int r = load_running(l, &running, &len);

	if (r)
		return r;
	len += MORE_BYTES + strlen(c->cmdline);
	w.fdt = fdt = malloc(len);
	if (!fdt)
		return -ENOMEM;
	r = fdt_open_into(running, fdt, (int)len);
	if (r)
		return fail(l, r);
	r = write_chosen(&w, c);
	if (r)
		return r;
	fdt_pack(fdt);
	*ret_len = fdt_totalsize(fdt);
	*ret = keep_ptr(fdt);
	return layout_own(l, *ret, *ret_len);
}

/* The first address and size of a node's reg, in its parent's cells. */
static bool read_reg(const void *fdt, int parent, int node, uint64_t *start, uint64_t *end)
{
	int address = fdt_address_cells(fdt, parent), size = fdt_size_cells(fdt, parent), len;
	const uint8_t *p = fdt_getprop(fdt, node, "reg", &len);
	uint64_t v[2] = { 0 };

	if (!p || address < 1 || address > CELLS_MAX || size < 1 || size > CELLS_MAX ||
	    len < 4 * (address + size))
		return false;
	for (int i = 0; i < address + size; i++)
		v[i >= address] = v[i >= address] << 32 | fdt32_ld((const fdt32_t *)(p + 4 * i));
	*start = v[0];
	*end = v[0] + v[1];
	return *end > *start;
}

int device_tree_cut_reserved(const struct layout *l, const char *prefix, struct iomem *ram)
{
	_free_ char *fdt = NULL;
	size_t len;
	int parent, node, r = 0;

	if (read_running(l->root, &fdt, &len))
		return 0;
	parent = fdt_path_offset(fdt, "/reserved-memory");
	if (parent < 0)
		return 0;
	fdt_for_each_subnode(node, fdt, parent)
	{
		const char *name = fdt_get_name(fdt, node, NULL);
		uint64_t start, end;

		if (!r && name && !strncmp(name, prefix, strlen(prefix)) &&
		    read_reg(fdt, parent, node, &start, &end))
			r = iomem_cut(ram, start, end);
	}
	return r;
}
