/* SPDX-License-Identifier: MIT */
/*
 * What is found on the running machine: which block device a target means and what it holds,
 * which interface the network is reached by, and the drivers between the processor and both.
 * Everything is read below a root folder ("" is the machine itself), so that a test can hand in
 * another /sys, /dev and /proc.
 */
#ifndef MKINITRD_HOST_MACHINE_H
#define MKINITRD_HOST_MACHINE_H

#include <limits.h>
#include <net/if.h>
#include <stdbool.h>

#include "lib/block/blockname.h"
#include "lib/block/superblock.h"
#include "mkinitrd/fault.h"
#include "mkinitrd/kernel/kmods.h"

struct netstate;

struct machine {
	const char *root;
	const char *dm_tables; /* folder with device-mapper tables; NULL: the kernel is asked */
	const struct netstate *net; /* NULL: files below root tell the interface */
	bool same_kernel; /* the image is for the running kernel: what is built in here is there */
};

struct machine_disk {
	char name[NAME_MAX + 1]; /* in /sys/class/block */
	struct superblock fs;	 /* type NULL: none that is known */
	struct blockname names;
	const char *holds; /* where fs.type is NULL: a literal, or NULL */
};

struct machine_nic {
	char name[IFNAMSIZ];
	char mac[18];
};

/* where: /dev/NAME (or a link to it) or one of blockname.h's names. 0 or -errno with *f. */
int machine_find_disk(const struct machine *m, const char *where, struct machine_disk *ret,
		      struct fault *f);

/*
 * What the crash kernel, in which nodes may be called otherwise, finds the device by: UUID= of the
 * file system (if by_fs), else PARTUUID=, else DISK=. False: it has nothing, ret is its node.
 */
bool machine_lasting_name(const struct machine_disk *d, bool by_fs, char *ret, size_t size);

/*
 * iface: a name, a MAC address or "auto" (the owner of the default route). Only interfaces with
 * hardware behind them. 0 or -errno with *f.
 */
int machine_find_nic(const struct machine *m, const char *iface, struct machine_nic *ret,
		     struct fault *f);

/* Puts the drivers of the device and of all it is attached to on the list, the outermost first. */
int machine_want_disk(const struct machine *m, const char *name, struct kmods *mods,
		      struct fault *f);
int machine_want_nic(const struct machine *m, const char *name, struct kmods *mods,
		     struct fault *f);
/* The same for any device, by its folder below /sys. */
int machine_want_device(const struct machine *m, const char *folder, struct kmods *mods,
			struct fault *f);

/* The same for all devices of a btrfs that is mounted. */
int machine_want_btrfs(const struct machine *m, const char *uuid, struct kmods *mods,
		       struct fault *f);
/* The same for all virtio devices of a kind; -ENODEV, without *f, when there are none. */
int machine_want_virtio(const struct machine *m, unsigned id, struct kmods *mods, struct fault *f);

/* The machine's name, for dump folders; "" if it has none. */
void machine_hostname(const char *root, char *ret, size_t size);

#endif
