/* SPDX-License-Identifier: MIT */
#include "loader/check/check_image.h"

#include <stdio.h>
#include <string.h>

enum { REMAKE_BYTES = PATH_MAX + 200 };

const char *check_remake(const struct check_image *c, const struct image_head *h, char *buf,
			 size_t size)
{
	const char *release = h ? h->release : c->kernel ? c->kernel->release : "";
	bool other = *release && c->host && strcmp(release, c->host->release);

	snprintf(buf, size, "run kdump-mkinitrd %s%s%s-o %s, then kdump-loader reload",
		 other ? (strstr(release, "-kdump") ? "-K BZIMAGE" : "-k ") : "",
		 other && !strstr(release, "-kdump") ? release : "", other ? " " : "",
		 c->initrd->path);
	return buf;
}

/* A config that kdump-init would not take, or that says nothing. */
static void check_config(const struct check_image *c, const struct manifest *m, struct findings *f)
{
	char words[REMAKE_BYTES];

	check_remake(c, &m->head, words, sizeof(words));
	if (*m->conf_error)
		findings_error(f, "image-config",
			       "initrd %s: its config is not understood (%.160s): %s",
			       c->initrd->path, m->conf_error, words);
	else if (m->head.generic)
		findings_error(f, "image-generic",
			       "initrd %s is generic, and has no part of this machine's: run "
			       "kdump-mkinitrd --host %s -o ANOTHER, and load that",
			       c->initrd->path, c->initrd->path);
	else if (!m->conf->n_targets)
		findings_error(f, "image-config",
			       "initrd %s: its config names no target, so nothing would be saved: "
			       "%s",
			       c->initrd->path, words);
}

/* Modules are loaded by one release alone. */
static void check_release(const struct check_image *c, const struct manifest *m, struct findings *f)
{
	const char *image = m->head.release;
	char words[REMAKE_BYTES];

	if (!c->kernel || !strcmp(c->kernel->release, image))
		return;
	if (!*c->kernel->release) {
		findings_warn(f, "release-unknown",
			      "the kernel does not tell its release: nothing says that the image's "
			      "modules, of %s, are its",
			      image);
		return;
	}
	snprintf(words, sizeof(words),
		 "make one for it (kdump-mkinitrd -k %s -o IMAGE), or load "
		 "that kernel",
		 c->kernel->release);
	if (m->head.n_modules)
		findings_error(f, "release-differs",
			       "initrd %s was made for kernel %s, and the crash kernel is %s, "
			       "which cannot load its drivers: %s",
			       c->initrd->path, image, c->kernel->release, words);
	else
		findings_warn(f, "release-differs",
			      "initrd %s was made for kernel %s, and the crash kernel is %s: that "
			      "the one needed no modules does not tell whether the other does; %s",
			      c->initrd->path, image, c->kernel->release, words);
}

static void not_ours(const struct check_image *c, struct findings *f)
{
	char words[REMAKE_BYTES];

	if (c->foreign)
		findings_warn(f, "initrd-foreign",
			      "initrd %s is not as kdump-mkinitrd makes them: whether a capture "
			      "with it works is not known here",
			      c->initrd->path);
	else
		findings_error(f, "initrd-foreign",
			       "initrd %s is not as kdump-mkinitrd makes them (a distribution's "
			       "initrd? one of an older version?): %s; to load it all the same: "
			       "--foreign-initrd",
			       c->initrd->path, check_remake(c, NULL, words, sizeof(words)));
}

static void not_whole(const struct check_image *c, const struct manifest *m, struct findings *f)
{
	char words[REMAKE_BYTES];

	if (c->foreign)
		findings_warn(f, "initrd-damaged", "initrd %s %s", c->initrd->path, m->why);
	else
		findings_error(f, "initrd-damaged",
			       "initrd %s %s: %s; to load it all the same: "
			       "--foreign-initrd",
			       c->initrd->path, m->why,
			       check_remake(c, NULL, words, sizeof(words)));
}

void check_initrd(const struct check_image *c, struct manifest *ret, struct findings *f)
{
	const char *why;
	int r;

	*ret = (struct manifest){ .state = MANIFEST_NONE };
	if (!image_initrd_kind(c->initrd, &why)) {
		findings_error(f, "initrd-kind", "initrd %s %s", c->initrd->path, why);
		return;
	}
	if (image_is_written(c->initrd)) {
		findings_error(f, "initrd-written",
			       "initrd %s is open for writing: is it still being made?",
			       c->initrd->path);
		return;
	}
	r = manifest_read(c->initrd, ret);
	if (r) {
		findings_error(f, "initrd-unreadable", "initrd %s: %s", c->initrd->path,
			       strerror(-r));
		ret->state = MANIFEST_NONE;
	} else if (ret->state == MANIFEST_NONE) {
		not_ours(c, f);
	} else if (ret->state == MANIFEST_DAMAGED) {
		not_whole(c, ret, f);
	} else {
		check_release(c, ret, f);
		check_config(c, ret, f);
	}
}
