/* SPDX-License-Identifier: MIT */
/*
 * Which of the two calls is made, and when the other one follows. Both are played below.
 */
#include "loader/kexec/kexec.h"

#include <errno.h>
#include <fcntl.h>

#include "lib/cleanup.h"
#include "loader/kexec/arch.h"
#include "loader/kexec/kexec_file.h"
#include "loader/kexec/kexec_load.h"
#include "tests/unit/test.h"

static struct {
	int file, prepare, segments; /* what each one answers */
	int unpack;		     /* what unpacking answers */
	bool packed;
	int kernel_fd;	/* that the call got */
	int busy;	/* times that one answers EBUSY first */
	char calls[80]; /* a letter for each */
} m;

static int unpack(int fd, int *ret_fd, const char **why)
{
	if (m.unpack)
		*why = "is damaged";
	*ret_fd = m.packed ? dup(fd) : -1;
	return m.unpack;
}

static struct kexec_arch arch = { .unpack_kernel = unpack };

static void note(char c)
{
	size_t n = strlen(m.calls);

	if (n < sizeof(m.calls) - 1)
		m.calls[n] = c;
}

static int busy_or(int answer)
{
	return m.busy && m.busy-- ? -EBUSY : answer;
}

int kexec_file_load(const struct kexec_request *q, bool crash)
{
	m.kernel_fd = q->kernel_fd;
	note(crash ? 'F' : 'f');
	return busy_or(m.file);
}

int kexec_file_unload(bool crash)
{
	note(crash ? 'U' : 'u');
	return busy_or(m.file);
}

int kexec_load_prepare(const struct kexec_request *q, bool crash, struct layout *l)
{
	m.kernel_fd = q->kernel_fd;
	layout_init(l, q->arch, q->root, crash);
	note('p');
	return m.prepare ? layout_fail(l, m.prepare, "no room") : 0;
}

int kexec_load_segments(const struct kexec_request *q, const struct layout *l)
{
	(void)q;
	note(l->crash ? 'S' : 's');
	return busy_or(m.segments);
}

int kexec_load_nothing(bool crash)
{
	note(crash ? 'N' : 'n');
	return busy_or(m.segments);
}

/* One load for a crash: its result, which call was the last, what was called. */
static void check_load(enum kexec_call call, int file, int segments, int want, enum kexec_call last,
		       const char *calls)
{
	struct kexec_request q = { .arch = &arch, .call = call, .initrd_fd = 9 };
	struct kexec_done done;

	memset(&m, 0, sizeof(m));
	m.file = file;
	m.segments = segments;
	CHECK_EQ(kexec_load_crash(&q, &done), want);
	CHECK_EQ(done.call, last);
	CHECK(done.prepared);
	CHECK_STR(m.calls, calls);
}

TEST(the_call_that_is_there)
{
	check_load(KEXEC_AUTO, 0, 0, 0, KEXEC_FILE, "F");
	check_load(KEXEC_AUTO, -ENOSYS, 0, 0, KEXEC_SEGMENTS, "FpS");
	check_load(KEXEC_AUTO, -ENOSYS, -ENOSYS, -ENOSYS, KEXEC_SEGMENTS, "FpS");
	/* what one call refuses the other must not take behind its back */
	check_load(KEXEC_AUTO, -EKEYREJECTED, 0, -EKEYREJECTED, KEXEC_FILE, "F");
	check_load(KEXEC_AUTO, -EINVAL, 0, -EINVAL, KEXEC_FILE, "F");
}

TEST(the_call_that_is_asked_for)
{
	check_load(KEXEC_FILE, -ENOSYS, 0, -ENOSYS, KEXEC_FILE, "F");
	check_load(KEXEC_SEGMENTS, 0, -EACCES, -EACCES, KEXEC_SEGMENTS, "pS");
	check_load(KEXEC_ANY, -ENOEXEC, 0, 0, KEXEC_SEGMENTS, "FpS");
	check_load(KEXEC_ANY, -EINVAL, 0, 0, KEXEC_SEGMENTS, "FpS");
	check_load(KEXEC_ANY, -ENOSYS, 0, 0, KEXEC_SEGMENTS, "FpS");
	check_load(KEXEC_ANY, -EPERM, 0, -EPERM, KEXEC_FILE, "F");
}

TEST(what_is_not_prepared_is_not_called)
{
	struct kexec_request q = { .arch = &arch, .call = KEXEC_SEGMENTS };
	struct kexec_done done;

	memset(&m, 0, sizeof(m));
	m.prepare = -EADDRNOTAVAIL;
	CHECK_EQ(kexec_load_crash(&q, &done), -EADDRNOTAVAIL);
	CHECK_STR(m.calls, "p");
	CHECK(!done.prepared);
	CHECK_STR(done.why, "no room");
}

/* A call that knows other files of an architecture says nothing about Images. */
TEST(an_image_where_vmlinux_is_taken)
{
	check_load(KEXEC_AUTO, -ENOEXEC, 0, -ENOEXEC, KEXEC_FILE, "F");
	arch.file_call_is_narrow = true;
	check_load(KEXEC_AUTO, -ENOEXEC, 0, 0, KEXEC_SEGMENTS, "FpS");
	check_load(KEXEC_FILE, -ENOEXEC, 0, -ENOEXEC, KEXEC_FILE, "F");
	arch.file_call_is_narrow = false;
}

