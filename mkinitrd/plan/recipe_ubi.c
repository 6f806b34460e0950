/* SPDX-License-Identifier: MIT */
/*
 * A volume that the running system has attached → the name that it has in each kernel, and the drivers
 * of the flash, of UBI and of UBIFS.
 */
#include "mkinitrd/plan/recipe_ubi.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lib/block/flash.h"
#include "lib/bytes.h"
#include "lib/cleanup.h"
#include "lib/io.h"
#include "mkinitrd/host/sysfs.h"
#include "mkinitrd/plan/recipe_disks.h"
#include "mkinitrd/plan/recipe_mtd.h"
#include "mkinitrd/plan/recipe_needs.h"

/* The head of a node of UBIFS; erased flash is all ones, and the first mount makes the file system. */
enum { UBIFS_MAGIC = 0x06101831, ERASED = -1 };

static int find_volume(const struct machine *m, const struct conf_target *t, struct ubi_volume *ret,
		       struct fault *f)
{
	char seen[200];
	int r = ubi_find(m->root, t->where, ret, seen, sizeof(seen));

	if (r == -ENODEV)
		return fault_at(f, t->line, r,
				"%s: this machine has not attached it: run ubiattach, or boot with "
				"ubi.mtd=PARTITION",
				t->where);
	if (r == -ENOTUNIQ)
		return fault_at(f, t->line, r,
				"%s: two flash partitions or two volumes have that name; give one "
				"of them another (ubirename)",
				t->where);
	return r ? fault_at(f, t->line, r, "%s: UBI has no such volume; there is: %s", t->where,
			    *seen ? seen : "none")
		 : 0;
}

/* Of the other kind the kernel mounts what is there for reading alone. */
static int check_type(const struct machine *m, const struct conf_target *t,
		      const struct ubi_volume *v, struct fault *f)
{
	char folder[PATH_MAX], type[32];

	if (sysfs_path(m, folder, "/sys/class/ubi/ubi%u_%u", v->device, v->id))
		return -ENAMETOOLONG;
	sysfs_line(folder, "type", type, sizeof(type));
	return strcmp(type, "static")
		       ? 0
		       : fault_at(f, t->line, -EROFS,
				  "%s is a static volume, which no file is written to; make a "
				  "dynamic one (ubimkvol)",
				  t->where);
}

static int check_contents(const struct machine *m, const struct conf_target *t,
			  const struct ubi_volume *v, struct fault *f)
{
	char path[PATH_MAX], word[4];
	_close_ int fd = -1;
	int r = sysfs_path(m, path, "/dev/ubi%u_%u", v->device, v->id);

	fd = r ? -1 : open(path, O_RDONLY | O_CLOEXEC);
	r = r ? r : fd < 0 ? -errno : io_pread(fd, word, sizeof(word), 0);
	if (r)
		return fault_at(f, t->line, r, "%s: /dev/ubi%u_%u: %s", t->where, v->device, v->id,
				strerror(-r));
	if (get_le32(word) != UBIFS_MAGIC && get_le32(word) != (uint32_t)ERASED)
		return fault_at(f, t->line, -EINVAL,
				"%s holds no UBIFS; empty it (ubiupdatevol -t), or name another "
				"volume",
				t->where);
	return 0;
}

/* What stands for other characters is an underscore, which kdump-init takes for each of them. */
static void put_name(const char *from, char *to, size_t size)
{
	size_t n = 0;

	for (; from[n] && n + 1 < size; n++)
		to[n] = strchr(" \t,#\"'", from[n]) ? '_' : from[n];
	to[n] = '\0';
}

static int name_for_good(struct recipe *p, const struct machine *m, unsigned i,
			 const struct ubi_volume *v, struct fault *f)
{
	char folder[PATH_MAX], text[256], partition[UBI_PARTITION_BYTES], volume[UBI_VOLUME_BYTES];
	struct conf_target *t = &p->conf.targets[i];
	struct ubi_volume same;

	if (sysfs_path(m, folder, "/sys/class/mtd/mtd%u", v->mtd))
		return -ENAMETOOLONG;
	sysfs_line(folder, "name", text, sizeof(text));
	put_name(text, partition, sizeof(partition));
	put_name(v->name, volume, sizeof(volume));
	snprintf(p->where[i], PATH_MAX, "MTD=%s:%s", partition, volume);
	if (ubi_find(m->root, p->where[i], &same, NULL, 0) || same.device != v->device ||
	    same.id != v->id)
		return fault_at(f, t->line, -EEXIST,
				"%s: the name %s does not find it, as another is called so, or the "
				"volume's has a colon; rename it (ubirename)",
				t->where, p->where[i]);
	t->where = p->where[i];
	return 0;
}

static int resolve_here(struct recipe *p, const struct machine *m, unsigned i, struct fault *f)
{
	const struct conf_target *t = &p->conf.targets[i];
	struct ubi_volume v;
	struct fault why = { 0 };
	int r = find_volume(m, t, &v, f);

	r = r ? r : check_type(m, t, &v, f);
	r = r ? r : check_contents(m, t, &v, f);
	r = r ? r : name_for_good(p, m, i, &v, f);
	r = r ? r : recipe_disks_once(p, i, f);
	if (r)
		return r;
	r = recipe_mtd_drivers(p, m, (int)v.mtd, &why);
	return r ? fault_at(f, t->line, r, "%s: %s", t->where, why.text) : 0;
}

int recipe_ubi(struct recipe *p, const struct machine *m, unsigned i, struct fault *f)
{
	const struct conf_target *t = &p->conf.targets[i];
	struct fault why = { 0 };
	int r;

	if (!m && strncmp(t->where, "MTD=", 4))
		return fault_at(f, t->line, -EINVAL,
				"%s is a number of one machine; with -r write MTD=PARTITION:NAME",
				t->where);
	r = m ? resolve_here(p, m, i, f) : recipe_mtd_drivers(p, NULL, -1, &why);
	if (r)
		return m ? r : fault_at(f, t->line, r, "%s: %s", t->where, why.text);
	/* as it is loaded UBIFS looks for its compressors, and is refused without one */
	r = recipe_needs_want(&p->mods, "ubifs", &why);
	r = r ? r : kmods_want(&p->mods, "ubi", &why);
	r = r ? r : kmods_want(&p->mods, "ubifs", &why);
	return r ? fault_at(f, t->line, r, "%s: %s", t->where, why.text) : 0;
}
