/* SPDX-License-Identifier: MIT */
#include "loader/check/manifest.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/bytes.h"
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

/* The payload behind the head at off, of which there are that many bytes at least. */
static int check_payload(const struct image *img, struct manifest *m, uint64_t off)
{
	uint64_t have = img->id.bytes - off - m->head.bytes, want = m->head.payload_bytes;
	char got[SHA256_TEXT];
	int r;

	if (have < want) {
		damaged(m, "is cut: %" PRIu64 " of the %" PRIu64 " bytes behind its head are there",
			have, want);
		return 0;
	}
	r = digest_payload(img->fd, off + m->head.bytes, want, got);
	if (r)
		return r;
	if (strcmp(got, m->head.payload_sha256))
		damaged(m, "is damaged: its contents are not what kdump-mkinitrd wrote");
	return 0;
}

/* The head at off, and its payload. */
static int read_part(const struct image *img, struct manifest *m, uint64_t off)
{
	uint64_t left = img->id.bytes - off;
	size_t len = left < IMAGE_HEAD_MAX_BYTES ? (size_t)left : IMAGE_HEAD_MAX_BYTES;
	int r;

	free(m->text);
	m->text = malloc(len + 1);
	if (!m->text)
		return -ENOMEM;
	r = io_pread(img->fd, m->text, len, off);
	if (r)
		return r;
	r = image_head_read(m->text, len, &m->head);
	if (r == -ENOENT) {
		m->state = MANIFEST_NONE;
		return 0;
	}
	m->state = MANIFEST_WHOLE;
	if (r == -EPROTO)
		damaged(m, "is of format %u, which this kdump-loader does not know (it knows %u)",
			m->head.format, IMAGE_FORMAT);
	else if (r)
		damaged(m, "is cut or damaged at its beginning");
	return r ? 0 : check_payload(img, m, off);
}

/* What follows the first part: nothing, or, behind a generic one, a machine's own. */
static int read_next(const struct image *img, struct manifest *m)
{
	uint64_t end = m->head.bytes + m->head.payload_bytes;
	bool generic = m->head.generic;
	char release[80];
	int r;

	if (end == img->id.bytes)
		return 0;
	if (!generic) {
		damaged(m, "has %" PRIu64 " bytes behind what kdump-mkinitrd wrote",
			img->id.bytes - end);
		return 0;
	}
	snprintf(m->generic_version, sizeof(m->generic_version), "%s", m->head.version);
	snprintf(release, sizeof(release), "%s", m->head.release);
	end = bytes_round_up(end, IMAGE_HEAD_ALIGN);
	r = end < img->id.bytes ? read_part(img, m, end) : 0;
	if (r)
		return r;
	if (end >= img->id.bytes || m->state == MANIFEST_NONE)
		damaged(m, "has bytes behind its generic part that are no machine's part of it");
	else if (m->state == MANIFEST_WHOLE && strcmp(release, m->head.release))
		damaged(m, "has a machine's part that was made for kernel %.60s", m->head.release);
	else if (m->state == MANIFEST_WHOLE &&
		 end + m->head.bytes + m->head.payload_bytes != img->id.bytes)
		damaged(m, "has bytes behind what kdump-mkinitrd wrote");
	return 0;
}

static int read_config(struct manifest *m)
{
	_free_ struct conf_findings *found = calloc(1, sizeof(*found));
	size_t len = m->head.config_bytes;

	m->conf = calloc(1, sizeof(*m->conf));
	m->conf_text = malloc(len + 1);
	if (!found || !m->conf || !m->conf_text)
		return -ENOMEM;
	memcpy(m->conf_text, m->head.config, len + 1);
	if (conf_parse(m->conf_text, len, m->conf, found))
		conf_say(conf_first_error(found), m->conf_error);
	return 0;
}

int manifest_read(const struct image *img, struct manifest *ret)
{
	int r;

	*ret = (struct manifest){ .state = MANIFEST_NONE };
	r = read_part(img, ret, 0);
	if (!r && ret->state == MANIFEST_WHOLE)
		r = read_next(img, ret);
	return r || ret->state != MANIFEST_WHOLE ? r : read_config(ret);
}

void manifest_free(struct manifest *m)
{
	free(m->text);
	free(m->conf);
	free(m->conf_text);
	m->text = m->conf_text = NULL;
	m->conf = NULL;
	m->state = MANIFEST_NONE;
}
