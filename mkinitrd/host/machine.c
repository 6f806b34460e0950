/* SPDX-License-Identifier: MIT */
/*
 * sysfs: each folder on the way from /sys/devices down to a device may have a driver, and that
 * driver a module.
 */
#include "mkinitrd/host/machine.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "lib/block/signature.h"
#include "lib/cleanup.h"
#include "lib/io.h"
#include "mkinitrd/host/device_stack.h"

/* ---------------------------------------------------------------- files below the root */

static int __attribute__((format(printf, 3, 4)))
make_path(const struct machine *m, char *ret, const char *fmt, ...)
{
	size_t len = (size_t)snprintf(ret, PATH_MAX, "%s", m->root);
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = len < PATH_MAX ? vsnprintf(ret + len, PATH_MAX - len, fmt, ap) : 0;
	va_end(ap);
	return len + (size_t)n >= PATH_MAX ? -ENAMETOOLONG : 0;
}

/* The first line of a small file; "" if there is none. */
static void read_line(const char *folder, const char *file, char *ret, size_t size)
{
	char path[PATH_MAX + 64];

	snprintf(path, sizeof(path), "%s/%s", folder, file);
	if (io_read_file(AT_FDCWD, path, ret, size, NULL))
		ret[0] = '\0';
	ret[strcspn(ret, "\n")] = '\0';
}

/* The name a link points to: the last part of its target. */
static bool link_name(const char *folder, const char *link, char *ret, size_t size)
{
	char path[PATH_MAX + 64], to[PATH_MAX];
	const char *base;
	ssize_t n;

	snprintf(path, sizeof(path), "%s%s%s", folder, *link ? "/" : "", link);
	n = readlink(path, to, sizeof(to) - 1);
	if (n <= 0)
		return false;
	to[n] = '\0';
	base = strrchr(to, '/');
	base = base ? base + 1 : to;
	return (size_t)snprintf(ret, size, "%s", base) < size;
}

/* ---------------------------------------------------------------- disks */

/* A disk's folder in /sys/class/block; the kernel writes '/' in a name as '!'. */
static int disk_folder(const struct machine *m, const char *name, char *ret)
{
	return make_path(m, ret, "/sys/class/block/%s", name);
}

