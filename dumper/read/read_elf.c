/* SPDX-License-Identifier: MIT */
/*
 * ELF cores: /proc/vmcore, and files, also in a wrapping. The fast path of a capture.
 */
#include "dumper/read/reader.h"

#include <elf.h>
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dumper/format/kdump_format.h"
#include "lib/bits.h"
#include "lib/bytes.h"
#include "lib/cleanup.h"
#include "lib/io.h"

#define MAX_PHDRS	(1u << 20)
#define KERNEL_MAP_BASE 0xffffffff80000000ull /* of x86_64 and riscv64 */
#define KERNEL_MAP_SIZE (1ull << 30)	      /* x86_64: KERNEL_IMAGE_SIZE's maximum */
#define FORBIDDEN_BYTES (64u << 20)	      /* the firmware's, at the most */
#define ELF_INCOMPLETE	0x1		      /* e_flags, by makedumpfile */

/* From the file, or from what it wraps. */
static int read_at(const struct vmcore *v, void *buf, size_t len, uint64_t off)
{
	return v->src.layer ? source_read(&v->src, buf, len, off) : io_pread(v->fd, buf, len, off);
}

static int check_header(const Elf64_Ehdr *eh, const char **why)
{
	if (memcmp(eh->e_ident, ELFMAG, SELFMAG)) {
		*why = "no ELF file";
		return -ENOEXEC;
	}
	if (eh->e_ident[EI_CLASS] != ELFCLASS64 || eh->e_ident[EI_DATA] != ELFDATA2LSB) {
		*why = "not a 64-bit little-endian ELF file";
		return -ENOEXEC;
	}
	if (eh->e_type != ET_CORE) {
		*why = "an ELF file, but not a core";
		return -ENOEXEC;
	}
	if (eh->e_phentsize != sizeof(Elf64_Phdr)) {
		*why = "ELF program headers have a wrong size";
		return -EBADMSG;
	}
	return 0;
}

/*
 * More than 65,534 program headers: the number stands in the first section header (gABI,
 * PN_XNUM).
 */
static int count_phdrs(const struct vmcore *v, const Elf64_Ehdr *eh, uint32_t *ret)
{
	Elf64_Shdr sh;
	int r;

	*ret = eh->e_phnum;
	if (eh->e_phnum != PN_XNUM)
		return 0;
	if (!eh->e_shoff || !bytes_inside(eh->e_shoff, sizeof(sh), v->size))
		return -EBADMSG;
	r = read_at(v, &sh, sizeof(sh), eh->e_shoff);
	if (!r)
		*ret = sh.sh_info;
	return r;
}

/* Joins the PT_NOTEs that lie behind each other; a kdump kernel merges them into one anyway. */
static void add_note(struct vmcore *v, const Elf64_Phdr *ph)
{
	uint64_t len = ph->p_filesz;

	if (ph->p_offset >= v->size)
		return;
	if (len > v->size - ph->p_offset) {
		len = v->size - ph->p_offset;
		v->truncated = true;
	}
	if (!v->note_len) {
		v->note_off = ph->p_offset;
		v->note_len = len;
	} else if (ph->p_offset == v->note_off + v->note_len) {
		v->note_len += len;
	}
}

/* A range that no machine has costs that range, not the dump. */
static void add_load(struct vmcore *v, const Elf64_Phdr *ph)
{
	uint64_t limit = 1ull << vmcore_phys_bits(v->machine);
	struct vmcore_segment *s = &v->segs[v->n_segs];
	uint64_t have = ph->p_filesz;

	/* /proc/kcore has vmalloc's memory and the like too, which has no physical address */
	if (!ph->p_memsz || (v->live && ph->p_paddr == UINT64_MAX))
		return;
	if (!bytes_inside(ph->p_paddr, ph->p_memsz, limit) || ph->p_filesz > ph->p_memsz) {
		v->impossible++;
		return;
	}
	/* QEMU with paging has many: of the image, of modules behind it */
	if (ph->p_vaddr >= KERNEL_MAP_BASE && ph->p_vaddr < KERNEL_MAP_BASE + KERNEL_MAP_SIZE &&
	    ph->p_memsz > v->text_len) {
		v->text_pa = ph->p_paddr;
		v->text_va = ph->p_vaddr;
		v->text_len = ph->p_memsz;
	}
	if (have && !bytes_inside(ph->p_offset, have, v->size)) {
		have = ph->p_offset < v->size ? v->size - ph->p_offset : 0;
		v->truncated = true;
	}
	*s = (struct vmcore_segment){
		.pa = ph->p_paddr,
		.end = ph->p_paddr + ph->p_memsz,
		.file_end = ph->p_paddr + have,
		.off = ph->p_offset,
		.va = ph->p_vaddr,
	};
	v->n_segs++;
}

