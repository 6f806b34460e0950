/* SPDX-License-Identifier: MIT */
/*
 * Both sides of the head: kdump-mkinitrd writes it, kdump-loader reads it.
 */
#include "lib/image_head.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/bytes.h"
#include "lib/cleanup.h"
#include "lib/newc.h"

enum {
	SIZE_AT = 6 + 6 * 8, /* in a newc entry */
	/* the manifest's last line: "seal ", the digest, a newline */
	SEAL_BYTES = 5 + SHA256_TEXT,
};

/* The entries of a head, in their order. */
static const struct newc_entry entries[] = {
	{ IMAGE_FOLDER, 1, 0040755, 2 },
	{ IMAGE_MANIFEST, 2, 0100600, 1 },
	{ IMAGE_CONFIG, 3, 0100600, 1 },
	{ "TRAILER!!!", 0, 0, 1 },
};

static void digest_text(const void *data, size_t len, char ret[SHA256_TEXT])
{
	struct sha256 s;

	sha256_init(&s);
	sha256_add(&s, data, len);
	sha256_text(&s, ret);
}

/* ------------------------------------------------------------------ writing */

static bool is_word(const char *s)
{
	return *s && !s[strcspn(s, " \n")];
}

static bool is_line(const char *s)
{
	return *s && !strchr(s, '\n');
}

static bool can_be_written(const struct image_head *h)
{
	bool good = is_line(h->version) && is_line(h->release) && is_word(h->payload_sha256);

	for (unsigned i = 0; i < h->n_inputs && good; i++)
		good = is_word(h->input[i].kind) && is_line(h->input[i].path) &&
		       is_word(h->input[i].sha256);
	return good;
}

static void put_manifest(FILE *to, const struct image_head *h)
{
	char sum[SHA256_TEXT];

	fprintf(to, "kdump-image %u\nversion %s\nrelease %s\nmodules %u\n", IMAGE_FORMAT,
		h->version, h->release, h->n_modules);
	fprintf(to, "payload %" PRIu64 " %s\nunpacked %" PRIu64 "\n", h->payload_bytes,
		h->payload_sha256, h->unpacked_bytes);
	digest_text(h->config, h->config_bytes, sum);
	fprintf(to, "config %zu %s\n", h->config_bytes, sum);
	if (h->other_root)
		fputs("root other\n", to);
	if (h->generic)
		fputs("generic\n", to);
	for (unsigned i = 0; i < h->n_inputs; i++)
		fprintf(to, "input %s %" PRIu64 " %s %s\n", h->input[i].kind, h->input[i].bytes,
			h->input[i].sha256, h->input[i].path);
}

static int manifest(const struct image_head *h, char **ret, size_t *ret_len)
{
	_free_ char *text = NULL;
	char sum[SHA256_TEXT];
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);
	int r;

	if (!to)
		return -ENOMEM;
	put_manifest(to, h);
	r = fflush(to);
	if (!r) {
		digest_text(text, len, sum);
		fprintf(to, "seal %s\n", sum);
	}
	if (fclose(to) || r)
		return -ENOMEM;
	*ret = keep_ptr(text);
	*ret_len = len;
	return 0;
}

int image_head_write(const struct image_head *h, char **ret, size_t *ret_len)
{
	_free_ char *text = NULL, *buf = NULL;
	size_t text_len, len = 0, at = 0;
	FILE *to;
	int r = can_be_written(h) ? manifest(h, &text, &text_len) : -EINVAL;

	if (r)
		return r;
	if (h->n_inputs > IMAGE_INPUTS_MAX ||
	    text_len + h->config_bytes > IMAGE_HEAD_MAX_BYTES - 2 * IMAGE_HEAD_ALIGN)
		return -E2BIG;
	to = open_memstream(&buf, &len);
	if (!to)
		return -ENOMEM;
	newc_put(to, &entries[0], NULL, 0, &at);
	newc_put(to, &entries[1], text, text_len, &at);
	newc_put(to, &entries[2], h->config, h->config_bytes, &at);
	newc_put(to, &entries[3], NULL, 0, &at);
	newc_pad(to, &at, IMAGE_HEAD_ALIGN);
	if (fclose(to))
		return -ENOMEM;
	*ret = keep_ptr(buf);
	*ret_len = len;
	return 0;
}

