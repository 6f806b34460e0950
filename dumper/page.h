/* SPDX-License-Identifier: MIT */
/*
 * struct page → class. The layout comes from VMCOREINFO by presence of the key, never from a
 * release number.
 */
#ifndef DUMPER_PAGE_H
#define DUMPER_PAGE_H

enum page_class {
	PAGE_KEEP,		/* kernel memory, or not understood */
	PAGE_FREE,		/* buddy; level 16 */
	PAGE_CACHE,		/* page cache without private data; levels 2 and 4 */
	PAGE_CACHE_PRIVATE,	/* page cache with private data; level 4 */
	PAGE_USER,		/* anonymous and hugetlb; level 8 */
	PAGE_HWPOISON,		/* left out at every level */
	PAGE_OFFLINE,		/* balloon, offline, unaccepted; left out at every level */
	PAGE_CLASSES
};

#endif
