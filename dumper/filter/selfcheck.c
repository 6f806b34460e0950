/* SPDX-License-Identifier: MIT */
/*
 * Samples, not proofs: what is checked here costs a few milliseconds whatever the machine's size.
 */
#include "dumper/filter/selfcheck.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>

#include "dumper/filter/page_view.h"

#define NODES_MAX    1024u
#define ZONES_MAX    16u
#define OWN_MAX	     8192u /* frames of the protect list */
#define TEXT_MAX     256u  /* frames from _stext on */
#define SECTIONS_MAX 256u
/* A CPU keeps changes of a zone's counter to itself up to 125 (MAX_THRESHOLD, mm/vmstat.c). */
#define CPU_SLACK  128u
#define LIVE_LOOKS 8u

struct check {
	struct crash *core;
	struct page_layout layout;
	struct page_view view;
	unsigned level;
	struct selfcheck_result *ret;
};

/* Offsets in struct pglist_data and struct zone. */
struct zone_layout {
	uint64_t node_data; /* an array of pointers; or the one node there is */
	bool array;
	uint32_t nodes, zones, nr_zones, start_pfn, zone_bytes, vm_stat, spanned;
};

static bool zone_layout(const struct vmcoreinfo *vi, struct zone_layout *z)
{
	int64_t nr_free;

	if (!vmcoreinfo_offset(vi, "pglist_data.node_zones", &z->zones) ||
	    !vmcoreinfo_offset(vi, "pglist_data.nr_zones", &z->nr_zones) ||
	    !vmcoreinfo_offset(vi, "pglist_data.node_start_pfn", &z->start_pfn) ||
	    !vmcoreinfo_size(vi, "zone", &z->zone_bytes) ||
	    !vmcoreinfo_offset(vi, "zone.vm_stat", &z->vm_stat) ||
	    !vmcoreinfo_offset(vi, "zone.spanned_pages", &z->spanned) ||
	    !vmcoreinfo_number(vi, "NR_FREE_PAGES", &nr_free) || nr_free < 0 || nr_free > 255)
		return false;
	z->vm_stat += (uint32_t)nr_free * 8;
	z->array = vmcoreinfo_symbol(vi, "node_data", &z->node_data);
	if (!z->array)
		return vmcoreinfo_symbol(vi, "contig_page_data", &z->node_data);
	if (!vmcoreinfo_length(vi, "node_data", &z->nodes) || z->nodes > NODES_MAX)
		z->nodes = NODES_MAX;
	return true;
}

/* The first zones of one node. */
struct sample {
	unsigned zones;
	uint64_t first, end, free;
};

/*
 * Adds the node's counters to free_all. A zone's first frame is in no name: that of a node is, and
 * its zones follow each other, so the sample is of the first ones.
 */
static bool read_node(struct check *k, const struct zone_layout *z, uint64_t node, struct sample *s)
{
	struct kmem *mem = &k->core->kmem;
	uint64_t span, free;
	bool open = true;
	uint32_t n;

	*s = (struct sample){ 0 };
	if (kmem_read(mem, node + z->nr_zones, &n, sizeof(n)) || n > ZONES_MAX ||
	    kmem_read(mem, node + z->start_pfn, &s->first, sizeof(s->first)) || s->first >> 40)
		return false;
	s->end = s->first;
	for (uint32_t i = 0; i < n; i++) {
		uint64_t zone = node + z->zones + (uint64_t)i * z->zone_bytes;

		if (kmem_read(mem, zone + z->spanned, &span, sizeof(span)) ||
		    kmem_read(mem, zone + z->vm_stat, &free, sizeof(free)) || span >> 40)
			return false;
		/* a counter that has CPUs' changes outstanding may be below zero for a moment */
		free = (int64_t)free < 0 ? 0 : free;
		if (free > span)
			return false;
		k->ret->free_all += free;
		open = open &&
		       s->end + span - s->first <= SELFCHECK_UNITS * (uint64_t)PAGE_VIEW_MAX;
		if (!open || !span)
			continue;
		s->zones++;
		s->end += span;
		s->free += free;
	}
	return true;
}

