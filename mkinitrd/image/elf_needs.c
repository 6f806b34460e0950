/* SPDX-License-Identifier: MIT */
/*
 * Program headers → PT_INTERP and PT_DYNAMIC; its entries → names in the string table, which
 * only an address tells: the PT_LOAD that holds it has its place in the file.
 */
#include "mkinitrd/image/elf_needs.h"

#include <elf.h>
#include <endian.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "lib/bytes.h"

#define OUR_ORDER (__BYTE_ORDER == __LITTLE_ENDIAN ? ELFDATA2LSB : ELFDATA2MSB)

struct elf {
	const char *bytes;
	size_t len;
	uint64_t segs; /* offset of the program headers */
	unsigned n_segs;
};

struct strings {
	uint64_t off, len;
};

static int broken(const char **why, const char *what)
{
	*why = what;
	return -ENOEXEC;
}

static int open_elf(struct elf *e, uint16_t *machine, const char **why)
{
	Elf64_Ehdr head;

	if (e->len < sizeof(head) || memcmp(e->bytes, ELFMAG, SELFMAG) ||
	    e->bytes[EI_CLASS] != ELFCLASS64 || e->bytes[EI_DATA] != OUR_ORDER)
		return broken(why, "no 64-bit ELF program");
	memcpy(&head, e->bytes, sizeof(head));
	if (head.e_phnum && head.e_phentsize != sizeof(Elf64_Phdr))
		return broken(why, "a broken ELF program");
	if (!bytes_inside(head.e_phoff, (uint64_t)head.e_phnum * sizeof(Elf64_Phdr), e->len))
		return broken(why, "a broken ELF program");
	e->segs = head.e_phoff;
	e->n_segs = head.e_phnum;
	*machine = head.e_machine;
	return 0;
}

static void get_seg(const struct elf *e, unsigned i, Elf64_Phdr *ret)
{
	memcpy(ret, e->bytes + e->segs + i * sizeof(*ret), sizeof(*ret));
}

/* The bytes of a segment that lie in the file whole. */
static bool find_seg(const struct elf *e, uint32_t type, Elf64_Phdr *ret)
{
	for (unsigned i = 0; i < e->n_segs; i++) {
		get_seg(e, i, ret);
		if (ret->p_type == type)
			return bytes_inside(ret->p_offset, ret->p_filesz, e->len);
	}
	return false;
}

static bool has_seg(const struct elf *e, uint32_t type)
{
	Elf64_Phdr seg;

	for (unsigned i = 0; i < e->n_segs; i++) {
		get_seg(e, i, &seg);
		if (seg.p_type == type)
			return true;
	}
	return false;
}

/* The NUL-terminated string at off within [from, from + len), which lies in the file. */
static const char *get_string(const struct elf *e, uint64_t from, uint64_t len, uint64_t off)
{
	const char *s;

	if (off >= len)
		return NULL;
	s = e->bytes + from + off;
	return memchr(s, '\0', len - off) && *s ? s : NULL;
}

static int read_interp(const struct elf *e, struct elf_needs *ret, const char **why)
{
	Elf64_Phdr seg;

	if (!has_seg(e, PT_INTERP))
		return 0;
	if (find_seg(e, PT_INTERP, &seg))
		ret->interp = get_string(e, seg.p_offset, seg.p_filesz, 0);
	return ret->interp ? 0 : broken(why, "a broken ELF program: no interpreter's name");
}

/* [va, va + len) as an offset in the file. */
static bool to_offset(const struct elf *e, uint64_t va, uint64_t len, uint64_t *ret)
{
	for (unsigned i = 0; i < e->n_segs; i++) {
		Elf64_Phdr seg;

		get_seg(e, i, &seg);
		if (seg.p_type != PT_LOAD || va < seg.p_vaddr ||
		    !bytes_inside(va - seg.p_vaddr, len, seg.p_filesz) ||
		    !bytes_inside(seg.p_offset, seg.p_filesz, e->len))
			continue;
		*ret = seg.p_offset + (va - seg.p_vaddr);
		return true;
	}
	return false;
}

/* The n-th entry of the dynamic section; false behind its last. */
static bool get_dyn(const struct elf *e, const Elf64_Phdr *seg, uint64_t n, Elf64_Dyn *ret)
{
	if (n >= seg->p_filesz / sizeof(*ret))
		return false;
	memcpy(ret, e->bytes + seg->p_offset + n * sizeof(*ret), sizeof(*ret));
	return ret->d_tag != DT_NULL;
}

static bool find_strings(const struct elf *e, const Elf64_Phdr *dynamic, struct strings *ret)
{
	uint64_t va = 0, len = 0;
	Elf64_Dyn d;

	for (uint64_t i = 0; get_dyn(e, dynamic, i, &d); i++) {
		if (d.d_tag == DT_STRTAB)
			va = d.d_un.d_ptr;
		else if (d.d_tag == DT_STRSZ)
			len = d.d_un.d_val;
	}
	ret->len = len;
	return va && len && to_offset(e, va, len, &ret->off);
}

static int read_entry(const struct elf *e, const struct strings *s, const Elf64_Dyn *d,
		      struct elf_needs *ret, const char **why)
{
	const char *text;

	if (d->d_tag != DT_NEEDED && d->d_tag != DT_RPATH && d->d_tag != DT_RUNPATH)
		return 0;
	text = get_string(e, s->off, s->len, d->d_un.d_val);
	if (d->d_tag == DT_RPATH)
		ret->rpath = text;
	else if (d->d_tag == DT_RUNPATH)
		ret->runpath = text;
	else if (!text)
		return broken(why, "a broken ELF program: no library's name");
	else if (ret->n_libs == ELF_NEEDS_MAX)
		return broken(why, "a program with too many libraries");
	else
		ret->libs[ret->n_libs++] = text;
	return 0;
}

int elf_needs_read(const char *elf, size_t len, struct elf_needs *ret, const char **why)
{
	struct elf e = { .bytes = elf, .len = len };
	Elf64_Phdr dynamic;
	struct strings s;
	Elf64_Dyn d;
	int r;

	*ret = (struct elf_needs){ .machine = 0 };
	r = open_elf(&e, &ret->machine, why);
	r = r ? r : read_interp(&e, ret, why);
	if (r || !has_seg(&e, PT_DYNAMIC))
		return r;
	if (!find_seg(&e, PT_DYNAMIC, &dynamic))
		return broken(why, "a broken ELF program: its dynamic section is cut off");
	if (!find_strings(&e, &dynamic, &s))
		/* a static program that can be loaded anywhere may have no names at all */
		return ret->interp ? broken(why, "a broken ELF program: no string table") : 0;
	for (uint64_t i = 0; !r && get_dyn(&e, &dynamic, i, &d); i++)
		r = read_entry(&e, &s, &d, ret, why);
	return r;
}
