/* SPDX-License-Identifier: MIT */
/*
 * Opens a crash: file, names, page tables, memory map, each as far as the one before it allows.
 */
#include "dumper/kernel/crash.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dumper/format/kdump_format.h"
#include "dumper/kernel/kernel_image.h"
#include "dumper/kernel/vmcoreinfo_search.h"

static void missing(struct crash *c, unsigned what, const char *why)
{
	c->missing |= what;
	if (!c->why[0])
		snprintf(c->why, sizeof(c->why), "%s", why);
}

static void missing_in_file(struct crash *c)
{
	const struct vmcore *v = &c->vmcore;

	if (v->codec_unknown)
		missing(c, 0,
			"some of its pages are compressed in a way this program does not know");
	if (v->recovered)
		missing(c, 0, "the dump was not finished: what is there is read without its index");
	if (v->truncated)
		missing(c, 0, "the file ends before the memory its headers promise");
	if (v->parts_missing)
		missing(c, 0, "parts of the split dump are missing");
	if (v->status & KDUMP_INCOMPLETE)
		missing(c, 0, "the dump was marked incomplete when it was made");
	if (v->impossible)
		missing(c, 0, "ELF program headers with impossible addresses are ignored");
}

/* In the notes, or where the kernel keeps it. */
static void find_vmcoreinfo(struct crash *c, unsigned flags)
{
	bool search = flags & VMCORE_SEARCH && !c->vmcore.src.mapped;
	int r = vmcoreinfo_read(&c->vmcore, &c->info);

	if (r && search && !vmcoreinfo_search(&c->vmcore, &c->info)) {
		c->searched = true;
		return;
	}
	if (r)
		missing(c, CORE_NO_VMCOREINFO,
			r == -EBADMSG ? "the notes are corrupt"
			: !search     ? "there is no VMCOREINFO note"
				  : "there is no VMCOREINFO note, and none in memory (QEMU writes "
				    "one for a "
				    "guest with -device vmcoreinfo and the driver qemu_fw_cfg)");
}

int crash_open_set(const char *const *paths, unsigned n, unsigned flags, struct crash *ret)
{
	const char *why = "";
	int r;

	memset(ret, 0, sizeof(*ret));
	r = vmcore_open_set(paths, n, flags, &ret->vmcore, &why);
	if (r) {
		ret->vmcore.fd = -1; /* crash_close may follow all the same */
		vmcore_why(r, why, ret->why, sizeof(ret->why));
		return r;
	}
	missing_in_file(ret);
	find_vmcoreinfo(ret, flags);
	r = kmem_init(&ret->kmem, &ret->vmcore, &ret->info, &why);
	ret->vmcore.page_shift = ret->kmem.page_shift;
	if (r)
		missing(ret, CORE_NO_PAGING, why);
	kernel_image_find(&ret->kmem, &ret->info);
	r = memmap_init(&ret->memmap, &ret->kmem, &ret->info, &why);
	if (r)
		missing(ret, CORE_NO_MEMMAP, why);
	return 0;
}

int crash_open(const char *path, struct crash *ret)
{
	return crash_open_set(&path, 1, 0, ret);
}

void crash_close(struct crash *c)
{
	vmcoreinfo_free(&c->info);
	vmcore_close(&c->vmcore);
}