/* ------------------------------------------------------------------ reading */

/* Eight hex digits as the writer writes them. */
static bool hex(const char *s, uint32_t *ret)
{
	static const char digits[] = "0123456789ABCDEF";
	uint32_t v = 0;

	for (unsigned i = 0; i < 8; i++) {
		const char *at = s[i] ? strchr(digits, s[i]) : NULL;

		if (!at)
			return false;
		v = v << 4 | (uint32_t)(at - digits);
	}
	*ret = v;
	return true;
}

/* Zeros from *at up to a multiple of align, which *at becomes. */
static bool padded(const char *buf, size_t len, size_t *at, size_t align)
{
	for (; *at % align; (*at)++) {
		if (*at >= len || buf[*at])
			return false;
	}
	return true;
}

/* The entry e at *at, which becomes the place behind it; each of its bytes is as it was written. */
static bool read_entry(char *buf, size_t len, size_t *at, const struct newc_entry *e, char **data,
		       size_t *data_len)
{
	char text[NEWC_ENTRY_BYTES + NEWC_NAME_BYTES];
	uint32_t size;
	size_t n;

	if (!bytes_inside(*at, NEWC_ENTRY_BYTES, len) || !hex(buf + *at + SIZE_AT, &size))
		return false;
	n = newc_entry_text(e, size, text);
	if (size && !S_ISREG(e->mode))
		return false;
	if (!bytes_inside(*at, n, len) || memcmp(buf + *at, text, n))
		return false;
	*at += n;
	if (!padded(buf, len, at, 4) || !bytes_inside(*at, size, len))
		return false;
	*data = buf + *at;
	*data_len = size;
	*at += size;
	return padded(buf, len, at, 4);
}

/* The next word of a line, cut off; NULL: there is none. */
static char *word(char **line)
{
	char *s = *line, *end;

	if (!s || !*s)
		return NULL;
	end = strchr(s, ' ');
	if (end)
		*end++ = '\0';
	*line = end;
	return *s ? s : NULL;
}

static bool number(char **line, uint64_t *ret)
{
	char *s = word(line), *end;

	if (!s || *s < '0' || *s > '9')
		return false;
	errno = 0;
	*ret = strtoull(s, &end, 10);
	return !*end && !errno;
}

static bool sum(char **line, const char **ret)
{
	char *s = word(line);

	*ret = s;
	return s && strlen(s) == SHA256_TEXT - 1 &&
	       strspn(s, "0123456789abcdef") == SHA256_TEXT - 1;
}

static bool rest(char **line, const char **ret)
{
	*ret = *line;
	*line = NULL;
	return *ret && **ret;
}

static bool take_input(char *line, struct image_head *h)
{
	struct image_input *in = &h->input[h->n_inputs];

	/* what it was made from is not told in full then; the image is as good */
	if (h->n_inputs == IMAGE_INPUTS_MAX)
		return true;
	in->kind = word(&line);
	h->n_inputs++;
	return in->kind && number(&line, &in->bytes) && sum(&line, &in->sha256) &&
	       rest(&line, &in->path);
}

static bool take_config(char *line, struct image_head *h)
{
	const char *want;
	char got[SHA256_TEXT];
	uint64_t bytes;

	if (!number(&line, &bytes) || !sum(&line, &want) || bytes != h->config_bytes)
		return false;
	digest_text(h->config, h->config_bytes, got);
	return !strcmp(got, want);
}

