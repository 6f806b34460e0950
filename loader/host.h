/* SPDX-License-Identifier: MIT */
/*
 * What the running system says about crash kernels: /proc and /sys below a root folder, so that
 * a test hands in another machine's.
 */
#ifndef LOADER_HOST_H
#define LOADER_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "loader/kexec/arch.h"
#include "loader/kexec/cmdline.h"

#define HOST_MAX_RANGES 4
#define HOST_UNKNOWN	(-1)

struct host_range {
	uint64_t start, bytes;
};

/* A hang or an error that is captured only if this sysctl is not 0. */
struct host_hang {
	const char *name, *path, *what;
};

extern const struct host_hang host_hangs[];
extern const unsigned host_n_hangs;

struct host {
	char release[65];	       /* as uname -r */
	char machine[65];	       /* as uname -m */
	const struct kexec_arch *arch; /* of it; NULL: not one of this program's */
	uint64_t page_bytes;	       /* of the running kernel */
	char cmdline[CMDLINE_BYTES];
	int armed;	      /* 1, 0; HOST_UNKNOWN: a kernel without crash kexec */
	uint64_t crash_bytes; /* reserved in all; 0: nothing */
	/* Highest first: that one takes the image. None if /proc/iomem hides the addresses. */
	struct host_range crash[HOST_MAX_RANGES];
	unsigned n_crash;
	uint64_t elfcorehdr_bytes;	/* the kernel's ELF header; 0: it does not say */
	uint64_t ram_bytes, free_bytes; /* MemTotal, MemAvailable; 0: unknown */
	unsigned cpus;			/* online; 0: unknown */
	bool load_disabled;		/* kernel.kexec_load_disabled */
	int limit_panic;		/* loads left; HOST_UNKNOWN: no limit */
	int limit_reboot;		/* the same of normal images */
	int panic_on_oops;		/* 0, 1, HOST_UNKNOWN */
	int panic_s;			/* kernel.panic */
	unsigned hangs_off; /* bits: hangs and errors of host_hangs[] that do not panic */
	bool locked_down;
	bool secure_boot;
	bool may_boot;	 /* CAP_SYS_BOOT */
	bool five_level; /* runs with 5-level page tables */
	bool encrypted;	 /* AMD's memory encryption (SME) is active */
	int boot_apicid; /* of processor 0, or CMDLINE_NO_APICID */
	bool crypt_keys; /* keys wait in crash_dm_crypt_keys */
};

/*
 * root: descriptor of the root folder. What cannot be read keeps its "unknown" value. 0, or
 * -errno if there is no /proc.
 */
int host_read(int root, struct host *ret);

/* Is a crash kernel loaded? 1, 0, HOST_UNKNOWN. */
int host_armed(int root);

/*
 * Loads and unloads that kernel.kexec_load_limit_panic (crash) or _reboot still allow;
 * HOST_UNKNOWN: no limit.
 */
int host_limit(int root, bool crash);

/* Is a normal image loaded? 1, 0, HOST_UNKNOWN. */
int host_loaded(int root);

/*
 * How many calls may be made now for a crash image or a normal one, so that `keep` more are left:
 * what struct kexec_request wants as max_calls, at least 1.
 */
unsigned host_calls(int limit, unsigned keep);

/* y, m, n of CONFIG_<name> in /boot/config-<release>; '?' if that file cannot be read. */
char host_config(int root, const char *release, const char *name);

#endif
