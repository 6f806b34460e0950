/* SPDX-License-Identifier: MIT */
/*
 * The story of a load. The kernel drops the loaded image before it looks at the new one, so
 * that every failure it finds leaves the machine unarmed: hence the checks before, the record
 * of the last good pair, and its reload.
 */
#include "loader/arm.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/log.h"
#include "loader/check/check.h"
#include "loader/check/manifest.h"
#include "loader/kexec/layout.h"
#include "loader/kmsg.h"
#include "loader/lock.h"
#include "loader/record.h"
#include "loader/tell.h"

#define MIB_OF(bytes) (((bytes) + (1u << 20) - 1) >> 20)

/*
 * Between the kernel's drop of one image and its load of the next the machine is not armed, and what
 * undoes a failure runs here: whoever ends this program then (a terminal that is closed, a service
 * that is stopped, a reader of its messages that is gone) waits until that is over.
 */
static void hold_signals(sigset_t *before)
{
	static const int ends[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		sigaddset(&set, ends[i]);
	sigprocmask(SIG_BLOCK, &set, before);
}

static void release_signals(sigset_t *before)
{
	sigprocmask(SIG_SETMASK, before, NULL);
}

static const char *armed_words(int armed)
{
	return armed == 1 ? "armed" : armed == 0 ? "NOT ARMED" : "not armed (and cannot be)";
}

static struct kexec_request request_of(int root, const struct host *h,
				       const struct image_pair *pair, int initrd_fd,
				       enum kexec_call call)
{
	/* a load over a loaded pair must leave a call for its return */
	unsigned max = host_calls(h->limit_panic, h->armed == 1);

	return (struct kexec_request){ .arch = h->arch,
				       .root = root,
				       .kernel_fd = image_kernel_fd(&pair->kernel),
				       .initrd_fd = initrd_fd,
				       .cmdline = pair->cmdline,
				       .call = call,
				       .release = h->release,
				       .elfcorehdr_bytes = h->elfcorehdr_bytes,
				       .max_calls = max };
}

/* The image with the record of the way back, or by itself. -1: told. */
static int attach(const struct image *initrd, const struct back *b)
{
	int fd = back_attach(initrd, b);

	if (fd < 0 && b->text)
		log_warn("warning: the way back is not recorded: %s", strerror(-fd));
	fd = fd < 0 ? dup(initrd->fd) : fd;
	if (fd < 0)
		log_err("error: initrd %s: %s", initrd->path, strerror(errno));
	return fd;
}

/* The same for a pair that was loaded before; whatever is wrong was told then. */
static int attach_again(int root, const struct host *h, const struct image *initrd)
{
	struct findings ignored = { 0 };
	struct back b = { .text = NULL };
	struct manifest m;
	int fd;

	if (!manifest_read(initrd, &m) && m.state == MANIFEST_WHOLE && m.conf)
		back_make(root, h, m.conf, 0, &b, &ignored);
	manifest_free(&m);
	fd = attach(initrd, &b);
	free(b.text);
	return fd;
}

/* What kexec_load would be given; the other call places all by itself. */
static int print_segments(int root, const struct plan *p)
{
	struct kexec_request q = request_of(root, &p->host, &p->pair, p->pair.initrd.fd, p->call);
	struct layout l;
	int r = 0;

	if (p->call == KEXEC_SEGMENTS || host_config(root, p->host.release, "KEXEC_FILE") == 'n') {
		r = kexec_try_crash(&q, &l);
		for (unsigned i = 0; i < l.n; i++)
			printf("segment  0x%09" PRIx64 "-0x%09" PRIx64 " %s\n", l.segment[i].start,
			       l.segment[i].end - 1, l.segment[i].name);
		if (r)
			log_err("error: %s", l.why);
		layout_free(&l);
	}
	return r;
}

/* To stdout: what a load would hand to the kernel. */
static int print_plan(int root, const struct load_options *o, const struct plan *p)
{
	const struct image_pair *pair = &p->pair;
	int r;

	printf("kernel   %s (%s, %" PRIu64 " MiB%s%s%s%s)\n", pair->kernel.path,
	       *p->head.release ? p->head.release : "release unknown", MIB_OF(p->head.init_bytes),
	       p->head.unpacks_itself ? " while it unpacks itself" : "",
	       p->head.is_signed ? ", signed" : "", p->head.packed ? ", to be unpacked from " : "",
	       p->head.packed ? p->head.packed : "");
	if (pair->initrd.fd >= 0)
		printf("initrd   %s (%" PRIu64 " KiB)\n", pair->initrd.path,
		       (pair->initrd.id.bytes + 1023) >> 10);
	printf("reserved %" PRIu64 " MiB, of which about %" PRIu64
	       " MiB are left for the capture system\n",
	       p->host.crash_bytes >> 20, p->left_bytes >> 20);
	printf("command line (%zu of %" PRIu32 " bytes)\n  %s\n", strlen(pair->cmdline),
	       p->head.cmdline_bytes, pair->cmdline);
	if (!o->command_line && !o->reuse_cmdline)
		line_print(&p->line, &p->host);
	r = p->findings.fatal ? -1 : print_segments(root, p);
	printf("now      %s; nothing was changed\n", armed_words(p->host.armed));
	fflush(stdout);
	return r;
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

/* Of the production kernel too, which may have been replaced since; "": none was recorded. */
static void digest_back(const struct back *b, char ret[SHA256_TEXT])
{
	struct sha256 sum;

	ret[0] = '\0';
	if (!b->text)
		return;
	sha256_init(&sum);
	sha256_add(&sum, b->text, b->len);
	sha256_text(&sum, ret);
}

static int load_last_good(int root, const struct host *h, const struct last_good *l,
			  struct kexec_done *done)
{
	_close_ int initrd = attach_again(root, h, &l->pair.initrd);
	struct kexec_request q = request_of(root, h, &l->pair, initrd, l->record.call);

	return kexec_load_crash(&q, done);
}

/* Makes the best of a failed load; says at the end whether the machine is armed. */
static void roll_back(int root, const struct host *h, struct last_good *l)
{
	_close_ int kmsg = kmsg_mark(root);
	struct kexec_done done;
	int r;

	if (host_armed(root) == 1) {
		log_info("the crash kernel loaded before is still loaded: the machine is armed");
		return;
	}
	if (l->open) {
		r = load_last_good(root, h, l, &done);
		if (!r && host_armed(root) == 1) {
			log_info("the crash kernel loaded before (%s, %s) was loaded again: the "
				 "machine is armed",
				 l->pair.kernel.path, l->pair.initrd.path);
			return;
		}
		tell_failure(root, h, &done, r, kmsg, "loading the crash kernel before it again");
	} else if (l->recorded) {
		log_err("error: the crash kernel loaded before cannot be loaded again: %s was "
			"replaced and no copy was kept",
			l->lost);
	} else if (h->armed == 1) {
		log_err("error: the crash kernel loaded before was not loaded by kdump-loader and "
			"cannot be loaded again");
	}
	log_err("the machine is NOT ARMED: a crash now would not be captured");
}

static void save_record(int folder, const struct record *rec, const struct host *h)
{
	int r = folder >= 0 ? record_save(folder, rec, h->ram_bytes) : 0;

	if (r)
		log_warn("warning: /run/kdump-init: %s: no record of what is loaded", strerror(-r));
}

static int call(int root, int folder, const struct plan *p)
{
	_cleanup_(release_signals) sigset_t before;
	const struct image_pair *pair = &p->pair;
	_close_ int initrd = attach(&pair->initrd, &p->back);
	struct kexec_request q = request_of(root, &p->host, pair, initrd, p->call);
	_close_ int kmsg = kmsg_mark(root);
	struct last_good last = { .pair = { .kernel.fd = -1, .initrd.fd = -1 } };
	struct record rec = { .pair = p->pair, .foreign = p->foreign, .asked = p->call };
	struct kexec_done done;
	int r;

	hold_signals(&before);
	last_good_open(folder, &last);
	digest_back(&p->back, rec.back);
	machine_state_read(root, &rec.state);
	r = kexec_load_crash(&q, &done);
	if (r) {
		tell_failure(root, &p->host, &done, r, kmsg,
			     done.prepared ? "the kernel refused the crash kernel"
					   : "the crash kernel cannot be loaded");
		roll_back(root, &p->host, &last);
	}
	image_pair_close(&last.pair);
	if (r)
		return -1;
	rec.call = done.call;
	save_record(folder, &rec, &p->host);
	log_info("armed: kernel %s, initrd %s%s, about %" PRIu64 " of %" PRIu64
		 " MiB left for the capture system",
		 pair->kernel.path, pair->initrd.path,
		 done.call == KEXEC_SEGMENTS ? ", by kexec_load" : "", p->left_bytes >> 20,
		 p->host.crash_bytes >> 20);
	if (p->back.text)
		log_info("after a dump the running kernel is entered again without the firmware");
	return 0;
}

/* Is exactly this what is loaded, for the machine as it is now? */
static bool is_loaded(int root, int folder, const struct plan *p)
{
	char back[SHA256_TEXT];
	struct record rec;

	/* keys of dm-crypt are handed over by a load, and the old ones cannot be seen */
	if (p->host.armed != 1 || p->host.crypt_keys || folder < 0 || record_read(folder, &rec))
		return false;
	digest_back(&p->back, back);
	return image_same(&rec.pair.kernel.id, &p->pair.kernel.id) &&
	       image_same(&rec.pair.initrd.id, &p->pair.initrd.id) &&
	       !strcmp(rec.pair.cmdline, p->pair.cmdline) && rec.foreign == p->foreign &&
	       !strcmp(rec.back, back) && rec.asked == p->call &&
	       !machine_state_changed(root, &rec.state, rec.call == KEXEC_SEGMENTS);
}

/* What a dry run may look at. */
static int look_at_folder(int root)
{
	int folder = record_folder(root, false);

	return folder < 0 ? -1 : folder;
}

int arm_load(int root, const struct load_options *o)
{
	_close_ int lock = -1;
	_close_ int folder = o->dry_run ? look_at_folder(root)
					: lock_folder(root, o->reload ? "reload" : "load", &lock);
	struct plan p;
	int r = -1;

	if (folder == -EAGAIN)
		return -1;
	plan_make(root, o, &p);
	if (!p.findings.fatal && o->reload && is_loaded(root, folder, &p)) {
		tell_findings(&p.findings);
		log_info("nothing has changed since the crash kernel was loaded (%s, %s): it stays",
			 p.pair.kernel.path, p.pair.initrd.path);
		plan_close(&p);
		return 0;
	}
	check_way_back(&p.host, o->reload, &p.findings);
	tell_findings(&p.findings);
	if (o->dry_run && p.head.init_bytes)
		r = print_plan(root, o, &p);
	if (p.findings.fatal || (o->dry_run && r))
		log_err("%s: the machine is %s, as before",
			o->dry_run ? "a load would fail" : "nothing was loaded",
			armed_words(p.host.armed));
	else if (!o->dry_run)
		r = call(root, folder, &p);
	plan_close(&p);
	return r;
}

/* The pair that is loaded, once more; what: of the machine has changed. */
static int load_again(int root, int folder, const struct host *h, struct last_good *l,
		      const char *what)
{
	_cleanup_(release_signals) sigset_t before;
	_close_ int kmsg = kmsg_mark(root);
	struct record rec = l->record;
	struct kexec_done done;
	int r;

	hold_signals(&before);
	machine_state_read(root, &rec.state);
	r = load_last_good(root, h, l, &done);
	if (r) {
		tell_failure(root, h, &done, r, kmsg, "loading the crash kernel again");
		roll_back(root, h, l);
		return -1;
	}
	rec.call = done.call;
	/* the names that were recorded, though a copy may have been read */
	rec.pair.kernel.fd = l->pair.kernel.fd;
	rec.pair.initrd.fd = l->pair.initrd.fd;
	save_record(folder, &rec, h);
	log_info("loaded again, as the machine's %s changed: kernel %s, initrd %s", what,
		 rec.pair.kernel.path, rec.pair.initrd.path);
	return 0;
}

/* What forbids a load that nobody has asked for. */
static void check_refresh(const struct host *h, const struct last_good *l, struct findings *f)
{
	check_permission(h, "load the crash kernel again", f);
	check_way_back(h, true, f);
	if (h->crypt_keys)
		findings_error(f, "crypt-keys",
			       "keys in crash_dm_crypt_keys may have expired, and the load would "
			       "fail without them: put them there again and run kdump-loader "
			       "reload");
	if (!l->open)
		findings_error(f, "lost",
			       "%s was replaced and no copy was kept: run kdump-loader reload",
			       l->lost);
}

int arm_refresh(int root)
{
	_close_ int lock = -1;
	_close_ int folder = lock_folder(root, "hotplug", &lock);
	struct last_good last = { .pair = { .kernel.fd = -1, .initrd.fd = -1 } };
	const char *what = NULL;
	struct findings f = { 0 };
	struct host h;
	int r = 0;

	if (folder < 0)
		return -1;
	last_good_open(folder, &last);
	if (last.recorded && host_armed(root) == 1)
		what = machine_state_changed(root, &last.record.state,
					     last.record.call == KEXEC_SEGMENTS);
	if (what && !host_read(root, &h)) {
		check_refresh(&h, &last, &f);
		tell_findings(&f);
		r = f.fatal ? -1 : load_again(root, folder, &h, &last, what);
	}
	if (f.fatal)
		log_err("the machine's %s changed, and a dump would not have all of it", what);
	image_pair_close(&last.pair);
	return r;
}

int arm_unload(int root)
{
	_close_ int lock = -1;
	_close_ int folder = lock_folder(root, "unload", &lock);
	_close_ int kmsg = kmsg_mark(root);
	struct kexec_done done = { .call = KEXEC_FILE, .crash = true, .prepared = true };
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
	tell_findings(&f);
	r = f.fatal ? 0 : kexec_unload_crash(root, host_calls(h.limit_panic, 0));
	if (r)
		tell_failure(root, &h, &done, r, kmsg, "the kernel refused to unload");
	if (f.fatal || r) {
		log_err("the machine is %s", armed_words(host_armed(root)));
		return -1;
	}
	if (folder >= 0)
		record_remove(folder);
	log_info("unloaded: the machine is no longer armed");
	return 0;
}
