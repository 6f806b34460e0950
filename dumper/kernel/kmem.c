/* SPDX-License-Identifier: MIT */
/*
 * From names and page tables to bytes: the architecture's walk, and reads that cross mappings.
 */
#include "dumper/kernel/kmem.h"

#include <errno.h>
#include <string.h>

#include "dumper/kernel/kmem_table.h"

int kmem_init(struct kmem *k, const struct vmcore *v, const struct vmcoreinfo *vi, const char **why)
{
	int r;

	memset(k, 0, sizeof(*k));
	k->vmcore = v;
	k->phys_base = (int64_t)v->phys_base;
	k->page_shift = vmcoreinfo_page_shift(vi, v->page_shift);
	if (v->page_fixed && k->page_shift > v->page_shift)
		k->page_shift = v->page_shift;
	k->arch = arch_find(v->machine);
	if (!k->arch) {
		*why = "the core is of an architecture this program does not know";
		return -ENOEXEC;
	}
	r = k->arch->setup(k, v, vi, why);
	if (r)
		k->levels = 0;
	return r;
}

void kmem_forget(struct kmem *k)
{
	for (unsigned i = 0; i < KMEM_LEVELS; i++)
		k->cache[i].pa = 0;
	for (unsigned i = 0; i < KMEM_RECENT; i++)
		k->recent[i].tag = 0;
}

/* The addresses that the segments of a core say they have; a dump has none. */
static int translate_by_file(const struct kmem *k, uint64_t va, uint64_t *ret_pa, uint64_t *ret_len)
{
	struct vmcore_range s;

	if (k->vmcore->format != VMCORE_ELF)
		return -EFAULT;
	for (uint64_t pa = 0; vmcore_next_range(k->vmcore, pa, &s); pa = s.end) {
		if (va < s.va || va - s.va >= s.end - s.pa)
			continue;
		*ret_pa = s.pa + (va - s.va);
		*ret_len = s.end - *ret_pa;
		return 0;
	}
	return -EFAULT;
}

static int translate_by_tables(struct kmem *k, uint64_t va, uint64_t *ret_pa, uint64_t *ret_len)
{
	uint64_t table = k->root, entry, inside;
	unsigned level = k->levels;

	if (va >> 55 & 1)
		va |= k->va_fill;
	if (va < k->kernel_va)
		return -EFAULT;
	while (level--) {
		unsigned shift = kmem_shift(k, level);
		int r = kmem_table_entry(k, level, table, kmem_index(k, level, va), &entry);

		if (r)
			return r;
		switch (k->arch->entry(k, level, entry, &table, &shift)) {
		case ARCH_NONE:
			return -EFAULT;
		case ARCH_TABLE:
			continue;
		case ARCH_LEAF:
			break;
		}
		inside = va & ((1ull << shift) - 1);
		*ret_pa = (table >> shift << shift) + inside;
		*ret_len = (1ull << shift) - inside;
		return 0;
	}
	return -EFAULT;
}

int kmem_translate(struct kmem *k, uint64_t va, uint64_t *ret_pa, uint64_t *ret_len)
{
	return k->arch ? translate_by_tables(k, va, ret_pa, ret_len)
		       : translate_by_file(k, va, ret_pa, ret_len);
}

/* The whole page at va, through the cache; NULL if a part of it cannot be read. */
static const uint8_t *recent_page(struct kmem *k, uint64_t va)
{
	uint64_t pa, have;
	unsigned i;

	for (i = 0; i < KMEM_RECENT; i++) {
		if (k->recent[i].tag == (va | 1))
			return k->recent[i].bytes;
	}
	i = k->next_recent;
	k->recent[i].tag = 0;
	if (kmem_translate(k, va, &pa, &have) || have < KMEM_RECENT_BYTES ||
	    vmcore_read(k->vmcore, pa, k->recent[i].bytes, KMEM_RECENT_BYTES))
		return NULL;
	k->recent[i].tag = va | 1;
	k->next_recent = (i + 1) % KMEM_RECENT;
	return k->recent[i].bytes;
}

static int read_direct(struct kmem *k, uint64_t va, void *buf, size_t len)
{
	char *p = buf;

	while (len) {
		uint64_t pa, have;
		int r = kmem_translate(k, va, &pa, &have);

		if (r)
			return r;
		if (have > len)
			have = len;
		r = vmcore_read(k->vmcore, pa, p, have);
		if (r)
			return r;
		p += have;
		va += have;
		len -= have;
	}
	return 0;
}

int kmem_read(struct kmem *k, uint64_t va, void *buf, size_t len)
{
	uint64_t at = va % KMEM_RECENT_BYTES;
	const uint8_t *page;

	if (len > KMEM_RECENT_BYTES - at)
		return read_direct(k, va, buf, len);
	page = recent_page(k, va - at);
	if (!page)
		return read_direct(k, va, buf, len);
	memcpy(buf, page + at, len);
	return 0;
}
