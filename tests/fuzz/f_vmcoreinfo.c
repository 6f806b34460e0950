/* SPDX-License-Identifier: MIT */
/*
 * Fuzzer: the first byte says how the rest is taken, as VMCOREINFO's text or as a note area.
 * Asks for each kind of name, and builds the page rules from them and applies these.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dumper/filter/page_class.h"
#include "dumper/kernel/memmap.h"
#include "dumper/kernel/printk.h"
#include "dumper/kernel/vmcoreinfo.h"
#include "lib/io.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int good)
{
	if (!good)
		abort();
}

static int from_notes(const uint8_t *data, size_t size, struct vmcoreinfo *vi)
{
	static int fd = -1;
	static uint64_t last;
	struct vmcore v = { .note_off = 3, .note_len = size, .size = size + 3 };

	if (fd < 0)
		fd = memfd_create("notes", MFD_CLOEXEC);
	v.fd = fd;
	/* pages that are freed and had again cost more than what is overwritten */
	if (io_pwrite(fd, data, size, 3) || (v.size < last && ftruncate(fd, (off_t)v.size)))
		return -1;
	last = v.size;
	return vmcoreinfo_read(&v, vi);
}

static void ask(const struct vmcoreinfo *vi)
{
	char small[4], text[65];
	uint64_t u;
	uint32_t n;
	int64_t i;

	vmcoreinfo_string(vi, "OSRELEASE", small, sizeof(small));
	if (vmcoreinfo_string(vi, "BUILD-ID", text, sizeof(text)))
		must(strlen(text) < sizeof(text));
	if (vmcoreinfo_symbol(vi, "prb", &u))
		must(u != 0);
	if (vmcoreinfo_offset(vi, "page.flags", &n))
		must(n <= 1u << 20);
	if (vmcoreinfo_length(vi, "mem_section", &n))
		must(n <= 1u << 24);
	vmcoreinfo_number(vi, "phys_base", &i);
	vmcoreinfo_plain(vi, "CRASHTIME", &u);
}

/* The rules over pages in memory of just their size. */
static void classify(const struct vmcoreinfo *vi)
{
	struct page_layout l;
	uint32_t bytes;
	uint8_t *pages;

	if (!vmcoreinfo_size(vi, "page", &bytes) || bytes < 32 || bytes > 512 || bytes % 8)
		bytes = 64;
	page_layout_init(&l, bytes, vi);
	must(!(l.rules & ~(unsigned)LEVEL_ALL));
	pages = malloc(2ul * bytes);
	must(pages != NULL);
	for (unsigned fill = 0; fill < 256; fill += 17) {
		unsigned order;

		memset(pages, (int)fill, 2ul * bytes);
		memset(pages + bytes, 9, bytes);
		must(page_classify(&l, LEVEL_ALL, pages, true, 0, &order) < PAGE_CLASSES &&
		     order < 64);
		must(page_classify(&l, LEVEL_ALL, pages + bytes, false, 1, &order) < PAGE_CLASSES &&
		     !order);
	}
	free(pages);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct vmcore none = { .fd = -1, .page_shift = 12, .machine = 62 };
	static struct kmem k;
	struct vmcoreinfo vi;
	struct printk_ring ring;
	struct memmap m;
	const char *why;

	if (!size)
		return 0;
	if (data[0] & 1)
		from_notes(data + 1, size - 1, &vi);
	else if (vmcoreinfo_from_text((const char *)data + 1, size - 1, &vi))
		return 0;
	ask(&vi);
	classify(&vi);
	kmem_init(&k, &none, &vi, &why);
	must(k.levels == 0 || k.levels == 4 || k.levels == 5);
	must(memmap_init(&m, &k, &vi, &why) && !m.page_bytes && m.section_shift < 32);
	must(printk_ring_find(&ring, &k, &vi));
	vmcoreinfo_free(&vi);
	return 0;
}
