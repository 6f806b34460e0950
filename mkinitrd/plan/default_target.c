/* SPDX-License-Identifier: MIT */
#include "mkinitrd/plan/default_target.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/block/blockname.h"
#include "lib/block/mounts.h"
#include "lib/cleanup.h"
#include "lib/io.h"
#include "lib/log.h"

static const char *const shares[] = { "virtiofs", "9p" };

/* What a folder may lie on that no capture can write to, and what to do about it. */
static const struct {
	const char *type; /* the beginning of its name */
	const char *why;
} unfit[] = {
	{ "autofs", "an automount point that nothing is mounted on now: go into it, then run "
		    "kdump-mkinitrd again" },
	{ "tmpfs", "memory, which is lost with the crash: name a target, as `auto UUID=…`" },
	{ "ramfs", "memory, which is lost with the crash: name a target, as `auto UUID=…`" },
	{ "rootfs", "memory, which is lost with the crash: name a target, as `auto UUID=…`" },
	{ "overlay", "layers of other folders: name the file system that its upper one lies on, as "
		     "`auto UUID=…`" },
	{ "cifs", "not supported: use https, virtiofs, 9p or a local file system" },
	{ "smb3", "not supported: use https, virtiofs, 9p or a local file system" },
	{ "zfs", "not supported: give dumps a file system of their own (ext4, xfs, btrfs, f2fs, "
		 "vfat), or use https or raw" },
	{ "bcachefs",
	  "not supported: give dumps a file system of their own (ext4, xfs, btrfs, f2fs, "
	  "vfat), or use https or raw" },
	{ "squashfs", "read-only: name a target, as `auto UUID=…`" },
	{ "erofs", "read-only: name a target, as `auto UUID=…`" },
	{ "iso9660", "read-only: name a target, as `auto UUID=…`" },
};

static const char *why_unfit(const char *type)
{
	for (size_t i = 0; i < ARRAY_LEN(unfit); i++) {
		if (!strncmp(type, unfit[i].type, strlen(unfit[i].type)))
			return unfit[i].why;
	}
	return NULL;
}

static bool is_share(const char *type)
{
	for (size_t i = 0; i < ARRAY_LEN(shares); i++) {
		if (!strcmp(type, shares[i]))
			return true;
	}
	return false;
}

/* By its numbers: the kernel may call the device /dev/root. btrfs has no numbers of a device. */
static void find_node(const struct machine *m, const struct mounted *at, char ret[PATH_MAX])
{
	char link[PATH_MAX], to[PATH_MAX], *base;
	ssize_t n;

	snprintf(ret, PATH_MAX, "%s", at->source);
	if (!at->dev_major ||
	    (size_t)snprintf(link, sizeof(link), "%s/sys/dev/block/%u:%u", m->root, at->dev_major,
			     at->dev_minor) >= sizeof(link))
		return;
	n = readlink(link, to, sizeof(to) - 1);
	if (n <= 0)
		return;
	to[n] = '\0';
	base = strrchr(to, '/');
	blockname_node(base ? base + 1 : to, ret, PATH_MAX);
}

/* A value that the image's config can carry. */
static bool can_be_written(const char *s)
{
	return !strpbrk(s, " \t,#\"'");
}

static int take_mount(const struct machine *m, const struct mounted *at, struct conf_target *ret,
		      struct default_target_one *h, struct fault *f)
{
	struct conf_target t = { .type = h->type, .where = h->where };
	const char *why = why_unfit(at->type);

	if (why)
		return fault_set(f, -EOPNOTSUPP, "%s is %s, %s", at->point, at->type, why);
	if (!strncmp(at->type, "nfs", 3)) {
		t.kind = CONF_TARGET_NFS;
		strcpy(h->type, "nfs");
		snprintf(h->where, sizeof(h->where), "%s", at->source);
	} else if (is_share(at->type)) {
		t.kind = CONF_TARGET_SHARE;
		snprintf(h->type, sizeof(h->type), "%s", at->type);
		snprintf(h->where, sizeof(h->where), "%s", at->source);
	} else if (!strcmp(at->type, "ubifs")) {
		t.kind = CONF_TARGET_UBI;
		strcpy(h->type, "ubifs");
		snprintf(h->where, sizeof(h->where), "%s", at->source);
	} else {
		t.kind = CONF_TARGET_FS;
		strcpy(h->type, "auto");
		find_node(m, at, h->where);
		if (strncmp(h->where, "/dev/", 5))
			return fault_set(f, -EOPNOTSUPP,
					 "%s is %s on %.100s, which cannot take a dump; name a "
					 "target, as `auto UUID=…`",
					 at->point, at->type, at->source);
	}
	strcpy(h->subvol, at->subvol);
	t.subvol = h->subvol[0] ? h->subvol : NULL;
	if (!can_be_written(h->where) || !can_be_written(h->subvol))
		return fault_set(f, -EINVAL,
				 "%s: '%.60s' has a blank, a comma or a quote in its "
				 "name; name another target",
				 at->point, h->subvol);
	*ret = t;
	return 0;
}

