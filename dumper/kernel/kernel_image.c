/* SPDX-License-Identifier: MIT */
/*
 * VMCOREINFO has no symbol of the image's end, but some of variables near it; behind the last of them
 * the mapping of the image goes on to its end.
 */
#include "dumper/kernel/kernel_image.h"

#define SEGMENT_MAX (1ull << 30) /* KERNEL_IMAGE_SIZE's maximum: a header can claim anything */
#define IMAGE_MAX   (256ull << 20)

static bool by_segment(struct kmem *k)
{
	const struct vmcore *v = k->vmcore;

	if (!v->text_len || v->text_len > SEGMENT_MAX)
		return false;
	k->image = (struct kmem_image){ v->text_va, v->text_pa, v->text_len };
	return true;
}

/* Bytes from va on that are mapped as they are in memory from pa on, up to max. */
static uint64_t mapped(struct kmem *k, uint64_t va, uint64_t pa, uint64_t max)
{
	uint64_t have = 0, at, len;

	while (have < max && !kmem_translate(k, va + have, &at, &len) && at == pa + have)
		have += len;
	return have < max ? have : max;
}

void kernel_image_find(struct kmem *k, const struct vmcoreinfo *vi)
{
	uint64_t first, last, pa, last_pa, len;

	k->image = (struct kmem_image){ 0 };
	if (by_segment(k) || !k->levels || !vmcoreinfo_symbol(vi, "_stext", &first))
		return;
	last = vmcoreinfo_last_symbol(vi, first, first + IMAGE_MAX);
	/* memory of the beginning was given back since and need not be mapped in between */
	if (!last || kmem_translate(k, first, &pa, &len) ||
	    kmem_translate(k, last, &last_pa, &len) || last_pa - pa != last - first)
		return;
	len = last - first;
	len += mapped(k, last, last_pa, IMAGE_MAX - len);
	k->image = (struct kmem_image){ first, pa, len };
}
