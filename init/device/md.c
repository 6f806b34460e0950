/* SPDX-License-Identifier: MIT */
/*
 * The kernel knows the superblocks: it gets all members and leaves out the stale ones. The array is
 * begun read-only, so that nothing is written before the resync that a crash asks for is put off:
 * that is the production system's, and would take the disks' time from the dump.
 */
#include "init/device/md.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/major.h>
#include <linux/raid/md_u.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "lib/block/md_super.h"
#include "lib/cleanup.h"
#include "lib/clock.h"
#include "lib/io.h"
#include "lib/log.h"

enum {
	MAX_MEMBERS = 64,
	GRACE_MS = 4000, /* for the last ones, when there are enough */
	LOOK_MS = 200,
	NODE_MS = 3000,
};

#define MD_PARAMETERS "/sys/module/md_mod/parameters/"

struct members {
	dev_t dev[MAX_MEMBERS];
	unsigned number[MAX_MEMBERS];
	unsigned n, disks; /* disks: of the whole array */
};

static void nap(unsigned ms)
{
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 };

	nanosleep(&t, NULL);
}

static int write_text(const char *path, const char *text)
{
	_close_ int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd < 0 ? -errno : io_write(fd, text, strlen(text));
}

/* ---------------------------------------------------------------- members */

static void look_at(const char *name, const struct stackline_md *md, struct members *m)
{
	char path[80];
	_close_ int fd = -1;
	struct md_super s;
	struct stat st;

	snprintf(path, sizeof(path), "/dev/%.64s", name);
	for (char *p = path; (p = strchr(p, '!'));)
		*p = '/';
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISBLK(st.st_mode) || md_super_read(fd, &s))
		return;
	if (strcasecmp(s.uuid, md->uuid) || s.major != md->major || s.minor != md->minor ||
	    !s.active || s.events < md->events || m->n == MAX_MEMBERS)
		return;
	/* a second path to the same member */
	for (unsigned i = 0; i < m->n; i++) {
		if (m->number[i] == s.number)
			return;
	}
	m->number[m->n] = s.number;
	m->dev[m->n++] = st.st_rdev;
	if (s.disks > m->disks)
		m->disks = s.disks;
}

static void look_at_members(const struct stackline_md *md, struct members *m)
{
	_closedir_ DIR *dir = opendir("/sys/class/block");

	*m = (struct members){ 0 };
	for (struct dirent *e; dir && (e = readdir(dir));) {
		/* members are read again and again: no drive without a medium among them */
		if (e->d_name[0] != '.' && strncmp(e->d_name, "sr", 2) &&
		    strncmp(e->d_name, "fd", 2) && strncmp(e->d_name, "loop", 4))
			look_at(e->d_name, md, m);
	}
}

/* All of them, or enough of them when the rest has been waited for. */
static int gather(const struct stackline_md *md, uint64_t end_ms, struct members *m,
		  struct child *self)
{
	uint64_t changed_ms = clock_boot_ms(), now;
	unsigned before = 0;

	for (;;) {
		look_at_members(md, m);
		now = clock_boot_ms();
		if (m->n != before)
			changed_ms = now;
		before = m->n;
		if (m->n && m->n >= m->disks)
			return 0;
		if (m->n >= md->need && now - changed_ms >= GRACE_MS)
			return 0;
		if (now >= end_ms)
			break;
		nap(LOOK_MS);
	}
	if (m->n >= md->need)
		return 0;
	child_why(self, "%s: %u members of RAID array UUID=%s are there, it needs %u", md->name,
		  m->n, md->uuid, md->need);
	return -ETIMEDOUT;
}

/* ---------------------------------------------------------------- the array */

static bool runs(const char *name)
{
	char path[80], state[32];

	snprintf(path, sizeof(path), "/sys/block/%.16s/md/array_state", name);
	return !io_read_file(AT_FDCWD, path, state, sizeof(state), NULL) &&
	       strcmp(state, "clear\n") && strcmp(state, "inactive\n");
}

static int open_array(const char *name)
{
	char path[80];
	int fd = -1;

	snprintf(path, sizeof(path), "/dev/%.16s", name);
	/* EEXIST: it is there; ENOENT: an old kernel, where opening the node makes it */
	write_text(MD_PARAMETERS "new_array", name);
	for (int ms = 0; ms < NODE_MS; ms += LOOK_MS) {
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd >= 0 || errno != ENOENT)
			break;
		nap(LOOK_MS);
	}
	return fd < 0 ? -errno : fd;
}

static int add_members(int fd, const struct members *m, struct child *self)
{
	int added = 0, r = -ENODEV;

	for (unsigned i = 0; i < m->n; i++) {
		mdu_disk_info_t disk = { .major = (int)major(m->dev[i]),
					 .minor = (int)minor(m->dev[i]) };

		if (ioctl(fd, ADD_NEW_DISK, &disk) < 0)
			r = -errno;
		else
			added++;
	}
	if (!added)
		child_why(self, "its members are refused: %s", strerror(-r));
	return added ? 0 : r;
}

static int run_array(int fd, const struct stackline_md *md, const struct members *m,
		     struct child *self)
{
	mdu_array_info_t info = { .major_version = (int)md->major,
				  .minor_version = (int)md->minor };
	int r;

	/* no number of disks: only the version of the superblocks that follow */
	if (ioctl(fd, SET_ARRAY_INFO, &info) < 0)
		return -errno;
	r = add_members(fd, m, self);
	if (!r && ioctl(fd, RUN_ARRAY, NULL) < 0)
		r = -errno;
	if (r)
		ioctl(fd, STOP_ARRAY, NULL);
	return r;
}

int md_start(const struct stackline_md *md, uint64_t end_ms, struct child *self)
{
	_close_ int fd = -1;
	struct members m;
	char path[80];
	int r;

	if (runs(md->name))
		return 0;
	r = gather(md, end_ms, &m, self);
	if (r)
		return r;
	write_text(MD_PARAMETERS "start_ro", "1");
	fd = open_array(md->name);
	r = fd < 0 ? fd : run_array(fd, md, &m, self);
	if (r) {
		child_why(self, "%s: RAID array UUID=%s does not start with %u of %u members: %s",
			  md->name, md->uuid, m.n, m.disks, strerror(-r));
		return r;
	}
	if (m.n < m.disks)
		log_warn("stack: %s: runs with %u of %u members", md->name, m.n, m.disks);
	snprintf(path, sizeof(path), "/sys/block/%.16s/md/sync_action", md->name);
	write_text(path, "frozen");
	return 0;
}

int md_stop(const char *name)
{
	_close_ int fd = -1;
	char path[80];

	if (!runs(name))
		return -ENOENT;
	snprintf(path, sizeof(path), "/dev/%.16s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	return ioctl(fd, STOP_ARRAY, NULL) < 0 ? -errno : 0;
}
