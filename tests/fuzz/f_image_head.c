/* SPDX-License-Identifier: MIT */
/*
 * image_head_read over any bytes, and over a good head with some of its bytes changed: what is
 * accepted must hold what image_head.h promises. The first byte of an input tells which.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/image_head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int good)
{
	if (!good)
		abort();
}

static void inside(const char *buf, size_t len, const char *s)
{
	must(s >= buf && s < buf + len && memchr(s, '\0', len - (size_t)(s - buf)));
}

static void read_one(char *buf, size_t len)
{
	static struct image_head h;
	int r = image_head_read(buf, len, &h);

	must(!r || r == -ENOENT || r == -EBADMSG || r == -EPROTO);
	if (r)
		return;
	must(h.format == IMAGE_FORMAT && !(h.bytes % IMAGE_HEAD_ALIGN));
	must(h.n_inputs <= IMAGE_INPUTS_MAX && strlen(h.payload_sha256) == SHA256_TEXT - 1);
	inside(buf, len, h.version);
	inside(buf, len, h.release);
	inside(buf, len, h.config);
	must(h.config + h.config_bytes < buf + len);
	for (unsigned i = 0; i < h.n_inputs; i++) {
		inside(buf, len, h.input[i].kind);
		inside(buf, len, h.input[i].path);
		must(strlen(h.input[i].sha256) == SHA256_TEXT - 1);
	}
}

/* Pairs of a place and a byte. */
static void change(const uint8_t *data, size_t size)
{
	static const char zeros[] =
		"0000000000000000000000000000000000000000000000000000000000000000";
	static struct image_head h = {
		.version = "1",
		.release = "6.1",
		.payload_sha256 = zeros,
		.input = { { "conf", "/etc/kdump.conf", 3, zeros } },
		.n_inputs = 1,
		.config = (char *)"ext4 UUID=x\n",
		.config_bytes = 12,
	};
	char *buf;
	size_t len;

	if (image_head_write(&h, &buf, &len))
		return;
	for (size_t i = 0; i + 2 < size; i += 3)
		buf[(data[i] | data[i + 1] << 8) % len] = (char)data[i + 2];
	read_one(buf, size % 7 ? len : len - size % len);
	free(buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy;

	if (!size)
		return 0;
	if (*data & 1) {
		change(data + 1, size - 1);
		return 0;
	}
	copy = malloc(size);
	if (!copy)
		return 0;
	memcpy(copy, data + 1, size - 1);
	read_one(copy, size - 1);
	free(copy);
	return 0;
}
