/* SPDX-License-Identifier: MIT */
/*
 * The rules of filtering, one struct page at a time. The order of the questions is makedumpfile's,
 * so that a dump level means the same; what differs errs on the side of keeping.
 */
#include "dumper/filter/page_class.h"

#include "lib/bytes.h"

/* Set in the mapping word of anonymous memory (FOLIO_MAPPING_ANON). */
#define MAPPING_ANON 1ull
/* In the compound_head word (7.1: compound_info, d50569612c29) of a tail. */
#define COMPOUND_TAIL 1ull

static bool is_type(const struct page_type *t, uint32_t word)
{
	return t->mask && (word & t->mask) == (t->value & t->mask);
}

/* Order of the compound page whose head is p; 0 where that is not plausible. */
static unsigned compound_order(const struct page_layout *l, const uint8_t *p, bool has_next,
			       uint64_t pfn)
{
	unsigned order = 0;

	if (!has_next)
		return 0;
	if (l->compound == COMPOUND_FLAGS)
		order = get_u64(p + l->bytes + l->off_flags) & 0xff;
	else if (l->compound == COMPOUND_BYTES)
		order = p[l->off_order];
	/* a head is aligned to its order; a fake head of the HugeTLB vmemmap optimisation is not */
	return order > PAGE_MAX_ORDER || pfn & ((1ull << order) - 1) ? 0 : order;
}

static bool is_hugetlb(const struct page_layout *l, const uint8_t *p, bool has_next, uint32_t type)
{
	if (l->hugetlb.mask)
		return is_type(&l->hugetlb, type);
	if (!has_next)
		return false;
	if (l->hugetlb_flag)
		return get_u64(p + l->bytes + l->off_flags) & l->hugetlb_flag;
	return l->hugetlb_dtor && p[l->off_dtor] == l->hugetlb_dtor;
}

/*
 * A free block counts as far as its order is one the allocator has and its frame is aligned to
 * it.
 */
static bool free_order(const struct page_layout *l, const uint8_t *p, uint64_t pfn, unsigned *ret)
{
	uint64_t order = get_u64(p + l->off_private);

	if (order >= l->orders || pfn & ((1ull << order) - 1))
		return false;
	*ret = (unsigned)order;
	return true;
}

/* What classify() makes of a page that is kept because its struct page makes no sense. */
#define DOUBTFUL PAGE_CLASSES

/* Pages with a type belong to the allocator or to a driver; only these are ever left out. */
static enum page_class classify_typed(const struct page_layout *l, unsigned level, const uint8_t *p,
				      uint64_t pfn, uint32_t type, unsigned *order)
{
	unsigned block = l->orders - 1;

	if (level & l->rules & LEVEL_FREE && is_type(&l->buddy, type))
		return free_order(l, p, pfn, order) ? PAGE_FREE : DOUBTFUL;
	if (level & LEVEL_FREE && is_type(&l->unaccepted, type)) {
		/* always blocks of the largest order (PAGE_UNACCEPTED_MAPCOUNT_VALUE, 6.16) */
		*order = pfn & ((1ull << block) - 1) ? 0 : block;
		return PAGE_FREE;
	}
	return is_type(&l->offline, type) ? PAGE_OFFLINE : PAGE_KEEP;
}

static bool is_cache(const struct page_layout *l, uint64_t flags)
{
	if (flags & l->lru)
		return true;
	/* PG_swapcache shares its bit with PG_owner_priv_1: it counts only with PG_swapbacked */
	return flags & l->swapcache && (!l->swapbacked || flags & l->swapbacked);
}

static inline bool is_tail(const struct page_layout *l, const uint8_t *p)
{
	return l->has_compound && get_u64(p + l->off_compound) & COMPOUND_TAIL;
}

static enum page_class broken(const struct page_layout *l, uint64_t flags, unsigned *order)
{
	if (!(flags & l->hwpoison))
		return PAGE_KEEP;
	*order = 0;
	return PAGE_HWPOISON;
}

