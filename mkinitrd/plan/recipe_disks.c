/* SPDX-License-Identifier: MIT */
#include "mkinitrd/plan/recipe_disks.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/log.h"
#include "mkinitrd/plan/default_target.h"
#include "mkinitrd/plan/rawdisk.h"
#include "mkinitrd/plan/recipe_elsewhere.h"
#include "mkinitrd/plan/recipe_needs.h"

/* Without the machine: what a device's name tells of its driver. */
static const struct {
	const char *prefix;
	const char *modules[2];
} named_drivers[] = {
	{ "/dev/vd", { "virtio_pci", "virtio_blk" } },
	{ "/dev/nvme", { "nvme" } },
};

/* Without the machine nobody knows what these stand on. */
static const char *const stacked_names[] = { "/dev/mapper/", "/dev/dm-", "/dev/md" };

/* The device as the crash kernel will look for it, and its type, from what is on it. */
static int identify(const struct machine *m, const struct conf_target *t, char *where,
		    const char **ret_type, char *ret_name, struct fault *f)
{
	struct machine_disk disk;
	struct fault why = { 0 };
	int r = machine_find_disk(m, t->where, &disk, &why);

	if (r)
		return fault_at(f, t->line, r, "%s", why.text);
	if (!disk.fs.type)
		return fault_at(f, t->line, -EINVAL,
				"%s holds none of ext4, xfs, btrfs, f2fs and vfat%s%s", t->where,
				disk.holds ? ", but " : "", disk.holds ? disk.holds : "");
	if (disk.fs.component)
		return fault_at(f, t->line, -EINVAL,
				"%s holds no file system but %s, a part of another device; name "
				"the device that is made of it",
				t->where, disk.fs.type);
	if (strcmp(t->type, "auto") && strcmp(t->type, disk.fs.type))
		return fault_at(f, t->line, -EINVAL, "%s holds %s, not %s; write %s or auto",
				t->where, disk.fs.type, t->type, disk.fs.type);
	if (!machine_lasting_name(&disk, true, where, PATH_MAX))
		log_warn("line %u: %s has no UUID: it will be looked for by its name", t->line,
			 t->where);
	*ret_type = disk.fs.type;
	strcpy(ret_name, disk.name);
	return 0;
}

static int resolve_here(struct recipe *p, const struct machine *m, struct conf_target *t,
			char *where, char *subvol, struct fault *f)
{
	char name[NAME_MAX + 1];
	struct fault why = { 0 };
	int r = identify(m, t, where, &t->type, name, f);

	if (r)
		return r;
	r = device_stack_want(&p->stack, m, name, t->line, &p->conf, &p->mods, where, &why);
	if (r)
		return fault_at(f, t->line, r, "%s: %s", t->where, why.text);
	if (!strcmp(t->type, "btrfs") && !strncmp(where, "UUID=", 5)) {
		r = machine_want_btrfs(m, where + 5, &p->mods, &why);
		if (r)
			return fault_at(f, t->line, r, "%s: %s", t->where, why.text);
	}
	if (!strcmp(t->type, "btrfs") && !t->subvol) {
		r = default_target_subvol(m, t, name, p->conf.path, subvol, f);
		t->subvol = subvol;
		t->subvol = !r && *t->subvol ? t->subvol : NULL;
	}
	t->where = where;
	return r;
}

/* Without the machine udev's links are names all the same. */
static const struct {
	const char *folder, *tag;
} udev_links[] = {
	{ "/dev/disk/by-uuid/", "UUID=" },
	{ "/dev/disk/by-label/", "LABEL=" },
	{ "/dev/disk/by-partuuid/", "PARTUUID=" },
	{ "/dev/disk/by-partlabel/", "PARTLABEL=" },
};

static void name_by_link(struct conf_target *t, char *where)
{
	for (size_t i = 0; i < ARRAY_LEN(udev_links); i++) {
		size_t n = strlen(udev_links[i].folder);

		if (strncmp(t->where, udev_links[i].folder, n))
			continue;
		snprintf(where, PATH_MAX, "%s%s", udev_links[i].tag, t->where + n);
		t->where = where;
		return;
	}
}

static int check_elsewhere(const struct conf_target *t, struct fault *f)
{
	if (!strcmp(t->type, "auto"))
		return fault_at(
			f, t->line, -EINVAL,
			"auto needs the machine; with -r write ext4, xfs, btrfs, f2fs or vfat");
	for (size_t i = 0; i < ARRAY_LEN(stacked_names); i++) {
		if (!strncmp(t->where, stacked_names[i], strlen(stacked_names[i])))
			return fault_at(f, t->line, -EINVAL,
					"only the machine knows what %s is made of: make the image "
					"there, without -r",
					t->where);
	}
	/* the kernel gives such names to none but devices of cciss, which are gone */
	if (!strncmp(t->where, "/dev/", 5) && strchr(t->where + 5, '/'))
		return fault_at(
			f, t->line, -EINVAL,
			"%s needs the machine; with -r write %sPARTUUID=, PARTLABEL= or DISK=",
			t->where, t->kind == CONF_TARGET_FS ? "UUID=, LABEL=, " : "");
	return 0;
}

