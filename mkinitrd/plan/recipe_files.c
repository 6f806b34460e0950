/* SPDX-License-Identifier: MIT */
#include "mkinitrd/plan/recipe_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/io.h"
#include "mkinitrd/plan/recipe.h"

#define FILE_MAX_BYTES (8u << 20)

static int add_row(struct recipe *p, const struct recipe_file *row, struct fault *f)
{
	if (p->n_packed < RECIPE_FILES) {
		p->packed[p->n_packed++] = *row;
		return 0;
	}
	free(row->data);
	return fault_set(f, -E2BIG, "more than %u files of targets; name fewer targets",
			 RECIPE_FILES);
}

int recipe_files_pack(struct recipe *p, const char *of, const char *what, const char *from,
		      const char *to, mode_t mode, const struct recipe_file **ret, struct fault *f)
{
	struct recipe_file row = { .what = what, .to = to, .mode = mode };
	int r;

	if ((size_t)snprintf(row.from, sizeof(row.from), "%s%s", p->root, from) >= sizeof(row.from))
		return fault_set(f, -ENAMETOOLONG, "%s %s: the path is too long", of, from);
	r = io_load_file(AT_FDCWD, row.from, FILE_MAX_BYTES, &row.data, &row.len);
	if (r)
		return fault_set(f, r, "%s %s: %s", of, row.from, strerror(-r));
	r = add_row(p, &row, f);
	if (!r && ret)
		*ret = &p->packed[p->n_packed - 1];
	return r;
}

int recipe_files_pack_data(struct recipe *p, const char *what, const char *to, mode_t mode,
			   char *data, size_t len, struct fault *f)
{
	const struct recipe_file row = {
		.what = what, .to = to, .mode = mode, .data = data, .len = len
	};

	return add_row(p, &row, f);
}

const struct recipe_file *recipe_files_find(const struct recipe *p, const char *to)
{
	for (unsigned i = 0; i < p->n_packed; i++) {
		if (!strcmp(p->packed[i].to, to))
			return &p->packed[i];
	}
	return NULL;
}

void recipe_files_free(struct recipe *p)
{
	while (p->n_packed) {
		struct recipe_file *row = &p->packed[--p->n_packed];

		explicit_bzero(row->data, row->len);
		free(row->data);
	}
}
