/* SPDX-License-Identifier: MIT */
#include "loader/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/clock.h"
#include "lib/io.h"
#include "lib/log.h"
#include "loader/record.h"

#define LOCK_FILE "lock"

enum { TRY_MS = 200 };

/* One line, "PID COMMAND MILLISECONDS"; a holder that has just begun has not written it yet. */
static void read_holder(int fd, struct lock_holder *ret)
{
	char text[80];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	*ret = (struct lock_holder){ .pid = 0 };
	text[n > 0 ? n : 0] = '\0';
	if (sscanf(text, "%d %23s %" SCNd64, &ret->pid, ret->command, &ret->since_ms) != 3)
		*ret = (struct lock_holder){ .pid = 0 };
}

/* What stands there is of use to those who wait, and to nobody else: a failure is none. */
static void write_holder(int fd, const char *command)
{
	char text[80];
	int n = snprintf(text, sizeof(text), "%d %s %" PRIu64 "\n", (int)getpid(), command,
			 clock_boot_ms());

	if (!ftruncate(fd, 0))
		io_pwrite(fd, text, (size_t)n, 0);
}

/* how: LOCK_EX or LOCK_SH. 0, -EAGAIN, or -errno. */
static int lock_file(int fd, int how, unsigned wait_ms)
{
	uint64_t end_ms = clock_mono_ms() + wait_ms;

	while (flock(fd, how | LOCK_NB)) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return -errno;
		if (clock_mono_ms() >= end_ms)
			return -EAGAIN;
		nanosleep(&(struct timespec){ .tv_nsec = TRY_MS * 1000000l }, NULL);
	}
	return 0;
}

int lock_take(int folder, const char *command, unsigned wait_ms, struct lock_holder *ret_holder)
{
	_close_ int fd = openat(folder, LOCK_FILE, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	int r = fd < 0 ? -errno : lock_file(fd, LOCK_EX, wait_ms);

	if (r == -EAGAIN)
		read_holder(fd, ret_holder);
	if (r)
		return r;
	write_holder(fd, command);
	return keep_fd(&fd);
}

void lock_look(int folder, int *ret_lock)
{
	_close_ int fd = openat(folder, LOCK_FILE, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	*ret_lock = fd < 0 || lock_file(fd, LOCK_SH, LOCK_WAIT_MS) ? -1 : keep_fd(&fd);
}

static void tell_holder(const struct lock_holder *h)
{
	if (!h->pid) {
		log_err("error: another kdump-loader is at work: try again");
		return;
	}
	log_err("error: another kdump-loader is at work (%s, process %d, for %" PRIu64
		" s): try again, or end that process if it hangs",
		h->command, h->pid, (clock_boot_ms() - (uint64_t)h->since_ms) / 1000);
}

int lock_folder(int root, const char *command, int *ret_lock)
{
	_close_ int folder = record_folder(root, true);
	struct lock_holder holder;
	int r = folder;

	if (folder >= 0)
		r = *ret_lock = lock_take(folder, command, LOCK_WAIT_MS, &holder);
	if (r == -EAGAIN)
		tell_holder(&holder);
	else if (r < 0)
		log_warn("warning: /run/kdump-init: %s: no lock, and no record of what is loaded",
			 strerror(-r));
	return r < 0 ? r : keep_fd(&folder);
}
