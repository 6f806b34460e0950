/* SPDX-License-Identifier: MIT */
/*
 * /proc/iomem, /sys/firmware/memmap -> ranges, and places in them.
 */
#include "loader/kexec/iomem.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/io.h"

enum { FILE_MAX_BYTES = 16 << 20, FIRMWARE_MAX = 4096 };

/* Both files' words. A '*' stands for what a driver adds, as in "System RAM (virtio_mem)". */
static const struct kind_name {
	const char *name;
	enum iomem_kind kind;
} kind_names[] = {
	{ "System RAM", IOMEM_RAM },
	{ "System RAM (*", IOMEM_RAM_OF_DRIVER },
	{ "Reserved", IOMEM_RESERVED },
	{ "reserved", IOMEM_RESERVED },
	{ "ACPI Tables", IOMEM_ACPI },
	{ "ACPI Non-volatile Storage", IOMEM_NVS },
	{ "Unusable memory", IOMEM_UNUSABLE },
	{ "Persistent Memory", IOMEM_PMEM },
	{ "Persistent Memory (legacy)", IOMEM_PRAM },
	{ "Soft Reserved", IOMEM_SOFT },
	{ "Crash kernel", IOMEM_CRASH },
	{ "Kernel code", IOMEM_KERNEL },
	{ "Kernel rodata", IOMEM_KERNEL },
	{ "Kernel data", IOMEM_KERNEL },
	{ "Kernel bss", IOMEM_KERNEL },
};

/* Is the text, up to its line's end, this name? */
static bool name_fits(const char *text, const char *name)
{
	size_t len = strcspn(text, "\n"), n = strlen(name);

	if (name[n - 1] == '*')
		return len >= n && !memcmp(text, name, n - 1);
	return len == n && !memcmp(text, name, n);
}

static const struct kind_name *find_kind(const char *text)
{
	for (size_t i = 0; i < ARRAY_LEN(kind_names); i++) {
		if (name_fits(text, kind_names[i].name))
			return &kind_names[i];
	}
	return NULL;
}

const char *iomem_kind_name(enum iomem_kind kind)
{
	for (size_t i = 0; i < ARRAY_LEN(kind_names); i++) {
		if (kind_names[i].kind == kind && !strchr(kind_names[i].name, '*'))
			return kind_names[i].name;
	}
	return "System RAM of a driver";
}

void iomem_free(struct iomem *m)
{
	free(m->range);
	*m = (struct iomem){ 0 };
}

/* Room for one more. */
static int grow(struct iomem *m)
{
	size_t size = m->size ? 2 * m->size : 64;
	struct iomem_range *range;

	if (m->n < m->size)
		return 0;
	range = realloc(m->range, size * sizeof(*range));
	if (!range)
		return -ENOMEM;
	m->range = range;
	m->size = size;
	return 0;
}

int iomem_add(struct iomem *m, uint64_t start, uint64_t end, enum iomem_kind kind)
{
	int r = end > start ? grow(m) : -EINVAL;

	if (r)
		return r;
	m->range[m->n++] = (struct iomem_range){ start, end, kind };
	return 0;
}

static void remove_range(struct iomem *m, size_t i)
{
	memmove(&m->range[i], &m->range[i + 1], (m->n - i - 1) * sizeof(m->range[0]));
	m->n--;
}

/* A range with [start, end) in its middle becomes two. */
static int split_range(struct iomem *m, size_t i, uint64_t start, uint64_t end)
{
	int r = grow(m);

	if (r)
		return r;
	memmove(&m->range[i + 1], &m->range[i], (m->n - i) * sizeof(m->range[0]));
	m->n++;
	m->range[i].end = start;
	m->range[i + 1].start = end;
	return 0;
}

int iomem_cut(struct iomem *m, uint64_t start, uint64_t end)
{
	for (size_t i = m->n; i--;) {
		struct iomem_range *range = &m->range[i];

		if (range->end <= start || range->start >= end)
			continue;
		if (range->start >= start && range->end <= end) {
			remove_range(m, i);
		} else if (range->start < start && range->end > end) {
			if (split_range(m, i, start, end))
				return -ENOMEM;
		} else if (range->start < start) {
			range->end = start;
		} else {
			range->start = end;
		}
	}
	return 0;
}

