/* SPDX-License-Identifier: MIT */
#include "mkinitrd/home.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/blockname.h"
#include "lib/cleanup.h"
#include "lib/io.h"
#include "lib/log.h"
#include "mkinitrd/mounts.h"

static const char *const shares[] = { "virtiofs", "9p" };

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
	if (!at->dev_major || (size_t)snprintf(link, sizeof(link), "%s/sys/dev/block/%u:%u", m->root,
					       at->dev_major, at->dev_minor) >= sizeof(link))
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

static int add(const struct machine *m, const struct mounted *at, struct conf *c,
	       struct home_target *h, struct fault *f)
{
	struct conf_target t = { .type = h->type, .where = h->where };

	if (is_share(at->type)) {
		t.kind = CONF_TARGET_SHARE;
		snprintf(h->type, sizeof(h->type), "%s", at->type);
		snprintf(h->where, sizeof(h->where), "%s", at->source);
	} else {
		t.kind = CONF_TARGET_FS;
		strcpy(h->type, "auto");
		find_node(m, at, h->where);
		if (strncmp(h->where, "/dev/", 5))
			return fault_set(f, -EOPNOTSUPP,
					 "%s is %s, which cannot take a dump; name a target, as "
					 "`auto UUID=…`", at->point, at->type);
	}
	strcpy(h->subvol, at->subvol);
	t.subvol = h->subvol[0] ? h->subvol : NULL;
	if (!can_be_written(h->where) || !can_be_written(h->subvol))
		return fault_set(f, -EINVAL, "%s: '%.60s' has a blank, a comma or a quote in its "
				 "name; name another target", at->point, h->subvol);
	c->targets[c->n_targets++] = t;
	return 0;
}

static int add_home(const struct machine *m, struct conf *c, struct home *h, struct fault *f)
{
	_free_ struct mounted *at = malloc(sizeof(*at));
	int r = at ? mounts_of_folder(m->root, c->path, at, h->path, f) : -ENOMEM;

	r = r ? r : add(m, at, c, &h->target[0], f);
	if (r)
		return r;
	if (!can_be_written(h->path))
		return fault_set(f, -EINVAL, "path '%.60s' has a blank or a quote in it", h->path);
	log_info("no target is named: %s is %s on %s", c->path, h->path, h->target[0].where);
	c->path = h->path;
	return 0;
}

static int add_root(const struct machine *m, struct conf *c, struct home *h, struct fault *f)
{
	_free_ struct mounted *at = malloc(sizeof(*at));
	char rest[PATH_MAX];
	struct fault why = { 0 };
	int r = at ? mounts_of_folder(m->root, "/", at, rest, &why) : -ENOMEM;

	if (c->n_targets == CONF_MAX_TARGETS)
		return fault_set(f, -E2BIG, "dump_to_rootfs is one target more than %u",
				 CONF_MAX_TARGETS);
	r = r ? r : add(m, at, c, &h->target[1], &why);
	if (r)
		return fault_set(f, r, "failure_action dump_to_rootfs: %s", why.text);
	return 0;
}

int home_add_targets(const struct machine *m, struct conf *c, struct home *h, struct fault *f)
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

int home_subvol(const struct machine *m, const struct conf_target *t, const char *name,
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
		return fault_at(f, t->line, -EINVAL, "the subvolume '%.60s' has a blank, a comma or "
				"a quote in its name; use another", at->subvol);
	strcpy(ret, at->subvol);
	if (!same)
		log_warn("line %u: %s is mounted with several subvolumes; the dump goes to %s, as "
			 "at %s", t->line, t->where, ret, at->point);
	return 0;
}
