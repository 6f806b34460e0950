/* SPDX-License-Identifier: MIT */
/*
 * The modules of one kernel, as depmod described them, and the list of those that are wanted, in
 * the order in which they must be loaded: modules.dep, modules.builtin, modules.softdep and
 * modules.alias are text, so that no library is needed.
 */
#ifndef MKINITRD_KERNEL_KMODS_H
#define MKINITRD_KERNEL_KMODS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/conf/conf.h"
#include "mkinitrd/fault.h"
#include "mkinitrd/kernel/kconfig.h"

struct kmod {
	char name[64];	  /* as in /proc/modules: '_' where the file has '-' */
	const char *file; /* below kmods->folder; NULL: built in */
	char *deps;	  /* files, as modules.dep has them */
	bool seen;	  /* is in the list, or its needs are being added */
};

struct kmod_alias {
	const char *pattern, *module;
};

struct kmods {
	char folder[PATH_MAX];
	const char *kver; /* borrowed */
	struct kmod *all; /* sorted by name */
	size_t n;
	struct kmod_alias *aliases;
	size_t n_aliases;
	char *dep, *builtin, *softdep, *alias; /* the files, cut up */
	const struct kconfig *config;	       /* of a kernel without modules; NULL */
	const struct kmod *list[CONF_MAX_MODULES];
	unsigned n_list;
};

/* Is there a <root>/lib/modules/<kver> or <root>/usr/lib/modules/<kver>? */
bool kmods_there(const char *root, const char *kver);
/*
 * Reads <root>/lib/modules/<kver> (or <root>/usr/lib/modules/<kver>). A kernel without modules
 * has a modules.builtin alone. 0 or -errno with *f; *ret is open on success only.
 */
int kmods_open(const char *root, const char *kver, struct kmods *ret, struct fault *f);
/* The same for a kernel without modules, which has all or nothing; config is borrowed. */
int kmods_open_builtin(const struct kconfig *config, struct kmods *ret, struct fault *f);
void kmods_close(struct kmods *m);

/* Neither a module nor built in: NULL. '-' and '_' are the same. */
const struct kmod *kmods_find(const struct kmods *m, const char *name);

/*
 * Puts a module and what it needs on the list, unless it is there or built in. name may also be
 * an alias, of which all modules are taken. -ENOENT with *f when the kernel has no such module.
 */
int kmods_want(struct kmods *m, const char *name, struct fault *f);

/*
 * The same, but a module that the kernel does not have is skipped. *ret_found, which may be NULL:
 * how many modules (built in or not) have the name or the alias.
 */
int kmods_want_any(struct kmods *m, const char *name, unsigned *ret_found, struct fault *f);

/*
 * For a kernel without modules: is the driver `name` of `device` built in? -ENOENT with *f when its
 * option is off. A driver that is not in the table of options is taken for present, with a warning.
 */
int kmods_check_builtin(const struct kmods *m, const char *name, const char *device,
			struct fault *f);

#endif
