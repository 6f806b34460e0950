/* SPDX-License-Identifier: MIT */
#include "loader/check/manifest.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/io.h"

enum { PIECE_BYTES = 64 << 10 };

static void damaged(struct manifest *m, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void damaged(struct manifest *m, const char *fmt, ...)
{
	va_list ap;

	m->state = MANIFEST_DAMAGED;
	va_start(ap, fmt);
	vsnprintf(m->why, sizeof(m->why), fmt, ap);
	va_end(ap);
}

/* The digest of n bytes from off on. */
static int digest_payload(int fd, uint64_t off, uint64_t n, char ret[SHA256_TEXT])
{
	_free_ char *piece = malloc(PIECE_BYTES);
	struct sha256 sum;

	if (!piece)
		return -ENOMEM;
	sha256_init(&sum);
	while (n) {
		size_t len = n < PIECE_BYTES ? (size_t)n : PIECE_BYTES;
		int r = io_pread(fd, piece, len, off);

		if (r)
			return r;
		sha256_add(&sum, piece, len);
		off += len;
		n -= len;
	}
	sha256_text(&sum, ret);
	return 0;
}

/* The file's length and the payload's digest against the head. */
static int check_payload(const struct image *img, struct manifest *m)
{
	uint64_t have = img->id.bytes - m->head.bytes, want = m->head.payload_bytes;
	char got[SHA256_TEXT];
	int r;

	if (have < want) {
		damaged(m, "is cut: %" PRIu64 " of the %" PRIu64 " bytes behind its head are there",
			have, want);
		return 0;
	}
	if (have > want) {
		damaged(m, "has %" PRIu64 " bytes behind what kdump-mkinitrd wrote", have - want);
		return 0;
	}
	r = digest_payload(img->fd, m->head.bytes, want, got);
	if (r)
		return r;
	if (strcmp(got, m->head.payload_sha256))
		damaged(m, "is damaged: its contents are not what kdump-mkinitrd wrote");
	return 0;
}

int manifest_read(const struct image *img, struct manifest *ret)
{
	size_t len =
		img->id.bytes < IMAGE_HEAD_MAX_BYTES ? (size_t)img->id.bytes : IMAGE_HEAD_MAX_BYTES;
	int r;

	*ret = (struct manifest){ .state = MANIFEST_NONE };
	ret->text = malloc(len + 1);
	if (!ret->text)
		return -ENOMEM;
	r = io_pread(img->fd, ret->text, len, 0);
	if (r)
		return r;
	r = image_head_read(ret->text, len, &ret->head);
	if (r == -ENOENT)
		return 0;
	ret->state = MANIFEST_WHOLE;
	if (r == -EPROTO)
		damaged(ret, "is of format %u, which this kdump-loader does not know (it knows %u)",
			ret->head.format, IMAGE_FORMAT);
	else if (r)
		damaged(ret, "is cut or damaged at its beginning");
	return r ? 0 : check_payload(img, ret);
}

void manifest_free(struct manifest *m)
{
	free(m->text);
	m->text = NULL;
	m->state = MANIFEST_NONE;
}
