/* SPDX-License-Identifier: MIT */
/*
 * The story of a load. The kernel drops the loaded image before it looks at the new one, so
 * that every failure it finds leaves the machine unarmed: hence the checks before, the record
 * of the last good pair, and its reload.
 */
#include "loader/arm.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/cleanup.h"
#include "lib/log.h"
#include "loader/check/check.h"
#include "loader/check/explain.h"
#include "loader/kexec/kexec_file.h"
#include "loader/kmsg.h"
#include "loader/record.h"

enum { KERNEL_LINES = 16 }; /* shown of the kernel's log after a failure */

#define MIB_OF(bytes) (((bytes) + (1u << 20) - 1) >> 20)

static void print_findings(const struct findings *f)
{
	for (unsigned i = 0; i < f->n; i++)
		log_line(f->item[i].level == FINDING_ERROR ? LOG_ERR : LOG_WARN, "%s: %s",
			 findings_level_name(f->item[i].level), f->item[i].text);
}

static const char *armed_words(int armed)
{
	return armed == 1 ? "armed" : armed == 0 ? "NOT ARMED" : "not armed (and cannot be)";
}

static void print_dropped(const char *base)
{
	struct cmdline_arg arg;

	while (cmdline_next(&base, &arg)) {
		const char *why = cmdline_why_dropped(&arg);

		if (why)
			printf("  left out %.*s (%s)\n", (int)arg.len, arg.text, why);
	}
}

/* To stdout: what a load would hand to the kernel. */
static void print_plan(const struct load_options *o, const struct plan *p)
{
	const struct image_pair *pair = &p->pair;

	printf("kernel   %s (%s, %" PRIu64 " MiB while it unpacks itself%s)\n", pair->kernel.path,
	       *p->bzimage.release ? p->bzimage.release : "release unknown",
	       MIB_OF(p->bzimage.init_bytes), p->bzimage.is_signed ? ", signed" : "");
	printf("initrd   %s (%" PRIu64 " KiB)\n", pair->initrd.path,
	       (pair->initrd.id.bytes + 1023) >> 10);
	printf("reserved %" PRIu64 " MiB, of which about %" PRIu64
	       " MiB are left for the capture system\n",
	       p->host.crash_bytes >> 20, p->left_bytes >> 20);
	printf("command line (%zu of %" PRIu32 " bytes)\n  %s\n", strlen(pair->cmdline),
	       p->bzimage.cmdline_bytes, pair->cmdline);
	if (!o->command_line && !o->reuse_cmdline)
		print_dropped(p->host.cmdline);
	printf("now      %s; nothing was changed\n", armed_words(p->host.armed));
	fflush(stdout);
}

/* The folder is a convenience: a read-only /run must not keep a machine from being armed. */
static int open_folder(int root, int *ret_lock)
{
	_close_ int folder = record_folder(root, true);
	int r = folder;

	if (folder >= 0)
		r = *ret_lock = record_lock(folder);
	if (r == -EAGAIN)
		log_err("error: another kdump-loader is at work");
	else if (r < 0)
		log_warn("warning: /run/kdump-init: %s: no lock, and no record of what is loaded",
			 strerror(-r));
	if (r < 0)
		return r;
	return keep_fd(&folder);
}

/* The call failed: why, in our words and the kernel's. */
static void print_failure(int root, const struct host *h, int err, int kmsg, const char *what)
{
	char text[512];

	log_err("error: %s: %s", what, explain_errno(root, h, err, text, sizeof(text)));
	for (int i = 0; i < KERNEL_LINES && kmsg_next(kmsg, text, sizeof(text)); i++)
		log_err("kernel: %s", text);
}

/* The pair that was loaded before, opened before the call while its files are surely there. */
struct last_good {
	bool recorded, open;
	struct record record;
	struct image_pair pair;
	const char *lost; /* inside record: the file that is gone */
};

static void last_good_open(int folder, struct last_good *l)
{
	l->recorded = folder >= 0 && !record_read(folder, &l->record);
	l->open = l->recorded && !record_open(folder, &l->record, &l->pair, &l->lost);
}

