/* SPDX-License-Identifier: MIT */
#include "mkinitrd/plan/recipe_nfs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/block/mounts.h"
#include "lib/cleanup.h"
#include "lib/conf/target/conf_nfs.h"
#include "lib/log.h"

/* How the export is mounted on the machine now. False: it is not. */
static bool find_mount(const struct machine *m, const struct conf_target *t, struct mounted *ret)
{
	_fclose_ FILE *mounts = NULL;

	while (mounts_next(m->root, &mounts, ret)) {
		if (!strncmp(ret->type, "nfs", 3) && !strcmp(ret->source, t->where))
			return true;
	}
	return false;
}

/* A line without options is mounted as it is now. */
static int take_options(const struct machine *m, struct conf_target *t, char *options, size_t size,
			struct fault *f)
{
	_free_ struct mounted *at = malloc(sizeof(*at));
	struct conf_target now = { .type = "nfs" };
	char version[8], flavour[16];

	if (!at)
		return -ENOMEM;
	if (!find_mount(m, t, at))
		return 0;
	now.options = at->options;
	if (conf_nfs_option(&now, "sec", flavour, sizeof(flavour)) && strcmp(flavour, "sys"))
		return fault_at(f, t->line, -EINVAL,
				"%s is mounted with sec=%s, and the crash kernel has no Kerberos "
				"ticket: export to this host with sec=sys, and write sec=sys "
				"behind it",
				t->where, flavour);
	if (!conf_nfs_option(&now, "vers", version, sizeof(version)))
		return 0;
	snprintf(options, size, "vers=%s", version);
	t->options = options;
	return 0;
}

/* nfsv3 and nfsv4 are asked for by request_module(), so that depmod does not know of them. */
static int want_versions(struct recipe *p, const struct conf_target *t, struct fault *f)
{
	enum conf_nfs_version v = conf_nfs_version(t);
	unsigned v3 = 0, v4 = 0;
	int r = 0;

	if (v != CONF_NFS_3)
		r = kmods_want_any(&p->mods, "nfsv4", &v4, f);
	if (!r && (v == CONF_NFS_3 || v == CONF_NFS_ANY))
		r = kmods_want_any(&p->mods, "nfsv3", &v3, f);
	if (r || v3 || v4)
		return r;
	return fault_at(f, t->line, -ENOENT, "kernel %s has no module nfsv%c for %s", p->mods.kver,
			v == CONF_NFS_3 ? '3' : '4', t->where);
}

int recipe_nfs_export(struct recipe *p, const struct machine *m, unsigned i, struct fault *f)
{
	struct conf_target *t = &p->conf.targets[i];
	struct fault why = { 0 };
	int r = 0;

	if (m && !t->options)
		r = take_options(m, t, p->options[i], sizeof(p->options[i]), f);
	if (r)
		return r;
	r = kmods_want(&p->mods, "nfs", &why);
	if (r)
		return fault_at(f, t->line, r, "%s", why.text);
	return want_versions(p, t, f);
}
