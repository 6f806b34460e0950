/* SPDX-License-Identifier: MIT */
/*
 * Targets of the config -> the devices of this machine -> where these are mounted -> dumps.
 */
#include "loader/check/last_capture.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/block/blockname.h"
#include "lib/block/mounts.h"
#include "lib/block/raw.h"
#include "lib/bytes.h"
#include "lib/cleanup.h"
#include "lib/conf/conf.h"
#include "lib/conf/target/conf_kind.h"
#include "lib/io.h"

#define MIB ((uint64_t)1 << 20)

enum {
	/* a capture that had less left was lucky */
	SPARE_BYTES = 8 << 20,
	STEP_MIB = 32,
};

/* The root folder as a path, for what takes one. */
struct rooted {
	int fd;
	char path[32];
};

static struct rooted root_path(int root)
{
	struct rooted ret = { .fd = root };

	snprintf(ret.path, sizeof(ret.path), "/proc/self/fd/%d", root);
	return ret;
}

/* The kernel's name of a mount's device: by its numbers, or as the mount names it. */
static bool device_name(const struct rooted *root, const struct mounted *m, char ret[NAME_MAX + 1])
{
	char path[PATH_MAX], to[PATH_MAX];
	const char *base;
	ssize_t n;

	if (m->dev_major)
		snprintf(path, sizeof(path), "%s/sys/dev/block/%u:%u", root->path, m->dev_major,
			 m->dev_minor);
	else if (strncmp(m->source, "/dev/", 5) ||
		 (size_t)snprintf(path, sizeof(path), "%s%s", root->path, m->source) >=
			 sizeof(path))
		return false;
	n = readlink(path, to, sizeof(to) - 1);
	if (n < 0 && m->dev_major)
		return false;
	to[n > 0 ? n : 0] = '\0';
	base = strrchr(n > 0 ? to : m->source, '/');
	snprintf(ret, NAME_MAX + 1, "%.*s", NAME_MAX, base ? base + 1 : to);
	return true;
}

