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

#include "lib/io.h"
#include "loader/kexec/kexec_file.h"
#include "loader/kexec/kexec_load.h"

enum { BUSY_TRIES = 10 };

/* The calls that are made for one request. */
struct calls {
	int root;
	unsigned made, max; /* a kernel that lacks a call does not count it */
};

static struct calls calls_of(int root, unsigned max_calls)
{
	bool few = max_calls && max_calls < BUSY_TRIES;

	return (struct calls){ .root = root, .max = few ? max_calls : BUSY_TRIES };
}

/* The kernel answers here with EBUSY while a kexec call is under way, and counts nothing. */
static bool in_use(int root)
{
	char text[32];

	return io_read_file(root, "sys/kernel/kexec/crash_size", text, sizeof(text), NULL) ==
		       -EBUSY ||
	       io_read_file(root, "sys/kernel/kexec_crash_size", text, sizeof(text), NULL) ==
		       -EBUSY;
}

/* Waits and says true where the call that ended with err is to be made once more. */
static bool is_busy(struct calls *c, int err)
{
	int i = 0;

	c->made += err != -ENOSYS;
	if (err != -EBUSY || c->made >= c->max)
		return false;
	do
		nanosleep(&(struct timespec){ .tv_nsec = 200000000 }, NULL);
	while (++i < BUSY_TRIES && in_use(c->root));
	return true;
}

static int load_files(const struct kexec_request *q, bool crash, struct calls *c,
		      struct kexec_done *done)
{
	int r;

	*done = (struct kexec_done){ .call = KEXEC_FILE, .crash = crash, .prepared = true };
	do
		r = kexec_file_load(q, crash);
	while (is_busy(c, r));
	return r;
}

static int load_segments(const struct kexec_request *q, bool crash, struct calls *c,
			 struct kexec_done *done)
{
	struct layout l;
	int r = kexec_load_prepare(q, crash, &l);

	*done = (struct kexec_done){ .call = KEXEC_SEGMENTS, .crash = crash, .prepared = !r };
	if (r)
		snprintf(done->why, sizeof(done->why), "%s", l.why);
	else
		do
			r = kexec_load_segments(q, &l);
		while (is_busy(c, r));
	layout_free(&l);
	return r;
}

static bool falls_back(const struct kexec_request *q, const struct calls *c, int err)
{
	bool refused = err == -EINVAL || err == -ENOEXEC || err == -EOPNOTSUPP;

	return (err == -ENOSYS && q->call != KEXEC_FILE) ||
	       (refused && q->call == KEXEC_ANY && c->made < c->max);
}

static int load(const struct kexec_request *q, bool crash, struct kexec_done *done)
{
	struct calls c = calls_of(q->root, q->max_calls);

	if (q->call != KEXEC_SEGMENTS && !q->memory) {
		int r = load_files(q, crash, &c, done);

		if (!falls_back(q, &c, r))
			return r;
	}
	return load_segments(q, crash, &c, done);
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
static int unload(struct calls c, bool crash)
{
	int r;

	do {
		r = kexec_file_unload(crash);
		if (r == -ENOSYS)
			r = kexec_load_nothing(crash);
	} while (is_busy(&c, r));
	return r;
}

int kexec_unload_crash(int root, unsigned max_calls)
{
	return unload(calls_of(root, max_calls), true);
}

int kexec_unload_normal(int root, unsigned max_calls)
{
	return unload(calls_of(root, max_calls), false);
}

int kexec_execute(void)
{
	sync();
	reboot(RB_KEXEC);
	return -errno;
}
