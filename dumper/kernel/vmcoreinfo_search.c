/* SPDX-License-Identifier: MIT */
/*
 * Memory → the VMCOREINFO note in it. The kernel has had it in pages of its own since 4.13, before in
 * its data, so that any place is looked at; what only looks like a note costs a read.
 */
#include "dumper/kernel/vmcoreinfo_search.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dumper/kernel/kmem.h"
#include "lib/bytes.h"
#include "lib/cleanup.h"

#define NAME	   "VMCOREINFO" /* with its NUL in a note */
#define NAME_ROOM  12u
#define TEXT_BEGIN "OSRELEASE="
#define MIN_TEXT   64u
#define MAX_TEXT   65536u
#define BUFFER	   (256u << 10)
#define MAX_CPUS   64
#define MAX_NOTES  4096u
#define RELEASE	   65
#define MAX_TRIES  4096u /* what looks like a note: copies are in the page cache, but not so many */

enum trust {
	TRUST_NONE,   /* no note, or not of the kernel that ran */
	TRUST_KERNEL, /* its symbols lead to a kernel of its release */
	TRUST_CPU,    /* and a CPU's page tables lead to the same one */
};

struct search {
	struct vmcore *v;
	uint64_t root[MAX_CPUS]; /* page tables of the CPUs */
	unsigned n_roots;
	uint8_t buf[BUFFER];
	char text[MAX_TEXT]; /* of the note that is looked at */
	uint32_t len;
	unsigned tries;
	struct kmem kmem;
	char best[MAX_TEXT];
	uint32_t best_len;
	enum trust trust;
};

/* What QEMU wrote of each CPU. */
static void read_cpus(struct search *s)
{
	const struct arch *arch = arch_find(s->v->machine);
	uint64_t off = 0;

	if (!arch || !arch->qemu_root)
		return;
	for (unsigned i = 0; i < MAX_NOTES && s->n_roots < MAX_CPUS; i++) {
		uint64_t *root = &s->root[s->n_roots], name = off + sizeof(Elf64_Nhdr), desc;
		char text[5] = "";
		Elf64_Nhdr nh;

		if (vmcore_notes_read(s->v, off, &nh, sizeof(nh)) || !nh.n_namesz)
			return;
		desc = name + bytes_round_up(nh.n_namesz, 4);
		if (nh.n_namesz == sizeof(text) && nh.n_descsz >= arch->qemu_root + 8 &&
		    !vmcore_notes_read(s->v, name, text, sizeof(text)) && !strcmp(text, "QEMU") &&
		    !vmcore_notes_read(s->v, desc + arch->qemu_root, root, 8)) {
			*root &= arch->qemu_root_mask;
			s->n_roots++;
		}
		off = desc + bytes_round_up(nh.n_descsz, 4);
	}
}

/*
 * Do the CPUs see the kernel at the same place? A CPU that was in user space has page tables without
 * it, which says nothing.
 */
static enum trust ask_cpus(struct search *s, uint64_t va)
{
	uint64_t root = s->kmem.root, want, pa, len;
	enum trust trust = TRUST_KERNEL;

	if (kmem_translate(&s->kmem, va, &want, &len))
		return TRUST_NONE;
	for (unsigned i = 0; i < s->n_roots && trust == TRUST_KERNEL; i++) {
		s->kmem.root = s->root[i] & ~s->kmem.sme_mask;
		if (!kmem_translate(&s->kmem, va, &pa, &len))
			trust = pa == want ? TRUST_CPU : TRUST_NONE;
	}
	s->kmem.root = root;
	return trust;
}

/* Its own words about where the kernel's release stands. */
static enum trust ask_kernel(struct search *s, const struct vmcoreinfo *vi)
{
	char want[RELEASE] = "", have[RELEASE] = "";
	uint32_t name = 4; /* before 5.11, see core.c */
	const char *why;
	uint64_t ns;

	vmcoreinfo_offset(vi, "uts_namespace.name", &name);
	if (!vmcoreinfo_string(vi, "OSRELEASE", want, sizeof(want)) || !want[0] ||
	    !vmcoreinfo_symbol(vi, "init_uts_ns", &ns) || kmem_init(&s->kmem, s->v, vi, &why))
		return TRUST_NONE;
	/* the third field: sysname, nodename, release */
	if (kmem_read(&s->kmem, ns + name + 2 * RELEASE, have, sizeof(have) - 1) ||
	    strcmp(want, have))
		return TRUST_NONE;
	return ask_cpus(s, ns);
}