static int add_target(const struct machine *m, const struct mounted *at, struct conf *c,
		      struct default_target_one *h, struct fault *f)
{
	int r = take_mount(m, at, &c->targets[c->n_targets], h, f);

	c->n_targets += !r;
	return r;
}

static int find_mount(const struct machine *m, const char *folder, struct mounted *ret,
		      char rest[PATH_MAX], struct fault *f)
{
	int r = mounts_of_folder(m->root, folder, ret, rest);

	if (r == -ENOENT)
		return fault_set(f, r, "/proc/self/mountinfo has no file system for %s", folder);
	return r ? fault_set(f, r, "%s: %s", folder, strerror(-r)) : 0;
}

static int add_home(const struct machine *m, struct conf *c, struct default_target *h,
		    struct fault *f)
{
	_free_ struct mounted *at = malloc(sizeof(*at));
	int r = at ? find_mount(m, c->path, at, h->path, f) : -ENOMEM;

	r = r ? r : add_target(m, at, c, &h->target[0], f);
	if (r)
		return r;
	if (!can_be_written(h->path))
		return fault_set(f, -EINVAL, "path '%.60s' has a blank or a quote in it", h->path);
	log_info("no target is named: dumps go to %s on %s (%s)%s%s", c->path, at->source, at->type,
		 strcmp(c->path, h->path) ? ", there to " : "",
		 strcmp(c->path, h->path) ? h->path : "");
	c->path = h->path;
	return 0;
}

static int add_root(const struct machine *m, struct conf *c, struct default_target *h,
		    struct fault *f)
{
	_free_ struct mounted *at = malloc(sizeof(*at));
	char rest[PATH_MAX];
	struct fault why = { 0 };
	int r = at ? find_mount(m, "/", at, rest, &why) : -ENOMEM;

	if (c->n_targets == CONF_MAX_TARGETS)
		return fault_set(f, -E2BIG, "dump_to_rootfs is one target more than %u",
				 CONF_MAX_TARGETS);
	r = r ? r : add_target(m, at, c, &h->target[1], &why);
	if (r)
		return fault_set(f, r, "failure_action dump_to_rootfs: %s", why.text);
	return 0;
}

int default_target_of_file(const struct machine *m, const char *file, struct conf_target *ret,
			   struct default_target_one *h, struct fault *f)
{
	_free_ struct mounted *at = malloc(sizeof(*at));
	char folder[PATH_MAX], rest[PATH_MAX];
	int r;

	snprintf(folder, sizeof(folder), "%.*s", (int)(strrchr(file, '/') - file), file);
	r = at ? find_mount(m, *folder ? folder : "/", at, rest, f) : -ENOMEM;
	r = r ? r : take_mount(m, at, ret, h, f);
	if (!r && ret->kind != CONF_TARGET_FS)
		return fault_set(f, -EOPNOTSUPP, "%s is %s: it must lie on a disk", at->point,
				 at->type);
	return r;
}

int default_target_add(const struct machine *m, struct conf *c, struct default_target *h,
		       struct fault *f)
{
	int r = c->n_targets ? 0 : add_home(m, c, h, f);

	if (!r && c->failure_action == CONF_DUMP_TO_ROOTFS)
		r = add_root(m, c, h, f);
	return r;
}

/* What a device-mapper device is mounted as; "" for others. */
static void mapper_node(const struct machine *m, const char *name, char *ret, size_t size)
{
	char path[PATH_MAX], text[NAME_MAX];

	ret[0] = '\0';
	if ((size_t)snprintf(path, sizeof(path), "%s/sys/class/block/%s/dm/name", m->root, name) <
		    sizeof(path) &&
	    !io_read_file(AT_FDCWD, path, text, sizeof(text), NULL))
		snprintf(ret, size, "/dev/mapper/%.*s", (int)strcspn(text, "\n"), text);
}

int default_target_subvol(const struct machine *m, const struct conf_target *t, const char *name,
			  const char *path, char ret[PATH_MAX], struct fault *f)
{
	_free_ struct mounted *at = malloc(sizeof(*at));
	char node[NAME_MAX + 8], mapper[NAME_MAX + 16];
	bool same;

	ret[0] = '\0';
	if (!at || !blockname_node(name, node, sizeof(node)))
		return -ENOMEM;
	mapper_node(m, name, mapper, sizeof(mapper));
	if (mounts_of_device(m->root, node, path, at, &same) &&
	    mounts_of_device(m->root, mapper, path, at, &same))
		return 0;
	if (!can_be_written(at->subvol))
		return fault_at(f, t->line, -EINVAL,
				"the subvolume '%.60s' has a blank, a comma or "
				"a quote in its name; use another",
				at->subvol);
	strcpy(ret, at->subvol);
	if (!same)
		log_warn("line %u: %s is mounted with several subvolumes; the dump goes to %s, as "
			 "at %s",
			 t->line, t->where, ret, at->point);
	return 0;
}
