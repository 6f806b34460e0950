/* SPDX-License-Identifier: MIT */
#include "loader/exec.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/log.h"
#include "loader/check/check.h"
#include "loader/host.h"
#include "loader/kexec/iomem.h"
#include "loader/kmsg.h"
#include "loader/lock.h"
#include "loader/tell.h"

/* A load that is being made. */
struct exec {
	struct host host;
	struct image_pair pair;
	struct kernel_head head;
	struct iomem memory; /* empty: this machine's */
	struct findings findings;
};

static bool open_named(struct exec *e, const char *what, const char *path, struct image *ret)
{
	int r = image_open(AT_FDCWD, path, ret);

	if (r)
		findings_error(&e->findings, "cannot-open", "%s %s: %s", what, path,
			       r == -EINVAL ? "is not a regular file" : strerror(-r));
	return !r;
}

/* The limit counts loads of normal images by themselves. */
static void check_rights(struct exec *e)
{
	const struct host *h = &e->host;

	if (!h->may_boot)
		findings_error(&e->findings, "not-permitted",
			       "not permitted to load a kernel: root (CAP_SYS_BOOT) is needed");
	if (h->load_disabled)
		findings_error(&e->findings, "load-disabled",
			       "kernel.kexec_load_disabled is 1: what is loaded stays as it is "
			       "until the next reboot");
	if (h->limit_reboot == 0)
		findings_error(&e->findings, "load-limit",
			       "kernel.kexec_load_limit_reboot is 0: no further load or unload "
			       "until the next reboot");
}

static void check_files(int root, const struct exec_options *o, struct exec *e)
{
	struct image_pair *p = &e->pair;
	uint64_t files = 0, places = 0;
	const char *why;

	if (open_named(e, "kernel", o->kernel, &p->kernel) &&
	    check_unpack(&p->kernel, &e->findings) &&
	    check_kernel(&e->host, &p->kernel, &e->head, &e->findings)) {
		check_encryption(root, &e->host, &p->kernel, &e->head, &e->findings);
		files = p->kernel.id.bytes;
		places = e->head.init_bytes;
	}
	if (o->initrd && open_named(e, "initrd", o->initrd, &p->initrd)) {
		if (!image_initrd_kind(&p->initrd, &why))
			findings_error(&e->findings, "initrd-kind", "initrd %s %s", p->initrd.path,
				       why);
		files += p->initrd.id.bytes;
		places += p->initrd.id.bytes;
	}
	/* one call reads the files whole first; both keep the segments in memory until the jump */
	check_memory(&e->host, o->call == KEXEC_SEGMENTS ? places : files + places, &e->findings);
}

static void make_cmdline(const struct exec_options *o, struct exec *e)
{
	char *line = e->pair.cmdline;
	int r;

	if (o->command_line)
		r = snprintf(line, CMDLINE_BYTES, "%s", o->command_line) < CMDLINE_BYTES ? 0
											 : -E2BIG;
	else
		r = cmdline_again(e->host.cmdline, o->append, line, CMDLINE_BYTES);
	if (r || (e->head.cmdline_bytes && strlen(line) > e->head.cmdline_bytes))
		findings_error(&e->findings, "cmdline-too-long",
			       "the command line is longer than the %" PRIu32
			       " bytes that the kernel takes",
			       e->head.cmdline_bytes);
}

static void read_memory(const struct exec_options *o, struct exec *e)
{
	int r = o->memory ? iomem_read(AT_FDCWD, o->memory, &e->memory) : 0;

	if (!r && o->memory && !iomem_bytes(&e->memory, IOMEM_BIT(IOMEM_RAM)))
		r = -ENODATA;
	if (r)
		findings_error(&e->findings, "memory-map", "memory map %s: %s", o->memory,
			       r == -ENODATA ? "has no System RAM" : strerror(-r));
}

static void prepare(int root, const struct exec_options *o, struct exec *e)
{
	int r = host_read(root, &e->host);

	if (r) {
		findings_error(&e->findings, "no-proc", "/proc cannot be read: %s", strerror(-r));
		return;
	}
	if (!check_machine(&e->host, &e->findings))
		return;
	check_rights(e);
	check_call(root, &e->host, o->memory ? KEXEC_SEGMENTS : o->call, &e->findings);
	check_files(root, o, e);
	make_cmdline(o, e);
	read_memory(o, e);
}

static int load(int root, const struct exec_options *o, const struct exec *e)
{
	struct kexec_request q = { .arch = e->host.arch,
				   .root = root,
				   .kernel_fd = image_kernel_fd(&e->pair.kernel),
				   .initrd_fd = e->pair.initrd.fd,
				   .cmdline = e->pair.cmdline,
				   .call = o->call,
				   .release = e->host.release,
				   .max_calls = host_calls(e->host.limit_reboot, 0),
				   .memory = o->memory ? &e->memory : NULL };
	_close_ int kmsg = kmsg_mark(root);
	struct kexec_done done;
	int r = kexec_load_normal(&q, &done);

	if (r) {
		tell_failure(root, &e->host, &done, r, kmsg,
			     done.prepared ? "the running kernel refused the new one"
					   : "the kernel cannot be loaded");
		return -1;
	}
	log_info("loaded: kernel %s, initrd %s%s", e->pair.kernel.path,
		 o->initrd ? e->pair.initrd.path : "none",
		 done.call == KEXEC_SEGMENTS ? ", by kexec_load" : "");
	return 0;
}

static int load_named(int root, const struct exec_options *o)
{
	struct exec e = { .pair = { .kernel.fd = -1, .initrd.fd = -1 } };
	int r = -1;

	prepare(root, o, &e);
	tell_findings(&e.findings);
	if (e.findings.fatal)
		log_err("nothing was loaded");
	else
		r = load(root, o, &e);
	image_pair_close(&e.pair);
	iomem_free(&e.memory);
	return r;
}

/* Services are not stopped and file systems not unmounted: that is an init's to do. */
static int execute(int root)
{
	int r;

	if (host_loaded(root) != 1) {
		log_err("error: no kernel is loaded to execute: name one with --kernel");
		return -1;
	}
	log_info("entering the loaded kernel");
	r = kexec_execute();
	log_err("error: the running kernel does not give way: %s", strerror(-r));
	return -1;
}

int exec_run(int root, const struct exec_options *o)
{
	_close_ int lock = -1;
	_close_ int folder = lock_folder(root, "exec", &lock);
	int r = folder == -EAGAIN ? -1 : o->kernel ? load_named(root, o) : 0;

	if (r || o->load_only)
		return r;
	return execute(root);
}

int exec_unload(int root)
{
	_close_ int lock = -1;
	_close_ int folder = lock_folder(root, "exec", &lock);
	unsigned max = host_calls(host_limit(root, false), 0);
	int r = 0;

	if (folder == -EAGAIN)
		return -1;
	if (host_loaded(root) == 1)
		r = kexec_unload_normal(root, max);

	if (r)
		log_err("error: the kernel refused to unload: %s", strerror(-r));
	else
		log_info("no kernel is loaded for a reboot");
	return r ? -1 : 0;
}
