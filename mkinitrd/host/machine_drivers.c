/* SPDX-License-Identifier: MIT */
/*
 * sysfs: each folder on the way from /sys/devices down to a device may have a driver, and that
 * driver a module; and so has each supplier of one of them.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/io.h"
#include "lib/log.h"
#include "mkinitrd/host/machine.h"
#include "mkinitrd/host/suppliers.h"
#include "mkinitrd/host/sysfs.h"

enum { SUPPLIERS_DEPTH = 16 };

/* Not every bus has a file for it, mmc for one; all tell it in uevent. */
static void read_modalias(const char *folder, char *ret, size_t size)
{
	static const char key[] = "MODALIAS=";
	char path[PATH_MAX + 16], text[4096];
	const char *at;

	sysfs_line(folder, "modalias", ret, size);
	snprintf(path, sizeof(path), "%s/uevent", folder);
	if (ret[0] || io_read_file(AT_FDCWD, path, text, sizeof(text), NULL))
		return;
	at = strstr(text, key);
	while (at && at != text && at[-1] != '\n')
		at = strstr(at + 1, key);
	if (at)
		snprintf(ret, size, "%.*s", (int)strcspn(at + strlen(key), "\n"), at + strlen(key));
}

/* mmc_register_driver() is not told who calls it: a driver there looks as if it were built in. */
static bool hides_modules(const char *folder)
{
	char bus[NAME_MAX + 1];

	return sysfs_link_name(folder, "subsystem", bus, sizeof(bus)) && !strcmp(bus, "mmc");
}

/*
 * The driver of one folder of /sys/devices. Its module is asked for by name; a driver that is
 * built in here may be a module of another kernel, which the device's modalias tells.
 */
static int want_driver(const struct machine *m, const char *folder, struct kmods *mods,
		       struct fault *f)
{
	char driver[NAME_MAX + 1], module[NAME_MAX + 1], modalias[1024];
	unsigned found = 0;
	int r;

	if (!sysfs_link_name(folder, "driver", driver, sizeof(driver)))
		return 0;
	/* it drives it now */
	if (mods->config && m->same_kernel)
		return 0;
	if (mods->config)
		return kmods_check_builtin(
			mods,
			sysfs_link_name(folder, "driver/module", module, sizeof(module)) ? module
											 : driver,
			strrchr(folder, '/') + 1, f);
	if (sysfs_link_name(folder, "driver/module", module, sizeof(module))) {
		r = kmods_want_any(mods, module, &found, f);
		if (r || found)
			return r;
	} else {
		module[0] = '\0';
		if (m->same_kernel && !hides_modules(folder))
			return 0;
	}
	read_modalias(folder, modalias, sizeof(modalias));
	r = modalias[0] ? kmods_want_any(mods, modalias, &found, f) : 0;
	if (r || found || !module[0])
		return r;
	return fault_set(f, -ENOENT, "kernel %s has no module %s, which drives %s here", mods->kver,
			 module, strrchr(folder, '/') + 1);
}

/* Of an array with active and passive paths: without it, reading a passive one gives errors. */
static int want_scsi_handler(const char *folder, struct kmods *mods, struct fault *f)
{
	char state[32], module[64];

	sysfs_line(folder, "dh_state", state, sizeof(state));
	if (!state[0] || !strcmp(state, "detached"))
		return 0;
	snprintf(module, sizeof(module), "scsi_dh_%s", state);
	return kmods_want_any(mods, module, NULL, f);
}

/* A walk from device to device. */
struct chain {
	const struct machine *m;
	struct kmods *mods;
	struct suppliers_seen seen;
	unsigned depth; /* of suppliers of suppliers */
};

static int want_folders(struct chain *c, char *path, struct fault *f);

/* Not every supplier is needed, so that one without a driver there costs a line. */
static int want_suppliers(struct chain *c, const char *folder, struct fault *f)
{
	_free_ char *supplier = malloc(PATH_MAX);
	unsigned at = 0;
	int r = supplier ? 0 : -ENOMEM;

	if (c->depth == SUPPLIERS_DEPTH)
		return r;
	c->depth++;
	while (!r && suppliers_next(folder, &at, supplier)) {
		struct fault why = { 0 };

		r = want_folders(c, supplier, &why);
		if (r == -ENOENT)
			log_warn("%s: %s; %s may not work without it", strrchr(folder, '/') + 1,
				 why.text, strrchr(folder, '/') + 1);
		else if (r)
			*f = why;
		r = r == -ENOENT ? 0 : r;
	}
	c->depth--;
	return r;
}

static int want_folder(struct chain *c, const char *folder, struct fault *f)
{
	int r;

	if (!suppliers_first(&c->seen, folder))
		return 0;
	r = want_suppliers(c, folder, f);
	r = r ? r : want_scsi_handler(folder, c->mods, f);
	return r ? r : want_driver(c->m, folder, c->mods, f);
}