/* Free pages of [first, end) as the rules see them. */
static uint64_t count_free(struct check *k, uint64_t first, uint64_t end)
{
	const struct vmcore *v = &k->core->vmcore;
	uint64_t sum = 0, pfn = vmcore_next_ram(v, first);

	while (pfn < end) {
		uint64_t left = end - pfn, chunk = PAGE_VIEW_MAX - pfn % PAGE_VIEW_MAX;
		unsigned n = (unsigned)(left < chunk ? left : chunk);
		unsigned done = page_view_frames(&k->view, LEVEL_FREE, pfn, n);

		sum += done ? k->view.pages[PAGE_FREE] : 0;
		n = done ? done : n;
		pfn = vmcore_next_ram(v, pfn + n);
	}
	return sum;
}

/*
 * Pages in flight are one block of the largest order. Free pages of a memory block, a section at
 * least, that is being taken offline are on lists and not counted.
 */
static uint64_t slack(const struct check *k, const struct sample *s)
{
	uint64_t cpus = k->core->info.prstatus ? k->core->info.prstatus : 1;
	uint64_t part = (s->end - s->first) / 16, block = 1ull << k->core->memmap.section_shift;
	uint64_t flight = 1ull << (k->layout.orders - 1);

	/* of a running machine's CPUs none left a state but the reader's */
	if (k->core->vmcore.live)
		cpus = get_nprocs_conf() > 0 ? (uint64_t)get_nprocs_conf() : 1;
	return flight + s->zones * cpus * CPU_SLACK + s->free / 64 + (part < block ? part : block);
}

static void __attribute__((format(printf, 3, 4)))
switch_off(struct check *k, unsigned bits, const char *fmt, ...)
{
	struct selfcheck_result *r = k->ret;
	va_list ap;

	r->off |= bits;
	if (r->why[0])
		return;
	va_start(ap, fmt);
	vsnprintf(r->why, sizeof(r->why), fmt, ap);
	va_end(ap);
}

/* The node with most of it; all counters go to free_all. */
static struct sample find_sample(struct check *k, const struct zone_layout *z)
{
	struct sample best = { 0 }, s;
	bool all = true;

	k->ret->free_all = 0;
	for (unsigned i = 0; i < (z->array ? z->nodes : 1); i++) {
		uint64_t node = z->node_data;

		if (z->array &&
		    kmem_read(&k->core->kmem, z->node_data + i * 8, &node, sizeof(node)))
			break;
		if (!node)
			continue;
		if (!read_node(k, z, node, &s)) {
			all = false;
			continue;
		}
		if (s.end - s.first > best.end - best.first)
			best = s;
	}
	if (!all)
		k->ret->free_all = 0;
	return best;
}

/* Fewer than there are cost space, nothing else. */
static bool free_agrees(struct check *k, const struct zone_layout *z)
{
	struct selfcheck_result *r = k->ret;
	struct sample best = find_sample(k, z), after;

	r->zones = best.zones;
	if (!best.zones)
		return true;
	r->first_pfn = best.first;
	r->end_pfn = best.end;
	r->free_kernel = best.free;
	r->free_slack = slack(k, &best);
	r->free_seen = count_free(k, best.first, best.end);
	if (k->core->vmcore.live) {
		kmem_forget(&k->core->kmem);
		after = find_sample(k, z);
		if (after.zones && after.free > r->free_kernel)
			r->free_kernel = after.free;
	}
	return r->free_seen <= r->free_kernel + r->free_slack;
}

/* A running machine gets and gives memory while it is counted: there one of some looks must agree. */
static void check_free(struct check *k)
{
	struct selfcheck_result *r = k->ret;
	unsigned looks = k->core->vmcore.live ? LIVE_LOOKS : 1;
	struct zone_layout z = { 0 };

	if (!zone_layout(&k->core->info, &z))
		return;
	while (looks--) {
		if (free_agrees(k, &z))
			return;
		kmem_forget(&k->core->kmem);
	}
	switch_off(k, LEVEL_FREE,
		   "free pages: the kernel counts %" PRIu64 ", struct pages say %" PRIu64,
		   r->free_kernel, r->free_seen);
}

/* One frame that is the kernel's. */
static void ask(struct check *k, uint64_t pfn)
{
	uint8_t pair[1024];
	enum page_class c;
	unsigned order;
	uint64_t va;

	if (memmap_page(&k->core->memmap, &k->core->kmem, pfn, &va) ||
	    kmem_read(&k->core->kmem, va, pair, 2 * k->layout.bytes))
		return;
	c = page_classify(&k->layout, k->level, pair, true, pfn, &order);
	k->ret->own++;
	k->ret->own_claimed[c] += c != PAGE_KEEP;
}

