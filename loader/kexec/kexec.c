/* SPDX-License-Identifier: MIT */
/*
 * Which of the two calls.
 */
#include "loader/kexec/kexec.h"

#include <errno.h>
#include <stdio.h>
#include <sys/reboot.h>
#include <time.h>
#include <unistd.h>

#include "loader/kexec/kexec_file.h"
#include "loader/kexec/kexec_load.h"

enum { BUSY_TRIES = 10 };

/* Waits and says true where the call is to be made once more. */
static bool is_busy(int err, int *tries)
{
	if (err != -EBUSY || ++*tries >= BUSY_TRIES)
		return false;
	nanosleep(&(struct timespec){ .tv_nsec = 200000000 }, NULL);
	return true;
}

static int load_files(const struct kexec_request *q, bool crash, struct kexec_done *done)
{
	int tries = 0, r;

	*done = (struct kexec_done){ .call = KEXEC_FILE, .prepared = true };
	do
		r = kexec_file_load(q, crash);
	while (is_busy(r, &tries));
	return r;
}

static int load_segments(const struct kexec_request *q, bool crash, struct kexec_done *done)
{
	struct layout l;
	int tries = 0, r = kexec_load_prepare(q, crash, &l);

	*done = (struct kexec_done){ .call = KEXEC_SEGMENTS, .prepared = !r };
	if (r)
		snprintf(done->why, sizeof(done->why), "%s", l.why);
	else
		do
			r = kexec_load_segments(q, &l);
		while (is_busy(r, &tries));
	layout_free(&l);
	return r;
}

static bool falls_back(const struct kexec_request *q, int err)
{
	bool refused = err == -EINVAL || err == -ENOEXEC || err == -EOPNOTSUPP;

	return (err == -ENOSYS && q->call != KEXEC_FILE) || (refused && q->call == KEXEC_ANY);
}

static int load(const struct kexec_request *q, bool crash, struct kexec_done *done)
{
	if (q->call != KEXEC_SEGMENTS && !q->memory) {
		int r = load_files(q, crash, done);

		if (!falls_back(q, r))
			return r;
	}
	return load_segments(q, crash, done);
}

int kexec_load_crash(const struct kexec_request *q, struct kexec_done *done)
{
	return load(q, true, done);
}

int kexec_load_normal(const struct kexec_request *q, struct kexec_done *done)
{
	return load(q, false, done);
}

/* Either call drops what the other one loaded; under lockdown only the file call is there. */
static int unload(bool crash)
{
	int tries = 0, r;

	do {
		r = kexec_file_unload(crash);
		if (r == -ENOSYS)
			r = kexec_load_nothing(crash);
	} while (is_busy(r, &tries));
	return r;
}

int kexec_unload_crash(void)
{
	return unload(true);
}

int kexec_unload_normal(void)
{
	return unload(false);
}

int kexec_execute(void)
{
	sync();
	reboot(RB_KEXEC);
	return -errno;
}
