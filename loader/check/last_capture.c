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

#include "lib/block/raw.h"
#include "lib/bytes.h"
#include "lib/cleanup.h"
#include "lib/conf/conf.h"
#include "loader/check/dump_folders.h"

#define MIB ((uint64_t)1 << 20)

enum {
	/* a capture that had less left was lucky */
	SPARE_BYTES = 8 << 20,
	STEP_MIB = 32,
};

/*
 * The newest dump of a folder, if it is newer than what is known. host: the image's, NULL: not known. A
 * share may have other machines' dumps, which tell nothing of this one.
 */
static void look_into(const struct devices *root, const char *folder, const char *host,
		      struct last_capture *ret)
{
	_close_ int dir = dump_folders_open(root, folder);
	struct dump_report newest;
	int n = dir < 0 ? dir : dump_list(dir, host, &newest, 1);

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

static void look_at_raw(const struct devices *root, const struct conf_target *t, struct findings *f)
{
	char name[NAME_MAX + 1];
	struct raw_trailer old;
	_close_ int fd = -1;

	if (devices_find(root, t->where, name) != DEVICE_THERE)
		return;
	fd = devices_open(root, name);
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

void last_capture_find(int root, const struct conf *c, struct last_capture *ret, struct findings *f)
{
	const struct devices r = devices_of(root);
	char folder[PATH_MAX];

	*ret = (struct last_capture){ .found = false };
	for (unsigned i = 0; i < c->n_targets; i++) {
		const struct conf_target *t = &c->targets[i];

		if (t->kind == CONF_TARGET_RAW)
			look_at_raw(&r, t, f);
		else if (dump_folders_of(&r, c, t, folder))
			look_into(&r, folder, c->host, ret);
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
