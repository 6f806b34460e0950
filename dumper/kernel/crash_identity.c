/* SPDX-License-Identifier: MIT */
/*
 * Who crashed, by utsname and VMCOREINFO, and why, by the log.
 */
#include "dumper/kernel/crash_identity.h"

#include <stdio.h>
#include <string.h>

#include "dumper/kernel/dmesg.h"
#include "lib/cleanup.h"
#include "lib/text.h"

#define UTS_FIELD 65 /* __NEW_UTS_LEN + 1 */

/* What memory does not tell, a dump's header may. QEMU writes "Unknown" there. */
static void header_field(const struct crash *c, unsigned index, char ret[UTS_FIELD])
{
	ret[0] = '\0';
	if (c->vmcore.utsname && strcmp(c->vmcore.utsname[index], "Unknown"))
		snprintf(ret, UTS_FIELD, "%.*s", UTS_FIELD - 1, c->vmcore.utsname[index]);
}

/* One field of init_uts_ns.name; "" unless it is printable text. */
static void uts_field(struct crash *c, unsigned index, char ret[UTS_FIELD])
{
	/* before OFFSET(uts_namespace.name) was exported (5.11) a kref stood first */
	uint32_t off = 4;
	uint64_t ns;

	vmcoreinfo_offset(&c->info, "uts_namespace.name", &off);
	if (!vmcoreinfo_symbol(&c->info, "init_uts_ns", &ns) ||
	    kmem_read(&c->kmem, ns + off + index * UTS_FIELD, ret, UTS_FIELD))
		header_field(c, index, ret);
	ret[UTS_FIELD - 1] = '\0';
	text_make_printable(ret);
}
/*
 * Lines that say why a kernel died, the best reason first. A panic() from an oops may come
 * after the crash kernel was started, so that its own line is missing.
 */
static const char *const reasons[] = {
	"Kernel panic - not syncing",
	"kernel BUG at",
	"PANIC: double fault",
	"BUG: ",
	"Oops: ",
	"general protection fault",
	"Unable to handle kernel",
	"sysrq: Trigger a crash",
};

#define N_REASONS ((int)(sizeof(reasons) / sizeof(reasons[0])))

/* a machine that stays instead of being captured says its panic once more, behind the stack */
static const char panic_end[] = "---[ end Kernel panic";

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
		if (i < s->best || (i == 0 && !memmem(text, len, panic_end, strlen(panic_end))))
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
	text_make_printable(ret->release);
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