static int resolve_elsewhere(struct recipe *p, const struct conf_target *t, struct fault *f)
{
	unsigned found = p->conf.n_extra_modules;
	int r;

	r = check_elsewhere(t, f);
	if (r)
		return r;
	for (size_t i = 0; i < ARRAY_LEN(named_drivers); i++) {
		if (strncmp(t->where, named_drivers[i].prefix, strlen(named_drivers[i].prefix)))
			continue;
		for (size_t k = 0; k < 2 && named_drivers[i].modules[k]; k++) {
			unsigned has;

			has = 1;
			r = p->mods.config ? kmods_want(&p->mods, named_drivers[i].modules[k], f)
					   : kmods_want_any(&p->mods, named_drivers[i].modules[k],
							    &has, f);
			if (r)
				return r;
			found += has;
		}
	}
	if (!found)
		return fault_at(f, t->line, -EINVAL,
				"the driver of %s cannot be found without the machine; name it "
				"in extra_modules (even if it is built in)",
				t->where);
	recipe_elsewhere_name(t);
	return 0;
}

int recipe_disks_once(struct recipe *p, unsigned i, struct fault *f)
{
	const struct conf_target *t = &p->conf.targets[i];

	for (unsigned k = 0; k < i; k++) {
		if (strcmp(p->conf.targets[k].where, t->where))
			continue;
		/* of dump_to_rootfs, and the last */
		if (!t->line)
			p->conf.n_targets = i;
		else
			return fault_at(f, t->line, -EINVAL,
					"the same target as in line %u; remove one",
					p->conf.targets[k].line);
	}
	return 0;
}

int recipe_disks_fs(struct recipe *p, const struct machine *m, unsigned i, struct fault *f)
{
	struct conf_target *t = &p->conf.targets[i];
	struct fault why = { 0 };
	int r;

	if (!m)
		name_by_link(t, p->where[i]);
	r = m ? resolve_here(p, m, t, p->where[i], p->subvol[i], f) : resolve_elsewhere(p, t, f);
	r = r ? r : recipe_disks_once(p, i, f);
	if (r)
		return r;
	r = kmods_want(&p->mods, t->type, &why);
	if (r)
		return fault_at(f, t->line, r, "%s", why.text);
	return recipe_needs_want(&p->mods, t->type, f);
}

int recipe_disks_kexec(struct recipe *p, const struct machine *m, struct fault *f)
{
	static const char usual[] = "/boot/.";
	struct conf_target *t = &p->conf.kexec.disk;
	const char *kernel = p->conf.kexec.kernel ? p->conf.kexec.kernel : usual;
	struct fault why = { 0 };
	int r;

	if (!m)
		return fault_set(f, -EINVAL,
				 "final_action kexec needs the machine: make the image there, "
				 "without -r");
	r = default_target_of_file(m, kernel, t, &p->kexec, &why);
	/* behind all targets: what they stand on is made before, and this one's only if it is tried */
	t->line = UINT_MAX;
	r = r ? r : resolve_here(p, m, t, p->kexec_where, p->kexec_subvol, &why);
	r = r ? r : kmods_want(&p->mods, t->type, &why);
	r = r ? r : recipe_needs_want(&p->mods, t->type, &why);
	return r ? fault_set(f, r, "final_action kexec: %.450s", why.text) : 0;
}

/* ---------------------------------------------------------------- shares */

/* Numbers of virtio's specification, 5. */
enum { VIRTIO_9P = 9, VIRTIO_FS = 26 };

int recipe_disks_share(struct recipe *p, const struct machine *m, unsigned i, struct fault *f)
{
	const struct conf_target *t = &p->conf.targets[i];
	bool is_9p = !strcmp(t->type, "9p");
	struct fault why = { 0 };
	int r = m ? machine_want_virtio(m, is_9p ? VIRTIO_9P : VIRTIO_FS, &p->mods, &why)
		  : kmods_want_any(&p->mods, "virtio_pci", NULL, &why);

	if (r == -ENODEV)
		return fault_at(f, t->line, r, "this machine has no %s share", t->type);
	r = r ? r : kmods_want(&p->mods, t->type, &why);
	if (r)
		return fault_at(f, t->line, r, "%s%s", why.text, is_9p ? "; try virtiofs" : "");
	return recipe_needs_want(&p->mods, t->type, f);
}

/* ---------------------------------------------------------------- bare devices */

int recipe_disks_raw(struct recipe *p, const struct machine *m, unsigned i, struct fault *f)
{
	struct conf_target *t = &p->conf.targets[i];
	struct machine_disk disk;
	struct fault why = { 0 };
	int r;

	if (!strncmp(t->where, "UUID=", 5) || !strncmp(t->where, "LABEL=", 6))
		return fault_at(f, t->line, -EINVAL,
				"%s names a file system; write PARTUUID=, PARTLABEL= or "
				"/dev/disk/by-id/… for a raw target",
				t->where);
	if (!m) {
		name_by_link(t, p->where[i]);
		return resolve_elsewhere(p, t, f);
	}
	r = machine_find_disk(m, t->where, &disk, &why);
	if (r)
		return fault_at(f, t->line, r, "%s", why.text);
	r = rawdisk_check(m, t, disk.name, f);
	if (r)
		return r;
	if (!machine_lasting_name(&disk, false, p->where[i], PATH_MAX))
		log_warn("line %u: %s has no identity: it will be looked for by its name", t->line,
			 t->where);
	r = device_stack_want(&p->stack, m, disk.name, t->line, &p->conf, &p->mods, p->where[i],
			      &why);
	if (r)
		return fault_at(f, t->line, r, "%s: %s", t->where, why.text);
	t->where = p->where[i];
	return 0;
}
