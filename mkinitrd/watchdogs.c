/* SPDX-License-Identifier: MIT */
/*
 * /sys/class/watchdog/watchdogN leads to the device and its driver (wdat_wdt, iTCO_wdt behind
 * i2c-i801 or lpc_ich, sp5100_tco, i6300esb, …). Its "state" is "active" once somebody opened it.
 * ipmi_watchdog has no folder there.
 */
#include "mkinitrd/watchdogs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/io.h"
#include "lib/log.h"

#define CLASS "/sys/class/watchdog"

/* A watchdog of the kernel's own (softdog) dies with it. */
static bool is_hardware(const struct machine *m, const char *name)
{
	char path[PATH_MAX], real[PATH_MAX];

	snprintf(path, sizeof(path), "%s" CLASS "/%s", m->root, name);
	return realpath(path, real) && !strstr(real, "/devices/virtual/");
}

static bool may_be_armed(const struct machine *m, const char *name)
{
	char path[PATH_MAX], state[32];

	snprintf(path, sizeof(path), "%s" CLASS "/%s/state", m->root, name);
	return io_read_file(AT_FDCWD, path, state, sizeof(state), NULL) ||
	       !strncmp(state, "active", 6);
}

static int want_one(const struct machine *m, const char *name, struct kmods *mods, struct fault *f)
{
	char folder[NAME_MAX + 32];
	struct fault why = {0};
	int r;

	snprintf(folder, sizeof(folder), CLASS "/%s", name);
	r = machine_want_device(m, folder, mods, &why);
	if (r != -ENOENT && r != -ENODEV) {
		*f = r ? why : *f;
		return r;
	}
	log_warn("watchdog: %s: %s; it will reset the machine if the dump takes long", name,
		 why.text);
	return 0;
}

/* Names in the order of their numbers, so that the same machine gives the same image. */
static int scan(const struct machine *m, struct dirent ***ret)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s" CLASS, m->root);
	return scandir(path, ret, NULL, versionsort);
}

int watchdogs_want(const struct machine *m, struct kmods *mods, bool *ret, struct fault *f)
{
	struct dirent **found = NULL;
	int n = scan(m, &found), r = 0;

	*ret = false;
	for (int i = 0; i < n; i++) {
		const char *name = found[i]->d_name;

		if (!r && !strncmp(name, "watchdog", 8) && is_hardware(m, name) &&
		    may_be_armed(m, name)) {
			*ret = true;
			r = want_one(m, name, mods, f);
		}
		free(found[i]);
	}
	free(found);
	return r;
}
