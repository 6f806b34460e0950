/* SPDX-License-Identifier: MIT */
/*
 * Targets → disks and their drivers; network → interface, its driver and the CA file; then what
 * the config asks for by name.
 */
#include "mkinitrd/plan/recipe.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "lib/cleanup.h"
#include "lib/log.h"
#include "mkinitrd/host/watchdogs.h"
#include "mkinitrd/plan/default_target.h"
#include "mkinitrd/plan/rawdisk.h"

/*
 * What is asked for at run time by request_module(), for which the image has no modprobe, and
 * which depmod does not know. What the kernel does not have is left out. Nothing is needed for
 * ext4, xfs and btrfs: their checksums (crc32c, and for btrfs xxhash64, sha256 and blake2b) are
 * softdeps of the modules in 6.1 and 6.12, and direct or built in by 7.2.
 */
static const struct {
	const char *user;
	const char *modules[4];
} run_time_needs[] = {
	/* fat_fill_super() loads the tables of FAT_DEFAULT_CODEPAGE and FAT_DEFAULT_IOCHARSET
	 * (Debian: 437 and ascii; the kernel's own default is iso8859-1; utf8 elsewhere) */
	{ "vfat", { "nls_cp437", "nls_ascii", "nls_iso8859-1", "nls_utf8" } },
	/* its softdep "crc32" is the library's name too, not only the algorithm's */
	{ "f2fs", { "crypto-crc32" } },
	/* "9p" knows its transports by name only */
	{ "9p", { "9pnet_virtio" } },
	/* DHCP begins before there is an address, on a packet socket */
	{ "net", { "af_packet" } },
};

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

static const char *const ca_bundles[] = {
	"/etc/ssl/certs/ca-certificates.crt", /* Debian, Alpine, Arch, Gentoo, Void */
	"/etc/pki/tls/certs/ca-bundle.crt",   /* Fedora */
	"/etc/ssl/ca-bundle.pem",	      /* SUSE */
	"/etc/ssl/cert.pem",
};

static int want_run_time_needs(struct recipe *p, const char *user, struct fault *f)
{
	for (size_t i = 0; i < ARRAY_LEN(run_time_needs); i++) {
		if (strcmp(user, run_time_needs[i].user))
			continue;
		for (size_t k = 0; k < 4 && run_time_needs[i].modules[k]; k++) {
			int r = kmods_want_any(&p->mods, run_time_needs[i].modules[k], NULL, f);

			if (r)
				return r;
		}
	}
	return 0;
}

/* ---------------------------------------------------------------- disks */

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
				"the device that stands on it",
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
			char *where, struct fault *f)
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
		r = default_target_subvol(m, t, name, p->conf.path, p->subvol[t - p->conf.targets],
					  f);
		t->subvol = p->subvol[t - p->conf.targets];
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
					"only the machine knows what %s stands on: make the image "
					"there, without -r",
					t->where);
	}
	if (!strncmp(t->where, "/dev/disk/", 10))
		return fault_at(
			f, t->line, -EINVAL,
			"%s needs the machine; with -r write UUID=, PARTUUID= or DISK=", t->where);
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
	return 0;
}

static int resolve_fs(struct recipe *p, const struct machine *m, unsigned i, struct fault *f)
{
	struct conf_target *t = &p->conf.targets[i];
	struct fault why = { 0 };
	int r;

	if (!m)
		name_by_link(t, p->where[i]);
	r = m ? resolve_here(p, m, t, p->where[i], f) : resolve_elsewhere(p, t, f);
	if (r)
		return r;
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
	r = kmods_want(&p->mods, t->type, &why);
	if (r)
		return fault_at(f, t->line, r, "%s", why.text);
	return want_run_time_needs(p, t->type, f);
}

/* ---------------------------------------------------------------- shares */

/* Numbers of virtio's specification, 5. */
enum { VIRTIO_9P = 9, VIRTIO_FS = 26 };

static int resolve_share(struct recipe *p, const struct machine *m, const struct conf_target *t,
			 struct fault *f)
{
	bool is_9p = !strcmp(t->type, "9p");
	struct fault why = { 0 };
	int r = m ? machine_want_virtio(m, is_9p ? VIRTIO_9P : VIRTIO_FS, &p->mods, &why)
		  : kmods_want_any(&p->mods, "virtio_pci", NULL, &why);

	if (r == -ENODEV)
		return fault_at(f, t->line, r, "this machine has no %s share", t->type);
	r = r ? r : kmods_want(&p->mods, t->type, &why);
	if (r)
		return fault_at(f, t->line, r, "%s%s", why.text, is_9p ? "; try virtiofs" : "");
	return want_run_time_needs(p, t->type, f);
}

