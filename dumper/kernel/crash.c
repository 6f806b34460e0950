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
#include "dumper/kernel/dmesg.h"
#include "dumper/kernel/vmcoreinfo_search.h"

static void missing(struct crash *c, unsigned what, const char *why)
{
	c->missing |= what;
	if (!c->why[0])
		snprintf(c->why, sizeof(c->why), "%s", why);
}

static void set_page_size(struct crash *c)
{
	uint64_t bytes;

	if (c->vmcore.page_fixed || !vmcoreinfo_plain(&c->info, "PAGESIZE", &bytes))
		return;
	for (unsigned shift = 12; shift <= 16; shift++) {
		if (bytes == 1ull << shift)
			c->vmcore.page_shift = shift;
	}
}

static void missing_in_file(struct crash *c)
{
	const struct vmcore *v = &c->vmcore;

	if (v->codec_unknown)
		missing(c, 0, "some of its pages are compressed in a way this program does not know");
	if (v->recovered)
		missing(c, 0, "the dump was not finished: what is there is read without its index");
	if (v->truncated)
		missing(c, 0, "the file ends before the memory its headers promise");
	if (v->parts_missing)
		missing(c, 0, "parts of the split dump are missing");
	if (v->status & KDUMP_INCOMPLETE)
		missing(c, 0, "the dump was marked incomplete when it was made");
	if (v->impossible)
		missing(c, 0, "memory at impossible addresses in the ELF headers was left out");
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
		missing(c, CORE_NO_VMCOREINFO, r == -EBADMSG ? "the notes are corrupt" : !search ?
			"there is no VMCOREINFO note" :
			"there is no VMCOREINFO note, and none in memory (QEMU writes one for a "
			"guest with -device vmcoreinfo and the driver qemu_fw_cfg)");
}

int crash_open_set(const char *const *paths, unsigned n, unsigned flags, struct crash *ret)
{
	const char *why = "";
	int r;

	memset(ret, 0, sizeof(*ret));
	r = vmcore_open_set(paths, n, flags, &ret->vmcore, &why);
	if (r) {
		ret->vmcore.fd = -1;	/* crash_close may follow all the same */
		snprintf(ret->why, sizeof(ret->why), "%s: %s", why, strerror(-r));
		return r;
	}
	missing_in_file(ret);
	find_vmcoreinfo(ret, flags);
	set_page_size(ret);
	r = kmem_init(&ret->kmem, &ret->vmcore, &ret->info, &why);
	if (r == -ENOEXEC) {
		snprintf(ret->why, sizeof(ret->why), "%s", why);
		crash_close(ret);
		return r;
	}
	if (r)
		missing(ret, CORE_NO_PAGING, why);
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

#define UTS_FIELD	65	/* __NEW_UTS_LEN + 1 */

static void only_printable(char *s)
{
	for (; *s; s++) {
		if (*s < ' ' || *s > '~')
			*s = '?';
	}
}

/* One field of init_uts_ns.name; "" unless it is printable text. */
static void uts_field(struct crash *c, unsigned index, char ret[UTS_FIELD])
{
	/* before OFFSET(uts_namespace.name) was exported (5.11) a kref stood first */
	uint32_t off = 4;
	uint64_t ns;

	ret[0] = '\0';
	vmcoreinfo_offset(&c->info, "uts_namespace.name", &off);
	if (!vmcoreinfo_symbol(&c->info, "init_uts_ns", &ns) ||
	    kmem_read(&c->kmem, ns + off + index * UTS_FIELD, ret, UTS_FIELD)) {
		ret[0] = '\0';
		return;
	}
	ret[UTS_FIELD - 1] = '\0';
	only_printable(ret);
}

/*
 * Lines that say why a kernel died, the best reason first. A panic() from an oops may come
 * after the crash kernel was started, so that its own line is missing.
 */
static const char *const reasons[] = {
	"Kernel panic - not syncing",
	"kernel BUG at",
	"BUG: ",
	"Oops: ",
	"general protection fault",
	"Unable to handle kernel",
	"sysrq: Trigger a crash",
};

#define N_REASONS	((int)(sizeof(reasons) / sizeof(reasons[0])))

struct panic_search {
	int best;
	char *buf; /* of CORE_PANIC_BYTES */
};

/* Behind "[   12.345678] ". */
static void skip_stamp(const char **text, size_t *len)
{
	const char *end = *len && **text == '[' ? memchr(*text, ']', *len) : NULL;

	if (end && (size_t)(end - *text) + 2 <= *len) {
		*len -= (size_t)(end - *text) + 2;
		*text = end + 2;
	}
}

static int panic_line(void *ctx, const char *text, size_t len)
{
	struct panic_search *s = ctx;

	skip_stamp(&text, &len);
	for (int i = 0; i <= s->best && i < N_REASONS; i++) {
		size_t n = strlen(reasons[i]);

		if (!memmem(text, len, reasons[i], n))
			continue;
		/* of one kind the first BUG counts, but the last panic */
		if (i < s->best || i == 0)
			snprintf(s->buf, CORE_PANIC_BYTES, "%.*s",
				 (int)(len < CORE_PANIC_BYTES ? len : CORE_PANIC_BYTES), text);
		s->best = i;
		break;
	}
	return 0;
}

void crash_identify(struct crash *c, struct crash_identity *ret)
{
	memset(ret, 0, sizeof(*ret));
	uts_field(c, 0, ret->sysname);
	uts_field(c, 1, ret->nodename);
	uts_field(c, 2, ret->release);
	uts_field(c, 3, ret->version);
	uts_field(c, 4, ret->machine);
	uts_field(c, 5, ret->domainname);
	vmcoreinfo_string(&c->info, "OSRELEASE", ret->release, sizeof(ret->release));
	only_printable(ret->release);
	vmcoreinfo_string(&c->info, "BUILD-ID", ret->build_id, sizeof(ret->build_id));
	/* some stable releases export garbage */
	if (ret->build_id[strspn(ret->build_id, "0123456789abcdef")])
		ret->build_id[0] = '\0';
	vmcoreinfo_plain(&c->info, "CRASHTIME", &ret->crash_time_s);
	ret->ram_bytes = vmcore_ram_pages(&c->vmcore) << c->vmcore.page_shift;
	ret->cpus = c->info.prstatus;
}

void crash_panic_line(struct crash *c, char ret[CORE_PANIC_BYTES])
{
	struct panic_search s = { N_REASONS, ret };
	struct dmesg_stats stats;

	ret[0] = '\0';
	dmesg_each(&c->kmem, &c->info, panic_line, &s, &stats);
}
