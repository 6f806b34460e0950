/* SPDX-License-Identifier: MIT */
#include "loader/back/back_load.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/io.h"
#include "lib/log.h"
#include "loader/back/back_record.h"
#include "loader/host.h"
#include "loader/kexec/kexec.h"
#include "loader/kmsg.h"
#include "loader/tell.h"

#define MIB ((uint64_t)1 << 20)

enum { SLACK_BYTES = 8 << 20 };

static void free_record(struct back_record **b)
{
	if (*b)
		back_record_free(*b);
	free(*b);
}

static int read_record(int root, struct back_record *ret)
{
	_free_ char *text = NULL;
	int r = io_load_file(root, BACK_FILE, BACK_MAX_BYTES, &text, NULL);

	if (r == -ENOENT) {
		log_err("error: no production kernel was recorded when the machine was armed");
		return r;
	}
	r = r ? r : back_record_parse(text, ret);
	if (r)
		log_err("error: /" BACK_FILE ": %s", strerror(-r));
	return r;
}

/* A kernel that crashes as soon as it is back needs devices that were reset. */
static bool crashed_at_once(const struct back_record *b, uint64_t uptime_s)
{
	if (b->returned < 2 || !uptime_s || uptime_s >= b->min_uptime_s)
		return false;
	log_err("error: the kernel that crashed had been returned to (%u times since the firmware) "
		"and ran for %" PRIu64 " s, less than kexec_min_uptime %u",
		b->returned - 1, uptime_s, b->min_uptime_s);
	return true;
}

/* Opens what was recorded, and nothing else. A descriptor, or -1 after telling. */
static int open_same(int folder, const char *what, const struct back_file *was)
{
	_close_ int fd = openat(folder, was->path + 1, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct back_file now = { .bytes = 0 };
	int r = fd < 0 ? -errno : back_record_digest(fd, &now);

	if (r) {
		log_err("error: %s %s: %s", what, was->path, strerror(-r));
		return -1;
	}
	if (now.bytes != was->bytes || strcmp(now.sha256, was->sha256)) {
		log_err("error: %s %s is not what it was when the machine was armed", what,
			was->path);
		return -1;
	}
	return keep_fd(&fd);
}

static bool has_room(const struct host *h, const struct back_record *b)
{
	uint64_t need = b->kernel.bytes + b->initrd.bytes + SLACK_BYTES;

	if (!h->free_bytes || need <= h->free_bytes)
		return true;
	log_err("error: kernel and initrd take %" PRIu64 " MiB, and %" PRIu64
		" MiB are free: make crashkernel= larger",
		need / MIB, h->free_bytes / MIB);
	return false;
}

/*
 * CPUs that did not crash are halted in the dead kernel's memory. The next kernel starts each of them anew, by INIT, but
 * not the one that the firmware booted, for which INIT is the firmware's entry. That one would stay halted in memory that is
 * production's by then, and run what it finds there when something wakes it: 6.1 ended in a triple fault at the latest after
 * two such returns, 6.12 after one of thirty (QEMU).
 */
static bool first_cpu_crashed(const struct host *h, const struct back_record *b)
{
	if (b->cpus < 2 || (b->first_cpu != CMDLINE_NO_APICID && b->first_cpu == h->boot_apicid))
		return true;
	log_err("error: the crash was not on the CPU that the firmware booted, which is halted in "
		"memory that production would take; only the firmware can start it again");
	return false;
}

static int load(int root, const struct host *h, const struct back_record *b, int kernel, int initrd)
{
	struct kexec_request q = { .arch = h->arch,
				   .root = root,
				   .kernel_fd = kernel,
				   .initrd_fd = initrd,
				   .cmdline = b->cmdline,
				   .call = KEXEC_SEGMENTS,
				   .release = h->release,
				   .memory = &b->memory,
				   .apart = true };
	_close_ int kmsg = kmsg_mark(root);
	struct kexec_done done;
	int r = kexec_load_normal(&q, &done);

	if (r) {
		tell_failure(root, h, &done, r, kmsg, "the production kernel cannot be loaded");
		return -1;
	}
	log_info("loaded: kernel %s (%s), %" PRIu64 " MiB of memory", b->kernel.path, b->release,
		 iomem_bytes(&b->memory, IOMEM_BIT(IOMEM_RAM)) / MIB);
	return 0;
}

int back_load(int root, const char *folder, uint64_t uptime_s)
{
	_cleanup_(free_record) struct back_record *b = calloc(1, sizeof(*b));
	_close_ int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_close_ int kernel = -1, initrd = -1;
	struct host h;

	if (dir < 0) {
		log_err("error: %s: %s", folder, strerror(errno));
		return -1;
	}
	if (!b || read_record(root, b) || crashed_at_once(b, uptime_s))
		return -1;
	if (host_read(root, &h)) {
		log_err("error: /proc cannot be read");
		return -1;
	}
	if (!h.arch) {
		log_err("error: this kdump-loader was built for another machine than %s",
			h.machine);
		return -1;
	}
	if (!first_cpu_crashed(&h, b) || !has_room(&h, b))
		return -1;
	kernel = open_same(dir, "kernel", &b->kernel);
	if (kernel < 0)
		return -1;
	if (*b->initrd.path) {
		initrd = open_same(dir, "initrd", &b->initrd);
		if (initrd < 0)
			return -1;
	}
	return load(root, &h, b, kernel, initrd);
}
