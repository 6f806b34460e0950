/* SPDX-License-Identifier: MIT */
#include "loader/kexec/layout.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/bytes.h"

#define MIB ((uint64_t)1 << 20)

void layout_init(struct layout *l, const struct kexec_arch *arch, int root, bool crash)
{
	*l = (struct layout){ .arch = arch, .root = root, .crash = crash };
	l->page_bytes = (uint64_t)sysconf(_SC_PAGESIZE);
}

void layout_free(struct layout *l)
{
	for (unsigned i = 0; i < l->n_buffers; i++) {
		if (l->buffer[i].mapped)
			munmap(l->buffer[i].data, l->buffer[i].bytes);
		else
			free(l->buffer[i].data);
	}
	l->n_buffers = l->n = 0;
	iomem_free(&l->machine);
	iomem_free(&l->memory);
	iomem_free(&l->free);
}

int layout_fail(struct layout *l, int err, const char *fmt, ...)
{
	va_list ap;

	if (*l->why)
		return err;
	va_start(ap, fmt);
	vsnprintf(l->why, sizeof(l->why), fmt, ap);
	va_end(ap);
	return err;
}

static int keep_buffer(struct layout *l, const struct layout_buffer *b)
{
	if (l->n_buffers == LAYOUT_BUFFERS)
		return -ENOMEM;
	l->buffer[l->n_buffers++] = *b;
	return 0;
}

int layout_own(struct layout *l, void *data, size_t bytes)
{
	int r = keep_buffer(l, &(struct layout_buffer){ data, bytes, false });

	if (r)
		free(data);
	return r;
}

int layout_map(struct layout *l, int fd, const char *what, const void **ret, size_t *ret_len)
{
	struct stat st;
	void *p;

	if (fstat(fd, &st) < 0)
		return layout_fail(l, -errno, "%s: %s", what, strerror(errno));
	if (st.st_size <= 0)
		return layout_fail(l, -EINVAL, "%s is empty", what);
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return layout_fail(l, -errno, "%s: %s", what, strerror(errno));
	if (keep_buffer(l, &(struct layout_buffer){ p, (size_t)st.st_size, true })) {
		munmap(p, (size_t)st.st_size);
		return -ENOMEM;
	}
	*ret = p;
	*ret_len = (size_t)st.st_size;
	return 0;
}

int layout_place(struct layout *l, const struct layout_part *p, struct segment **ret)
{
	uint64_t want = p->place_bytes > p->bytes ? p->place_bytes : p->bytes;
	uint64_t bytes = bytes_round_up(want, l->page_bytes);
	struct iomem_wish w = { .bytes = bytes + p->offset,
				.align = p->align > l->page_bytes ? p->align : l->page_bytes,
				.min = p->min,
				.max = UINT64_MAX,
				.down = l->crash && !p->low };
	uint64_t start;

	if (l->n == LAYOUT_SEGMENTS)
		return layout_fail(l, -EINVAL, "more than %d segments", LAYOUT_SEGMENTS);
	if (bytes < want || !iomem_find(&l->free, &w, &start))
		return layout_fail(l, -EADDRNOTAVAIL, "no room for the %s, %" PRIu64 " MiB, %s",
				   p->name, (want + MIB - 1) / MIB,
				   l->crash ? "in the memory reserved by crashkernel="
					    : "in the memory of the machine");
	start += p->offset;
	if (iomem_cut(&l->free, start, start + bytes))
		return -ENOMEM;
	/* elsewhere the kernel puts what it needs for the jump wherever no segment is */
	if (l->apart && p->rest_is_scratch)
		bytes = bytes_round_up(p->bytes, l->page_bytes);
	l->segment[l->n] =
		(struct segment){ p->name, p->data, p->bytes, start, start + bytes, p->may_change };
	if (ret)
		*ret = &l->segment[l->n];
	l->n++;
	return 0;
}
