/* SPDX-License-Identifier: MIT */
/*
 * The hardware watchdogs: one that the crashed kernel armed goes on counting, and a hang of this
 * kernel or of PID 1 is worth a reset. They are opened as soon as their driver is there, fed from
 * child_run() alone (while a step is within its limits), and left armed into the reboot. Until
 * somebody opens it, a driver that finds its hardware running may feed it by itself
 * (CONFIG_WATCHDOG_HANDLE_BOOT_ENABLED); before that driver is loaded nobody does.
 */
#ifndef INIT_SYSTEM_WATCHDOG_H
#define INIT_SYSTEM_WATCHDOG_H

#define WATCHDOG_LEAVE_S   300 /* watchdog_leave()'s */
#define WATCHDOG_TIMEOUT_S 60  /* from the last sign of life to the reset, where it can be set */

/* From now on child_run() looks for <root>/dev/watchdogN and feeds them. root is borrowed. */
void watchdog_start(const char *root);

/*
 * Stops them, for an action after which this machine is to stay as it is. One that cannot be
 * stopped (nowayout) is logged: it will reset the machine.
 */
void watchdog_stop(void);

/*
 * Feeds them for the last time and gives them as long as a system takes to boot, or as they can, for
 * a kernel that is entered without the firmware: they stay armed.
 */
void watchdog_leave(void);

/* In a child: closes its copies, so that nothing in there can write to them. */
void watchdog_forget(void);

#endif