/* One line; false if it makes no sense. */
static bool take_line(const char *key, char *line, struct image_head *h)
{
	uint64_t n;

	if (!strcmp(key, "version"))
		return rest(&line, &h->version);
	if (!strcmp(key, "release"))
		return rest(&line, &h->release);
	if (!strcmp(key, "modules")) {
		h->n_modules = number(&line, &n) && n < UINT32_MAX ? (unsigned)n : 1;
		return true;
	}
	if (!strcmp(key, "payload"))
		return number(&line, &h->payload_bytes) && sum(&line, &h->payload_sha256);
	if (!strcmp(key, "unpacked"))
		return number(&line, &h->unpacked_bytes);
	if (!strcmp(key, "config"))
		return take_config(line, h);
	if (!strcmp(key, "input"))
		return take_input(line, h);
	if (!strcmp(key, "root"))
		h->other_root = true;
	if (!strcmp(key, "generic"))
		h->generic = true;
	return true;
}

/* The sealed lines; what follows the seal is not the manifest's. */
static bool seal_holds(const char *text, size_t len)
{
	char want[SHA256_TEXT];
	const char *seal = text + len - SEAL_BYTES;

	if (len < SEAL_BYTES || memcmp(seal, "seal ", 5) || text[len - 1] != '\n')
		return false;
	digest_text(text, len - SEAL_BYTES, want);
	return !memcmp(seal + 5, want, SHA256_TEXT - 1);
}

static int read_format(char *text, size_t len, unsigned *ret)
{
	static const char first[] = "kdump-image ";
	size_t n = sizeof(first) - 1;
	unsigned v = 0;

	if (len < n + 2 || memcmp(text, first, n))
		return -EBADMSG;
	for (; n < len && text[n] >= '0' && text[n] <= '9' && v < 1000; n++)
		v = v * 10 + (unsigned)(text[n] - '0');
	*ret = v;
	return n == len || text[n] != '\n' || !v ? -EBADMSG : v == IMAGE_FORMAT ? 0 : -EPROTO;
}

static int read_manifest(char *text, size_t len, struct image_head *h)
{
	int r = read_format(text, len, &h->format);
	char *end = text + len - SEAL_BYTES, *next;

	if (r)
		return r;
	if (!seal_holds(text, len) || memchr(text, '\0', len))
		return -EBADMSG;
	for (char *line = text; line < end; line = next) {
		char *stop = memchr(line, '\n', (size_t)(end - line));
		char *key;

		if (!stop)
			return -EBADMSG;
		*stop = '\0';
		next = stop + 1;
		key = word(&line);
		if (key && !take_line(key, line, h))
			return -EBADMSG;
	}
	return h->version && h->release && h->payload_sha256 ? 0 : -EBADMSG;
}

/* Does an archive begin like a head, its folder and the manifest's name? */
static bool begins_so(const char *buf, size_t len)
{
	char text[NEWC_ENTRY_BYTES + NEWC_NAME_BYTES];
	size_t first = bytes_round_up(newc_entry_text(&entries[0], 0, text), 4);
	const char *name = entries[1].name;

	return bytes_inside(first + NEWC_ENTRY_BYTES, strlen(name), len) && !memcmp(buf, text, 6) &&
	       !memcmp(buf + first + NEWC_ENTRY_BYTES, name, strlen(name));
}

int image_head_read(char *buf, size_t len, struct image_head *ret)
{
	size_t at = 0, text_len = 0, none_len;
	char *text = NULL, *none;
	int r;

	*ret = (struct image_head){ .format = 0 };
	if (!begins_so(buf, len))
		return -ENOENT;
	if (!read_entry(buf, len, &at, &entries[0], &none, &none_len) ||
	    !read_entry(buf, len, &at, &entries[1], &text, &text_len))
		return -EBADMSG;
	r = read_format(text, text_len, &ret->format);
	if (r)
		return r;
	if (!read_entry(buf, len, &at, &entries[2], &ret->config, &ret->config_bytes) ||
	    !read_entry(buf, len, &at, &entries[3], &none, &none_len) ||
	    !padded(buf, len, &at, IMAGE_HEAD_ALIGN))
		return -EBADMSG;
	ret->bytes = at;
	r = read_manifest(text, text_len, ret);
	/* the next entry stands behind it, and has been read */
	ret->config[ret->config_bytes] = '\0';
	return r;
}
