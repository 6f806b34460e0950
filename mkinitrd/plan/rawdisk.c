/* SPDX-License-Identifier: MIT */
#include "mkinitrd/plan/rawdisk.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/block/raw.h"
#include "lib/block/signature.h"
#include "lib/cleanup.h"
#include "lib/log.h"

/* O_EXCL: a device that is mounted, or part of another, is busy. */
static int open_disk(const struct machine *m, const char *name)
{
	char path[PATH_MAX];
	int fd;

	if ((size_t)snprintf(path, sizeof(path), "%s/dev/%s", m->root, name) >= sizeof(path))
		return -ENAMETOOLONG;
	for (char *p = path + strlen(m->root) + 5; *p; p++)
		*p = *p == '!' ? '/' : *p;
	fd = open(path, O_RDONLY | O_EXCL | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int check_size(const struct conf_target *t, int fd, struct fault *f)
{
	struct raw_trailer none;
	uint64_t bytes;
	int r = raw_device_bytes(fd, &bytes);

	if (r)
		return fault_at(f, t->line, r, "%s: %s", t->where, strerror(-r));
	r = raw_layout(bytes, &none);
	if (r)
		return fault_at(f, t->line, r, "%s: %" PRIu64 " KiB are too small for a dump",
				t->where, bytes >> 10);
	return 0;
}

/* What a partition's type says that it is meant for, in a GPT and in an MBR. */
static const struct {
	const char *type, *what;
} meant_for[] = {
	{ "e6d6d379-f507-44c2-a23c-238f2a3df928", "LVM" },
	{ "8e", "LVM" },
	{ "a19d880f-05fc-4d3b-a006-743f0f84911e", "RAID" },
	{ "fd", "RAID" },
	{ "ca7d7ccb-63ed-4c53-861c-1742536059cc", "LUKS" },
	{ "0657fd6d-a4ab-43c4-84e5-0933c84b4f4f", "swap space" },
	{ "82", "swap space" },
	{ "c12a7328-f81f-11d2-ba4b-00a0c93ec93b", "an EFI system partition" },
	{ "ef", "an EFI system partition" },
};

/* The type is a label on an empty box: what is in it was looked at, and nothing is. */
static void warn_of_type(const struct machine *m, const struct conf_target *t, const char *name)
{
	struct partition p;

	if (!blockname_partition(m->root, name, &p))
		return;
	for (size_t i = 0; i < ARRAY_LEN(meant_for); i++) {
		if (!strcmp(p.type, meant_for[i].type))
			log_warn("line %u: %s is empty, but its partition type says %s: dumps are "
				 "written to it all the same; give it another type if nothing else "
				 "is to use it",
				 t->line, t->where, meant_for[i].what);
	}
}

static int check_contents(const struct conf_target *t, int fd, struct fault *f)
{
	struct raw_trailer old;
	const char *what;
	int r;

	if (!raw_read(fd, &old) && raw_unsaved(&old)) {
		log_warn("line %u: %s holds the dump %s: save it with kdump-dumper --recover, or "
			 "the next crash is not saved there",
			 t->line, t->where, old.folder);
		return 0;
	}
	r = signature_find(fd, &what);
	if (r)
		return fault_at(f, t->line, r, "%s: %s", t->where, strerror(-r));
	if (what)
		return fault_at(f, t->line, -EEXIST,
				"%s holds %s, which a dump would destroy; empty it (%s), or "
				"write `overwrite` behind the device",
				t->where, what,
				strncmp(t->where, "MTD=", 4) ? "wipefs -a" : "flash_erase");
	return 0;
}

int rawdisk_check(const struct machine *m, const struct conf_target *t, const char *name,
		  struct fault *f)
{
	_close_ int fd = open_disk(m, name);
	int r;

	if (fd < 0)
		return fault_at(f, t->line, fd, "%s: %s", t->where,
				fd == -EBUSY ? "it is in use (mounted, swap, or part of another "
					       "device)"
					     : strerror(-fd));
	r = check_size(t, fd, f);
	r = r || t->overwrite ? r : check_contents(t, fd, f);
	if (!r)
		warn_of_type(m, t, name);
	return r;
}
