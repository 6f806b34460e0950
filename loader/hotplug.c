/* SPDX-License-Identifier: MIT */
/*
 * Each event leaves the mark /run/kdump-init/hotplug. Whoever gets the lock beside it waits, takes
 * the mark away, and then looks at the machine, so that an event is seen by that look or leaves a
 * new mark; and it looks for one once more when the lock is free again, as those who came meanwhile
 * have gone.
 */
#include "loader/hotplug.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/clock.h"
#include "lib/log.h"
#include "loader/arm.h"
#include "loader/record.h"

#define MARK	  "hotplug"
#define MARK_LOCK "hotplug.lock"

enum {
	LOOK_MS = 250,
	REST_MS = 1000,	 /* without a change: it is over */
	BURST_MS = 20000 /* a machine that never rests is looked at all the same */
};

/*
 * A kernel that follows by itself needs nothing. Whether something is loaded is asked later: while
 * another process loads, nothing is and the record is away, and it may have looked at the machine
 * before this event.
 */
static bool is_for_us(int root, int folder)
{
	return folder >= 0 &&
	       (!machine_state_followed(root, "memory") || !machine_state_followed(root, "cpu"));
}

static int leave_mark(int folder)
{
	_close_ int fd = openat(folder, MARK, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	return fd < 0 ? -errno : 0;
}

/* A descriptor; -EWOULDBLOCK: another process does the work. */
static int lock_mark(int folder)
{
	_close_ int fd = openat(folder, MARK_LOCK, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB))
		return -errno;
	return keep_fd(&fd);
}

static void wait_for_rest(int root)
{
	uint64_t begin_ms = clock_mono_ms(), rest_ms = begin_ms;
	struct machine_state was, now;

	machine_state_read(root, &was);
	while (clock_mono_ms() - rest_ms < REST_MS && clock_mono_ms() - begin_ms < BURST_MS) {
		nanosleep(&(struct timespec){ .tv_nsec = LOOK_MS * 1000000l }, NULL);
		machine_state_read(root, &now);
		if (strcmp(was.memory, now.memory) || strcmp(was.cpus, now.cpus))
			rest_ms = clock_mono_ms();
		was = now;
	}
}

/* All marks, those that come meanwhile too. */
static int follow(int root, int folder)
{
	int r = 0;

	while (!faccessat(folder, MARK, F_OK, AT_SYMLINK_NOFOLLOW)) {
		_close_ int lock = lock_mark(folder);

		if (lock == -EWOULDBLOCK)
			return r;
		if (lock < 0) {
			log_err("error: /run/kdump-init/" MARK_LOCK ": %s", strerror(-lock));
			return -1;
		}
		wait_for_rest(root);
		if (unlinkat(folder, MARK, 0)) {
			log_err("error: /run/kdump-init/" MARK ": %s", strerror(errno));
			return -1;
		}
		r = arm_refresh(root);
	}
	return r;
}

/* True in the child, whose words go to the kernel's log: the device manager hears nobody. */
static bool go_to_background(int root)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC), log;
	pid_t pid = fork();

	if (pid > 0)
		return false;
	/* without a child the device manager waits */
	if (pid == 0)
		setsid();
	for (int fd = 0; null >= 0 && fd < 3; fd++)
		dup2(null, fd);
	log = openat(root, "dev/kmsg", O_WRONLY | O_CLOEXEC);
	if (log >= 0)
		log_add(log, LOG_KMSG);
	return true;
}

int hotplug_run(int root, bool background)
{
	_close_ int folder = record_folder(root, false);
	int r;

	if (!is_for_us(root, folder))
		return 0;
	r = leave_mark(folder);
	if (r) {
		log_err("error: /run/kdump-init/" MARK ": %s", strerror(-r));
		return -1;
	}
	if (background && !go_to_background(root))
		return 0;
	return follow(root, folder);
}
