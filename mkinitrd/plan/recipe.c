/* SPDX-License-Identifier: MIT */
/*
 * Targets (recipe_disks.c), network (recipe_net.c), then what the config asks for by name.
 */
#include "mkinitrd/plan/recipe.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/conf/target/conf_kind.h"
#include "lib/conf/target/conf_ssh.h"
#include "lib/log.h"
#include "mkinitrd/host/watchdogs.h"
#include "mkinitrd/plan/default_target.h"
#include "mkinitrd/plan/recipe_disks.h"
#include "mkinitrd/plan/recipe_elsewhere.h"
#include "mkinitrd/plan/recipe_keys.h"
#include "mkinitrd/plan/recipe_mtd.h"
#include "mkinitrd/plan/recipe_net.h"
#include "mkinitrd/plan/recipe_nfs.h"
#include "mkinitrd/plan/recipe_ssh.h"
#include "mkinitrd/plan/recipe_ubi.h"

/* All faults of a config are told at once: those before the last here, the last by main. */
static int one_more(const struct recipe *p, int before, int r, const struct fault *now,
		    struct fault *f)
{
	if (!r)
		return before;
	if (before && f->line)
		log_err("%s: line %u: %s", p->config ? p->config : "kdump.conf", f->line, f->text);
	else if (before)
		log_err("%s", f->text);
	*f = *now;
	return r;
}

static int resolve_raw(struct recipe *p, const struct machine *m, unsigned i, struct fault *f)
{
	return recipe_mtd_is(p->conf.targets[i].where) ? recipe_mtd_target(p, m, i, f)
						       : recipe_disks_raw(p, m, i, f);
}

/* What the image must hold for a target, by enum conf_target_kind; NULL: no more than the link. */
static int (*const resolvers[CONF_TARGET_KINDS])(struct recipe *p, const struct machine *m,
						 unsigned i, struct fault *f) = {
	[CONF_TARGET_FS] = recipe_disks_fs,	[CONF_TARGET_SHARE] = recipe_disks_share,
	[CONF_TARGET_UBI] = recipe_ubi,		[CONF_TARGET_RAW] = resolve_raw,
	[CONF_TARGET_HTTPS] = recipe_net_https, [CONF_TARGET_SSH] = recipe_ssh,
	[CONF_TARGET_SFTP] = recipe_ssh,	[CONF_TARGET_S3] = recipe_net_s3,
	[CONF_TARGET_NFS] = recipe_nfs_export,
};

static int resolve_target(struct recipe *p, const struct machine *m, unsigned i, struct fault *f)
{
	enum conf_target_kind kind = p->conf.targets[i].kind;

	return resolvers[kind] ? resolvers[kind](p, m, i, f) : 0;
}

static bool needs_network(const struct conf *c)
{
	for (unsigned i = 0; i < c->n_targets; i++) {
		if (conf_kind(&c->targets[i])->place)
			return true;
	}
	return c->fence.n_nodes || c->n_beacons || c->n_nets;
}

/* Those that speak TLS. */
static int resolve_beacons(struct recipe *p, struct fault *f)
{
	int r = 0;

	for (unsigned i = 0; i < p->conf.n_beacons && !r; i++)
		r = strncmp(p->conf.beacons[i], "https", 5) ? 0 : recipe_net_ca(p, f);
	return r;
}

static int resolve_network(struct recipe *p, const struct machine *m, struct fault *f)
{
	if (!needs_network(&p->conf))
		return 0;
	return p->conf.fence.n_nodes ? recipe_net_fence(p, m, f) : recipe_net_interface(p, m, f);
}

static int resolve_targets(struct recipe *p, const struct machine *m, const char *root,
			   struct fault *f)
{
	struct fault now = { 0 };
	int r = 0;

	if (m)
		r = default_target_add(m, &p->conf, &p->home, f);
	else if (!p->conf.n_targets)
		return fault_set(f, -EINVAL,
				 "no target: add a line such as `auto /dev/NAME` or `https URL`");
	for (unsigned i = 0; i < p->conf.n_targets; i++) {
		now = (struct fault){ 0 };
		r = one_more(p, r, resolve_target(p, m, i, &now), &now, f);
	}
	if (p->conf.final_action == CONF_KEXEC) {
		now = (struct fault){ 0 };
		r = one_more(p, r, recipe_disks_kexec(p, m, &now), &now, f);
	}
	cluster_nodes_resolve(root, p->host, m && !root[0], &p->conf.fence, &p->nodes);
	now = (struct fault){ 0 };
	r = one_more(p, r, resolve_beacons(p, &now), &now, f);
	now = (struct fault){ 0 };
	r = one_more(p, r, resolve_network(p, m, &now), &now, f);
	p->conf.ssh_key = recipe_files_find(p, CONF_SSH_KEY) ? CONF_SSH_KEY : NULL;
	p->conf.https_ca = recipe_files_find(p, CONF_CA_FILE) ? CONF_CA_FILE : NULL;
	return r;
}

int recipe_name_files(struct recipe *p, struct fault *f)
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
	if (p->conf.encrypt.n_files) {
		struct fault now = { 0 };

		r = one_more(p, r, recipe_keys_read(p, root, &now), &now, f);
	}
	for (unsigned i = 0; i < p->conf.n_extra_modules; i++) {
		struct fault why = { 0 }, now;
		int r1 = kmods_want(&p->mods, p->conf.extra_modules[i], &why);

		fault_set(&now, r1, "extra_modules: %.500s", why.text);
		r = one_more(p, r, r1, &now, f);
	}
	r = r || m ? r : recipe_elsewhere_drivers(p, needs_network(&p->conf), f);
	r = r ? r : want_hints(p, f);
	device_stack_done(&p->stack, &p->conf);
	r = r ? r : recipe_name_files(p, f);
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
	ret->n_packed = ret->net_used = 0;
	ret->ssh_key = NULL;
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
	recipe_files_free(p);
}