static inline enum page_class classify(const struct page_layout *l, unsigned level,
				       const uint8_t *p, bool has_next, uint64_t pfn,
				       unsigned *ret_order)
{
	uint64_t flags = get_u64(p + l->off_flags);
	uint32_t type = l->has_mapcount ? get_u32(p + l->off_mapcount) : 0;
	unsigned rules = level & l->rules;
	bool anon, hugetlb = false;

	*ret_order = 0;
	if (!~flags)
		return DOUBTFUL; /* never initialised, or unreadable */
	if (is_tail(l, p))
		return broken(l, flags, ret_order);
	if (flags & l->head)
		*ret_order = compound_order(l, p, has_next, pfn);
	if (flags & l->slab || is_type(&l->slab_type, type))
		return broken(l, flags, ret_order);
	if (flags & l->head)
		hugetlb = is_hugetlb(l, p, has_next, type);
	/* a mapping count is -1 or more: anything below is a type, on all kernels */
	if ((int32_t)type < -1 && !hugetlb) {
		unsigned order = 0;
		enum page_class c = classify_typed(l, level, p, pfn, type, &order);

		if (c == PAGE_KEEP)
			return broken(l, flags, ret_order);
		if (c == DOUBTFUL && flags & l->hwpoison)
			return PAGE_HWPOISON;
		*ret_order = order;
		return c;
	}
	anon = l->has_mapping && get_u64(p + l->off_mapping) & MAPPING_ANON;
	if (!anon && !hugetlb && is_cache(l, flags)) {
		if (rules & LEVEL_CACHE_PRIVATE || (rules & LEVEL_CACHE && !(flags & l->private)))
			return flags & l->private ? PAGE_CACHE_PRIVATE : PAGE_CACHE;
	} else if (rules & LEVEL_USER && (anon || hugetlb)) {
		return PAGE_USER;
	}
	/* whichever of its pages is broken, the kernel marks the head (mm/memory-failure.c) */
	if (hugetlb && flags & l->hwpoison)
		return PAGE_HWPOISON;
	return broken(l, flags, ret_order);
}

enum page_class page_classify(const struct page_layout *l, unsigned level, const uint8_t *p,
			      bool has_next, uint64_t pfn, unsigned *ret_order)
{
	enum page_class c = classify(l, level, p, has_next, pfn, ret_order);

	return c == DOUBTFUL ? PAGE_KEEP : c;
}

/*
 * Behind a kept head at i, the next page to ask: the first broken one of its pages, or the one
 * behind them. An order that the last page does not bear out is not believed.
 */
static unsigned behind_kept(const struct page_layout *l, const uint8_t *pages, unsigned i,
			    unsigned order, unsigned end)
{
	unsigned last = end - i > 1u << order ? i + (1u << order) : end;

	if (!is_tail(l, pages + (size_t)(last - 1) * l->bytes))
		return i + 1;
	if (!l->hwpoison)
		return last;
	for (i++; i < last; i++) {
		if (get_u64(pages + (size_t)i * l->bytes + l->off_flags) & l->hwpoison)
			break;
	}
	return i;
}

/*
 * All that classify() asks of a page that is no head and has no type. Pages with the same answers
 * are of the same class, and most pages have those of the one before.
 */
struct answers {
	uint64_t flags, words;
	bool alike; /* more than the page itself */
};

static inline uint64_t low_bits(const struct page_layout *l, const uint8_t *p)
{
	return (get_u64(p + l->off_compound) & COMPOUND_TAIL) |
	       (get_u64(p + l->off_mapping) & MAPPING_ANON) << 1;
}

static inline bool untyped(const struct page_layout *l, const uint8_t *p)
{
	return (int32_t)get_u32(p + l->off_mapcount) >= -1;
}

static inline struct answers answers_of(const struct page_layout *l, const uint8_t *p)
{
	struct answers a = { get_u64(p + l->off_flags) & l->telling, low_bits(l, p), false };

	a.alike = l->telling && !(a.flags & l->head) && untyped(l, p);
	return a;
}

static inline bool is_like(const struct page_layout *l, const struct answers *a, const uint8_t *p)
{
	return (get_u64(p + l->off_flags) & l->telling) == a->flags && low_bits(l, p) == a->words &&
	       untyped(l, p);
}

/* From i on, the first page that is not like the one before i. */
static inline unsigned behind_alike(const struct page_layout *l, const uint8_t *pages, unsigned i,
				    unsigned end)
{
	struct answers a = answers_of(l, pages + (size_t)(i - 1) * l->bytes);

	while (a.alike && i < end && is_like(l, &a, pages + (size_t)i * l->bytes))
		i++;
	return i;
}

