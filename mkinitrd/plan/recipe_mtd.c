/* SPDX-License-Identifier: MIT */
/*
 * /sys/class/mtd → the flash partition and its drivers. The running system need not have mtdblock,
 * through which the capture writes; mtd0 and mtdblock0 are the same partition.
 */
#include "mkinitrd/plan/recipe_mtd.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/block/flash.h"
#include "lib/log.h"
#include "mkinitrd/host/sysfs.h"
#include "mkinitrd/plan/rawdisk.h"
#include "mkinitrd/plan/recipe_needs.h"

#define TAG   "MTD="
#define CLASS "/sys/class/mtd"

bool recipe_mtd_is(const char *where)
{
	return !strncmp(where, TAG, strlen(TAG));
}

static int check_type(const struct machine *m, const struct conf_target *t, const char *name,
		      struct fault *f)
{
	char path[PATH_MAX], type[32];

	if (sysfs_path(m, path, CLASS "/%s", name))
		return -ENAMETOOLONG;
	sysfs_line(path, "type", type, sizeof(type));
	if (!strstr(type, "nand"))
		return 0;
	return fault_at(f, t->line, -EOPNOTSUPP,
			"%s is NAND flash, where blocks go bad, which a raw dump would not survive",
			t->where);
}

/* Such as block2mtd's or phram's, or a chip whose driver does not say what it hangs on. */
static void warn_of_virtual(const struct recipe *p, const struct machine *m, const char *folder)
{
	char path[PATH_MAX], real[PATH_MAX];

	if (!p->conf.n_extra_modules && !sysfs_path(m, path, "%s", folder) &&
	    realpath(path, real) && strstr(real, "/devices/virtual/"))
		log_warn("%s has no device behind it by which its driver is found: name that in "
			 "extra_modules, unless it is built in",
			 strrchr(folder, '/') + 1);
}

/* What finds the chip and its partitions must be there before what it is attached to. */
int recipe_mtd_drivers(struct recipe *p, const struct machine *m, int mtd, struct fault *f)
{
	char folder[sizeof(CLASS) + 16];
	int r = recipe_needs_want(&p->mods, "mtd", f);

	if (!r && !m && !p->conf.n_extra_modules)
		return fault_set(f, -EINVAL,
				 "its driver cannot be found without the machine; name it in "
				 "extra_modules (even if it is built in)");
	snprintf(folder, sizeof(folder), CLASS "/mtd%d", mtd);
	if (!r && m)
		warn_of_virtual(p, m, folder);
	return r || !m ? r : machine_want_device(m, folder, &p->mods, f);
}

int recipe_mtd_target(struct recipe *p, const struct machine *m, unsigned i, struct fault *f)
{
	const struct conf_target *t = &p->conf.targets[i];
	char name[16], seen[200];
	struct fault why = { 0 };
	int r = 0, mtd = m ? flash_find(m->root, t->where + strlen(TAG), seen, sizeof(seen)) : -1;

	if (mtd == -ENOTUNIQ)
		return fault_at(f, t->line, mtd,
				"mtd %s: two flash partitions have that name; give one of them "
				"another",
				t->where + strlen(TAG));
	if (m && mtd < 0)
		return fault_at(f, t->line, -ENODEV,
				"mtd %s: this machine has no such flash partition; %s%s",
				t->where + strlen(TAG), *seen ? "there is: " : "/proc/mtd is empty",
				seen);
	snprintf(name, sizeof(name), "mtd%d", mtd);
	if (m)
		r = check_type(m, t, name, f);
	if (!r && m)
		r = rawdisk_check(m, t, name, f);
	if (r)
		return r;
	r = recipe_mtd_drivers(p, m, mtd, &why);
	r = r ? r : kmods_want(&p->mods, "mtdblock", &why);
	return r ? fault_at(f, t->line, r, "%s: %s", t->where, why.text) : 0;
}