TEST(what_is_packed_is_unpacked_for_either_call)
{
	_close_ int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
	struct kexec_request q = { .arch = &arch, .call = KEXEC_ANY, .kernel_fd = file };
	struct kexec_done done;
	struct layout l;

	memset(&m, 0, sizeof(m));
	m.file = -ENOSYS;
	CHECK_EQ(kexec_load_crash(&q, &done), 0);
	CHECK_EQ(m.kernel_fd, file);
	m.packed = true;
	CHECK_EQ(kexec_load_crash(&q, &done), 0);
	CHECK(m.kernel_fd > file && fcntl(m.kernel_fd, F_GETFD) < 0);
	m.file = 0;
	CHECK_EQ(kexec_load_crash(&q, &done), 0);
	CHECK(m.kernel_fd > file);
	CHECK_EQ(kexec_try_crash(&q, &l), 0);
	CHECK(m.kernel_fd > file);
	layout_free(&l);
	/* nothing is called with what does not unpack */
	m.unpack = -ENOEXEC;
	m.packed = false;
	m.calls[0] = '\0';
	CHECK_EQ(kexec_load_crash(&q, &done), -ENOEXEC);
	CHECK(!done.prepared && !*m.calls);
	CHECK_STR(done.why, "the kernel is damaged");
	CHECK_EQ(kexec_try_crash(&q, &l), -ENOEXEC);
	CHECK_STR(l.why, "the kernel is damaged");
	layout_free(&l);
}

TEST(busy)
{
	struct kexec_request q = { .arch = &arch, .call = KEXEC_AUTO };
	struct kexec_done done;

	memset(&m, 0, sizeof(m));
	m.busy = 2;
	CHECK_EQ(kexec_load_crash(&q, &done), 0);
	CHECK_STR(m.calls, "FFF");
	memset(&m, 0, sizeof(m));
	m.busy = 100;
	CHECK_EQ(kexec_load_crash(&q, &done), -EBUSY);
	CHECK_STR(m.calls, "FFFFFFFFFF");
}

/* Each call counts against the kernel's limit, but for one that the kernel lacks. */
TEST(no_more_calls_than_may_be_made)
{
	struct kexec_request q = {
		.arch = &arch, .root = AT_FDCWD, .call = KEXEC_AUTO, .max_calls = 2
	};
	struct kexec_done done;

	memset(&m, 0, sizeof(m));
	m.busy = 100;
	CHECK_EQ(kexec_load_crash(&q, &done), -EBUSY);
	CHECK_STR(m.calls, "FF");
	memset(&m, 0, sizeof(m));
	m.file = -ENOSYS;
	q.max_calls = 1;
	CHECK_EQ(kexec_load_crash(&q, &done), 0);
	CHECK_STR(m.calls, "FpS");
	memset(&m, 0, sizeof(m));
	m.file = -EINVAL;
	q.call = KEXEC_ANY;
	CHECK_EQ(kexec_load_crash(&q, &done), -EINVAL);
	CHECK_STR(m.calls, "F");
	memset(&m, 0, sizeof(m));
	m.busy = 100;
	CHECK_EQ(kexec_unload_crash(AT_FDCWD, 1), -EBUSY);
	CHECK_STR(m.calls, "U");
}

TEST(a_memory_map_is_for_kexec_load)
{
	struct iomem map = { 0 };
	struct kexec_request q = { .arch = &arch, .call = KEXEC_AUTO, .memory = &map };
	struct kexec_done done;

	memset(&m, 0, sizeof(m));
	CHECK_EQ(kexec_load_normal(&q, &done), 0);
	CHECK_STR(m.calls, "ps");
}

TEST(unload)
{
	memset(&m, 0, sizeof(m));
	CHECK_EQ(kexec_unload_crash(AT_FDCWD, 0), 0);
	CHECK_EQ(kexec_unload_normal(AT_FDCWD, 0), 0);
	CHECK_STR(m.calls, "Uu");
	memset(&m, 0, sizeof(m));
	m.file = -ENOSYS;
	CHECK_EQ(kexec_unload_crash(AT_FDCWD, 0), 0);
	CHECK_STR(m.calls, "UN");
	memset(&m, 0, sizeof(m));
	m.file = -EPERM;
	CHECK_EQ(kexec_unload_crash(AT_FDCWD, 0), -EPERM);
	CHECK_STR(m.calls, "U");
}

/* The calls would take a crash kernel without one, which saves nothing. */
TEST(a_crash_needs_an_initrd)
{
	struct kexec_request q = { .arch = &arch, .initrd_fd = -1 };
	struct kexec_done done;

	memset(&m, 0, sizeof(m));
	CHECK_EQ(kexec_load_crash(&q, &done), -EBADF);
	CHECK(!done.prepared && strstr(done.why, "the initrd is not open"));
	CHECK_STR(m.calls, "");
	CHECK_EQ(kexec_load_normal(&q, &done), 0);
	CHECK_STR(m.calls, "f");
}