static int open_device(const struct rooted *root, const char *name)
{
	char node[NAME_MAX + 8];

	if (!blockname_node(name, node, sizeof(node)))
		return -1;
	return openat(root->fd, node + 1, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
}

/* Is it called so? By its node, or by the name that device-mapper has for it. */
static bool is_named(const struct rooted *root, const char *where, const char *name)
{
	char node[NAME_MAX + 8], path[PATH_MAX], dm[NAME_MAX + 1];

	if (blockname_node(name, node, sizeof(node)) && !strcmp(node, where))
		return true;
	snprintf(path, sizeof(path), "sys/class/block/%s/dm/name", name);
	if (strncmp(where, "/dev/mapper/", 12) ||
	    io_read_file(root->fd, path, dm, sizeof(dm), NULL))
		return false;
	dm[strcspn(dm, "\n")] = '\0';
	return !strcmp(where + 12, dm);
}

/* Is the device that a target's line means? */
static bool is_meant(const struct rooted *root, const char *where, const char *name)
{
	struct blockname known;
	struct superblock sb;
	_close_ int fd = -1;

	if (!strncmp(where, "/dev/", 5))
		return is_named(root, where, name);
	if (blockname_wanted(where)) {
		blockname_read(root->path, name, &known);
		if (blockname_fits(where, NULL, &known))
			return true;
	}
	fd = open_device(root, name);
	return fd >= 0 && !superblock_read(fd, &sb) && blockname_fits(where, &sb, NULL);
}

/* Does this mount show the file system that a target means? */
static bool shows_target(const struct rooted *root, const struct conf_target *t,
			 const struct mounted *m)
{
	char name[NAME_MAX + 1];

	if (t->kind == CONF_TARGET_SHARE)
		return !strcmp(t->type, m->type) && !strcmp(t->where, m->source);
	if (t->subvol && strcmp(t->subvol, m->subvol))
		return false;
	return device_name(root, m, name) && is_meant(root, t->where, name);
}

/* The newest dump of a folder, if it is newer than what is known. */
static void look_into(const struct rooted *root, const char *folder, struct last_capture *ret)
{
	_close_ int dir =
		openat(root->fd, folder + strspn(folder, "/"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dump_report newest;
	int n = dir < 0 ? dir : dump_list(dir, &newest, 1);

	if (n <= 0)
		return;
	ret->dumps += (unsigned)n;
	if ((ret->found && ret->report.time_s >= newest.time_s) ||
	    (size_t)snprintf(ret->folder, sizeof(ret->folder), "%s/%s",
			     strcmp(folder, "/") ? folder : "", newest.name) >= sizeof(ret->folder))
		return;
	dump_report_read(dir, newest.name, &ret->report);
	ret->found = true;
}

static void look_at_files(const struct rooted *root, const struct conf *c,
			  const struct conf_target *t, struct last_capture *ret)
{
	_free_ struct mounted *m = malloc(sizeof(*m));
	_fclose_ FILE *mounts = NULL;
	char folder[PATH_MAX];

	while (m && mounts_next(root->path, &mounts, m)) {
		if (shows_target(root, t, m) && mounts_show(m, c->path, folder)) {
			look_into(root, folder, ret);
			return;
		}
	}
}

/* The name of the device that a raw target means. */
static bool find_raw(const struct rooted *root, const char *where, char ret[NAME_MAX + 1])
{
	int fd = openat(root->fd, "sys/class/block", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_closedir_ DIR *d = fd < 0 ? NULL : fdopendir(fd);

	for (struct dirent *e; d && (e = readdir(d));) {
		struct blockname known;

		if (e->d_name[0] == '.')
			continue;
		blockname_read(root->path, e->d_name, &known);
		if (!is_named(root, where, e->d_name) && !blockname_fits(where, NULL, &known))
			continue;
		snprintf(ret, NAME_MAX + 1, "%s", e->d_name);
		return true;
	}
	return false;
}

static void look_at_raw(const struct rooted *root, const struct conf_target *t, struct findings *f)
{
	char name[NAME_MAX + 1];
	struct raw_trailer old;
	_close_ int fd = -1;

	if (!find_raw(root, t->where, name))
		return;
	fd = open_device(root, name);
	if (fd < 0 || raw_read(fd, &old) || !raw_unsaved(&old))
		return;
	if (t->overwrite)
		findings_warn(f, "raw-unsaved",
			      "raw target %s holds the dump %.100s, which the next one overwrites: "
			      "run kdump-dumper --recover",
			      t->where, old.folder);
	else
		findings_stale(f, "raw-unsaved",
			       "raw target %s holds the dump %.100s, so that the next one is not "
			       "saved there: run kdump-dumper --recover",
			       t->where, old.folder);
}

void last_capture_find(int root, const char *config, size_t config_bytes, struct last_capture *ret,
		       struct findings *f)
{
	_free_ char *text = malloc(config_bytes + 1);
	_free_ struct conf *c = calloc(1, sizeof(*c));
	_free_ struct conf_findings *found = calloc(1, sizeof(*found));
	const struct rooted r = root_path(root);

	*ret = (struct last_capture){ .found = false };
	if (!text || !c || !found)
		return;
	memcpy(text, config, config_bytes);
	text[config_bytes] = '\0';
	/* a bad line was told by check_initrd() */
	conf_parse(text, config_bytes, c, found);
	for (unsigned i = 0; i < c->n_targets; i++) {
		const struct conf_target *t = &c->targets[i];

		if (t->kind == CONF_TARGET_RAW)
			look_at_raw(&r, t, f);
		else if (conf_kind(t)->mounted)
			look_at_files(&r, c, t, ret);
	}
}

uint64_t last_capture_peak(const struct last_capture *l)
{
	const struct dump_report *r = &l->report;

	return l->found && r->read && r->least_available_bytes &&
			       r->ram_bytes > r->least_available_bytes
		       ? r->ram_bytes - r->least_available_bytes
		       : 0;
}

void last_capture_check(const struct host *h, const struct last_capture *l, struct findings *f)
{
	const struct dump_report *r = &l->report;
	uint64_t peak = last_capture_peak(l);

	if (!l->found)
		return;
	if (!r->read)
		findings_warn(
			f, "last-capture",
			"the last capture did not come to its end: %s has no whole kdump.json; "
			"its dmesg.txt and kdump.log tell how far it came",
			l->folder);
	else if (strcmp(r->state, "complete"))
		findings_warn(f, "last-capture", "the last capture's state is %s%s%.150s: see %s",
			      r->state, *r->why ? ": " : "", r->why, l->folder);
	if (peak && h->crash_bytes && h->crash_bytes < peak + SPARE_BYTES)
		findings_warn(f, "reservation-peak",
			      "the last capture used %" PRIu64 " MiB, and %" PRIu64
			      " MiB are reserved: crashkernel=%" PRIu64 "M would do",
			      (peak + MIB - 1) / MIB, h->crash_bytes / MIB,
			      (uint64_t)bytes_round_up(peak / MIB * 5 / 4 + 1, STEP_MIB));
}