int iomem_pick(const struct iomem *from, unsigned kinds, struct iomem *ret)
{
	for (size_t i = 0; i < from->n; i++) {
		const struct iomem_range *range = &from->range[i];
		int r = 0;

		if (kinds & IOMEM_BIT(range->kind))
			r = iomem_add(ret, range->start, range->end, range->kind);
		if (r)
			return r;
	}
	return 0;
}

uint64_t iomem_bytes(const struct iomem *m, unsigned kinds)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < m->n; i++) {
		if (kinds & IOMEM_BIT(m->range[i].kind))
			sum += m->range[i].end - m->range[i].start;
	}
	return sum;
}

/* One line, "  00100000-3ffdffff : System RAM". 1: taken, 0: of another kind, or none. */
static int take_line(struct iomem *m, const char *line, bool *hidden)
{
	const struct kind_name *kind;
	uint64_t start, last;
	char *p;
	int r;

	start = strtoull(line, &p, 16);
	if (p == line || *p != '-')
		return 0;
	last = strtoull(p + 1, &p, 16);
	if (strncmp(p, " : ", 3))
		return 0;
	kind = find_kind(p + 3);
	if (!kind)
		return 0;
	*hidden |= !start && !last;
	/* the last byte of all: its end has no number */
	if (last <= start || last == UINT64_MAX)
		return 0;
	r = iomem_add(m, start, last + 1, kind->kind);
	return r ? r : 1;
}

int iomem_parse(const char *text, struct iomem *ret)
{
	bool hidden = false;
	size_t n = 0;

	for (const char *s = text; *s; s += strcspn(s, "\n"), s += *s == '\n') {
		int r = take_line(ret, s, &hidden);

		if (r < 0)
			return r;
		n += (size_t)r;
	}
	return n ? 0 : hidden ? -EACCES : -ENODATA;
}

int iomem_read(int root, const char *path, struct iomem *ret)
{
	_free_ char *text = NULL;
	int r = io_load_file(root, path, FILE_MAX_BYTES, &text, NULL);

	return r ? r : iomem_parse(text, ret);
}

/* Word "start", "end" or "type" of the firmware's range i. */
static int firmware_word(int root, unsigned i, const char *word, char *buf, size_t size)
{
	char path[64];

	snprintf(path, sizeof(path), "sys/firmware/memmap/%u/%s", i, word);
	return io_read_file(root, path, buf, size, NULL);
}

static int firmware_range(int root, unsigned i, struct iomem *ret)
{
	char start[32], end[32], type[64];
	const struct kind_name *kind;
	uint64_t first, last;
	int r = firmware_word(root, i, "start", start, sizeof(start));

	if (!r)
		r = firmware_word(root, i, "end", end, sizeof(end));
	if (!r)
		r = firmware_word(root, i, "type", type, sizeof(type));
	if (r)
		return r;
	kind = find_kind(type);
	first = strtoull(start, NULL, 16);
	last = strtoull(end, NULL, 16);
	/* what has no name here must not become RAM */
	if (last <= first || last == UINT64_MAX)
		return 0;
	return iomem_add(ret, first, last + 1, kind ? kind->kind : IOMEM_RESERVED);
}

int iomem_read_firmware(int root, struct iomem *ret)
{
	int r = 0;

	for (unsigned i = 0; !r && i < FIRMWARE_MAX; i++)
		r = firmware_range(root, i, ret);
	if (r == -ENOENT)
		r = iomem_bytes(ret, IOMEM_BIT(IOMEM_RAM)) ? 0 : -ENOENT;
	return r;
}

/* The place in one range; the sums cannot wrap. */
static bool find_in(const struct iomem_range *range, const struct iomem_wish *w, uint64_t *ret)
{
	uint64_t start = range->start > w->min ? range->start : w->min;
	uint64_t end = range->end < w->max ? range->end : w->max, place;

	if (end <= start || end - start < w->bytes)
		return false;
	if (w->down)
		place = (end - w->bytes) & ~(w->align - 1);
	else if (start > UINT64_MAX - w->align)
		return false;
	else
		place = (start + w->align - 1) & ~(w->align - 1);
	if (place < start || place > end - w->bytes)
		return false;
	*ret = place;
	return true;
}

bool iomem_find(const struct iomem *m, const struct iomem_wish *w, uint64_t *ret)
{
	for (size_t i = 0; i < m->n; i++) {
		if (find_in(&m->range[w->down ? m->n - 1 - i : i], w, ret))
			return true;
	}
	return false;
}
