/* SPDX-License-Identifier: MIT */
/*
 * Which of the two calls.
 */
#include "loader/kexec/kexec.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/reboot.h>
#include <time.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/io.h"
#include "loader/kexec/arch.h"
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

	if (q->call == KEXEC_FILE)
		return false;
	refused = (refused && q->call == KEXEC_ANY) ||
		  (err == -ENOEXEC && q->arch->file_call_is_narrow);
	return err == -ENOSYS || (refused && c->made < c->max);
}

static int load_unpacked(const struct kexec_request *q, bool crash, struct kexec_done *done)
{
	struct calls c = calls_of(q->root, q->max_calls);

	if (q->call != KEXEC_SEGMENTS && !q->memory) {
		int r = load_files(q, crash, &c, done);

		if (!falls_back(q, &c, r))
			return r;
	}
	return load_segments(q, crash, &c, done);
}

/* *ret is q with a kernel that is not packed; *fd, the caller's, may be that. */
static int unpack(const struct kexec_request *q, struct kexec_request *ret, int *fd,
		  char why[KEXEC_WHY_BYTES])
{
	const char *end = NULL;
	int r = q->arch->unpack_kernel ? q->arch->unpack_kernel(q->kernel_fd, fd, &end) : 0;

	*ret = *q;
	if (r)
		snprintf(why, KEXEC_WHY_BYTES, "the kernel %s", end ? end : strerror(-r));
	else if (*fd >= 0)
		ret->kernel_fd = *fd;
	return r;
}

static int load(const struct kexec_request *q, bool crash, struct kexec_done *done)
{
	struct kexec_request unpacked;
	_close_ int fd = -1;
	int r;

	*done = (struct kexec_done){ .call = KEXEC_FILE, .crash = crash };
	if (crash && q->initrd_fd < 0) {
		snprintf(done->why, sizeof(done->why), "the initrd is not open");
		return -EBADF;
	}
	r = unpack(q, &unpacked, &fd, done->why);
	return r ? r : load_unpacked(&unpacked, crash, done);
}

int kexec_try_crash(const struct kexec_request *q, struct layout *l)
{
	struct kexec_request unpacked;
	char why[KEXEC_WHY_BYTES] = "";
	_close_ int fd = -1;
	int r = unpack(q, &unpacked, &fd, why);

	if (!r)
		return kexec_load_prepare(&unpacked, true, l);
	layout_init(l, q->arch, q->root, true);
	return layout_fail(l, r, "%s", why);
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
