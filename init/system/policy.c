/* SPDX-License-Identifier: MIT */
/*
 * One table: setting, value, why. What only prints stays as it is: a line about a task that
 * hangs, a CPU or a queue that is stuck is wanted in the log of a capture.
 */
#include "init/system/policy.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/io.h"
#include "lib/log.h"

static const struct rule {
	const char *setting;
	const char *want; /* NULL: cannot be changed, only told */
	const char *bad;  /* the only value that is changed; NULL: all others */
	bool parameter;	  /* of a module, built in or loaded; else a sysctl */
	bool usual;	  /* stock kernels differ as well: no line on the console */
} rules[] = {
	/*
	 * An oops ends the task that made it, here a child of PID 1: the next rung or target may
	 * do better. One in PID 1 or in an interrupt is a panic all the same, and before PID 1
	 * runs, where an oops leaves nobody to end the boot, the kernel's own choice holds.
	 */
	{ .setting = "kernel.panic_on_oops", .want = "0" },
	/* so many until it panics all the same; this is the kernel's default (6.2), 0 is no limit */
	{ .setting = "kernel.oops_limit", .want = "10000" },
	{ .setting = "kernel.panic_on_warn", .want = "0" },
	{ .setting = "kernel.warn_limit", .want = "0" },

	/* a disk that hangs is what the limits of steps and targets are for */
	{ .setting = "kernel.hung_task_panic", .want = "0" },
	{ .setting = "workqueue.panic_on_stall", .want = "0", .parameter = true },
	{ .setting = "workqueue.panic_on_stall_time", .want = "0", .parameter = true },
	/* a busy host that gives a virtual CPU no time looks the same */
	{ .setting = "kernel.softlockup_panic", .want = "0" },
	{ .setting = "kernel.panic_on_rcu_stall", .want = "0" },
	{ .setting = "smp.panic_on_ipistall", .want = "0", .parameter = true },
	/*
	 * A CPU that takes no interrupt for a minute takes none again, and with one CPU PID 1 will
	 * not run any more: here a panic, which reboots, is the better end. After the usual ten
	 * seconds it is not: drivers reset dead hardware that long with interrupts off.
	 */
	{ .setting = "kernel.watchdog_thresh", .want = "60", .usual = true },
	{ .setting = "kernel.hardlockup_panic", .want = "1", .usual = true },
	/* a panic that does not reboot, such as that of a dead PID 1, would hang the machine for ever */
	{ .setting = "kernel.panic", .want = "10", .bad = "0" },

	/* the button of an impatient administrator, and hardware that the dead kernel left upset */
	{ .setting = "kernel.unknown_nmi_panic", .want = "0" },
	{ .setting = "kernel.panic_on_io_nmi", .want = "0" },
	{ .setting = "kernel.panic_on_unrecovered_nmi", .want = "0" },
	/* memory that is bad is the process's or the page's end, not the capture's */
	{ .setting = "vm.memory_failure_recovery", .want = "1" },
	{ .setting = "edac_core.edac_mc_panic_on_ue", .want = "0", .parameter = true },
	{ .setting = "edac_core.edac_pci_panic_on_pe", .want = "0", .parameter = true },

	/* the dumper may be killed for its memory, and the next rung takes less */
	{ .setting = "vm.panic_on_oom", .want = "0" },
	/* what would fit by a strict count is less than what is there */
	{ .setting = "vm.overcommit_memory", .want = "0", .bad = "2" },
	/* memory that nobody here uses */
	{ .setting = "vm.nr_hugepages", .want = "0" },

	/* one way only */
	{ .setting = "kernel.modules_disabled", .bad = "1" },
};

_Static_assert(ARRAY_LEN(rules) <= POLICY_MAX, "POLICY_MAX is too small");

static void path_of(const struct rule *r, const char *root, char *buf, size_t size)
{
	int module = (int)strcspn(r->setting, ".");
	char *dot;

	if (r->parameter) {
		snprintf(buf, size, "%s/sys/module/%.*s/parameters/%s", root, module, r->setting,
			 r->setting + module + 1);
		return;
	}
	snprintf(buf, size, "%s/proc/sys/%s", root, r->setting);
	dot = strrchr(buf, '.');
	if (dot)
		*dot = '/';
}

/* The first word; false where this kernel has no such setting. */
static bool value_of(const char *path, char *buf)
{
	char text[64];

	if (io_read_file(AT_FDCWD, path, text, sizeof(text), NULL))
		return false;
	text[strcspn(text, " \t\n")] = '\0';
	snprintf(buf, POLICY_VALUE, "%.*s", POLICY_VALUE - 1, text);
	return true;
}

static void put_value(const char *path, const char *value)
{
	_close_ int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);

	/* whether it was taken is read back */
	if (fd >= 0)
		io_write(fd, value, strlen(value));
}

static void apply(const struct rule *r, const char *root, struct policy *p)
{
	struct policy_change *c = &p->changes[p->n];
	char path[256];

	path_of(r, root, path, sizeof(path));
	if (!value_of(path, c->found))
		return;
	if (r->bad ? strcmp(c->found, r->bad) : !strcmp(c->found, r->want))
		return;
	if (r->want)
		put_value(path, r->want);
	c->setting = r->setting;
	if (!value_of(path, c->now))
		c->now[0] = '\0';
	p->n++;
}

void policy_apply(const char *root, struct policy *ret)
{
	ret->n = 0;
	for (unsigned i = 0; i < ARRAY_LEN(rules); i++)
		apply(&rules[i], root, ret);
}

static const struct rule *rule_of(const struct policy_change *c)
{
	const struct rule *r = rules;

	while (strcmp(r->setting, c->setting))
		r++;
	return r;
}

void policy_tell(const struct policy *p)
{
	char names[768] = "";
	size_t n = 0;

	for (unsigned i = 0; i < p->n; i++) {
		const struct policy_change *c = &p->changes[i];
		const struct rule *r = rule_of(c);

		if (!r->want || strcmp(c->now, r->want))
			log_err("policy: %s: is %s and cannot be changed: take it from the crash "
				"kernel's command line",
				c->setting, c->now);
		else if (!r->usual && n < sizeof(names))
			n += (size_t)snprintf(names + n, sizeof(names) - n, " %s", c->setting);
	}
	if (n)
		log_info("policy: changed, as a capture must go on:%s", names);
}