static int open_disk(const struct machine *m, const char *name)
{
	char path[PATH_MAX], node[NAME_MAX + 1];
	int fd;

	snprintf(node, sizeof(node), "%s", name);
	for (char *p = node; *p; p++)
		*p = *p == '!' ? '/' : *p;
	if (make_path(m, path, "/dev/%s", node))
		return -ENAMETOOLONG;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

static int read_disk(const struct machine *m, const char *name, struct superblock *ret)
{
	_close_ int fd = open_disk(m, name);

	return fd < 0 ? fd : superblock_read(fd, ret);
}

/* Two names of one disk, as its paths have; copies of a disk look the same and count as one. */
static bool same_disk(const struct machine_disk *a, const struct machine_disk *b)
{
	/* or one file system on several */
	if (a->fs.type && !strcmp(a->fs.type, "btrfs"))
		return b->fs.type && !strcmp(b->fs.type, "btrfs") && !strcmp(a->fs.uuid, b->fs.uuid);
	if (a->names.partuuid[0])
		return !strcmp(a->names.partuuid, b->names.partuuid);
	return a->names.disk[0] && !strcmp(a->names.disk, b->names.disk);
}

/* What a device holds and what it is called. The error of reading it leaves the names. */
static int look_at(const struct machine *m, const char *name, struct machine_disk *ret)
{
	int r = read_disk(m, name, &ret->fs);

	if (r)
		ret->fs = (struct superblock){.type = NULL};
	snprintf(ret->name, sizeof(ret->name), "%s", name);
	blockname_read(m->root, name, &ret->names);
	return r;
}

/* Nothing is read from drives without a medium. */
static bool worth_reading(const struct machine *m, const char *name)
{
	char folder[PATH_MAX], size[32];

	if (name[0] == '.' || disk_folder(m, name, folder))
		return false;
	read_line(folder, "size", size, sizeof(size));
	return strtoull(size, NULL, 10) != 0;
}

/* Every disk and partition is looked at, so that a second one is noticed. */
static int search_disks(const struct machine *m, const char *where, struct machine_disk *ret,
			struct fault *f)
{
	char path[PATH_MAX];
	_closedir_ DIR *d = NULL;
	struct machine_disk found = {.name = ""};
	int denied = 0;

	if (make_path(m, path, "/sys/class/block"))
		return -ENAMETOOLONG;
	d = opendir(path);
	if (!d)
		return fault_set(f, -errno, "%s: %s", path, strerror(errno));
	for (struct dirent *e; (e = readdir(d));) {
		struct machine_disk disk = {.name = ""};
		int r;

		/* what stands on it is meant: a mirror, not its halves */
		if (!worth_reading(m, e->d_name) || stack_holds(m->root, e->d_name))
			continue;
		r = look_at(m, e->d_name, &disk);
		denied |= r == -EACCES || r == -EPERM;
		if (!blockname_fits(where, r ? NULL : &disk.fs, &disk.names))
			continue;
		if (found.name[0] && !same_disk(&found, &disk))
			return fault_set(f, -EEXIST, "%s is on %s and on %s; name the device",
					 where, found.name, e->d_name);
		if (!found.name[0] || strcmp(disk.name, found.name) < 0)
			found = disk;
	}
	if (!found.name[0])
		return fault_set(f, -ENOENT, "no disk has %s%s", where,
				 denied ? " (some could not be read; run as root)" : "");
	*ret = found;
	return 0;
}

/* "/dev/disk/by-id/x" → "vda1", through any links. */
static int resolve_node(const struct machine *m, const char *where, char *ret, size_t size,
			struct fault *f)
{
	char path[PATH_MAX], real[PATH_MAX], dev[PATH_MAX], dev_real[PATH_MAX];
	struct stat st;
	size_t len;

	if (make_path(m, path, "%s", where) || make_path(m, dev, "/dev"))
		return -ENAMETOOLONG;
	if (!realpath(path, real) || !realpath(dev, dev_real))
		return fault_set(f, -errno, "%s: %s", where, strerror(errno));
	/* a node of any name: lvm's and dmsetup's are no links where there is no udev */
	if (!stat(real, &st) && S_ISBLK(st.st_mode) &&
	    !make_path(m, path, "/sys/dev/block/%u:%u", major(st.st_rdev), minor(st.st_rdev)) &&
	    link_name(path, "", ret, size))
		return 0;
	len = strlen(dev_real);
	if (strncmp(real, dev_real, len) || real[len] != '/' ||
	    (size_t)snprintf(ret, size, "%s", real + len + 1) >= size)
		return fault_set(f, -ENOTBLK, "%s is no block device", where);
	for (char *p = ret; *p; p++)
		*p = *p == '/' ? '!' : *p;
	if (disk_folder(m, ret, path))
		return -ENAMETOOLONG;
	if (access(path, F_OK))
		return fault_set(f, -ENOTBLK, "%s is no block device", where);
	return 0;
}

/* For the message alone. */
static const char *other_contents(const struct machine *m, const char *name)
{
	_close_ int fd = open_disk(m, name);
	const char *what = NULL;

	return fd < 0 || signature_find(fd, &what) ? NULL : what;
}

int machine_find_disk(const struct machine *m, const char *where, struct machine_disk *ret,
		      struct fault *f)
{
	struct machine_disk disk = {.name = ""};
	char name[NAME_MAX + 1];
	int r;

	if (where[0] != '/')
		return search_disks(m, where, ret, f);
	r = resolve_node(m, where, name, sizeof(name), f);
	if (r)
		return r;
	r = look_at(m, name, &disk);
	if (r && r != -ENOENT)
		return fault_set(f, r, "%s: %s", where, strerror(-r));
	if (r)
		disk.holds = other_contents(m, name);
	*ret = disk;
	return 0;
}

bool machine_lasting_name(const struct machine_disk *d, bool by_fs, char *ret, size_t size)
{
	if (by_fs && d->fs.type && d->fs.uuid[0])
		snprintf(ret, size, "UUID=%s", d->fs.uuid);
	else if (d->names.partuuid[0])
		snprintf(ret, size, "PARTUUID=%s", d->names.partuuid);
	else if (d->names.disk[0])
		snprintf(ret, size, "DISK=%s", d->names.disk);
	else {
		blockname_node(d->name, ret, size);
		return false;
	}
	return true;
}

/* ---------------------------------------------------------------- interfaces */

/* The interface of the IPv4 default route with the smallest metric. */
static int default_route(const struct machine *m, char *ret, struct fault *f)
{
	char path[PATH_MAX], line[256], name[IFNAMSIZ];
	_fclose_ FILE *routes = NULL;
	unsigned long to, mask;
	unsigned metric, best = 0;

	if (make_path(m, path, "/proc/net/route"))
		return -ENAMETOOLONG;
	ret[0] = '\0';
	routes = fopen(path, "re");
	while (routes && fgets(line, sizeof(line), routes)) {
		if (sscanf(line, "%15s %lx %*x %*x %*d %*d %u %lx", name, &to, &metric, &mask) !=
			    4 ||
		    to || mask || (ret[0] && metric >= best))
			continue;
		best = metric;
		strcpy(ret, name);
	}
	if (!ret[0])
		return fault_set(f, -ENETUNREACH,
				 "no interface has a default route; name it in a "
				 "line `net IFACE dhcp`");
	return 0;
}

/* A port of a bond wears the bond's address; its own is kept elsewhere. */
static void read_mac(const char *folder, char *ret, size_t size)
{
	read_line(folder, "bonding_slave/perm_hwaddr", ret, size);
	if (!ret[0])
		read_line(folder, "address", ret, size);
}

static bool is_mac(const char *s)
{
	for (int i = 0; i < 17; i++) {
		if (i % 3 == 2 ? s[i] != ':' : !isxdigit((unsigned char)s[i]))
			return false;
	}
	return !s[17];
}

static int search_mac(const struct machine *m, const char *mac, char *ret, struct fault *f)
{
	char path[PATH_MAX], folder[PATH_MAX + NAME_MAX + 2], has[64];
	_closedir_ DIR *d = NULL;

	if (make_path(m, path, "/sys/class/net"))
		return -ENAMETOOLONG;
	d = opendir(path);
	for (struct dirent *e; d && (e = readdir(d));) {
		snprintf(folder, sizeof(folder), "%s/%s", path, e->d_name);
		read_mac(folder, has, sizeof(has));
		strcat(folder, "/device");
		if (strcasecmp(mac, has) || access(folder, F_OK))
			continue;
		snprintf(ret, IFNAMSIZ, "%.15s", e->d_name);
		return 0;
	}
	return fault_set(f, -ENODEV, "no interface has the MAC address %s", mac);
}

int machine_find_nic(const struct machine *m, const char *iface, struct machine_nic *ret,
		     struct fault *f)
{
	struct machine_nic nic = {.name = ""};
	char folder[PATH_MAX], device[PATH_MAX], mac[64];
	int r = 0;

	if (is_mac(iface))
		r = search_mac(m, iface, nic.name, f);
	else if (!strcmp(iface, "auto"))
		r = default_route(m, nic.name, f);
	else
		snprintf(nic.name, sizeof(nic.name), "%s", iface);
	if (r)
		return r;
	if (make_path(m, folder, "/sys/class/net/%s", nic.name) ||
	    make_path(m, device, "/sys/class/net/%s/device", nic.name))
		return -ENAMETOOLONG;
	if (access(folder, F_OK))
		return fault_set(f, -ENODEV, "there is no interface %s", nic.name);
	if (access(device, F_OK))
		return fault_set(f, -ENODEV,
				 "%s has no hardware of its own (a bridge, bond, VLAN or tunnel): "
				 "name the port behind it in a `net` line",
				 nic.name);
	read_mac(folder, mac, sizeof(mac));
	if (!is_mac(mac))
		return fault_set(f, -ENODEV, "%s has no Ethernet address", nic.name);
	strcpy(nic.mac, mac);
	*ret = nic;
	return 0;
}

/* ---------------------------------------------------------------- drivers */

/* Not every bus has a file for it, mmc for one; all tell it in uevent. */
static void read_modalias(const char *folder, char *ret, size_t size)
{
	static const char key[] = "MODALIAS=";
	char path[PATH_MAX + 16], text[4096];
	const char *at;

	read_line(folder, "modalias", ret, size);
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

	return link_name(folder, "subsystem", bus, sizeof(bus)) && !strcmp(bus, "mmc");
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

	if (!link_name(folder, "driver", driver, sizeof(driver)))
		return 0;
	if (mods->config)
		return kmods_check_builtin(mods,
					   link_name(folder, "driver/module", module,
						     sizeof(module))
						   ? module
						   : driver,
					   strrchr(folder, '/') + 1, f);
	if (link_name(folder, "driver/module", module, sizeof(module))) {
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

	read_line(folder, "dh_state", state, sizeof(state));
	if (!state[0] || !strcmp(state, "detached"))
		return 0;
	snprintf(module, sizeof(module), "scsi_dh_%s", state);
	return kmods_want_any(mods, module, NULL, f);
}

/* All folders from /sys/devices (not included) down to path, which lies below it. */
static int want_chain(const struct machine *m, char *path, struct kmods *mods, struct fault *f)
{
	char *p = strstr(path, "/sys/devices/");
	int r = 0;

	if (!p)
		return fault_set(f, -ENODEV, "%s is not below /sys/devices", path);
	for (p += strlen("/sys/devices/"); p && !r;) {
		p = strchr(p, '/');
		if (p)
			*p = '\0';
		r = want_scsi_handler(path, mods, f);
		r = r ? r : want_driver(m, path, mods, f);
		if (p)
			*p++ = '/';
	}
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

	if (disk_folder(m, name, folder))
		return -ENAMETOOLONG;
	if (!realpath(folder, real))
		return fault_set(f, -errno, "%s: %s", folder, strerror(errno));
	if (strstr(real, "/devices/virtual/nvme-subsystem/"))
		return want_nvme_paths(m, real, mods, f);
	if (strstr(real, "/devices/virtual/"))
		return fault_set(f, -EOPNOTSUPP,
				 "%s is a virtual device (loop, network block device, bcache, …), which "
				 "the crash kernel cannot make; use a disk or what stands on disks",
				 name);
	return want_chain(m, real, mods, f);
}

int machine_want_nic(const struct machine *m, const char *name, struct kmods *mods, struct fault *f)
{
	char folder[PATH_MAX], real[PATH_MAX];

	if (make_path(m, folder, "/sys/class/net/%s/device", name))
		return -ENAMETOOLONG;
	if (!realpath(folder, real))
		return fault_set(f, -errno, "%s: %s", folder, strerror(errno));
	return want_chain(m, real, mods, f);
}

int machine_want_device(const struct machine *m, const char *folder, struct kmods *mods,
			struct fault *f)
{
	char path[PATH_MAX], real[PATH_MAX];

	if (make_path(m, path, "%s", folder))
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

	if (make_path(m, path, "/sys/fs/btrfs/%s/devices", uuid))
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

	if (make_path(m, path, "/sys/bus/virtio/devices"))
		return -ENAMETOOLONG;
	d = opendir(path);
	for (struct dirent *e; d && !r && (e = readdir(d));) {
		snprintf(folder, sizeof(folder), "%s/%s", path, e->d_name);
		read_line(folder, "device", has, sizeof(has));
		if (e->d_name[0] == '.' || strtoul(has, NULL, 16) != id)
			continue;
		found = true;
		r = machine_want_device(m, folder + strlen(m->root), mods, f);
	}
	return r || found ? r : -ENODEV;
}

/* ---------------------------------------------------------------- name */

void machine_hostname(const char *root, char *ret, size_t size)
{
	static const char *const files[] = {"proc/sys/kernel/hostname", "etc/hostname"};
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(files) && !n; i++) {
		char name[256];

		read_line(root, files[i], name, sizeof(name));
		/* the kernel's word for a machine that was given no name */
		if (!strcmp(name, "(none)"))
			continue;
		/* what could not stand in a folder's name or in the config is left out */
		for (const char *p = name; *p && n + 1 < size; p++) {
			if (isalnum((unsigned char)*p) || *p == '-' || *p == '_' ||
			    (*p == '.' && n))
				ret[n++] = *p;
		}
	}
	ret[n] = '\0';
}
