/* SPDX-License-Identifier: MIT */
/*
 * From the bottom up: kernel, initrd, device tree, so that no memory lies below the kernel, which
 * riscv before 6.4 would not use. The ELF header is at the top already.
 */
#include "loader/arch/tree/place.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/bytes.h"
#include "loader/arch/tree/device_tree.h"
#include "loader/kexec/cmdline.h"

#define GIB ((uint64_t)1 << 30)
/* device tree and start code, and what aligning takes */
#define SMALL_PARTS_BYTES ((uint64_t)8 << 20)

/* The start of the highest place for so many bytes; 0: there is none. */
static uint64_t find_top(const struct layout *l, uint64_t bytes)
{
	struct iomem_wish w = {
		.bytes = bytes, .align = BOOT_IMAGE_ALIGN, .max = UINT64_MAX, .down = true
	};
	uint64_t start;

	return iomem_find(&l->free, &w, &start) ? start : 0;
}

/* Where all parts lie above: 0 is anywhere. */
static uint64_t find_floor(const struct layout *l, const struct place_rules *rules,
			   const struct boot_image *b, int initrd_fd)
{
	struct stat st = { 0 };

	if (l->crash || !rules->reboots_high || (initrd_fd >= 0 && fstat(initrd_fd, &st) < 0))
		return 0;
	return find_top(l, b->image_bytes + (uint64_t)st.st_size + SMALL_PARTS_BYTES);
}

/* The kernel's place is a multiple of BOOT_IMAGE_ALIGN, and text_offset above it. */
static int place_kernel(struct layout *l, const struct place_rules *rules,
			const struct arch_files *f, struct segment **ret)
{
	struct boot_image b;
	const char *why;
	const void *file;
	size_t len;
	uint64_t offset;
	int r = layout_map(l, f->kernel_fd, "kernel", &file, &len);

	if (!r && boot_image_parse(rules->kind, file, len, &b, &why))
		r = layout_fail(l, -ENOEXEC, "the kernel %s", why);
	if (r)
		return r;
	offset = rules->adds_text_offset ? b.text_offset : 0;
	if (offset % l->page_bytes)
		return layout_fail(l, -ENOEXEC,
				   "the kernel's text_offset is no multiple of a page");
	return layout_place(l,
			    &(struct layout_part){ .name = "kernel",
						   .data = file,
						   .bytes = len,
						   .place_bytes = b.image_bytes,
						   .align = BOOT_IMAGE_ALIGN,
						   .offset = offset,
						   .min = find_floor(l, rules, &b, f->initrd_fd),
						   .low = true },
			    ret);
}

static int place_initrd(struct layout *l, const struct place_rules *rules, int fd,
			const struct segment *kernel, struct segment **ret)
{
	const void *data;
	size_t len;
	int r = layout_map(l, fd, "initrd", &data, &len);

	if (!r)
		r = layout_place(l,
				 &(struct layout_part){ .name = "initrd",
							.data = data,
							.bytes = len,
							.align = rules->initrd_align,
							.min = kernel->end,
							.low = true },
				 ret);
	if (r || !rules->initrd_reach ||
	    (*ret)->end - (kernel->start & ~(GIB - 1)) <= rules->initrd_reach)
		return r;
	return layout_fail(l, -EADDRNOTAVAIL, "the initrd would lie too far from the kernel");
}

static int place_tree(struct layout *l, const struct device_tree_chosen *c, uint64_t min,
		      struct segment **ret)
{
	size_t len;
	void *data;
	int r = device_tree_make(l, c, &data, &len);

	return r ? r
		 : layout_place(l,
				&(struct layout_part){ .name = "device tree",
						       .data = data,
						       .bytes = len,
						       .min = min,
						       .low = true },
				ret);
}

int place_files(struct layout *l, const struct place_rules *rules, const struct arch_files *f,
		struct placed *ret)
{
	struct segment *kernel = NULL, *initrd = NULL, *tree = NULL;
	struct device_tree_chosen c = { .cmdline = f->cmdline, .elfcorehdr = f->elfcorehdr };
	int r;

	if (strlen(f->cmdline) > rules->kind->cmdline_bytes)
		return layout_fail(l, -EINVAL, "the command line is longer than the kernel takes");
	r = place_kernel(l, rules, f, &kernel);
	if (r || !kernel)
		return r ? r : -ENOEXEC;
	if (f->initrd_fd >= 0)
		r = place_initrd(l, rules, f->initrd_fd, kernel, &initrd);
	c.initrd = initrd;
	if (!r)
		r = place_tree(l, &c, rules->reboots_high ? kernel->end : 0, &tree);
	if (!r)
		*ret = (struct placed){ kernel->start, tree->start };
	return r;
}
