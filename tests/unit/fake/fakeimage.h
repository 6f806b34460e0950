/* SPDX-License-Identifier: MIT */
/*
 * Capture images for tests: a true head and a payload that is only text.
 */
#ifndef TESTS_UNIT_FAKE_FAKEIMAGE_H
#define TESTS_UNIT_FAKE_FAKEIMAGE_H

#include "lib/image_head.h"
#include "tests/unit/test.h"

#define FAKEIMAGE_CONFIG "path /crash\next4 UUID=1\n"

struct fakeimage {
	const char *release, *payload, *config; /* NULL: FAKEIMAGE_CONFIG */
	unsigned n_modules;
	uint64_t unpacked_bytes;
	struct image_input input[4];
	unsigned n_inputs;
	bool other_root, generic;
	const char *version; /* NULL: this one */
};

static inline void fakeimage_sum(const void *data, size_t len, char ret[SHA256_TEXT])
{
	struct sha256 s;

	sha256_init(&s);
	sha256_add(&s, data, len);
	sha256_text(&s, ret);
}

/* The image, which the caller frees. */
static inline char *fakeimage_make(const struct fakeimage *f, size_t *ret_len)
{
	static struct image_head h;
	const char *config = f->config ? f->config : FAKEIMAGE_CONFIG;
	char sum[SHA256_TEXT], *head, *all;
	size_t len;

	fakeimage_sum(f->payload, strlen(f->payload), sum);
	h = (struct image_head){
		.version = f->version ? f->version : KDUMP_VERSION,
		.release = f->release,
		.n_modules = f->n_modules,
		.payload_bytes = strlen(f->payload),
		.payload_sha256 = sum,
		.unpacked_bytes = f->unpacked_bytes,
		.other_root = f->other_root,
		.generic = f->generic,
		.n_inputs = f->n_inputs,
		.config = (char *)config,
		.config_bytes = strlen(config),
	};
	memcpy(h.input, f->input, sizeof(f->input));
	if (image_head_write(&h, &head, &len))
		abort();
	all = malloc(len + strlen(f->payload));
	memcpy(all, head, len);
	memcpy(all + len, f->payload, strlen(f->payload));
	*ret_len = len + strlen(f->payload);
	free(head);
	return all;
}

#endif