/* All folders from /sys/devices (not included) down to path, which lies below it. */
static int want_folders(struct chain *c, char *path, struct fault *f)
{
	char *p = strstr(path, "/sys/devices/");
	int r = 0;

	if (!p)
		return fault_set(f, -ENODEV, "%s is not below /sys/devices", path);
	for (p += strlen("/sys/devices/"); p && !r;) {
		p = strchr(p, '/');
		if (p)
			*p = '\0';
		r = want_folder(c, path, f);
		if (p)
			*p++ = '/';
	}
	return r;
}

static int want_chain(const struct machine *m, char *path, struct kmods *mods, struct fault *f)
{
	struct chain c = { .m = m, .mods = mods };
	int r = want_folders(&c, path, f);

	suppliers_free(&c.seen);
	return r;
}

/* The controllers behind a shared NVMe namespace, which itself belongs to no device. */
static int want_nvme_paths(const struct machine *m, char *path, struct kmods *mods, struct fault *f)
{
	char *subsystem = strstr(path, "/nvme-subsystem/") + strlen("/nvme-subsystem/");
	char link[PATH_MAX + NAME_MAX + 2], real[PATH_MAX];
	_closedir_ DIR *d = NULL;
	int r = 0;

	subsystem[strcspn(subsystem, "/")] = '\0';
	d = opendir(path);
	for (struct dirent *e; d && !r && (e = readdir(d));) {
		snprintf(link, sizeof(link), "%s/%s", path, e->d_name);
		if (e->d_type == DT_LNK && !strncmp(e->d_name, "nvme", 4) && realpath(link, real))
			r = want_chain(m, real, mods, f);
	}
	return r;
}

int machine_want_disk(const struct machine *m, const char *name, struct kmods *mods,
		      struct fault *f)
{
	char folder[PATH_MAX], real[PATH_MAX];

	if (sysfs_path(m, folder, "/sys/class/block/%s", name))
		return -ENAMETOOLONG;
	if (!realpath(folder, real))
		return fault_set(f, -errno, "%s: %s", folder, strerror(errno));
	if (strstr(real, "/devices/virtual/nvme-subsystem/"))
		return want_nvme_paths(m, real, mods, f);
	if (strstr(real, "/devices/virtual/"))
		return fault_set(
			f, -EOPNOTSUPP,
			"%s is a virtual device (loop, network block device, bcache, …), which "
			"the crash kernel cannot make; use a disk or a device made of disks",
			name);
	return want_chain(m, real, mods, f);
}

int machine_want_nic(const struct machine *m, const char *name, struct kmods *mods, struct fault *f)
{
	char folder[PATH_MAX], real[PATH_MAX];

	if (sysfs_path(m, folder, "/sys/class/net/%s/device", name))
		return -ENAMETOOLONG;
	if (!realpath(folder, real))
		return fault_set(f, -errno, "%s: %s", folder, strerror(errno));
	return want_chain(m, real, mods, f);
}

int machine_want_device(const struct machine *m, const char *folder, struct kmods *mods,
			struct fault *f)
{
	char path[PATH_MAX], real[PATH_MAX];

	if (sysfs_path(m, path, "%s", folder))
		return -ENAMETOOLONG;
	if (!realpath(path, real))
		return fault_set(f, -errno, "%s: %s", path, strerror(errno));
	return want_chain(m, real, mods, f);
}

int machine_want_btrfs(const struct machine *m, const char *uuid, struct kmods *mods,
		       struct fault *f)
{
	char path[PATH_MAX];
	_closedir_ DIR *d = NULL;
	int r = 0;

	if (sysfs_path(m, path, "/sys/fs/btrfs/%s/devices", uuid))
		return -ENAMETOOLONG;
	d = opendir(path);
	for (struct dirent *e; d && !r && (e = readdir(d));)
		r = e->d_name[0] == '.' ? 0 : machine_want_disk(m, e->d_name, mods, f);
	return r;
}

int machine_want_virtio(const struct machine *m, unsigned id, struct kmods *mods, struct fault *f)
{
	char path[PATH_MAX], folder[PATH_MAX + NAME_MAX + 2], has[32];
	_closedir_ DIR *d = NULL;
	bool found = false;
	int r = 0;

	if (sysfs_path(m, path, "/sys/bus/virtio/devices"))
		return -ENAMETOOLONG;
	d = opendir(path);
	for (struct dirent *e; d && !r && (e = readdir(d));) {
		snprintf(folder, sizeof(folder), "%s/%s", path, e->d_name);
		sysfs_line(folder, "device", has, sizeof(has));
		if (e->d_name[0] == '.' || strtoul(has, NULL, 16) != id)
			continue;
		found = true;
		r = machine_want_device(m, folder + strlen(m->root), mods, f);
	}
	return r || found ? r : -ENODEV;
}
