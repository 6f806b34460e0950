/* SPDX-License-Identifier: MIT */
#include "loader/update/outdated.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "loader/check/check_image.h"
#include "loader/check/stale.h"
#include "loader/check/targets.h"

/* The finding without what is to be done about it, as that is done now. */
static void copy_clause(const struct finding *f, char *why, size_t size)
{
	const char *end = strstr(f->text, ": run ");

	snprintf(why, size, "%.*s", end ? (int)(end - f->text) : (int)strlen(f->text), f->text);
}

/* A whole image of ours: what has changed on this machine. */
static enum outdated judge_inputs(int root, const struct check_image *c, const struct manifest *m,
				  char *why, size_t size)
{
	_free_ struct findings *f = calloc(1, sizeof(*f));

	if (!f)
		return OUTDATED_NO;
	stale_inputs(root, c, m, f);
	targets_check(root, c, m, 0, false, f);
	for (unsigned i = 0; i < f->n; i++) {
		if (f->item[i].level == FINDING_WARNING)
			continue;
		copy_clause(&f->item[i], why, size);
		return OUTDATED_YES;
	}
	return OUTDATED_NO;
}

static enum outdated judge_manifest(int root, const struct check_image *c, const struct manifest *m,
				    char *why, size_t size)
{
	if (m->state == MANIFEST_DAMAGED) {
		snprintf(why, size, "it %s", m->why);
		return OUTDATED_YES;
	}
	if (m->state == MANIFEST_NONE)
		snprintf(why, size, "kdump-mkinitrd did not make it");
	else if (m->head.generic || *m->generic_version)
		snprintf(why, size, "it is made of a generic part");
	else if (m->head.other_root)
		snprintf(why, size, "it was made from another root");
	else
		return judge_inputs(root, c, m, why, size);
	return OUTDATED_FOREIGN;
}

enum outdated outdated_judge(int root, const struct host *h, const char *image, char *why,
			     size_t size)
{
	_free_ struct manifest *m = calloc(1, sizeof(*m));
	struct check_image c = { .host = h };
	enum outdated ret = OUTDATED_NO;
	struct image img;
	int r = m ? image_open(root, image + strspn(image, "/"), &img) : -ENOMEM;

	if (r) {
		snprintf(why, size, "%s", r == -ENOENT ? "there was none" : strerror(-r));
		return r == -ENOENT ? OUTDATED_YES : OUTDATED_FOREIGN;
	}
	c.initrd = &img;
	if (!manifest_read(&img, m))
		ret = judge_manifest(root, &c, m, why, size);
	manifest_free(m);
	image_close(&img);
	return ret;
}
