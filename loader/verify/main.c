/* SPDX-License-Identifier: MIT */
/*
 * kdump-verify, which `kdump-loader verify` runs: would a crash now be captured? A virtual machine
 * runs this machine's kernel, loads the pair that is loaded here, and crashes; what its targets are
 * are empty files. Nothing of this machine is changed.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/log.h"
#include "loader/options.h"
#include "loader/proof/verified.h"
#include "loader/record.h"
#include "loader/verify/answer.h"
#include "loader/verify/buses.h"
#include "loader/verify/disks.h"
#include "loader/verify/guest.h"
#include "loader/verify/subject.h"
#include "loader/verify/trial.h"

enum exit_code { YES = 0, FAILED = 1, USAGE = 2, NO = 4 };
enum { LIMIT_S = 300, LIMIT_WITHOUT_KVM_S = 900 };

/* What was made of the targets. */
struct made {
	unsigned disks; /* that can take a dump */
	bool network;
};

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)type, (void)at;
	return remove(path);
}

static void remove_folder(const char *path)
{
	nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static int make_folder(char ret[PATH_MAX])
{
	const char *where = getenv("TMPDIR");

	/* /tmp may be memory */
	snprintf(ret, PATH_MAX, "%s/kdump-verify.XXXXXX", where ? where : "/var/tmp");
	return mkdtemp(ret) ? 0 : -errno;
}

static void add_nic(const struct devices *root, const struct conf *c, struct tool_words *w,
		    struct answer *a)
{
	const char *iface = c->nets[0].iface;
	char driver[64];
	const char *device = buses_find_nic(root, iface, c, driver);

	if (!device) {
		answer_note(a, "the network interface %s: its driver %s has no device in QEMU",
			    iface, driver);
		return;
	}
	tool_add(w, "-netdev");
	tool_add(w, "user,id=n0,restrict=on");
	tool_add(w, "-device");
	if (strchr(iface, ':'))
		tool_add(w, "%s,netdev=n0,mac=%s,romfile=", device, iface);
	else
		tool_add(w, "%s,netdev=n0,romfile=", device);
}

static struct made make_targets(int root, const struct subject *s, struct trial *t,
				struct answer *a)
{
	const struct conf *c = s->manifest.conf;
	struct devices here = devices_of(root);
	struct disks d = { .folder = t->folder, .conf = c, .root = &here };
	struct made made = { .network = c->n_nets };
	char why[300];

	for (unsigned i = 0; i < c->n_targets; i++) {
		const struct conf_target *target = &c->targets[i];

		if (disks_add(&d, target, &t->words, why))
			answer_note(a, "%s %s: %s", target->type, target->where, why);
		else
			made.disks++;
	}
	if (made.network)
		add_nic(&here, c, &t->words, a);
	return made;
}

/* With servers alone it comes as far as the network. */
static bool is_good(const struct verdict *v, const struct made *made)
{
	return verdict_is_good(v) || (!made->disks && v->stage >= VERDICT_TARGET);
}

static void try_out(int root, const struct subject *s, struct trial *t, struct answer *a)
{
	_close_ int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	struct made made;
	int r;

	trial_add_machine(t);
	made = make_targets(root, s, t, a);
	if (!made.disks && !made.network) {
		answer_unknown(a, "none of the targets can be made for a virtual machine");
		return;
	}
	r = self < 0 ? -errno : trial_write_initramfs(t, self);
	if (r) {
		answer_unknown(a, "%s: %s", t->folder, strerror(-r));
		return;
	}
	r = trial_run(t, &a->verdict);
	if (r && r != -ETIMEDOUT)
		answer_unknown(a, "%s failed: %s", TRIAL_QEMU,
			       r == -EIO ? a->verdict.last : strerror(-r));
	else if (is_good(&a->verdict, &made))
		a->result = ANSWER_YES;
	else
		answer_no_capture(a, r == -ETIMEDOUT);
}

/* What needs no machine to be known. */
static void judge_findings(const struct subject *s, struct answer *a)
{
	for (unsigned i = 0; i < s->findings.n; i++) {
		const struct finding *f = &s->findings.item[i];

		if (f->level == FINDING_ERROR)
			answer_no(a, f->text);
		/* the one before this */
		else if (!strcmp(f->id, "verified-no"))
			continue;
		else if (f->level == FINDING_STALE)
			answer_note(a, "%s", f->text);
	}
}

static void verify(int root, const struct subject *s, const struct loader_options *o,
		   struct answer *a)
{
	char folder[PATH_MAX];
	struct trial t = { .folder = folder,
			   .host = &s->host,
			   .kernel = s->production.fd < 0 ? &s->pair.kernel : &s->production,
			   .pair = &s->pair,
			   .call = s->call,
			   .has_kvm = !access("/dev/kvm", R_OK | W_OK),
			   .show = o->console };
	int r;

	if (s->manifest.state != MANIFEST_WHOLE) {
		answer_unknown(a,
			       "the initrd is not kdump-mkinitrd's: where it saves is not known");
		return;
	}
	if (!trial_serves(&s->host)) {
		answer_unknown(
			a,
			"the virtual machine that is made here is an x86_64, and this machine "
			"is %s: only a crash tells (kdump-loader test)",
			s->host.machine);
		return;
	}
	if (!tool_is_there(TRIAL_QEMU)) {
		answer_unknown(a,
			       "%s is not installed (the package is qemu-system-x86 or "
			       "qemu-kvm)",
			       TRIAL_QEMU);
		return;
	}
	trial_catch_signals();
	r = make_folder(folder);
	if (r) {
		answer_unknown(a, "%s: %s", folder, strerror(-r));
		return;
	}
	if (s->production.fd < 0)
		answer_note(a,
			    "the file of the running kernel %s was not found: the crash kernel "
			    "crashes in its place",
			    s->host.release);
	a->has_kvm = t.has_kvm;
	t.limit_s = o->timeout	? (unsigned)strtoul(o->timeout, NULL, 10)
		    : t.has_kvm ? LIMIT_S
				: LIMIT_WITHOUT_KVM_S;
	try_out(root, s, &t, a);
	tool_free(&t.words);
	remove_folder(folder);
}

/* For status and estimate; a machine whose /run is read-only does without. */
static void save_answer(int root, const struct subject *s, const struct answer *a)
{
	_close_ int folder = record_folder(root, true);
	struct verified v = { .good = a->result == ANSWER_YES,
			      .time_s = (uint64_t)time(NULL),
			      .used_bytes = a->verdict.used_mib << 20,
			      .initrd = s->pair.initrd.id };

	if (folder < 0 || a->result == ANSWER_UNKNOWN)
		return;
	snprintf(v.why, sizeof(v.why), "%.299s", a->why);
	verified_save(folder, &v);
}

static int usage(void)
{
	fputs("usage: kdump-loader verify [OPTION...]\n", stderr);
	options_print(stderr, loader_option_rows, 1u << LOADER_VERIFY);
	return USAGE;
}

int main(int argc, char **argv)
{
	static const enum exit_code codes[] = {
		[ANSWER_UNKNOWN] = FAILED, [ANSWER_YES] = YES, [ANSWER_NO] = NO
	};
	struct loader_options o = { .json = false };
	static struct subject s;
	static struct answer a;
	_close_ int root = -1;
	int r;

	if (getpid() == 1)
		guest_run();
	log_init("kdump-loader", LOG_INFO);
	signal(SIGCHLD, SIG_DFL);
	r = options_parse(loader_option_rows, 1u << LOADER_VERIFY, argc, argv, &o);
	if (r || optind < argc)
		return usage();
	root = open(o.root ? o.root : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root < 0) {
		log_err("error: %s: %s", o.root, strerror(errno));
		return FAILED;
	}
	tool_set_path();
	subject_open(root, &o.load, &s);
	a.reserved_mib = s.host.crash_bytes >> 20;
	judge_findings(&s, &a);
	if (a.result != ANSWER_NO)
		verify(root, &s, &o, &a);
	answer_print(&a, o.json);
	save_answer(root, &s, &a);
	subject_close(&s);
	return (int)codes[a.result];
}
