/* SPDX-License-Identifier: MIT */
#include "mkinitrd/image/generic.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/io.h"

#define IMAGE_MAX_BYTES (512u << 20)

static int check_payload(const struct generic *g, const char *path, struct fault *f)
{
	const struct image_head *h = &g->head;
	char digest[SHA256_TEXT];
	struct sha256 sum;

	if (!h->generic)
		return fault_set(f, -EINVAL, "%s is no generic image: make one with --generic",
				 path);
	if (g->len - h->bytes != h->payload_bytes)
		return fault_set(f, -EINVAL, "%s %s", path,
				 g->len - h->bytes < h->payload_bytes
					 ? "is cut"
					 : "has a machine's part already: take the one without");
	sha256_init(&sum);
	sha256_add(&sum, g->data + h->bytes, h->payload_bytes);
	sha256_text(&sum, digest);
	return strcmp(digest, h->payload_sha256) ? fault_set(f, -EBADMSG, "%s is damaged", path)
						 : 0;
}

int generic_read(const char *path, struct generic *ret, struct fault *f)
{
	size_t len;
	int r;

	*ret = (struct generic){ .data = NULL };
	r = io_load_file(AT_FDCWD, path, IMAGE_MAX_BYTES, &ret->data, &ret->len);
	if (r)
		return fault_set(f, r, "%s: %s", path, strerror(-r));
	len = ret->len < IMAGE_HEAD_MAX_BYTES ? ret->len : IMAGE_HEAD_MAX_BYTES;
	ret->text = malloc(len + 1);
	if (!ret->text)
		return -ENOMEM;
	memcpy(ret->text, ret->data, len);
	r = image_head_read(ret->text, len, &ret->head);
	if (r)
		return fault_set(f, r, "%s is no image of this kdump-mkinitrd", path);
	return check_payload(ret, path, f);
}

/* "virtio_blk.ko" of "/lib/modules/6.12/kernel/virtio_blk.ko.xz": the length up to its end. */
static size_t module_name(const char *path, const char **ret)
{
	const char *slash = strrchr(path, '/'), *end;

	*ret = slash ? slash + 1 : path;
	end = strstr(*ret, ".ko");
	return end ? (size_t)(end + 3 - *ret) : strlen(*ret);
}

static bool has_module(const struct generic *g, const char *file)
{
	const char *want, *have;
	size_t len = module_name(file, &want);

	for (unsigned i = 0; i < g->head.n_inputs; i++) {
		const struct image_input *in = &g->head.input[i];

		if (!strcmp(in->kind, "module") && module_name(in->path, &have) == len &&
		    !memcmp(have, want, len))
			return true;
	}
	return false;
}

int generic_check_modules(const struct generic *g, const char *path, const struct recipe *p,
			  struct fault *f)
{
	char missing[400] = "";
	size_t n = 0;

	for (unsigned i = 0; i < p->mods.n_list; i++) {
		const char *name = strrchr(p->files[i], '/') + 1;

		if (!has_module(g, p->files[i]) && n < sizeof(missing))
			n += (size_t)snprintf(missing + n, sizeof(missing) - n, " %.*s",
					      (int)strcspn(name, "."), name);
	}
	return n ? fault_set(
			   f, -ENOENT,
			   "%s lacks drivers that this machine needs: make it with extra_modules%s",
			   path, missing)
		 : 0;
}

void generic_free(struct generic *g)
{
	free(g->data);
	free(g->text);
	*g = (struct generic){ .data = NULL };
}
