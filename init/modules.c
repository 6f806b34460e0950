/* SPDX-License-Identifier: MIT */
/*
 * finit_module in a child; the child's progress counter tells PID 1 which module it died in.
 */
#include "init/modules.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "init/child.h"
#include "init/limits.h"
#include "lib/cleanup.h"
#include "lib/log.h"

struct batch {
	const char *root;
	const char *const *files;
	unsigned n;
};

static int load_one(const char *root, const char *file)
{
	char path[512];
	_close_ int fd = -1;

	if ((size_t)snprintf(path, sizeof(path), "%s%s%s", root, *file == '/' ? "" : "/", file) >=
	    sizeof(path))
		return -ENAMETOOLONG;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (syscall(SYS_finit_module, fd, "", 0) < 0 && errno != EEXIST)
		return -errno;
	/* the root folder is memory, and xfs alone takes 9 MiB of it */
	unlink(path);
	return 0;
}

/* The answer is the number of failures; moved counts the modules that are dealt with. */
static int load_batch(const void *ctx, void *answer, struct child *self)
{
	const struct batch *b = ctx;
	unsigned *failed = answer;

	for (unsigned i = 0; i < b->n; i++) {
		int r = load_one(b->root, b->files[i]);

		if (r) {
			log_warn("modules: %s: %s", b->files[i], strerror(-r));
			++*failed;
		}
		atomic_fetch_add(&self->moved, 1);
	}
	return 0;
}

void modules_load(const char *root, const char *const *files, unsigned n, struct modules_count *ret)
{
	uint64_t deadline = child_now_ms() + LIMIT_MODULES_S * 1000ull;
	unsigned done = 0, failed = 0;

	while (done < n) {
		struct batch b = { .root = root, .files = files + done, .n = n - done };
		unsigned here = 0;
		uint64_t now = child_now_ms();
		struct child_job job = { .name = "modules",
					 .run = load_batch,
					 .ctx = &b,
					 .answer = &here,
					 .answer_bytes = sizeof(here),
					 .stall_s = LIMIT_MODULE_S };
		struct child_end end;

		if (now >= deadline) {
			log_err("modules: %u of %u left out, no time", n - done, n);
			failed += n - done;
			break;
		}
		job.limit_s = (unsigned)((deadline - now + 999) / 1000);
		if (!child_run(&job, &end)) {
			failed += here;
			break;
		}
		/* it died in the module after the last one dealt with: that one is skipped */
		done += end.moved < b.n ? (unsigned)end.moved : b.n - 1;
		log_err("modules: %s: %s", files[done], end.why);
		done++;
		failed++;
	}
	ret->failed = failed;
	ret->loaded = n - failed;
}
