/* SPDX-License-Identifier: MIT */
/*
 * From names and page tables to bytes: the architecture's walk, and reads that cross mappings.
 */
#include "dumper/kernel/kmem.h"

#include <errno.h>
#include <string.h>

#include "lib/cleanup.h"

static const struct arch *const archs[] = { &arch_x86_64 };

int kmem_init(struct kmem *k, const struct vmcore *v, const struct vmcoreinfo *vi, const char **why)
{
	int r;

	memset(k, 0, sizeof(*k));
	k->vmcore = v;
	for (size_t i = 0; i < ARRAY_LEN(archs); i++) {
		if (archs[i]->e_machine == v->machine)
			k->arch = archs[i];
	}
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

int kmem_translate(struct kmem *k, uint64_t va, uint64_t *ret_pa, uint64_t *ret_len)
{
	if (!k->levels)
		return -EFAULT;
	return k->arch->translate(k, va, ret_pa, ret_len);
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