static int by_address(const void *a, const void *b)
{
	const struct vmcore_segment *x = a, *y = b;

	if (x->pa != y->pa)
		return x->pa < y->pa ? -1 : 1;
	/* the longer one first, so that what it covers can be dropped */
	return x->end > y->end ? -1 : x->end < y->end;
}

/*
 * What the earlier of two segments has is cut off the later one; both show the same memory. Where the file
 * was cut off in the earlier one, the later one has what is missing, and goes on as that one would have.
 * False: nothing is left of s.
 */
static bool cut_covered(struct vmcore_segment *before, struct vmcore_segment *s)
{
	uint64_t from = before->file_end > s->pa ? before->file_end : s->pa;

	if (s->file_end <= from)
		from = before->end;
	if (s->end <= from)
		return false;
	s->off += from - s->pa;
	s->va += from - s->pa;
	s->pa = from;
	if (s->file_end < from)
		s->file_end = from;
	if (from == before->end)
		return true;
	s->va = before->va + (from - before->pa);
	if (s->end < before->end)
		s->end = before->end;
	before->end = from;
	return true;
}

/*
 * The kernel image's segment repeats a part of a RAM segment, and stands in front of it in the file; odd
 * cores have more overlaps.
 */
static void sort_segments(struct vmcore *v)
{
	size_t n = 0;

	qsort(v->segs, v->n_segs, sizeof(*v->segs), by_address);
	for (size_t i = 0; i < v->n_segs; i++) {
		struct vmcore_segment s = v->segs[i], *before = n ? &v->segs[n - 1] : NULL;

		if (before && s.pa < before->end && !cut_covered(before, &s))
			continue;
		n -= before && before->pa == before->end;
		v->segs[n++] = s;
	}
	v->n_segs = n;
}

/* A filtered core of a big machine has program headers by the 100,000: they pass in pieces. */
static int read_phdrs(struct vmcore *v, uint64_t off, uint32_t n)
{
	Elf64_Phdr ph[64] = { 0 };

	v->segs = malloc(n * sizeof(*v->segs));
	if (!v->segs)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++) {
		const Elf64_Phdr *p = &ph[i % ARRAY_LEN(ph)];
		uint32_t left = n - i < ARRAY_LEN(ph) ? n - i : ARRAY_LEN(ph);
		int r = 0;

		if (p == ph)
			r = read_at(v, ph, left * sizeof(*ph), off + (uint64_t)i * sizeof(*ph));
		if (r)
			return r;
		if (p->p_type == PT_NOTE)
			add_note(v, p);
		else if (p->p_type == PT_LOAD)
			add_load(v, p);
	}
	return 0;
}

static int read_headers(struct vmcore *v, const char **why)
{
	Elf64_Ehdr eh;
	uint32_t n;
	int r;

	r = read_at(v, &eh, sizeof(eh), 0);
	if (r) {
		*why = r == -ENODATA ? "too short for an ELF header" : "cannot read the ELF header";
		return r == -ENODATA ? -ENOEXEC : r;
	}
	r = check_header(&eh, why);
	if (r)
		return r;
	v->machine = eh.e_machine;
	v->status = eh.e_flags & ELF_INCOMPLETE ? KDUMP_INCOMPLETE : 0;
	*why = "ELF program headers are cut off or too many";
	r = count_phdrs(v, &eh, &n);
	if (r)
		return r;
	if (!n || n > MAX_PHDRS ||
	    !bytes_inside(eh.e_phoff, (uint64_t)n * sizeof(Elf64_Phdr), v->size))
		return -EBADMSG;
	r = read_phdrs(v, eh.e_phoff, n);
	if (r)
		return r;
	*why = "the ELF program headers name only impossible physical ranges";
	return v->impossible && !v->n_segs ? -EBADMSG : 0;
}

