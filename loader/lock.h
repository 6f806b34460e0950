/* SPDX-License-Identifier: MIT */
/*
 * One kdump-loader at a time: whoever changes what is loaded holds the lock file of
 * /run/kdump-init, and says in it who that is.
 */
#ifndef LOADER_LOCK_H
#define LOADER_LOCK_H

#include <stdint.h>

#define LOCK_WAIT_MS 10000

/* Who holds the lock, as its file says; pid 0: it does not say. */
struct lock_holder {
	int pid;
	char command[24];
	int64_t since_ms; /* clock_boot_ms() of then */
};

/*
 * Takes the lock for a command of this program (a literal) in folder, a descriptor of
 * /run/kdump-init; waits for it up to wait_ms. A descriptor that holds the lock while it is open;
 * -EAGAIN: *ret_holder has it all the time; -errno.
 */
int lock_take(int folder, const char *command, unsigned wait_ms, struct lock_holder *ret_holder);

/*
 * Waits up to LOCK_WAIT_MS for whoever changes what is loaded, so that its record is there again.
 * *ret_lock keeps others from beginning while it is open; -1: there is no lock, it is not for this
 * user, or it is held all the time: what is there can be looked at all the same.
 */
void lock_look(int folder, int *ret_lock);

/*
 * The folder below root, made if it is not there, and its lock, waited for LOCK_WAIT_MS. Returns
 * the folder, and the lock in *ret_lock. A failure is told: -EAGAIN: nothing may be changed now;
 * another -errno: the folder is a convenience, and a read-only /run must not keep a machine from
 * being armed.
 */
int lock_folder(int root, const char *command, int *ret_lock);

#endif
