/* SPDX-License-Identifier: MIT */
/*
 * /sys/class/watchdog/watchdogN leads to the device and its driver (wdat_wdt, iTCO_wdt behind
 * i2c-i801 or lpc_ich, sp5100_tco, i6300esb, …). Its "state" is "active" once somebody opened it.
 * ipmi_watchdog has no folder there. Some drivers name no device (i6300esb, it87_wdt): the kernel
 * then does not say which module a watchdog is of, and all watchdog modules that are loaded count.
 */
#include "mkinitrd/host/watchdogs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/io.h"
#include "lib/log.h"

#define CLASS "/sys/class/watchdog"

/* The modules in here that are no driver of a hardware watchdog. */
static const char *const others[] = {
	"softdog",
	"watchdog",
	"pretimeout_noop",
	"pretimeout_panic",
};

static bool has_device(const struct machine *m, const char *name)
{
	char path[PATH_MAX], real[PATH_MAX];

	snprintf(path, sizeof(path), "%s" CLASS "/%s", m->root, name);
	return realpath(path, real) && !strstr(real, "/devices/virtual/");
}

/* "" where the kernel does not tell (CONFIG_WATCHDOG_SYSFS). */
static void read_identity(const struct machine *m, const char *name, char *ret, size_t size)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s" CLASS "/%s/identity", m->root, name);
	if (io_read_file(AT_FDCWD, path, ret, size, NULL))
		ret[0] = '\0';
	ret[strcspn(ret, "\n")] = '\0';
}

/* A watchdog of the kernel's own (softdog) dies with it. */
static bool is_software(const struct machine *m, const char *name)
{
	char text[64];

	read_identity(m, name, text, sizeof(text));
	return !strncmp(text, "Software Watchdog", 17);
}

static bool may_be_armed(const struct machine *m, const char *name)
{
	char path[PATH_MAX], state[32];

	snprintf(path, sizeof(path), "%s" CLASS "/%s/state", m->root, name);
	return io_read_file(AT_FDCWD, path, state, sizeof(state), NULL) ||
	       !strncmp(state, "active", 6);
}

/* r as it is, but a driver that the crash kernel lacks costs only a line. */
static int forgive(int r, const char *name, const struct fault *why, struct fault *f)
{
	if (r != -ENOENT && r != -ENODEV) {
		*f = r ? *why : *f;
		return r;
	}
	log_warn("watchdog: %s: %s; it will reset the machine if the dump takes long", name,
		 why->text);
	return 0;
}

static int want_device(const struct machine *m, const char *folder, const char *name,
		       struct kmods *mods, struct fault *f)
{
	struct fault why = { 0 };

	return forgive(machine_want_device(m, folder, mods, &why), name, &why, f);
}

static bool is_loaded_driver(const struct machine *m, const char *module, const struct kmods *mods)
{
	const struct kmod *k = kmods_find(mods, module);
	char path[PATH_MAX];

	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		if (!strcmp(module, others[i]))
			return false;
	}
	if (!k || !k->file || !strstr(k->file, "drivers/watchdog/"))
		return false;
	/* what is built in has a folder too */
	snprintf(path, sizeof(path), "%s/sys/module/%s/initstate", m->root, module);
	return !access(path, F_OK);
}

/* The devices that one of the module's drivers is bound to. */
static int want_bound(const struct machine *m, const char *driver, const char *name,
		      struct kmods *mods, struct fault *f)
{
	char path[PATH_MAX], link[PATH_MAX + NAME_MAX + 2], real[PATH_MAX];
	_closedir_ DIR *d = NULL;
	int r = 0;

	snprintf(path, sizeof(path), "%s%s", m->root, driver);
	d = opendir(path);
	for (struct dirent *e; d && !r && (e = readdir(d));) {
		snprintf(link, sizeof(link), "%s/%s", driver, e->d_name);
		snprintf(path, sizeof(path), "%s%.*s", m->root, PATH_MAX / 2, link);
		if (e->d_type == DT_LNK && realpath(path, real) && strstr(real, "/devices/"))
			r = want_device(m, link, name, mods, f);
	}
	return r;
}

/* The module, behind what its devices are attached to. */
static int want_module(const struct machine *m, const char *module, const char *name,
		       struct kmods *mods, struct fault *f)
{
	char folder[PATH_MAX / 2], path[PATH_MAX], driver[PATH_MAX];
	struct fault why = { 0 };
	_closedir_ DIR *d = NULL;
	int r = 0;

	snprintf(folder, sizeof(folder), "/sys/module/%s/drivers", module);
	snprintf(path, sizeof(path), "%s%s", m->root, folder);
	d = opendir(path);
	for (struct dirent *e; d && !r && (e = readdir(d));) {
		snprintf(driver, sizeof(driver), "%s/%s", folder, e->d_name);
		r = e->d_name[0] == '.' ? 0 : want_bound(m, driver, name, mods, f);
	}
	return r ? r : forgive(kmods_want(mods, module, &why), name, &why, f);
}

/* For a watchdog that names no device. */
static int want_loaded(const struct machine *m, const char *name, struct kmods *mods, bool *ret,
		       struct fault *f)
{
	struct dirent **found = NULL;
	char path[PATH_MAX];
	int n, r = 0;

	snprintf(path, sizeof(path), "%s/sys/module", m->root);
	n = scandir(path, &found, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		if (!r && is_loaded_driver(m, found[i]->d_name, mods)) {
			*ret = true;
			r = want_module(m, found[i]->d_name, name, mods, f);
		}
		free(found[i]);
	}
	free(found);
	return r;
}

/* Its driver is built in, or a module from elsewhere; softdog says who it is. */
static void say_unknown(const struct machine *m, const char *name, bool *ret)
{
	char who[64];

	read_identity(m, name, who, sizeof(who));
	if (!who[0])
		return;
	log_warn("watchdog: %s (%s): which module drives it cannot be seen; unless the crash "
		 "kernel has it built in, name it in `extra_modules`",
		 name, who);
	*ret = true;
}

static int want_one(const struct machine *m, const char *name, struct kmods *mods, bool *ret,
		    struct fault *f)
{
	char folder[NAME_MAX + 32];
	bool loaded = false;
	int r;

	if (!has_device(m, name)) {
		r = want_loaded(m, name, mods, &loaded, f);
		*ret = *ret || loaded;
		if (!r && !loaded)
			say_unknown(m, name, ret);
		return r;
	}
	*ret = true;
	snprintf(folder, sizeof(folder), CLASS "/%s", name);
	return want_device(m, folder, name, mods, f);
}

/* Names in the order of their numbers, so that the same machine gives the same image. */
static int scan_watchdogs(const struct machine *m, struct dirent ***ret)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s" CLASS, m->root);
	return scandir(path, ret, NULL, versionsort);
}

int watchdogs_want(const struct machine *m, struct kmods *mods, bool *ret, struct fault *f)
{
	struct dirent **found = NULL;
	int n = scan_watchdogs(m, &found), r = 0;

	*ret = false;
	for (int i = 0; i < n; i++) {
		const char *name = found[i]->d_name;

		if (!r && !strncmp(name, "watchdog", 8) && !is_software(m, name) &&
		    may_be_armed(m, name))
			r = want_one(m, name, mods, ret, f);
		free(found[i]);
	}
	free(found);
	return r;
}
