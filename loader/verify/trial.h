/* SPDX-License-Identifier: MIT */
/*
 * A virtual machine that crashes and captures: its files, QEMU's command line, its console.
 */
#ifndef LOADER_VERIFY_TRIAL_H
#define LOADER_VERIFY_TRIAL_H

#include "loader/host.h"
#include "loader/kexec/image.h"
#include "loader/kexec/kexec.h"
#include "loader/verify/tool.h"
#include "loader/verify/verdict.h"

#define TRIAL_QEMU "qemu-system-x86_64"

struct trial {
	const char *folder;	    /* for its files */
	const struct host *host;    /* the machine whose crash it is */
	const struct image *kernel; /* that crashes */
	const struct image_pair *pair;
	enum kexec_call call;	 /* by which the pair is loaded there */
	struct tool_words words; /* QEMU's; disks and interfaces are added by the caller */
	unsigned limit_s;
	bool has_kvm;
	bool show; /* the console, on standard error */
};

/* Is the virtual machine one of this machine's architecture? */
bool trial_serves(const struct host *h);

/* Writes the initramfs of the production kernel. self: this program, as a descriptor. 0 or -errno. */
int trial_write_initramfs(const struct trial *t, int self);

/* QEMU's words but for disks and interfaces. */
void trial_add_machine(struct trial *t);

/* From now on SIGHUP, SIGINT and SIGTERM end trial_run(), so that its files can be removed. */
void trial_catch_signals(void);

/*
 * Runs it until it ends, has told all, or limit_s is over. 0; -ETIMEDOUT, with what came so far;
 * -EINTR: one of these signals came; -EIO: QEMU itself failed, and v->last is its last line, or what
 * killed it; -errno.
 */
int trial_run(const struct trial *t, struct verdict *v);

#endif
