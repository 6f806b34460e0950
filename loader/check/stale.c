/* SPDX-License-Identifier: MIT */
#include "loader/check/stale.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/cleanup.h"
#include "lib/io.h"
#include "loader/check/kernels.h"

enum { REMAKE_BYTES = PATH_MAX + 200, PIECE_BYTES = 32 << 10 };

/* What a file was for, and what to call its change. */
static const struct kind {
	const char *name, *id, *words;
} kinds[] = {
	{ "conf", "config-changed", "the config" },
	{ "hook", "hook-changed", "the hook or extra_bins" },
	{ "key", "key-changed", "the key" },
	{ "recipients", "recipients-changed", "the list of keys" },
	{ "ca", "ca-changed", "the CA certificates" },
	{ "program", "program-changed", "the program" },
	{ "module", "module-changed", "the driver" },
	{ "firmware", "firmware-changed", "the firmware" },
};

enum change { SAME, CHANGED, GONE };

static int same_digest(int fd, const char *want)
{
	char piece[PIECE_BYTES], got[SHA256_TEXT];
	struct sha256 sum;
	ssize_t n;

	sha256_init(&sum);
	while ((n = read(fd, piece, sizeof(piece))) > 0)
		sha256_add(&sum, piece, (size_t)n);
	if (n < 0)
		return -errno;
	sha256_text(&sum, got);
	return !strcmp(got, want);
}

/* Length and digest; what cannot be read, for lack of rights, counts as the same. */
static enum change look_at_input(int root, const struct image_input *in)
{
	const char *path = in->path + strspn(in->path, "/");
	_close_ int fd = openat(root, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0)
		/* a config that is not there was as good as an empty one */
		return errno != ENOENT && errno != ENOTDIR ? SAME : in->bytes ? GONE : SAME;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return CHANGED;
	if ((uint64_t)st.st_size != in->bytes)
		return CHANGED;
	return same_digest(fd, in->sha256) ? SAME : CHANGED;
}

/*
 * One kind: the first changed file is named, the others are counted. An image for another root
 * may be used where these files never were.
 */
static void check_kind(int root, const struct check_image *c, const struct manifest *m,
		       const struct kind *k, struct findings *f)
{
	const struct image_input *first = NULL;
	enum change what = SAME;
	char words[REMAKE_BYTES], more[48] = "";
	unsigned n = 0;

	for (unsigned i = 0; i < m->head.n_inputs; i++) {
		const struct image_input *in = &m->head.input[i];
		enum change now = SAME;

		if (!strcmp(in->kind, k->name) && in->path[0] == '/')
			now = look_at_input(root, in);
		if (now == SAME || (now == GONE && m->head.other_root))
			continue;
		n++;
		if (first)
			continue;
		first = in;
		what = now;
	}
	if (!n)
		return;
	if (n > 1)
		snprintf(more, sizeof(more), " (and %u more)", n - 1);
	findings_stale(f, k->id, "%s %s%s %s since the image was made: %s", k->words, first->path,
		       more, what == GONE ? "is gone" : "has changed",
		       check_remake(c, &m->head, words, sizeof(words)));
}

void stale_inputs(int root, const struct check_image *c, const struct manifest *m,
		  struct findings *f)
{
	char words[REMAKE_BYTES];

	if (*m->generic_version && strcmp(m->generic_version, KDUMP_VERSION))
		findings_stale(f, "generic-version-differs",
			       "the generic part of the image was made by version %s, and %s is "
			       "installed: take its maker's new one for kdump-mkinitrd --host",
			       m->generic_version, KDUMP_VERSION);
	if (strcmp(m->head.version, KDUMP_VERSION))
		findings_stale(f, "version-differs",
			       "the image was made by version %s, and %s is installed: %s",
			       m->head.version, KDUMP_VERSION,
			       check_remake(c, &m->head, words, sizeof(words)));
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		check_kind(root, c, m, &kinds[i], f);
}

void stale_kernels(int root, const struct host *h, const char *initrd_path, struct findings *f)
{
	const char *first = NULL;
	char more[48] = "";
	struct kernels k;
	unsigned n = 0;

	/* somebody has a scheme of their own */
	if (initrd_path && !strstr(initrd_path, KERNELS_IMAGE))
		return;
	kernels_find(root, &k);
	for (unsigned i = 0; i < k.n; i++) {
		/* the image of the one loaded now may lie elsewhere */
		if (k.item[i].has_image || (initrd_path && !strcmp(k.item[i].release, h->release)))
			continue;
		first = first ? first : k.item[i].release;
		n++;
	}
	if (n > 1)
		snprintf(more, sizeof(more), " (and for %u more)", n - 1);
	if (n)
		findings_warn(f, "kernel-without-image",
			      "there is no capture image for the installed kernel %s%s: run "
			      "kdump-mkinitrd -k %s -o %s%s.img, or it will not be armed when it "
			      "runs",
			      first, more, first, KERNELS_IMAGE, first);
}
