/* SPDX-License-Identifier: MIT */
/*
 * /sys/class/mtd → the flash partition and its drivers. The running system need not have mtdblock,
 * through which the capture writes; mtd0 and mtdblock0 are the same partition.
 */
#include "mkinitrd/plan/recipe_mtd.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/block/blockname.h"
#include "lib/cleanup.h"
#include "mkinitrd/host/sysfs.h"
#include "mkinitrd/plan/rawdisk.h"
#include "mkinitrd/plan/recipe_needs.h"

#define TAG   "MTD="
#define CLASS "/sys/class/mtd"

bool recipe_mtd_is(const char *where)
{
	return !strncmp(where, TAG, strlen(TAG));
}

/* "mtd3"; beside each there is "mtd3ro". */
static bool is_partition(const char *name)
{
	return !strncmp(name, "mtd", 3) && strspn(name + 3, "0123456789") == strlen(name + 3) &&
	       name[3];
}

/* ret: the folder below the root's /sys. seen: names of all, for the message. */
static bool find_partition(const struct machine *m, const char *wanted, char ret[PATH_MAX],
			   char *seen, size_t size)
{
	char path[PATH_MAX], name[256];
	_closedir_ DIR *d = NULL;
	bool found = false;
	size_t n = 0;

	seen[0] = '\0';
	d = sysfs_path(m, path, CLASS) ? NULL : opendir(path);
	for (struct dirent *e; d && (e = readdir(d));) {
		char folder[PATH_MAX + NAME_MAX + 2];

		if (!is_partition(e->d_name))
			continue;
		snprintf(folder, sizeof(folder), "%s/%s", path, e->d_name);
		sysfs_line(folder, "name", name, sizeof(name));
		if (n < size)
			n += (size_t)snprintf(seen + n, size - n, "%s%s", n ? ", " : "", name);
		if (!blockname_is_flash(name, wanted))
			continue;
		snprintf(ret, PATH_MAX, CLASS "/%s", e->d_name);
		found = true;
	}
	return found;
}

static int check_type(const struct machine *m, const struct conf_target *t, const char *folder,
		      struct fault *f)
{
	char path[PATH_MAX], type[32];

	if (sysfs_path(m, path, "%s", folder))
		return -ENAMETOOLONG;
	sysfs_line(path, "type", type, sizeof(type));
	if (!strstr(type, "nand"))
		return 0;
	return fault_at(f, t->line, -EOPNOTSUPP,
			"%s is NAND flash, where blocks go bad, which a raw dump would not survive",
			t->where);
}

/* What finds the chip and its partitions must be there before what it is attached to. */
static int want_drivers(struct recipe *p, const struct machine *m, const char *folder,
			struct fault *f)
{
	int r = recipe_needs_want(&p->mods, "mtd", f);

	if (!r && m)
		r = machine_want_device(m, folder, &p->mods, f);
	return r ? r : kmods_want(&p->mods, "mtdblock", f);
}

int recipe_mtd_target(struct recipe *p, const struct machine *m, unsigned i, struct fault *f)
{
	const struct conf_target *t = &p->conf.targets[i];
	char folder[PATH_MAX] = "", seen[200];
	struct fault why = { 0 };
	int r = 0;

	if (m && !find_partition(m, t->where + strlen(TAG), folder, seen, sizeof(seen)))
		return fault_at(f, t->line, -ENODEV,
				"this machine has no such flash partition; %s%s",
				*seen ? "there is: " : "/proc/mtd is empty", seen);
	if (m)
		r = check_type(m, t, folder, f);
	if (!r && m)
		r = rawdisk_check(m, t, strrchr(folder, '/') + 1, f);
	if (r)
		return r;
	r = want_drivers(p, m, folder, &why);
	return r ? fault_at(f, t->line, r, "%s: %s", t->where, why.text) : 0;
}
