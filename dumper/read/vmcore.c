/* SPDX-License-Identifier: MIT */
/*
 * First stage of the dumper: opens what is to be read and chooses the reader by what it is. The
 * headers are checked once, there; afterwards every address that leaves a reader is inside both
 * the RAM and the file.
 */
#include "dumper/read/vmcore.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dumper/format/kdump_format.h"
#include "dumper/read/foreign.h"
#include "dumper/read/reader.h"
#include "lib/bytes.h"
#include "lib/cleanup.h"

static const struct vmcore_reader *reader(const struct vmcore *v)
{
	return v->reader ? v->reader : &read_elf;
}

static bool is_elf(const struct source *src)
{
	uint8_t magic[SELFMAG];

	return !source_read(src, magic, sizeof(magic), 0) && !memcmp(magic, ELFMAG, SELFMAG);
}

static bool is_kdump(const struct source *src)
{
	char magic[8];

	return !source_read(src, magic, sizeof(magic), 0) &&
	       !memcmp(magic, KDUMP_SIGNATURE, sizeof(magic));
}

/* Writers put the header last. */
static bool no_header_yet(const struct source *src)
{
	static const uint8_t zeros[64];
	uint8_t head[64];

	return src->truncated ||
	       (!source_read(src, head, sizeof(head), 0) && !memcmp(head, zeros, sizeof(head)));
}

static int choose(struct vmcore *v, struct source *src, unsigned n, unsigned flags,
		  const char **why)
{
	bool elf = is_elf(&src[0]), kdump = !elf && is_kdump(&src[0]);
	const char *other = elf || kdump ? NULL : foreign_name(&src[0]);

	if (n == 1 && elf)
		return read_elf_open(v, src, why);
	if (!elf && !other && (kdump || flags & VMCORE_DAMAGED))
		return read_kdump_open(v, src, n, flags, why);
	*why = other			? other
	       : elf			? "only the parts of a split dump can be opened together"
	       : no_header_yet(&src[0]) ? "the header is missing: a dump that was not finished? "
					  "(--recover saves what is there)"
					: "neither an ELF core nor a dump";
	for (unsigned i = 0; i < n; i++)
		source_close(&src[i]);
	return elf ? -EINVAL : -ENOEXEC;
}

int vmcore_open_set(const char *const *paths, unsigned n, unsigned flags, struct vmcore *ret,
		    const char **why)
{
	struct vmcore v = { .fd = -1, .page_shift = 12, .src.fd = -1 };
	struct source src[VMCORE_MAX_PARTS];
	int r = 0;

	*why = "no file, or more than 64 parts";
	if (!n || n > VMCORE_MAX_PARTS)
		return -EINVAL;
	for (unsigned i = 0; i < n; i++) {
		r = source_open(paths[i], &src[i], why);
		if (!r)
			continue;
		while (i--)
			source_close(&src[i]);
		return r;
	}
	v.wrapping = src[0].layer ? src[0].layer->name : NULL;
	r = choose(&v, src, n, flags, why);
	if (!r && flags & VMCORE_DAMAGED && !vmcore_any_data(&v)) {
		*why = "not one page of memory is in it: it was cut off too early";
		r = -ENODATA;
	}
	if (r) {
		vmcore_close(&v);
		return r;
	}
	*why = "";
	*ret = v;
	return 0;
}

void vmcore_why(int r, const char *why, char *buf, size_t size)
{
	/* what open and read do not return, or what says nothing beside the reason */
	static const int ours[] = { ENOEXEC, EBADMSG, ENODATA, EINVAL, EFBIG, ENOMEM };

	for (size_t i = 0; i < ARRAY_LEN(ours); i++) {
		if (r == -ours[i]) {
			snprintf(buf, size, "%s", why);
			return;
		}
	}
	snprintf(buf, size, "%s: %s", why, strerror(-r));
}

void vmcore_close(struct vmcore *v)
{
	reader(v)->close(v);
	free(v->added);
	v->added = NULL;
	v->note_added = 0;
	v->reader = NULL;
	v->state = NULL;
	v->fd = -1;
}

