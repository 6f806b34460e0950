/* SPDX-License-Identifier: MIT */
#include "mkinitrd/plan/recipe_elsewhere.h"

#include <string.h>

#include "lib/cleanup.h"
#include "lib/log.h"

/* Folders of drivers, and what drives the disks behind them; "": they do it themselves. */
static const struct {
	const char *folder, *module;
} disks[] = {
	{ "kernel/drivers/ata/", "sd_mod" },
	{ "kernel/drivers/block/", "" },
	{ "kernel/drivers/firewire/", "sd_mod" },
	{ "kernel/drivers/memstick/", "" },
	{ "kernel/drivers/message/", "sd_mod" },
	{ "kernel/drivers/mmc/", "mmc_block" },
	{ "kernel/drivers/mtd/", "" },
	{ "kernel/drivers/nvdimm/", "" },
	{ "kernel/drivers/nvme/", "" },
	{ "kernel/drivers/scsi/", "sd_mod" },
	{ "kernel/drivers/staging/", "" },
	{ "kernel/drivers/ufs/", "sd_mod" },
	{ "kernel/drivers/usb/storage/", "sd_mod" },
};
static const char *const nics[] = { "kernel/drivers/net/", "kernel/drivers/usb/gadget/",
				    "kernel/drivers/staging/" };

static bool lies_in(const struct kmod *mod, const char *folder)
{
	return !strncmp(mod->file, folder, strlen(folder));
}

/* What drives the disks behind mod, "" for itself; NULL: it has none. */
static const char *disk_driver(const struct kmod *mod)
{
	for (size_t i = 0; i < ARRAY_LEN(disks); i++) {
		if (lies_in(mod, disks[i].folder))
			return disks[i].module;
	}
	return NULL;
}

static bool drives_disk(const struct kmod *mod)
{
	return disk_driver(mod);
}

/* Of one that is built in, or that somebody else made, nobody knows what it drives. */
static bool is_unknown(const struct kmod *mod)
{
	return !mod || !mod->file || strncmp(mod->file, "kernel/", 7);
}

static bool drives_nic(const struct kmod *mod)
{
	for (size_t i = 0; i < ARRAY_LEN(nics); i++) {
		if (lies_in(mod, nics[i]))
			return true;
	}
	return false;
}

/* May one of extra_modules drive such a thing? */
static bool some_drive(const struct recipe *p, bool (*drives)(const struct kmod *mod))
{
	for (unsigned i = 0; i < p->conf.n_extra_modules; i++) {
		if (is_unknown(kmods_find(&p->mods, p->conf.extra_modules[i])))
			return true;
	}
	for (unsigned i = 0; i < p->mods.n_list; i++) {
		if (drives(p->mods.list[i]))
			return true;
	}
	return false;
}

/* A device's own name may have brought its driver along, which may be built in. */
static bool is_disk(const struct conf_target *t)
{
	return (t->kind == CONF_TARGET_FS || t->kind == CONF_TARGET_RAW) &&
	       strncmp(t->where, "/dev/", 5) && strncmp(t->where, "MTD=", 4);
}

static void warn_of_disks(const struct recipe *p)
{
	for (unsigned i = 0; i < p->conf.n_targets; i++) {
		const struct conf_target *t = &p->conf.targets[i];

		if (is_disk(t) && !some_drive(p, drives_disk)) {
			log_warn("line %u: %s %s: none of extra_modules drives a disk", t->line,
				 t->type, t->where);
			return;
		}
	}
}

int recipe_elsewhere_drivers(struct recipe *p, bool network, struct fault *f)
{
	unsigned n = p->mods.n_list;
	int r = 0;

	for (unsigned i = 0; i < n && !r; i++) {
		const char *module = disk_driver(p->mods.list[i]);

		r = module && *module ? kmods_want_any(&p->mods, module, NULL, f) : 0;
	}
	/* one without modules has folders of none */
	if (r || p->mods.config)
		return r;
	warn_of_disks(p);
	if (network && !some_drive(p, drives_nic))
		log_warn("net: none of extra_modules drives a network interface");
	return 0;
}

void recipe_elsewhere_name(const struct conf_target *t)
{
	if (!strncmp(t->where, "/dev/", 5))
		log_warn("line %u: %s is looked for by this name, which may be another disk's in "
			 "the "
			 "capture; %sPARTUUID= and PARTLABEL= stay",
			 t->line, t->where, t->kind == CONF_TARGET_FS ? "UUID=, LABEL=, " : "");
}