/*
 * Of the image its first part alone: behind the text lie pages that were given back after booting.
 * The other ranges are in use as a whole.
 */
static void ask_protected(struct check *k, const struct protect *p)
{
	const struct kmem_image *image = &k->core->kmem.image;
	unsigned left = OWN_MAX, shift = k->core->vmcore.page_shift;
	uint64_t text = image->pa >> shift, len = image->len >> shift, stext;
	const struct frame_range frames = { text, (image->pa + image->len + (1ull << shift) - 1) >>
							  shift };

	if (vmcoreinfo_symbol(&k->core->info, "_stext", &stext) && stext >= image->va &&
	    stext - image->va < image->len)
		text += (stext - image->va) >> shift;
	len = len / 8 < TEXT_MAX ? len / 8 : TEXT_MAX;
	for (uint64_t i = 0; i < len; i++)
		ask(k, text + i);
	for (size_t i = 0; i < p->ranges.n; i++) {
		const struct frame_range *range = &p->ranges.list[i];

		for (uint64_t pfn = range->first; left && pfn < range->end; pfn++) {
			if (image->len && pfn >= frames.first && pfn < frames.end)
				continue;
			ask(k, pfn);
			left--;
		}
	}
}

/* The pages that struct pages lie in, one of a section. */
static void ask_structs(struct check *k)
{
	struct crash *c = k->core;
	unsigned shift = c->memmap.section_shift;
	uint64_t pfn = vmcore_next_ram(&c->vmcore, 0), va, pa, have;

	for (unsigned i = 0; i < SECTIONS_MAX && pfn != UINT64_MAX; i++) {
		pfn = pfn >> shift << shift;
		if (!memmap_page(&c->memmap, &c->kmem, pfn, &va) &&
		    !kmem_translate(&c->kmem, va, &pa, &have))
			ask(k, pa >> c->vmcore.page_shift);
		pfn = vmcore_next_ram(&c->vmcore, pfn + (1ull << shift));
	}
}

static void check_own(struct check *k, const struct protect *p)
{
	static const unsigned bits[PAGE_CLASSES] = {
		[PAGE_FREE] = LEVEL_FREE,
		[PAGE_CACHE] = LEVEL_CACHE | LEVEL_CACHE_PRIVATE,
		[PAGE_CACHE_PRIVATE] = LEVEL_CACHE_PRIVATE,
		[PAGE_USER] = LEVEL_USER,
	};
	const struct selfcheck_result *r = k->ret;

	ask_protected(k, p);
	ask_structs(k);
	for (int c = 0; c < PAGE_CLASSES; c++) {
		/* a few are what a crash may have overwritten; they are protected anyway */
		if (bits[c] && r->own_claimed[c] > r->own / 64 + 1)
			switch_off(k, bits[c],
				   "%" PRIu64 " of %" PRIu64
				   " pages of the kernel itself are taken for class %s",
				   r->own_claimed[c], r->own, page_class_name((enum page_class)c));
	}
}

int selfcheck_run(struct crash *c, const struct protect *p, unsigned level,
		  struct selfcheck_result *ret)
{
	struct check *k;
	int r;

	memset(ret, 0, sizeof(*ret));
	if (!c->memmap.page_bytes)
		return 0;
	k = calloc(1, sizeof(*k));
	if (!k)
		return -ENOMEM;
	k->core = c;
	k->level = level;
	k->ret = ret;
	page_layout_init(&k->layout, c->memmap.page_bytes, &c->info);
	r = page_view_open(&k->view, &c->kmem, &c->memmap, &k->layout, NULL, false);
	if (!r && level & k->layout.rules & LEVEL_FREE)
		check_free(k);
	if (!r)
		check_own(k, p);
	page_view_close(&k->view);
	free(k);
	ret->off &= level;
	return r;
}

bool selfcheck_free_fits(const struct selfcheck_result *r, uint64_t pages_free)
{
	uint64_t slack_all = r->free_slack + r->free_all / 64;

	return !r->free_all ||
	       (pages_free <= r->free_all + slack_all && r->free_all <= pages_free + slack_all);
}