/*
 * On riscv64 the firmware keeps the first pages of RAM to itself (OpenSBI: 512 KiB), and a core may have
 * them all the same. A read of such a page fails with EFAULT; through a mapping it would be a signal.
 */
static void find_forbidden(struct vmcore *v)
{
	uint8_t byte;

	for (size_t i = 0; i < v->n_segs; i++)
		v->segs[i].forbidden = read_at(v, &byte, 1, v->segs[i].off) == -EFAULT;
}

int read_elf_open(struct vmcore *v, struct source *src, const char **why)
{
	int r;

	v->format = VMCORE_ELF;
	v->reader = &read_elf;
	v->src = *src;
	v->fd = src->fd;
	v->size = src->size;
	v->truncated = src->truncated;
	v->live = src->live;
	r = read_headers(v, why);
	if (!r)
		sort_segments(v);
	if (!r && v->machine == EM_RISCV && src->mapped)
		find_forbidden(v);
	return r;
}

/* Index of the first segment that ends behind pa; n_segs if none. */
static size_t find_segment(const struct vmcore *v, uint64_t pa)
{
	size_t lo = 0, hi = v->n_segs;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (v->segs[mid].end <= pa)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool same_segments(const struct vmcore *a, const struct vmcore *b)
{
	if (a->n_segs != b->n_segs)
		return false;
	for (size_t i = 0; i < a->n_segs; i++) {
		const struct vmcore_segment *x = &a->segs[i], *y = &b->segs[i];

		if (x->pa != y->pa || x->end != y->end || x->off != y->off)
			return false;
	}
	return true;
}

/* Does a byte of memory that both have stand at another offset? */
static bool moved(const struct vmcore *before, const struct vmcore *now)
{
	for (size_t i = 0; i < before->n_segs; i++) {
		const struct vmcore_segment *x = &before->segs[i], *y;
		size_t n = find_segment(now, x->pa);

		y = n < now->n_segs ? &now->segs[n] : NULL;
		if (y && y->pa <= x->pa)
			return y->off + (x->pa - y->pa) != x->off;
	}
	return true;
}

/* The headers stand before the memory, so that it moves when they outgrow their pages. */
int read_elf_changed(const struct vmcore *v)
{
	struct vmcore now = {
		.fd = v->fd, .size = v->size, .page_shift = v->page_shift, .live = true
	};
	const char *why;
	int r = read_headers(&now, &why);

	if (!r) {
		sort_segments(&now);
		r = same_segments(v, &now) ? 0 : moved(v, &now) ? -ESTALE : 1;
	}
	free(now.segs);
	return r;
}

static void elf_close(struct vmcore *v)
{
	/* the descriptor may have been exchanged */
	v->src.fd = v->fd;
	source_close(&v->src);
	free(v->segs);
	v->segs = NULL;
	v->n_segs = 0;
}

static int elf_notes_read(const struct vmcore *v, uint64_t off, void *buf, size_t len)
{
	return read_at(v, buf, len, v->note_off + off);
}

static uint64_t elf_end(const struct vmcore *v)
{
	return v->n_segs ? v->segs[v->n_segs - 1].end : 0;
}

static int elf_read(const struct vmcore *v, uint64_t pa, void *buf, size_t len)
{
	uint8_t *p = buf;
	size_t i = find_segment(v, pa);

	for (; len; i++) {
		const struct vmcore_segment *s;
		uint64_t n;
		int r;

		if (i >= v->n_segs)
			return -EFAULT;
		s = &v->segs[i];
		if (pa < s->pa || pa >= s->file_end)
			return -EFAULT;
		n = s->file_end - pa;
		if (n > len)
			n = len;
		r = read_at(v, p, n, s->off + (pa - s->pa));
		if (r)
			return r == -ENODATA ? -EFAULT : r;
		p += n;
		pa += n;
		len -= n;
	}
	return 0;
}

static uint64_t elf_next_ram(const struct vmcore *v, uint64_t pfn)
{
	uint64_t pa = pfn << v->page_shift;
	size_t i = find_segment(v, pa);

	if (pfn >> (64 - v->page_shift) || i == v->n_segs)
		return UINT64_MAX;
	return v->segs[i].pa > pa ? v->segs[i].pa >> v->page_shift : pfn;
}

static uint64_t elf_next_data(const struct vmcore *v, uint64_t pfn)
{
	uint64_t pa = pfn << v->page_shift;

	if (pfn >> (64 - v->page_shift))
		return UINT64_MAX;
	for (size_t i = find_segment(v, pa); i < v->n_segs; i++) {
		const struct vmcore_segment *s = &v->segs[i];

		if (s->file_end > (s->pa > pa ? s->pa : pa))
			return s->pa > pa ? s->pa >> v->page_shift : pfn;
	}
	return UINT64_MAX;
}

static uint64_t elf_ram_pages(const struct vmcore *v)
{
	uint64_t page = 1ull << v->page_shift, next = 0, n = 0;

	for (size_t i = 0; i < v->n_segs; i++) {
		uint64_t first = v->segs[i].pa >> v->page_shift;
		uint64_t last = (v->segs[i].end + page - 1) >> v->page_shift;

		if (first < next)
			first = next;
		if (last > first)
			n += last - first;
		if (last > next)
			next = last;
	}
	return n;
}

/* Sets the bits of the frames from pfn on that [pa, end) touches. */
static void set_range(const struct vmcore *v, uint64_t pfn, unsigned n, uint64_t pa, uint64_t end,
		      uint64_t *bits)
{
	uint64_t page = 1ull << v->page_shift;
	uint64_t first = pa >> v->page_shift;
	uint64_t last = (end + page - 1) >> v->page_shift;

	if (end <= pa || last <= pfn || first >= pfn + n)
		return;
	bits_set(bits, first > pfn ? (unsigned)(first - pfn) : 0,
		 last < pfn + n ? (unsigned)(last - pfn) : n);
}

static void elf_ram_bits(const struct vmcore *v, uint64_t pfn, unsigned n, uint64_t *ram,
			 uint64_t *data)
{
	size_t bytes = (n + 63) / 64 * sizeof(*ram);

	memset(ram, 0, bytes);
	memset(data, 0, bytes);
	for (size_t i = find_segment(v, pfn << v->page_shift); i < v->n_segs; i++) {
		const struct vmcore_segment *s = &v->segs[i];

		if (s->pa >> v->page_shift >= pfn + n)
			break;
		set_range(v, pfn, n, s->pa, s->end, ram);
		set_range(v, pfn, n, s->pa, s->file_end, data);
	}
}

/* From its beginning on, so that the range's virtual address is the segment's. */
static bool elf_next_range(const struct vmcore *v, uint64_t pa, struct vmcore_range *ret)
{
	size_t i = find_segment(v, pa);

	if (i == v->n_segs)
		return false;
	*ret = (struct vmcore_range){ v->segs[i].pa, v->segs[i].end, v->segs[i].va };
	return true;
}

static int elf_window_init(struct vmcore_window *w)
{
	w->no_mmap = !w->size || !w->v->src.mapped;
	return 0;
}

static void elf_window_close(struct vmcore_window *w)
{
	if (w->map)
		munmap(w->map, w->map_len);
	w->map = NULL;
}

/*
 * Moves the mapping so that it begins with the page that holds file offset off. The old one goes
 * first: page tables cost 8 bytes a page of the crash kernel's scarce memory.
 */
static bool map_at(struct vmcore_window *w, uint64_t off, uint64_t end)
{
	uint64_t grain = (uint64_t)sysconf(_SC_PAGESIZE), start = off / grain * grain;
	uint64_t len = end - start;
	void *p;

	elf_window_close(w);
	if (len > w->size)
		len = w->size;
	p = mmap(NULL, len, PROT_READ, MAP_PRIVATE, w->v->fd, (off_t)start);
	if (p == MAP_FAILED) {
		/* odd ranges (EAGAIN), a file system without mmap: read from now on */
		w->no_mmap = true;
		return false;
	}
	w->map = p;
	w->map_off = start;
	w->map_len = len;
	return true;
}

/* Whole pages from file offset off, inside a window; end is where the segment's bytes end. */
static const uint8_t *mapped(struct vmcore_window *w, uint64_t off, uint64_t end, size_t *len)
{
	size_t page = 1ul << w->v->page_shift;
	uint64_t have;

	if (!w->map || off < w->map_off || !bytes_inside(off - w->map_off, page, w->map_len)) {
		if (!map_at(w, off, end))
			return NULL;
	}
	have = w->map_len - (off - w->map_off);
	if (*len > have)
		*len = have - have % page;
	return w->map + (off - w->map_off);
}

/* Puts together a page that several segments, or only a part of one, hold. */
static const uint8_t *assemble(struct vmcore_window *w, uint64_t pa)
{
	const struct vmcore *v = w->v;
	uint64_t end = pa + (1ull << v->page_shift);
	bool any = false;

	memset(w->buf, 0, end - pa);
	for (size_t i = find_segment(v, pa); i < v->n_segs && v->segs[i].pa < end; i++) {
		const struct vmcore_segment *s = &v->segs[i];
		uint64_t from = s->pa > pa ? s->pa : pa;
		uint64_t to = s->file_end < end ? s->file_end : end;

		if (to <= from)
			continue;
		if (read_at(v, w->buf + (from - pa), to - from, s->off + (from - s->pa)))
			return NULL;
		any = true;
	}
	return any ? w->buf : NULL;
}

/* Whole pages through the buffer; where a batch cannot be read, its first page alone is tried. */
static const uint8_t *buffered(struct vmcore_window *w, uint64_t off, size_t *len)
{
	size_t page = 1ul << w->v->page_shift;

	if (*len > w->buf_size)
		*len = w->buf_size - w->buf_size % page;
	if (!read_at(w->v, w->buf, *len, off))
		return w->buf;
	if (*len == page)
		return NULL;
	*len = page;
	return read_at(w->v, w->buf, page, off) ? NULL : w->buf;
}

static const uint8_t *elf_window_get(struct vmcore_window *w, uint64_t pa, size_t *len)
{
	const struct vmcore *v = w->v;
	size_t page = 1ul << v->page_shift;
	const struct vmcore_segment *s;
	const uint8_t *p = NULL;
	uint64_t have, off;

	if (w->seg >= v->n_segs || v->segs[w->seg].pa > pa || v->segs[w->seg].end <= pa)
		w->seg = find_segment(v, pa);
	s = w->seg < v->n_segs ? &v->segs[w->seg] : NULL;
	if (!s || pa < s->pa || pa >= s->file_end || s->file_end - pa < page) {
		*len = page;
		return assemble(w, pa);
	}
	have = s->file_end - pa;
	if (*len > have)
		*len = have - have % page;
	off = s->off + (pa - s->pa);
	if (!w->no_mmap && !(s->forbidden && pa - s->pa < FORBIDDEN_BYTES))
		p = mapped(w, off, s->off + (s->file_end - s->pa), len);
	return p ? p : buffered(w, off, len);
}

const struct vmcore_reader read_elf = {
	.close = elf_close,
	.notes_read = elf_notes_read,
	.read = elf_read,
	.end = elf_end,
	.next_ram = elf_next_ram,
	.next_data = elf_next_data,
	.ram_pages = elf_ram_pages,
	.ram_bits = elf_ram_bits,
	.next_range = elf_next_range,
	.window_init = elf_window_init,
	.window_close = elf_window_close,
	.window_get = elf_window_get,
};
