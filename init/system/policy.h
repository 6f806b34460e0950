/* SPDX-License-Identifier: MIT */
/*
 * What this kernel does when something goes wrong: its configuration, its command line and the
 * distribution chose that for a production system, which a panic saves from worse. A capture goes
 * on as long as anything is left that may save the dump, so PID 1 chooses anew, before the first
 * driver is loaded.
 */
#ifndef INIT_SYSTEM_POLICY_H
#define INIT_SYSTEM_POLICY_H

enum { POLICY_MAX = 32, POLICY_VALUE = 16 };

struct policy_change {
	const char
		*setting; /* "kernel.hung_task_panic", as sysctl(8) or the command line name it */
	char found[POLICY_VALUE];
	char now[POLICY_VALUE]; /* read back: the kernel may have refused */
};

struct policy {
	struct policy_change changes[POLICY_MAX];
	unsigned n;
};

/*
 * Sets the table of policy.c. root: "", or where a test has proc/sys and
 * sys/module. A setting that this kernel does not have is skipped.
 */
void policy_apply(const char *root, struct policy *ret);

/* One line for all that a stock kernel would not have had; one for each that could not be changed. */
void policy_tell(const struct policy *p);

#endif