bool page_scan(const struct page_layout *l, unsigned level, const uint8_t *pages, uint64_t pfn,
	       unsigned n, unsigned i, unsigned end, struct page_run *ret)
{
	enum page_class c = PAGE_KEEP, next;
	unsigned order, doubt = 0;
	uint64_t to;

	while (i < end) {
		c = classify(l, level, pages + (size_t)i * l->bytes, i + 1 < n, pfn + i, &order);
		if (c != PAGE_KEEP && c != DOUBTFUL)
			break;
		doubt += c == DOUBTFUL;
		i = order ? behind_kept(l, pages, i, order, end)
			  : behind_alike(l, pages, i + 1, end);
	}
	*ret = (struct page_run){ .from = i, .class = c, .doubt = doubt };
	if (i >= end)
		return false;
	for (to = i + (1ull << order); to < end; to += 1ull << order) {
		if (!order)
			to = behind_alike(l, pages, (unsigned)to, end);
		if (to == end)
			break;
		next = classify(l, level, pages + to * l->bytes, to + 1 < n, pfn + to, &order);
		if (next != c)
			break;
	}
	ret->to = to;
	return true;
}

/* No owner and no trace of one: as the pages of a free block behind its head are. */
static bool is_quiet(const struct page_layout *l, const uint8_t *p)
{
	return get_u32(p + l->off_mapcount) == ~0u && !is_tail(l, p) &&
	       !(get_u64(p + l->off_flags) & (l->lru | l->slab | l->head)) &&
	       (!l->has_refcount || !get_u32(p + l->off_refcount));
}

/* With the HugeTLB vmemmap optimisation the first of a page of struct pages may look like a head. */
static bool is_inside(const struct page_layout *l, const uint8_t *p, unsigned i)
{
	return is_tail(l, p) ||
	       (!((uint64_t)i * l->bytes % l->map_bytes) && get_u64(p + l->off_flags) & l->head);
}

/* The pages behind the head at i that are told by it, and whether they say so too. */
static unsigned follow(const struct page_layout *l, const uint8_t *pages, uint64_t pfn, unsigned n,
		       unsigned i, bool *ret_torn)
{
	const uint8_t *p = pages + (size_t)i * l->bytes;
	uint64_t flags = get_u64(p + l->off_flags);
	bool is_free = l->buddy.mask && l->has_private && ~flags && !is_tail(l, p) &&
		       is_type(&l->buddy, get_u32(p + l->off_mapcount));
	unsigned order = 0, end;

	*ret_torn = is_free && !free_order(l, p, pfn + i, &order);
	if (!is_free && ~flags && flags & l->head && !is_tail(l, p))
		order = compound_order(l, p, i + 1 < n, pfn + i);
	end = n - i > 1ull << order ? i + (1u << order) : n;
	for (unsigned j = i + 1; j < end && !*ret_torn; j++) {
		p = pages + (size_t)j * l->bytes;
		*ret_torn = is_free ? !is_quiet(l, p) : !is_inside(l, p, j);
	}
	return end;
}

bool page_torn(const struct page_layout *l, const uint8_t *pages, uint64_t pfn, unsigned n,
	       unsigned i, struct page_run *ret)
{
	bool torn = false;

	while (i < n && !torn) {
		ret->from = i;
		i = follow(l, pages, pfn, n, i, &torn);
		ret->to = i;
	}
	return torn;
}

bool page_may_continue(const struct page_layout *l, const uint8_t *p)
{
	uint64_t flags = get_u64(p + l->off_flags);

	if (!~flags)
		return false; /* never initialised */
	return flags & l->head || is_tail(l, p);
}

const char *page_class_name(enum page_class c)
{
	static const char *const names[PAGE_CLASSES] = {
		[PAGE_KEEP] = "kernel",	    [PAGE_FREE] = "free",
		[PAGE_CACHE] = "cache",	    [PAGE_CACHE_PRIVATE] = "cache_private",
		[PAGE_USER] = "user",	    [PAGE_HWPOISON] = "hwpoison",
		[PAGE_OFFLINE] = "offline", [PAGE_STRUCT] = "struct_pages",
	};

	return c < PAGE_CLASSES ? names[c] : "?";
}