/* Is there a note whose name is at pa? Its text is in s->text. */
static bool read_note(struct search *s, uint64_t pa)
{
	const size_t begin = strlen(TEXT_BEGIN);
	Elf64_Nhdr nh;

	if (pa < sizeof(nh) || vmcore_read(s->v, pa - sizeof(nh), &nh, sizeof(nh)) ||
	    nh.n_namesz != sizeof(NAME) || nh.n_type || nh.n_descsz < MIN_TEXT ||
	    nh.n_descsz > sizeof(s->text) || vmcore_read(s->v, pa + NAME_ROOM, s->text, begin) ||
	    memcmp(s->text, TEXT_BEGIN, begin))
		return false;
	s->tries++;
	s->len = nh.n_descsz;
	return !vmcore_read(s->v, pa + NAME_ROOM, s->text, s->len);
}

/* Good enough to look no further, or looked at long enough? */
static bool enough(const struct search *s)
{
	return s->trust == TRUST_CPU || (s->trust == TRUST_KERNEL && !s->n_roots) ||
	       s->tries == MAX_TRIES;
}

static int look_at(struct search *s, uint64_t pa)
{
	struct vmcoreinfo vi;
	enum trust trust;
	int r;

	if (!read_note(s, pa))
		return 0;
	r = vmcoreinfo_from_text(s->text, s->len, &vi);
	if (r)
		return r;
	trust = ask_kernel(s, &vi);
	vmcoreinfo_free(&vi);
	if (trust > s->trust) {
		memcpy(s->best, s->text, s->len);
		s->best_len = s->len;
		s->trust = trust;
	}
	return 0;
}

/* The pages at p, of address pa. */
static int look_through(struct search *s, uint64_t pa, const uint8_t *p, size_t len)
{
	const uint8_t *at = p, *end = p + len;
	int r = 0;

	while (!r && !enough(s)) {
		at = memmem(at, (size_t)(end - at), NAME, sizeof(NAME));
		if (!at)
			break;
		r = look_at(s, pa + (uint64_t)(at - p));
		at++;
	}
	return r;
}

static int look_everywhere(struct search *s)
{
	unsigned shift = s->v->page_shift;
	uint64_t pfn = vmcore_next_data(s->v, 0);
	struct vmcore_window w;
	int r = vmcore_window_init(&w, s->v, 0, s->buf, sizeof(s->buf));

	while (!r && pfn != UINT64_MAX && !enough(s)) {
		size_t len = sizeof(s->buf);
		const uint8_t *p = vmcore_window_get(&w, pfn << shift, &len);

		if (p)
			r = look_through(s, pfn << shift, p, len);
		pfn = vmcore_next_data(s->v, pfn + (p ? len >> shift : 1));
	}
	vmcore_window_close(&w);
	return r;
}

static int add_note(struct search *s, uint64_t end)
{
	const Elf64_Nhdr nh = { sizeof(NAME), s->best_len, 0 };
	size_t len = sizeof(nh) + NAME_ROOM + bytes_round_up(s->best_len, 4);
	_free_ uint8_t *note = calloc(1, len);

	if (!note)
		return -ENOMEM;
	memcpy(note, &nh, sizeof(nh));
	memcpy(note + sizeof(nh), NAME, sizeof(NAME));
	memcpy(note + sizeof(nh) + NAME_ROOM, s->best, s->best_len);
	vmcore_add_note(s->v, end, keep_ptr(note), len);
	return 0;
}

int vmcoreinfo_search(struct vmcore *v, struct vmcoreinfo *vi)
{
	_free_ struct search *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return -ENOMEM;
	s->v = v;
	read_cpus(s);
	r = look_everywhere(s);
	if (!r)
		r = s->trust ? add_note(s, vi->notes_end) : -ENODATA;
	if (r)
		return r;
	vmcoreinfo_free(vi);
	return vmcoreinfo_read(v, vi);
}
