/* SPDX-License-Identifier: MIT */
/*
 * A RAID array: which one it is, and how many members it needs.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/block/md_super.h"
#include "lib/cleanup.h"
#include "lib/conf/words.h"
#include "mkinitrd/host/stack_walk.h"

/* How many members may be missing. */
static const struct {
	const char *level;
	int spare; /* -1: all but one; -2: every second one */
} levels[] = {
	{ "raid0", 0 }, { "linear", 0 }, { "raid1", -1 },  { "raid4", 1 },
	{ "raid5", 1 }, { "raid6", 2 },	 { "raid10", -2 },
};

static int members_needed(const char *level, unsigned disks)
{
	for (size_t i = 0; i < ARRAY_LEN(levels); i++) {
		int n = (int)disks - levels[i].spare;

		if (strcmp(levels[i].level, level))
			continue;
		n = levels[i].spare == -1 ? 1 : levels[i].spare == -2 ? ((int)disks + 1) / 2 : n;
		return n > 0 ? n : 1;
	}
	return -EOPNOTSUPP;
}

static int want_member(struct walk *w, const char *name)
{
	char dm[NAME_MAX + 1], uuid[192];

	walk_read(w, name, "dm/name", dm, sizeof(dm));
	walk_read(w, name, "dm/uuid", uuid, sizeof(uuid));
	if (!strncmp(name, "md", 2) || (dm[0] && !strstr(uuid, "mpath-")))
		return fault_set(w->f, -EOPNOTSUPP,
				 "a RAID array on %s (LVM, LUKS or RAID below RAID) cannot be "
				 "assembled; use a disk or a partition",
				 name);
	return walk_disk(w, name);
}

/* The array's name for itself, from any member; *events gets the highest. */
struct found {
	struct md_super super;
	bool any;
};

static int read_member(struct walk *w, const char *name, struct found *found)
{
	char node[NAME_MAX + 8], path[PATH_MAX];
	_close_ int fd = -1;
	struct md_super s;

	if (!blockname_node(name, node, sizeof(node)))
		return -ENAMETOOLONG;
	snprintf(path, sizeof(path), "%s%s", w->m->root, node);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fault_set(w->f, -errno, "%s: %s", node, strerror(errno));
	if (md_super_read(fd, &s) || !s.active)
		return 0;
	if (!found->any || s.events > found->super.events)
		found->super = s;
	found->any = true;
	return 0;
}

static int read_members(struct walk *w, const char *name, struct found *found)
{
	char path[PATH_MAX];
	_closedir_ DIR *d = NULL;
	int r = 0;

	snprintf(path, sizeof(path), "%s/sys/class/block/%s/slaves", w->m->root, name);
	d = opendir(path);
	for (struct dirent *e; d && !r && (e = readdir(d));)
		r = e->d_name[0] == '.' ? 0 : read_member(w, e->d_name, found);
	if (!r && !found->any)
		return fault_set(w->f, -ENODEV, "no member of RAID array %s has a superblock",
				 name);
	return r;
}

static int want_drivers(struct walk *w, const char *name, const char *level)
{
	char alias[48];
	int r = walk_each(w, name, "slaves", want_member);

	r = r ? r : kmods_want(w->mods, "md_mod", w->f);
	snprintf(alias, sizeof(alias), "md-%s", level);
	return r ? r : kmods_want(w->mods, alias, w->f);
}

int walk_md(struct walk *w, const char *name)
{
	char version[32], level[32], disks[16], text[160];
	struct found found = { .any = false };
	unsigned n = 0;
	int need, r;

	if (walk_has(w, "md", name))
		return 0;
	walk_read(w, name, "md/metadata_version", version, sizeof(version));
	walk_read(w, name, "md/level", level, sizeof(level));
	walk_read(w, name, "md/raid_disks", disks, sizeof(disks));
	if (strcmp(version, "0.90") && (strncmp(version, "1.", 2) || strlen(version) != 3))
		return fault_set(w->f, -EOPNOTSUPP,
				 "%s: a RAID array with metadata %s (firmware RAID?) cannot be "
				 "assembled; use one with metadata 1.2",
				 name, version[0] ? version : "none");
	need = words_number(disks, 1, 4096, &n) ? -EINVAL : members_needed(level, n);
	if (need < 0)
		return fault_set(w->f, need, "%s: RAID level %s cannot be assembled; use raid1",
				 name, level);
	r = read_members(w, name, &found);
	r = r ? r : want_drivers(w, name, level);
	if (r)
		return r;
	snprintf(text, sizeof(text), "%s %s %s %" PRIu64 " %d", name, version, found.super.uuid,
		 found.super.events, need);
	return walk_emit(w, "md", text);
}
