// SPDX-License-Identifier: MIT
/*
 * Ways in which a kernel dies: insmod crasher.ko way=NAME. The functions' names are what a backtrace
 * must show.
 */
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/nmi.h>
#include <linux/rcupdate.h>
#include <linux/version.h>

static char *way = "";
module_param(way, charp, 0);

static noinline void crasher_null(void)
{
	*(volatile int *)8 = 1;
}

static noinline void crasher_bug(void)
{
	BUG();
}

static noinline int crasher_stack(int depth)
{
	volatile char room[512];

	if (depth < 0)
		return 0;
	room[0] = (char)depth;
	/* not a tail call */
	return crasher_stack(depth + 1) + room[0];
}

static noinline enum hrtimer_restart crasher_interrupt(struct hrtimer *t)
{
	crasher_null();
	return HRTIMER_NORESTART;
}

static struct hrtimer timer;

static void start_timer(void)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 15, 0)
	hrtimer_setup(&timer, crasher_interrupt, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
#else
	hrtimer_init(&timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	timer.function = crasher_interrupt;
#endif
	hrtimer_start(&timer, ms_to_ktime(10), HRTIMER_MODE_REL);
}

static noinline int crasher_hung(void *unused)
{
	set_current_state(TASK_UNINTERRUPTIBLE);
	schedule();
	return 0;
}

static noinline void crasher_soft_lockup(void)
{
	preempt_disable();
	for (;;)
		cpu_relax();
}

static noinline void crasher_hard_lockup(void)
{
	local_irq_disable();
	for (;;)
		cpu_relax();
}

static noinline void crasher_rcu_stall(void)
{
	rcu_read_lock();
	preempt_disable();
	for (;;) {
		touch_softlockup_watchdog();
		cpu_relax();
	}
}

/* A page fault whose frame cannot be pushed. */
static noinline void crasher_double_fault(void)
{
	asm volatile("xor %%rsp, %%rsp\n\tpush %%rax" : : : "memory");
}

static int __init crasher_init(void)
{
	if (!strcmp(way, "null"))
		crasher_null();
	else if (!strcmp(way, "bug"))
		crasher_bug();
	else if (!strcmp(way, "stack"))
		crasher_stack(0);
	else if (!strcmp(way, "interrupt"))
		start_timer();
	else if (!strcmp(way, "hung"))
		kthread_run(crasher_hung, NULL, "crasher_hung");
	else if (!strcmp(way, "soft-lockup"))
		crasher_soft_lockup();
	else if (!strcmp(way, "hard-lockup"))
		crasher_hard_lockup();
	else if (!strcmp(way, "rcu-stall"))
		crasher_rcu_stall();
	else if (!strcmp(way, "double-fault"))
		crasher_double_fault();
	else
		return -EINVAL;
	return 0;
}
module_init(crasher_init);
MODULE_DESCRIPTION("ways in which a kernel dies");
MODULE_LICENSE("Dual MIT/GPL");
