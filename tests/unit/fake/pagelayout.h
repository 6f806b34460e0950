/* SPDX-License-Identifier: MIT */
/*
 * Layouts of the kernels of fakepage.h, whole or without a key.
 */
#ifndef TESTS_UNIT_FAKE_PAGELAYOUT_H
#define TESTS_UNIT_FAKE_PAGELAYOUT_H

#include "dumper/kernel/page_layout.h"
#include "tests/unit/fake/fakepage.h"
#include "tests/unit/test.h"

#define FOR_EACH_KERNEL(k) for (enum fake_kernel k = 0; k < FAKE_KERNELS; k++)

static inline struct page_layout layout_of(const char *text)
{
	struct vmcoreinfo vi;
	struct page_layout l;

	CHECK_EQ(vmcoreinfo_from_text(text, strlen(text), &vi), 0);
	page_layout_init(&l, FAKE_PAGE, &vi);
	vmcoreinfo_free(&vi);
	return l;
}

static inline struct page_layout layout(enum fake_kernel k)
{
	char text[4096];

	fake_page_keys(k, text, sizeof(text));
	return layout_of(text);
}

/* The layout of a kernel without the lines that hold key. */
static inline struct page_layout layout_without(enum fake_kernel k, const char *key)
{
	char text[4096], cut[4096] = "";
	size_t n = 0;

	fake_page_keys(k, text, sizeof(text));
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		if (!strstr(line, key))
			n += (size_t)snprintf(cut + n, sizeof(cut) - n, "%s\n", line);
	}
	return layout_of(cut);
}

/* The layout of a kernel without CONFIG_HUGETLB_PAGE, which until 6.8 took PAGE_OFFLINE's name along. */
static inline struct page_layout layout_without_hugetlb(enum fake_kernel k)
{
	char text[4096], cut[4096] = "";
	size_t n = 0;

	fake_page_keys(k, text, sizeof(text));
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		if (k >= FAKE_6_9 ||
		    (!strstr(line, "HUGETLB_PAGE_DTOR") && !strstr(line, "PG_hugetlb") &&
		     !strstr(line, "PAGE_OFFLINE_MAPCOUNT")))
			n += (size_t)snprintf(cut + n, sizeof(cut) - n, "%s\n", line);
	}
	return layout_of(cut);
}

#endif
