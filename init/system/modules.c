/* SPDX-License-Identifier: MIT */
/*
 * finit_module in a child; the child's progress counter tells PID 1 which module it died in.
 */
#include "init/system/modules.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "init/system/child.h"
#include "init/system/limits.h"
#include "init/system/modules_private.h"
#include "lib/bytes.h"
#include "lib/cleanup.h"
#include "lib/clock.h"
#include "lib/io.h"
#include "lib/log.h"

struct batch {
	const char *root;
	const char *const *files;
	unsigned n;
	const struct modparams *params;
	bool with_signature; /* see needs_signature() */
};

enum { PARAMS_BYTES = 1024 };

size_t modules_unsigned_len(const uint8_t *file, size_t len)
{
	static const char marker[] = "~Module signature appended~\n";
	enum { MARKER_BYTES = sizeof(marker) - 1, INFO_BYTES = 12, SIG_LEN_AT = 8 };
	size_t rest = len;
	uint8_t be[8] = { 0 };
	uint64_t sig;

	/* struct module_signature stands between the signature and the marker */
	if (len < MARKER_BYTES + INFO_BYTES ||
	    memcmp(file + len - MARKER_BYTES, marker, MARKER_BYTES))
		return len;
	rest -= MARKER_BYTES + INFO_BYTES;
	memcpy(be + 4, file + rest + SIG_LEN_AT, 4);
	sig = get_be64(be);
	return sig <= rest ? rest - (size_t)sig : len;
}

/*
 * The first signature that a kernel verifies costs it 0.35 s under TCG, of 0.4 s from /init to the
 * mounted target (7.2; RSA and the crypto self tests before it). A kernel that does not insist
 * takes the module without one. -ENODATA: there is none to leave out.
 */
static int load_unsigned(int fd, const char *params)
{
	struct stat st;
	size_t len;
	void *map;
	int r = 0;

	if (fstat(fd, &st) < 0)
		return -errno;
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return -errno;
	len = modules_unsigned_len(map, (size_t)st.st_size);
	if (len == (size_t)st.st_size)
		r = -ENODATA;
	else if (syscall(SYS_init_module, map, len, params) < 0)
		r = -errno;
	munmap(map, (size_t)st.st_size);
	return r;
}

static bool wants_signature(int r)
{
	/* module.sig_enforce; lockdown; an LSM that looks at files */
	return r == -EKEYREJECTED || r == -EPERM || r == -EACCES;
}

/* fips=1: a cipher that a module without a verified signature brings is a panic. */
static bool needs_signature(const char *root)
{
	char path[512], text[8];

	snprintf(path, sizeof(path), "%s/proc/sys/crypto/fips_enabled", root);
	return !io_read_file(AT_FDCWD, path, text, sizeof(text), NULL) && *text == '1';
}

static int load_fd(const struct batch *b, int fd, const char *params)
{
	int r = b->with_signature ? -ENODATA : load_unsigned(fd, params);

	if (r == -ENODATA || r == -ENOMEM || r == -EINVAL || wants_signature(r))
		r = syscall(SYS_finit_module, fd, params, 0) < 0 ? -errno : 0;
	return r;
}

static int load_one(const struct batch *b, const char *file)
{
	char path[512], params[PARAMS_BYTES];
	_close_ int fd = -1;
	int r;

	if ((size_t)snprintf(path, sizeof(path), "%s%s%s", b->root, *file == '/' ? "" : "/",
			     file) >= sizeof(path))
		return -ENAMETOOLONG;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	modparams_of(b->params, file, params, sizeof(params));
	r = load_fd(b, fd, params);
	if (r && r != -EEXIST && params[0]) {
		log_warn("modules: %s: not with %s: %s", file, params, strerror(-r));
		r = load_fd(b, fd, "");
	}
	if (r && r != -EEXIST)
		return r;
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
		int r = load_one(b, b->files[i]);

		if (r) {
			log_warn("modules: %s: %s", b->files[i], strerror(-r));
			++*failed;
		}
		atomic_fetch_add(&self->moved, 1);
	}
	return 0;
}

void modules_load(const char *root, const char *const *files, unsigned n,
		  const struct modparams *params, struct modules_count *ret)
{
	uint64_t deadline = clock_boot_ms() + LIMIT_MODULES_S * 1000ull;
	unsigned done = 0, failed = 0;
	bool with_signature = needs_signature(root);

	while (done < n) {
		struct batch b = { .root = root,
				   .files = files + done,
				   .n = n - done,
				   .params = params,
				   .with_signature = with_signature };
		unsigned here = 0;
		uint64_t now = clock_boot_ms();
		struct child_job job = { .name = "modules",
					 .run = load_batch,
					 .ctx = &b,
					 .answer = &here,
					 .answer_bytes = sizeof(here),
					 .stall_s = LIMIT_MODULE_S };
		struct child_end end;

		if (now >= deadline) {
			log_err("modules: %u of %u not loaded: no time is left", n - done, n);
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
