/* SPDX-License-Identifier: MIT */
/*
 * Fuzzer: the input is a core file. Opens it, says who crashed, asks for RAM and reads its
 * first pages.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dumper/filter/protect.h"
#include "dumper/kernel/crash.h"
#include "dumper/kernel/crash_identity.h"
#include "lib/bits.h"
#include "lib/io.h"
#include "tests/fuzz/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int good)
{
	if (!good)
		abort();
}

/* Some pages through windows: what is given can be read, and is what vmcore_read gives. */
static void read_pages(const struct vmcore *v, size_t window)
{
	size_t page = 1ul << v->page_shift;
	uint8_t *buf = malloc(page), *same = malloc(page);
	struct vmcore_window w;
	uint64_t pfn = 0;

	must(buf && same);
	vmcore_window_init(&w, v, window, buf, page);
	for (int i = 0; i < 16; i++, pfn++) {
		size_t len = 4 * page;
		const uint8_t *p;

		pfn = vmcore_next_ram(v, pfn);
		if (pfn == UINT64_MAX)
			break;
		p = vmcore_window_get(&w, pfn << v->page_shift, &len);
		must(len && !(len % page) && len <= 4 * page);
		if (!vmcore_read(v, pfn << v->page_shift, same, page))
			must(p && !memcmp(p, same, page));
	}
	vmcore_window_close(&w);
	free(buf);
	free(same);
}

static void check_ram(const struct vmcore *v)
{
	uint64_t ram[16], data[16], pfn = vmcore_next_ram(v, 0), end = vmcore_end(v);

	must((pfn == UINT64_MAX) == !end);
	must(end <= 1ull << VMCORE_MAX_PHYS_BITS);
	if (pfn == UINT64_MAX)
		return;
	vmcore_ram_bits(v, pfn, 1024, ram, data);
	must(ram[0] & 1);
	for (int i = 0; i < 16; i++)
		must(!(data[i] & ~ram[i]));
	must(bits_count(ram, 1024) <= vmcore_ram_pages(v));
	must(vmcore_next_ram(v, end >> v->page_shift) >= end >> v->page_shift);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct crash core;
	static struct crash_identity id;
	static struct protect protect;
	static int fd = -1;
	static size_t last;
	static char path[40];

	if (fd < 0) {
		fd = memfd_create("core", MFD_CLOEXEC);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	/* pages that are freed and had again cost more than what is overwritten */
	if (io_pwrite(fd, data, size, 0) || (size < last && ftruncate(fd, (off_t)size)))
		return 0;
	last = size;
	fuzz_file(data, size);
	if (!crash_open(path, &core)) {
		check_ram(&core.vmcore);
		read_pages(&core.vmcore, 0);
		read_pages(&core.vmcore, 1 << 20);
		crash_identify(&core, &id);
		crash_panic_line(&core, id.panic);
		protect_init(&protect, &core.kmem, &core.memmap, &core.info);
	} else {
		must(core.why[0] != '\0');
	}
	crash_close(&core);
	return 0;
}