/* ---------------------------------------------------------------- bare devices */

/* A bare device has no UUID; a partition's name or identity is as good. */
static int resolve_raw(struct recipe *p, const struct machine *m, unsigned i, struct fault *f)
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

/* ---------------------------------------------------------------- network */

static int resolve_net(struct recipe *p, const struct machine *m, struct fault *f)
{
	struct conf_net *net = &p->conf.net;
	struct machine_nic nic;
	int r;

	if (net->mode == CONF_NET_NONE)
		*net = (struct conf_net){ .mode = CONF_NET_DHCP, .iface = "auto" };
	r = want_run_time_needs(p, "net", f);
	if (r)
		return r;
	if (!m)
		return p->conf.n_extra_modules
			       ? 0
			       : fault_set(f, -EINVAL,
					   "net: the driver of %s cannot be found without the "
					   "machine; "
					   "name it in extra_modules (even if it is built in)",
					   net->iface);
	r = machine_find_nic(m, net->iface, &nic, f);
	r = r ? r : machine_want_nic(m, nic.name, &p->mods, f);
	if (r)
		return r;
	strcpy(p->iface, nic.mac);
	net->iface = p->iface;
	return 0;
}

/*
 * fence_kdump takes messages from the address alone that the cluster knows, so the crash kernel must
 * have this machine's own.
 */
static int resolve_fence(struct recipe *p, const struct machine *m, struct fault *f)
{
	struct conf_fence *fence = &p->conf.fence;
	bool dhcp = p->conf.net.mode != CONF_NET_STATIC;
	struct fault why = { 0 };
	int r = resolve_net(p, m, &why);

	if (r)
		return fault_at(f, fence->nodes_line, r, "fence_kdump_nodes: %s", why.text);
	if (dhcp)
		log_info("fence_kdump: the nodes are told by DHCP's address of %s; where this is "
			 "not "
			 "what the cluster knows, write a `net` line with it",
			 p->conf.net.iface);
	if (fence->family == CONF_FAMILY_IPV6)
		log_warn("fence_kdump: -f ipv6: the crash kernel has IPv6 only where a router "
			 "announces it");
	return 0;
}

static int find_ca(struct recipe *p, const char *root, struct fault *f)
{
	const char *asked = p->conf.https_ca;

	for (size_t i = 0; i < (asked ? 1 : ARRAY_LEN(ca_bundles)); i++) {
		const char *file = asked ? asked : ca_bundles[i];

		if ((size_t)snprintf(p->ca_file, sizeof(p->ca_file), "%s%s", root, file) <
			    sizeof(p->ca_file) &&
		    !access(p->ca_file, R_OK)) {
			p->conf.https_ca = CONF_CA_FILE;
			return 0;
		}
	}
	if (asked)
		return fault_set(f, -errno, "https_ca %s: %s", p->ca_file, strerror(errno));
	return fault_set(f, -ENOENT,
			 "https needs CA certificates: install ca-certificates or name a file with "
			 "https_ca");
}

/* ---------------------------------------------------------------- the whole */

/* All faults of a config are told at once: those before the last here, the last by main. */
static int one_more(int before, int r, const struct fault *now, struct fault *f)
{
	if (!r)
		return before;
	if (before && f->line)
		log_err("line %u: %s", f->line, f->text);
	else if (before)
		log_err("%s", f->text);
	*f = *now;
	return r;
}

static int resolve_target(struct recipe *p, const struct machine *m, unsigned i, struct fault *f)
{
	switch (p->conf.targets[i].kind) {
	case CONF_TARGET_FS:
		return resolve_fs(p, m, i, f);
	case CONF_TARGET_SHARE:
		return resolve_share(p, m, &p->conf.targets[i], f);
	case CONF_TARGET_RAW:
		return resolve_raw(p, m, i, f);
	default:
		return 0;
	}
}

static int resolve_targets(struct recipe *p, const struct machine *m, const char *root,
			   struct fault *f)
{
	bool https = false;
	int r = 0;