/*
 * /proc/kcore copies each page through a buffer that belongs to the open file (fs/proc/kcore.c,
 * df04abfd181a, 4.8): of two threads that read one descriptor, one gets the other's bytes. What
 * else is read here has nothing of that kind. /proc/vmcore maps the page and copies it straight to
 * the reader (fs/proc/vmcore.c, copy_oldmem_page), and most of it is mapped here anyway; a file or
 * a block device comes from the page cache, where a descriptor has its readahead alone, which two
 * threads disturb but cannot confuse; so do dumps in wrappings, which share descriptors for that
 * reason. A pipe can only be read in order, by the one thread that takes a flattened stream apart,
 * as pread() of it fails. The file offset, which lseek() for holes changes, is used by nobody.
 */
int vmcore_own(const struct vmcore *v, struct vmcore *ret)
{
	char path[40];
	int fd = -1;

	if (v->fd >= 0 && !v->src.layer) {
		snprintf(path, sizeof(path), "/proc/self/fd/%d", v->fd);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0 && v->live)
			return -errno;
	}
	*ret = *v;
	if (fd >= 0)
		ret->fd = ret->src.fd = fd;
	return 0;
}

void vmcore_own_close(struct vmcore *own, const struct vmcore *v)
{
	if (own->fd >= 0 && own->fd != v->fd)
		close(own->fd);
	own->fd = -1;
}

int vmcore_changed(const struct vmcore *v)
{
	return v->live ? read_elf_changed(v) : 0;
}

int vmcore_notes_read(const struct vmcore *v, uint64_t off, void *buf, size_t len)
{
	uint64_t own = v->note_len - v->note_added;
	size_t n = off < own ? (own - off < len ? own - off : len) : 0;
	int r;

	if (!bytes_inside(off, len, v->note_len))
		return -ENODATA;
	r = n ? reader(v)->notes_read(v, off, buf, n) : 0;
	if (!r && n < len)
		memcpy((uint8_t *)buf + n, v->added + (off + n - own), len - n);
	return r;
}

void vmcore_add_note(struct vmcore *v, uint64_t end, uint8_t *note, uint64_t len)
{
	v->added = note;
	v->note_added = len;
	v->note_len = end + len;
}

int vmcore_read(const struct vmcore *v, uint64_t pa, void *buf, size_t len)
{
	return reader(v)->read(v, pa, buf, len);
}

uint64_t vmcore_end(const struct vmcore *v)
{
	return reader(v)->end(v);
}

uint64_t vmcore_next_ram(const struct vmcore *v, uint64_t pfn)
{
	return reader(v)->next_ram(v, pfn);
}

uint64_t vmcore_next_data(const struct vmcore *v, uint64_t pfn)
{
	return reader(v)->next_data ? reader(v)->next_data(v, pfn) : reader(v)->next_ram(v, pfn);
}

uint64_t vmcore_ram_pages(const struct vmcore *v)
{
	return reader(v)->ram_pages(v);
}

void vmcore_ram_bits(const struct vmcore *v, uint64_t pfn, unsigned n, uint64_t *ram,
		     uint64_t *data)
{
	reader(v)->ram_bits(v, pfn, n, ram, data);
}

bool vmcore_any_data(const struct vmcore *v)
{
	uint64_t ram[64], data[64];

	for (uint64_t pfn = vmcore_next_data(v, 0); pfn != UINT64_MAX;
	     pfn = vmcore_next_data(v, pfn + 64 * ARRAY_LEN(data))) {
		vmcore_ram_bits(v, pfn, 64 * ARRAY_LEN(data), ram, data);
		for (size_t i = 0; i < ARRAY_LEN(data); i++) {
			if (data[i])
				return true;
		}
	}
	return false;
}

uint64_t vmcore_pages_lost(const struct vmcore *v)
{
	return reader(v)->pages_lost ? reader(v)->pages_lost(v) : 0;
}

bool vmcore_next_range(const struct vmcore *v, uint64_t pa, struct vmcore_range *ret)
{
	return reader(v)->next_range(v, pa, ret);
}

int vmcore_window_init(struct vmcore_window *w, const struct vmcore *v, size_t size, uint8_t *buf,
		       size_t buf_size)
{
	*w = (struct vmcore_window){
		.v = v,
		.size = size,
		.buf = buf,
		.buf_size = buf_size,
	};
	return reader(v)->window_init(w);
}

void vmcore_window_close(struct vmcore_window *w)
{
	if (w->v)
		reader(w->v)->window_close(w);
}

const uint8_t *vmcore_window_get(struct vmcore_window *w, uint64_t pa, size_t *len)
{
	return reader(w->v)->window_get(w, pa, len);
}
