/* SPDX-License-Identifier: MIT */
/*
 * 4 GiB of memory in a file with holes: a few tables, and one page that they lead to.
 */
#include "tests/unit/fake/kernelnames.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dumper/kernel/kmem.h"
#include "dumper/kernel/vmcoreinfo.h"

#define RAM   (4ull << 30)
#define SPARE (3ull << 30) /* tables below the top one */

static void need(bool ok, const struct kernel_names *k, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "%s: %s\n", k->file, what);
	abort();
}

static char *read_text(const struct kernel_names *k, size_t *ret_len)
{
	char path[100], *text = malloc(16384);
	FILE *f;

	snprintf(path, sizeof(path), "tests/data/arch/%s", k->file);
	f = fopen(path, "re");
	need(f && text, k, "cannot be opened");
	*ret_len = fread(text, 1, 16384, f);
	need(*ret_len > 1000 && *ret_len < 16384, k, "has a strange size");
	fclose(f);
	return text;
}

static void put(int fd, uint64_t pa, const void *bytes, size_t n)
{
	if (pwrite(fd, bytes, n, (off_t)pa) != (ssize_t)n)
		abort();
}

/* One path of tables from the top one to pa. */
static void map(int fd, const struct kernel_names *k, uint64_t va, uint64_t pa,
		uint64_t (*leaf)(uint64_t pa), uint64_t (*table)(uint64_t pa))
{
	unsigned per = k->page_shift - 3;
	uint64_t at = k->root, inside = va & ((1ull << k->va_bits) - 1);

	for (unsigned level = k->levels; level--;) {
		uint64_t index = inside >> (k->page_shift + per * level) & ((1ull << per) - 1);
		uint64_t next = SPARE + ((uint64_t)level << 20);
		uint64_t entry = level ? table(next) : leaf(pa >> k->page_shift << k->page_shift);

		put(fd, at + index * 8, &entry, sizeof(entry));
		at = next;
	}
}

static const char *compare(const struct kernel_names *k, const struct vmcore *v,
			   const struct vmcoreinfo *vi, uint64_t uts)
{
	static struct kmem kmem;
	const char *why = "";
	char marker[8] = "";
	uint64_t vmemmap = 0;
	uint32_t roots;

	if (kmem_init(&kmem, v, vi, &why))
		return why;
	if (kmem.page_shift != k->page_shift)
		return "page size";
	if (kmem.levels != k->levels)
		return "levels";
	if (kmem.root != k->root)
		return "top table";
	if ((uint64_t)kmem.phys_base != k->phys_base)
		return "phys_base";
	if (kmem_read(&kmem, uts, marker, 8) || memcmp(marker, "uts here", 8))
		return "walk";
	if (!vmcoreinfo_length(vi, "mem_section", &roots))
		return "mem_section";
	vmcoreinfo_symbol(vi, "vmemmap", &vmemmap);
	return k->vmemmap && kmem.vmemmap - kmem.vmemmap_pfn * 64 != vmemmap ? "vmemmap" : "";
}

const char *kernel_names_check(const struct kernel_names *k, uint16_t e_machine,
			       uint64_t (*leaf)(uint64_t pa), uint64_t (*table)(uint64_t pa))
{
	struct vmcore_segment ram = { .end = RAM, .file_end = RAM, .va = UINT64_MAX };
	struct vmcore v = { .page_shift = 12, .machine = e_machine, .size = RAM };
	struct vmcoreinfo vi;
	const char *differs;
	uint64_t uts;
	size_t len;
	char *text = read_text(k, &len);

	v.fd = v.src.fd = memfd_create("ram", MFD_CLOEXEC);
	v.segs = &ram;
	v.n_segs = 1;
	need(v.fd >= 0 && !ftruncate(v.fd, (off_t)RAM), k, "no memory");
	need(!vmcoreinfo_from_text(text, len, &vi), k, "no memory");
	need(vmcoreinfo_symbol(&vi, "init_uts_ns", &uts), k, "no init_uts_ns");
	map(v.fd, k, uts, k->uts, leaf, table);
	put(v.fd, k->uts, "uts here", 8);
	differs = compare(k, &v, &vi, uts);
	vmcoreinfo_free(&vi);
	free(text);
	close(v.fd);
	return differs;
}