	if (m)
		r = default_target_add(m, &p->conf, &p->home, f);
	else if (!p->conf.n_targets)
		return fault_set(f, -EINVAL,
				 "no target: add a line such as `auto /dev/NAME` or `https URL`");
	for (unsigned i = 0; i < p->conf.n_targets; i++) {
		struct fault now = { 0 };

		https |= p->conf.targets[i].kind == CONF_TARGET_HTTPS;
		r = one_more(r, resolve_target(p, m, i, &now), &now, f);
	}
	cluster_nodes_resolve(root, p->host, m && !root[0], &p->conf.fence, &p->nodes);
	if (p->conf.fence.n_nodes || https || p->conf.net.mode != CONF_NET_NONE) {
		struct fault now = { 0 };

		r = one_more(r,
			     p->conf.fence.n_nodes ? resolve_fence(p, m, &now)
						   : resolve_net(p, m, &now),
			     &now, f);
	}
	if (https) {
		struct fault now = { 0 };

		r = one_more(r, find_ca(p, root, &now), &now, f);
	} else {
		p->conf.https_ca = NULL;
	}
	return r;
}

/* The list of modules as files of the image. */
static int name_files(struct recipe *p, struct fault *f)
{
	for (unsigned i = 0; i < p->mods.n_list; i++) {
		const char *file = p->mods.list[i]->file, *base = strrchr(file, '/');
		const char *end;

		base = base ? base + 1 : file;
		end = strstr(base, ".ko");
		if (!end ||
		    (size_t)snprintf(p->files[i], sizeof(p->files[i]), "/lib/modules/%.*s.ko",
				     (int)(end - base), base) >= sizeof(p->files[i]))
			return fault_set(f, -ENAMETOOLONG, "%s is no usable module file", file);
		p->conf.modules[i] = p->files[i];
	}
	p->conf.n_modules = p->mods.n_list;
	return 0;
}

/* What dracut was asked for; it too leaves out what the kernel does not have. */
static int want_hints(struct recipe *p, struct fault *f)
{
	for (unsigned i = 0; i < p->conf.n_hint_modules; i++) {
		unsigned found;
		int r = kmods_want_any(&p->mods, p->conf.hint_modules[i], &found, f);

		if (r)
			return r;
		if (!found)
			log_warn("dracut_args: kernel %s has no module %s", p->mods.kver,
				 p->conf.hint_modules[i]);
	}
	return 0;
}

static void check_options(const struct recipe *p)
{
	for (unsigned i = 0; i < p->conf.n_options; i++) {
		const struct conf_options *o = &p->conf.options[i];
		const struct kmod *mod = kmods_find(&p->mods, o->module);
		unsigned k = 0;

		while (k < p->mods.n_list && p->mods.list[k] != mod)
			k++;
		if (k == p->mods.n_list)
			log_warn("line %u: options %s: no such module is packed%s", o->line,
				 o->module,
				 mod && !mod->file
					 ? "; it is built in: write MODULE.PARAMETER=… on "
					   "the crash kernel's command line"
					 : "");
	}
}

static int fill_in(struct recipe *p, const struct machine *m, const char *root, struct fault *f)
{
	int r = 0;

	machine_hostname(m ? m->root : root, p->host, sizeof(p->host));
	/* first, for it counts while the rest is loaded */
	if (m && p->conf.watchdog)
		r = watchdogs_want(m, &p->mods, &p->conf.watchdog, f);

	r = r ? r : resolve_targets(p, m, root, f);
	for (unsigned i = 0; i < p->conf.n_extra_modules; i++) {
		struct fault why = { 0 }, now;
		int r1 = kmods_want(&p->mods, p->conf.extra_modules[i], &why);

		fault_set(&now, r1, "extra_modules: %.500s", why.text);
		r = one_more(r, r1, &now, f);
	}
	r = r ? r : want_hints(p, f);
	device_stack_done(&p->stack, &p->conf);
	r = r ? r : name_files(p, f);
	if (r)
		return r;
	check_options(p);
	p->conf.n_extra_modules = p->conf.n_hint_modules = 0;
	p->conf.resolved = true;
	/* without, the dump is named after what the crashed kernel was called */
	p->conf.host = p->host[0] ? p->host : NULL;
	return 0;
}

int recipe_make(const struct conf *user, const struct machine *machine, const char *root,
		const char *kver, const struct kconfig *kernel, struct recipe *ret, struct fault *f)
{
	int r;

	ret->conf = *user;
	ret->root = root;
	ret->ca_file[0] = '\0';
	ret->stack = (struct device_stack){ .n_keys = 0 };
	if (user->resolved)
		return fault_set(f, -EINVAL,
				 "`module` and `host` are written by kdump-mkinitrd; remove them");
	r = kernel ? kmods_open_builtin(kernel, &ret->mods, f)
		   : kmods_open(root, kver, &ret->mods, f);
	if (r)
		return r;
	r = fill_in(ret, machine, root, f);
	if (r)
		recipe_free(ret);
	return r;
}

void recipe_free(struct recipe *p)
{
	kmods_close(&p->mods);
	device_stack_free(&p->stack);
}
