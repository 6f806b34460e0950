/* SPDX-License-Identifier: MIT */
/*
 * How long each step of a capture may take, in seconds. A step that is not done by then is killed
 * and the story goes on with the next poorer one.
 */
#ifndef INIT_LIMITS_H
#define INIT_LIMITS_H

enum {
	LIMIT_CONFIG_S		= 10,
	LIMIT_MODULES_S		= 300,	/* all of them */
	LIMIT_MODULE_S		= 90,	/* one: its driver may hang */
	LIMIT_IDENTIFY_S	= 60,
	LIMIT_OPEN_S		= 120,	/* probing and mounting, beyond target_timeout */
	LIMIT_DMESG_S		= 120,
	LIMIT_VMCORE_S		= 4 * 3600,
	LIMIT_STALL_S		= 120,	/* of a dump in which nothing moves */
	LIMIT_STREAM_STALL_S	= 90,	/* the same inside a transfer, which can say why */
	LIMIT_CONNECT_S		= 30,
	LIMIT_REPORT_S		= 60,
	LIMIT_CLOSE_S		= 60,
	LIMIT_SYNC_S		= 60,
	LIMIT_DRAIN_S		= 3,	/* the last lines on a serial line */
	LIMIT_REBOOT_S		= 30,
	LIMIT_KILL_S		= 10,	/* from SIGKILL to the end, else it is stuck */
};

#endif