/* Makes the best of a failed load; says at the end whether the machine is armed. */
static void roll_back(int root, const struct plan *p, struct last_good *l)
{
	_close_ int kmsg = kmsg_mark(root);
	int armed = host_armed(root), r;

	if (armed == 1) {
		log_info("the crash kernel loaded before is still loaded: the machine is armed");
		return;
	}
	if (l->open) {
		r = kexec_load_crash(l->pair.kernel.fd, l->pair.initrd.fd, l->pair.cmdline);
		if (!r && host_armed(root) == 1) {
			log_info("the crash kernel loaded before (%s, %s) was loaded again: the "
				 "machine is armed",
				 l->pair.kernel.path, l->pair.initrd.path);
			return;
		}
		print_failure(root, &p->host, r, kmsg, "loading the crash kernel before it again");
	} else if (l->recorded) {
		log_err("error: the crash kernel loaded before cannot be loaded again: %s was "
			"replaced and no copy was kept",
			l->lost);
	} else if (p->host.armed == 1) {
		log_err("error: the crash kernel loaded before was not loaded by kdump-loader and "
			"cannot be loaded again");
	}
	log_err("the machine is NOT ARMED: a crash now would not be captured");
}

static int call(int root, int folder, const struct plan *p)
{
	const struct image_pair *pair = &p->pair;
	_close_ int kmsg = kmsg_mark(root);
	struct last_good last = { .pair = { .kernel.fd = -1, .initrd.fd = -1 } };
	int r;

	last_good_open(folder, &last);
	r = kexec_load_crash(pair->kernel.fd, pair->initrd.fd, pair->cmdline);
	if (r) {
		print_failure(root, &p->host, r, kmsg, "the kernel refused the crash kernel");
		roll_back(root, p, &last);
	}
	image_pair_close(&last.pair);
	if (r)
		return -1;
	r = folder >= 0 ? record_save(folder, pair, p->foreign, p->host.ram_bytes) : 0;
	if (r)
		log_warn("warning: /run/kdump-init: %s: no record of what is loaded", strerror(-r));
	log_info("armed: kernel %s, initrd %s, about %" PRIu64 " of %" PRIu64
		 " MiB left for the capture system",
		 pair->kernel.path, pair->initrd.path, p->left_bytes >> 20,
		 p->host.crash_bytes >> 20);
	return 0;
}

int arm_load(int root, const struct load_options *o)
{
	_close_ int lock = -1;
	_close_ int folder = -1;
	struct plan p;
	int r = -1;

	if (!o->dry_run) {
		folder = open_folder(root, &lock);
		if (folder == -EAGAIN)
			return -1;
	}
	plan_make(root, o, &p);
	print_findings(&p.findings);
	if (o->dry_run && p.bzimage.init_bytes)
		print_plan(o, &p);
	if (p.findings.fatal)
		log_err("%s: the machine is %s, as before",
			o->dry_run ? "a load would fail" : "nothing was loaded",
			armed_words(p.host.armed));
	else
		r = o->dry_run ? 0 : call(root, folder, &p);
	image_pair_close(&p.pair);
	return r;
}

int arm_unload(int root)
{
	_close_ int lock = -1;
	_close_ int folder = open_folder(root, &lock);
	_close_ int kmsg = kmsg_mark(root);
	struct findings f = { 0 };
	struct host h;
	int r;

	if (folder == -EAGAIN)
		return -1;
	r = host_read(root, &h);
	if (r) {
		log_err("error: /proc cannot be read: %s", strerror(-r));
		return -1;
	}
	if (h.armed == 0) {
		log_info("no crash kernel is loaded");
		if (folder >= 0)
			record_remove(folder);
		return 0;
	}
	check_permission(&h, "unload the crash kernel", &f);
	print_findings(&f);
	r = f.fatal ? 0 : kexec_unload_crash();
	if (r)
		print_failure(root, &h, r, kmsg, "the kernel refused to unload");
	if (f.fatal || r) {
		log_err("the machine is %s", armed_words(host_armed(root)));
		return -1;
	}
	if (folder >= 0)
		record_remove(folder);
	log_info("unloaded: the machine is no longer armed");
	return 0;
}
