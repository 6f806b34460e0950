/* SPDX-License-Identifier: MIT */
/*
 * Options and the running system -> the plan of a load.
 */
#include "loader/plan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/kernel_places.h"
#include "loader/check/check.h"
#include "loader/check/kernels.h"
#include "loader/check/stale.h"
#include "loader/check/targets.h"

static void free_manifest(struct manifest **m)
{
	if (*m)
		manifest_free(*m);
	free(*m);
}

/* slash: before a path that is relative to the root. */
static void cannot_open(struct findings *f, const char *what, const char *slash, const char *path,
			int err)
{
	if (err == -EINVAL)
		findings_error(f, "not-a-file", "%s %s%s is not a regular file", what, slash, path);
	else
		findings_error(f, "cannot-open", "%s %s%s: %s", what, slash, path, strerror(-err));
}

/* The first that exists; path in any case of the last that was tried. */
static int open_kernel(int root, const char *release, char path[KERNEL_PLACE_BYTES],
		       struct image *ret)
{
	unsigned at = 0;
	bool plain;
	int r = -ENOENT;

	while (r == -ENOENT && kernel_places_next(&at, release, path, &plain))
		r = image_open(root, path, ret);
	return r;
}

int plan_open_kernel(int root, const char *release, struct image *ret)
{
	char path[KERNEL_PLACE_BYTES];
	int r = open_kernel(root, release, path, ret);

	return r ? r : image_unpack(ret);
}

static bool open_default_kernel(int root, const char *release, struct image *ret,
				struct findings *f)
{
	char path[KERNEL_PLACE_BYTES];
	int r = open_kernel(root, release, path, ret);

	if (r == -ENOENT)
		findings_error(f, "not-found",
			       "no kernel found, neither /boot/vmlinuz-%s nor another of the usual "
			       "names: name it with --kernel",
			       release);
	else if (r)
		cannot_open(f, "kernel", "/", path, r);
	return !r;
}

static bool open_default_initrd(int root, const char *release, struct image *ret,
				struct findings *f)
{
	char path[sizeof(KERNELS_IMAGE) + KERNELS_RELEASE + 8];
	int r;

	snprintf(path, sizeof(path), KERNELS_IMAGE "%.*s.img", KERNELS_RELEASE, release);
	r = image_open(root, path + 1, ret);
	if (r == -ENOENT)
		findings_error(f, "not-found",
			       "no initrd found, there is no %s: make it with kdump-mkinitrd, or "
			       "name another with --initrd",
			       path);
	else if (r)
		cannot_open(f, "initrd", "", path, r);
	return !r;
}

static bool open_given(const char *what, const char *path, struct image *ret, struct findings *f)
{
	int r = image_open(AT_FDCWD, path, ret);

	if (r)
		cannot_open(f, what, "", path, r);
	else if (strchr(ret->path, '\n'))
		findings_error(f, "path", "%s: a path with a line break cannot be recorded", what);
	return !r;
}

static int make_cmdline(const struct load_options *o, struct plan *p, char *buf)
{
	const struct host *h = &p->host;

	if (o->command_line)
		return snprintf(buf, CMDLINE_BYTES, "%s", o->command_line) < CMDLINE_BYTES ? 0
											   : -E2BIG;
	if (o->reuse_cmdline)
		return cmdline_reuse(h->cmdline, o->append, buf, CMDLINE_BYTES);
	line_fit(&p->line, h, &p->head, &p->need);
	return line_make(&p->line, h, o->append, buf, CMDLINE_BYTES);
}

/* The image by itself, with its kernel, in the reservation, and against what it was made from. */
static void check_pair(int root, const struct load_options *o, struct plan *p, bool have_kernel,
		       bool have_initrd)
{
	struct check_image c = { .initrd = &p->pair.initrd,
				 .host = &p->host,
				 .kernel = have_kernel ? &p->head : NULL,
				 .foreign = o->foreign_initrd };
	_cleanup_(free_manifest) struct manifest *m = calloc(1, sizeof(*m));

	p->need.initrd_bytes = have_initrd ? p->pair.initrd.id.bytes : 0;
	if (have_initrd && m)
		check_initrd(&c, m, &p->findings);
	if (m && m->state == MANIFEST_WHOLE)
		p->need.unpacked_bytes = m->head.unpacked_bytes;
	if (have_kernel)
		p->left_bytes = check_fit(&p->host, &p->head, &p->need, &p->findings);
	if (m && m->state == MANIFEST_WHOLE) {
		line_read_config(&p->line, m->conf);
		stale_inputs(root, &c, m, &p->findings);
		targets_check(root, &c, m, 0, o->strict, &p->findings);
		last_capture_find(root, m->conf, &p->last, &p->findings);
	}
	if (m && m->state == MANIFEST_WHOLE && have_kernel)
		back_make(root, &p->host, m->conf, p->left_bytes, &p->back, &p->findings);
	stale_kernels(root, &p->host, have_initrd ? p->pair.initrd.path : NULL, &p->findings);
}

void plan_close(struct plan *p)
{
	image_pair_close(&p->pair);
	free(p->back.text);
	p->back.text = NULL;
}

void plan_make(int root, const struct load_options *o, struct plan *ret)
{
	struct image *kernel = &ret->pair.kernel, *initrd = &ret->pair.initrd;
	struct findings *f = &ret->findings;
	bool have_kernel, have_initrd;
	int r;

	*ret = (struct plan){ .pair = { .kernel.fd = -1, .initrd.fd = -1 },
			      .foreign = o->foreign_initrd,
			      .call = o->call };
	r = host_read(root, &ret->host);
	if (r) {
		findings_error(f, "no-proc", "/proc cannot be read: %s", strerror(-r));
		return;
	}
	if (!check_machine(&ret->host, f))
		return;
	if (!o->command_line && !o->reuse_cmdline)
		line_read_settings(root, &ret->line, f);
	check_permission(&ret->host, "load a crash kernel", f);
	check_call(root, &ret->host, o->call, f);
	have_kernel = o->kernel ? open_given("kernel", o->kernel, kernel, f)
				: open_default_kernel(root, ret->host.release, kernel, f);
	have_initrd = o->initrd ? open_given("initrd", o->initrd, initrd, f)
				: open_default_initrd(root, ret->host.release, initrd, f);
	have_kernel = have_kernel && check_unpack(kernel, f) &&
		      check_kernel(&ret->host, kernel, &ret->head, f);
	check_pair(root, o, ret, have_kernel, have_initrd);
	if (!have_kernel)
		return;
	check_encryption(root, &ret->host, kernel, &ret->head, f);
	/* the other call copies straight from the files to the reservation */
	if (o->call != KEXEC_SEGMENTS)
		check_memory(&ret->host, kernel->id.bytes + (have_initrd ? initrd->id.bytes : 0),
			     f);
	if (make_cmdline(o, ret, ret->pair.cmdline))
		findings_error(f, "cmdline-too-long",
			       "the command line for the crash kernel is longer than %d bytes",
			       CMDLINE_BYTES - 1);
	else
		check_cmdline(&ret->host, &ret->head, ret->pair.cmdline, f);
	check_settings(&ret->host, f);
}
