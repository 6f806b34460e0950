/* SPDX-License-Identifier: MIT */
/*
 * What an init does for the kernel it runs on: the pseudo file systems, the consoles, and the end.
 */
#ifndef INIT_SYSTEM_SYSTEM_H
#define INIT_SYSTEM_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/conf/conf.h"

#define SYSTEM_CLOCK_FILE "/run/clock-was-set" /* system_set_clock() */
#define SYSTEM_LOG_FILE	  "/run/kdump.log"     /* our lines so far, for the dump's folder */
#define SYSTEM_CONSOLES	  8		       /* as many as console= can name */
#define SYSTEM_VMCORE	  "/proc/vmcore"

struct system {
	int consoles[SYSTEM_CONSOLES];
	unsigned n_consoles;
	const char *core;      /* the crash: SYSTEM_VMCORE */
	int copy_fd;	       /* of SYSTEM_LOG_FILE; -1: none */
	unsigned mount_errors; /* set of the mounts that failed, which system_log() logs */
};

/*
 * Mounts proc, sys, devtmpfs and /run. A failure is noted, not fatal: what needs the mount will
 * say so.
 */
void system_mount(struct system *s);

/*
 * Opens /dev/null as each of the descriptors 0 to 2 that is not open, so that nothing opened later
 * is taken for one of them.
 */
void system_descriptors(void);

/*
 * Opens the log's outputs: each console with a terminal behind it, /dev/kmsg for the others
 * (netconsole, pstore, none at all), and SYSTEM_LOG_FILE.
 */
void system_log(struct system *s);

/* Is there a crashed kernel's memory to save? */
bool system_has_crash(void);

/* Does the clock stand before 2020, as on a machine without a battery for it? */
bool system_clock_is_lost(void);
/*
 * Sets it to what `by` told ("SNTP from 192.0.2.1"), and notes that in SYSTEM_CLOCK_FILE: seconds since
 * 1970 before and after, and who told, in one line.
 */
void system_set_clock(uint64_t now_s, const char *by);
/* One that is lost is set to the time of the crash, if that is known (not 0). */
void system_clock(uint64_t crash_time_s);

/* Waits until the consoles have sent what they hold; as long as that takes, so not in PID 1. */
void system_drain(const struct system *s);

/*
 * Sync, then reboot, halt, power off or enter the loaded kernel; if that returns, the poorer ways; if those return, sleeps
 * for ever.
 */
_Noreturn void system_finish(const struct system *s, enum conf_action action);

#endif
