/* SPDX-License-Identifier: MIT */
#include "mkinitrd/image/inputs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/io.h"

#define FILE_MAX_BYTES (256u << 20)

/* Where the file lies in the root that the image is for; NULL: not in it. */
static char *path_in_root(const struct inputs *in, const char *path)
{
	size_t n = strlen(in->root);
	_free_ char *full = realpath(path, NULL);

	if (n) {
		while (n && in->root[n - 1] == '/')
			n--;
		/* a link in that root may lead to anywhere: the name counts */
		if (strncmp(path, in->root, n) || path[n] != '/')
			return NULL;
		return strdup(path + n);
	}
	/* the name that was given, which a link may lead from, made absolute */
	return strdup(path[0] == '/' ? path : full ? full : path);
}

int inputs_add(struct inputs *in, const char *kind, const char *path, const void *data, size_t len)
{
	struct image_input *item = &in->item[in->n];
	_free_ char *name = path_in_root(in, path), *digest = malloc(SHA256_TEXT);
	struct sha256 sum;

	if (in->n == IMAGE_INPUTS_MAX)
		return 0;
	if (!name || strchr(name, '\n')) {
		free(name);
		name = strdup("-");
	}
	if (!name || !digest)
		return -ENOMEM;
	sha256_init(&sum);
	sha256_add(&sum, data, len);
	sha256_text(&sum, digest);
	item->kind = kind;
	item->bytes = len;
	item->path = keep_ptr(name);
	item->sha256 = keep_ptr(digest);
	in->n++;
	return 0;
}

int inputs_add_file(struct inputs *in, const char *kind, const char *path, struct fault *f)
{
	_free_ char *data = NULL;
	size_t len;
	int r = io_load_file(AT_FDCWD, path, FILE_MAX_BYTES, &data, &len);

	if (r)
		return fault_set(f, r, "%s: %s", path, strerror(-r));
	r = inputs_add(in, kind, path, data, len);
	explicit_bzero(data, len);
	return r;
}

void inputs_free(struct inputs *in)
{
	while (in->n) {
		in->n--;
		free((char *)in->item[in->n].path);
		free((char *)in->item[in->n].sha256);
	}
}
