/* SPDX-License-Identifier: MIT */
/*
 * Names in VMCOREINFO → offsets, masks and types of struct page.
 */
#include "dumper/kernel/page_layout.h"

static uint64_t flag_mask(const struct vmcoreinfo *vi, const char *name)
{
	int64_t bit;

	return vmcoreinfo_number(vi, name, &bit) && bit >= 0 && bit < 64 ? 1ull << bit : 0;
}

/*
 * Since 6.12 (4ffca5a96678c) a type is the top byte and owners may use the rest; a value whose
 * low 24 bits are zero tells such a kernel. Before, types are cleared bits of an otherwise
 * negative word.
 */
static struct page_type type_value(const struct vmcoreinfo *vi, const char *name)
{
	int64_t n;

	if (!vmcoreinfo_number(vi, name, &n) || !(int32_t)n || (int32_t)n == -1)
		return (struct page_type){ 0 };
	return (struct page_type){
		.value = (uint32_t)n,
		.mask = (uint32_t)n & 0xffffff ? 0xffffffffu : 0xff000000u,
	};
}

static bool field(const struct vmcoreinfo *vi, const char *name, uint32_t width, uint32_t bytes,
		  uint32_t *ret)
{
	uint32_t off, align = width < 8 ? width : 8;

	if (!vmcoreinfo_offset(vi, name, &off) || off > bytes - width || off % align)
		return false;
	*ret = off;
	return true;
}

/* Offsets from the head that lie in its second struct page, or in the folio that covers both. */
static bool second(const struct vmcoreinfo *vi, const char *folio, const char *page, uint32_t bytes,
		   uint32_t *ret)
{
	uint32_t off;

	if (vmcoreinfo_offset(vi, folio, &off) && off < 2 * bytes) {
		*ret = off;
		return true;
	}
	if (vmcoreinfo_offset(vi, page, &off) && off < bytes) {
		*ret = off + bytes;
		return true;
	}
	return false;
}

/* Up to 6.5. Its hugetlb is told by a byte, too, where the kernel has hugetlb at all. */
static bool bytes_init(struct page_layout *l, const struct vmcoreinfo *vi)
{
	int64_t dtor;

	if (!second(vi, "folio._folio_order", "page.compound_order", l->bytes, &l->off_order))
		return false;
	if (second(vi, "folio._folio_dtor", "page.compound_dtor", l->bytes, &l->off_dtor) &&
	    vmcoreinfo_number(vi, "HUGETLB_PAGE_DTOR", &dtor))
		l->hugetlb_dtor = (uint8_t)dtor;
	return true;
}

/* The offsets, whatever they are worth; all kernels up to 6.5 export one of each pair. */
static bool has_bytes(const struct vmcoreinfo *vi)
{
	uint32_t off;

	return vmcoreinfo_offset(vi, "folio._folio_order", &off) ||
	       vmcoreinfo_offset(vi, "page.compound_order", &off) ||
	       vmcoreinfo_offset(vi, "folio._folio_dtor", &off) ||
	       vmcoreinfo_offset(vi, "page.compound_dtor", &off);
}

static void compound_init(struct page_layout *l, const struct vmcoreinfo *vi)
{
	int64_t n;

	if (vmcoreinfo_number(vi, "PG_head_mask", &n))
		l->head = (uint64_t)n;
	l->has_compound = field(vi, "page.compound_head", 8, l->bytes, &l->off_compound) ||
			  field(vi, "page.compound_info", 8, l->bytes, &l->off_compound);
	l->hugetlb = type_value(vi, "PAGE_HUGETLB_MAPCOUNT_VALUE");
	l->hugetlb_flag = flag_mask(vi, "PG_hugetlb");
	if (!l->head || !l->has_compound)
		l->compound = COMPOUND_NONE;
	else if (l->hugetlb.mask || l->hugetlb_flag || !has_bytes(vi))
		l->compound = COMPOUND_FLAGS;
	else if (bytes_init(l, vi))
		l->compound = COMPOUND_BYTES;
}

/*
 * Until 6.8 kernels without hugetlb do not export it; the flag has been the one behind PG_buddy's
 * since 5.1 (ca215086b14b), and both are other numbers than these from 6.11 on.
 */
static struct page_type offline_value(const struct page_layout *l, const struct vmcoreinfo *vi)
{
	struct page_type t = type_value(vi, "PAGE_OFFLINE_MAPCOUNT_VALUE");

	if (!t.mask && l->buddy.mask && l->buddy.value == ~0x80u)
		t = (struct page_type){ .value = ~0x100u, .mask = ~0u };
	return t;
}

void page_layout_init(struct page_layout *ret, uint32_t page_bytes, const struct vmcoreinfo *vi)
{
	struct page_layout l = { .bytes = page_bytes,
				 .map_bytes = 1u << vmcoreinfo_page_shift(vi, 12) };
	uint32_t n;
	bool flags;

	flags = field(vi, "page.flags", 8, page_bytes, &l.off_flags);
	l.has_mapping = field(vi, "page.mapping", 8, page_bytes, &l.off_mapping);
	l.has_mapcount = field(vi, "page._mapcount", 4, page_bytes, &l.off_mapcount);
	l.has_private = field(vi, "page.private", 8, page_bytes, &l.off_private);
	l.has_refcount = field(vi, "page._refcount", 4, page_bytes, &l.off_refcount);
	if (flags) {
		l.lru = flag_mask(vi, "PG_lru");
		l.private = flag_mask(vi, "PG_private");
		l.swapcache = flag_mask(vi, "PG_swapcache");
		l.swapbacked = flag_mask(vi, "PG_swapbacked");
		l.slab = flag_mask(vi, "PG_slab");
		l.hwpoison = flag_mask(vi, "PG_hwpoison");
		compound_init(&l, vi);
	}
	if (l.has_mapcount) {
		l.buddy = type_value(vi, "PAGE_BUDDY_MAPCOUNT_VALUE");
		l.offline = offline_value(&l, vi);
		l.unaccepted = type_value(vi, "PAGE_UNACCEPTED_MAPCOUNT_VALUE");
		l.slab_type = type_value(vi, "PAGE_SLAB_MAPCOUNT_VALUE");
	}
	l.orders = vmcoreinfo_length(vi, "zone.free_area", &n) && n && n <= 32 ? n : 11;
	/* a page that was never initialised has all bits set: head tells it from the others */
	if (l.head && l.has_compound && l.has_mapping && l.has_mapcount)
		l.telling = l.lru | l.private | l.swapcache | l.swapbacked | l.slab | l.hwpoison |
			    l.head;
	l.rules = LEVEL_ZERO;
	if (l.lru && l.private && l.has_mapping)
		l.rules |= LEVEL_CACHE | LEVEL_CACHE_PRIVATE;
	/*
	 * without telling slab from anonymous pages a level could cost kernel memory (6.2,
	 * 130d4df57390)
	 */
	if (flags && l.has_mapping && (l.slab || l.slab_type.mask))
		l.rules |= LEVEL_USER;
	if (l.buddy.mask && l.has_private)
		l.rules |= LEVEL_FREE;
	*ret = l;
}
