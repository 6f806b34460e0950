/* SPDX-License-Identifier: MIT */
#include "dumper/cmd/messages.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dumper/info.h"
#include "dumper/remarks.h"
#include "lib/log.h"

int say_open(char *const *srcs, unsigned n, unsigned flags, struct crash *ret)
{
	int r = crash_open_set((const char *const *)srcs, n, flags | VMCORE_SEARCH, ret);

	if (!r && ret->searched)
		log_info("%s: there is no VMCOREINFO note; it was found in memory", srcs[0]);
	if (r)
		log_err("%s: %s", srcs[0], ret->why);
	else if (ret->why[0])
		log_warn("%s: %s", srcs[0], ret->why);
	return r;
}

void say_progress(void *ctx, const struct dump_progress *p)
{
	struct say_progress *s = ctx;
	uint64_t ms = p->elapsed_ms ? p->elapsed_ms : 1;

	if (!isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\rkdump-dumper: %3u %%, %" PRIu64 " MB/s", p->percent,
		p->bytes_in / 1000 / ms);
	if (p->left_ms != UINT64_MAX)
		fprintf(stderr, ", %" PRIu64 " s left", (p->left_ms + 999) / 1000);
	/* what a longer line left behind */
	fputs("\033[K", stderr);
	s->shown = true;
}

void say_progress_end(struct say_progress *p)
{
	if (p->shown)
		fputc('\n', stderr);
	p->shown = false;
}

static void say_remark(void *src, const char *line)
{
	log_warn("%s: %s", (const char *)src, line);
}

void say_warnings(const char *src, const struct dump_stats *s)
{
	if (s->struct_pages_why)
		log_warn("%s: struct pages are kept: %s", src, s->struct_pages_why);
	remarks_each(s, say_remark, (void *)(uintptr_t)src);
	if (s->live)
		log_info("%s: the machine ran while it was read: a page may be older or younger "
			 "than "
			 "its struct page, and lists may end in the middle",
			 src);
}

/* To standard output, unless the dump goes there. */
static void say_classes(const struct output *out, const struct dump_stats *s)
{
	FILE *f = out->stream ? stderr : stdout;

	fprintf(f, "%-14s %12" PRIu64 " pages\n", "ram", s->pages_ram);
	if (s->pages_absent)
		fprintf(f, "%-14s %12" PRIu64 " pages\n", "absent", s->pages_absent);
	for (int c = 0; c < PAGE_CLASSES; c++) {
		fprintf(f, "%-14s %12" PRIu64 " pages%s\n", page_class_name((enum page_class)c),
			s->pages[c], c == PAGE_KEEP ? ", kept" : "");
	}
	fprintf(f, "%-14s %12" PRIu64 " pages, of the kept ones\n", "zero", s->pages_zero);
	fprintf(f, "%-14s %12" PRIu64 " pages, of the kept ones\n", "kept whole", s->pages_whole);
	fprintf(f, "%-14s %12" PRIu64 " pages, of the kept ones\n", "in doubt", s->pages_doubt);
	fprintf(f, "%-14s %12" PRIu64 " bytes\n", "written", s->bytes_out);
	fflush(f);
}

void say_result(const struct collector *o, const struct output *out, struct dump_stats *s)
{
	uint64_t ms = s->elapsed_ms ? s->elapsed_ms : 1;

	s->bytes_out = output_bytes(out, s->bytes_out);
	if (o->json) {
		info_print_dump(stdout, out->name, s);
		return;
	}
	if (o->messages & COLLECTOR_REPORT)
		say_classes(out, s);
	log_info("%s: %s%" PRIu64 " of %" PRIu64 " pages, %" PRIu64 " zero, %" PRIu64
		 " bytes, %" PRIu64 ".%03" PRIu64 " s, %" PRIu64 " MB/s",
		 out->name, out->dry ? "would hold " : "", s->pages[PAGE_KEEP], s->pages_ram,
		 s->pages_zero, s->bytes_out, s->elapsed_ms / 1000, s->elapsed_ms % 1000,
		 s->bytes_in / 1000 / ms);
}
