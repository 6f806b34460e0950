/* SPDX-License-Identifier: MIT */
/*
 * How long what has no directive in the config may take, in seconds. A step that is not done by
 * then is killed and the capture goes on with the next poorer one. The others:
 * init/capture/budget.h.
 */
#ifndef INIT_SYSTEM_LIMITS_H
#define INIT_SYSTEM_LIMITS_H

enum {
	LIMIT_CONFIG_S = 10,
	LIMIT_MODULES_S = 300, /* all of them */
	LIMIT_MODULE_S = 90,   /* one: its driver may hang */
	LIMIT_CONNECT_S = 30,
	LIMIT_LOOK_S = 5, /* for one disk's superblocks, then others are asked first */
	LIMIT_SYNC_S = 60,
	LIMIT_SYNC_STUCK_S = 10, /* with a disk that hangs it never ends */
	LIMIT_DRAIN_S = 3,	 /* the last lines on a serial line */
	LIMIT_REBOOT_S = 30,
	LIMIT_KILL_S = 10,     /* from SIGKILL to the end, else it is stuck */
	LIMIT_KILL_LOOK_S = 1, /* the same where it only read (LIMIT_LOOK_S) */
};

#endif
