/* SPDX-License-Identifier: MIT */
#include "loader/proof/drill.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/io.h"

#define FOLDER	 "var/lib/kdump-init"
#define MARK	 "test"
#define MARK_NEW "test.new"
#define BOOT_ID	 "proc/sys/kernel/random/boot_id"

enum {
	MARK_BYTES = 128,
	/* between the mark and the time that the dump's folder is called after, for a clock that drifts */
	EARLIER_S = 60,
	LATER_S = 900,
};

static int read_boot_id(int root, char *ret, size_t size)
{
	int r = io_read_file(root, BOOT_ID, ret, size, NULL);

	if (!r)
		ret[strcspn(ret, "\n")] = '\0';
	return r;
}

static int write_mark(int folder, const char *text, size_t len)
{
	_close_ int fd = openat(folder, MARK_NEW,
				O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	int r = fd < 0 ? -errno : io_write(fd, text, len);

	if (!r && (fsync(fd) < 0 || renameat(folder, MARK_NEW, folder, MARK) < 0))
		r = -errno;
	return r ? r : io_sync_dir(folder);
}

int drill_mark(int root)
{
	char boot_id[40], text[MARK_BYTES];
	_close_ int folder = -1;
	int r = read_boot_id(root, boot_id, sizeof(boot_id)), n;

	if (r)
		return r;
	if (mkdirat(root, FOLDER, 0755) < 0 && errno != EEXIST)
		return -errno;
	folder = openat(root, FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0)
		return -errno;
	n = snprintf(text, sizeof(text), "%" PRIu64 " %s\n", (uint64_t)time(NULL), boot_id);
	return write_mark(folder, text, (size_t)n);
}

int drill_read(int root, struct drill *ret)
{
	char text[MARK_BYTES];

	if (io_read_file(root, FOLDER "/" MARK, text, sizeof(text), NULL) ||
	    sscanf(text, "%" SCNu64 " %39s", &ret->time_s, ret->boot_id) != 2)
		return -ENOENT;
	return 0;
}

enum drill_end drill_judge(int root, const struct drill *d, const struct last_capture *last)
{
	uint64_t at_s = last->report.time_s;
	char now[40];

	if (!read_boot_id(root, now, sizeof(now)) && !strcmp(now, d->boot_id))
		return DRILL_NOT_YET;
	if (!last->found || at_s + EARLIER_S < d->time_s)
		return DRILL_LOST;
	return at_s <= d->time_s + LATER_S ? DRILL_CAPTURED : DRILL_PAST;
}

int drill_crash(const char *trigger)
{
	_close_ int fd = open(trigger, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	sync();
	return write(fd, "c", 1) == 1 ? -EIO : -errno;
}
