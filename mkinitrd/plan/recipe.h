/* SPDX-License-Identifier: MIT */
/*
 * From the user's config to what the image holds: every name is looked up here, on the running
 * host, so that the crash kernel has nothing to find out.
 */
#ifndef MKINITRD_PLAN_RECIPE_H
#define MKINITRD_PLAN_RECIPE_H

#include <limits.h>

#include "lib/conf/conf.h"
#include "lib/keys/age_key.h"
#include "mkinitrd/fault.h"
#include "mkinitrd/host/cluster_nodes.h"
#include "mkinitrd/host/device_stack.h"
#include "mkinitrd/host/machine.h"
#include "mkinitrd/kernel/kmods.h"
#include "mkinitrd/plan/default_target.h"
#include "mkinitrd/plan/recipe_files.h"

struct recipe {
	/* What the image's kdump.conf says; its strings are lent by the user's conf and by this. */
	struct conf conf;
	struct kmods mods;  /* mods.list is conf.modules */
	const char *config; /* borrowed: the name of the user's file, for messages; NULL: none */
	const char *root;   /* borrowed: of certificates, keys, hooks and what they need */
	struct recipe_file packed[RECIPE_FILES]; /* what targets need besides modules */
	unsigned n_packed;
	char where[CONF_MAX_TARGETS][PATH_MAX];
	char subvol[CONF_MAX_TARGETS][PATH_MAX];
	char options[CONF_MAX_TARGETS][64]; /* of nfs, where the config has none */
	struct default_target home;
	struct default_target_one kexec;
	char kexec_where[PATH_MAX], kexec_subvol[PATH_MAX];
	struct device_stack stack;
	struct cluster_nodes nodes;
	char iface[CONF_MAX_NETS][18], host[65];
	char net_text[8192]; /* words of conf.nets and conf.links */
	unsigned net_used;
	const char *ssh_key; /* on the host, below root; NULL: none is packed */
	char ssh_hosts[CONF_MAX_TARGETS][160];
	char keys[CONF_MAX_RECIPIENTS][AGE_KEY_TEXT + 1]; /* of lists */
	char files[CONF_MAX_MODULES][96];		  /* "/lib/modules/ext4.ko" */
};

/*
 * kernel: what is inside a crash kernel without modules; NULL: root has the modules of kver.
 * machine NULL: the image is for another root, whose drivers the config must name. root ("" is
 * the running system) has lib/modules/<kver> and the CA file. user is borrowed for as long as
 * *ret. Logs what is not packed. 0 or -errno with *f; recipe_free() after success.
 */
int recipe_make(const struct conf *user, const struct machine *machine, const char *root,
		const char *kver, const struct kconfig *kernel, struct recipe *ret,
		struct fault *f);
void recipe_free(struct recipe *p);

/* Names the list of modules as files of the image: p->files, p->conf.modules. 0 or -errno with *f. */
int recipe_name_files(struct recipe *p, struct fault *f);

#endif
