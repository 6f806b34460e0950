/* SPDX-License-Identifier: MIT */
/*
 * What mount(2) of an NFS export needs that a helper program gives it elsewhere: the server's
 * address, a version that both have, and time limits. The protocol itself, the portmapper and MOUNT
 * of version 3 included, is the kernel's (fs/nfs/fs_context.c reads the text, fs/nfs/mount_clnt.c
 * asks for the export).
 */
#ifndef NET_NFS_H
#define NET_NFS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/conf/target/conf_nfs.h"
#include "net/peer.h"

#define NFS_DATA_BYTES 512

/*
 * The address of t's server at which something answers TCP, asked again and again until
 * deadline_ms. 0, or -errno with why.
 */
int nfs_find(const struct conf_target *t, uint64_t deadline_ms, struct peer *ret,
	     char why[PEER_WHY_BYTES]);

/*
 * The version to try as the n-th (from 0) where t asks for what it asks; CONF_NFS_ANY: there is
 * none left.
 */
enum conf_nfs_version nfs_version(const struct conf_target *t, unsigned n);

/* May another version succeed where mount(2) of version v returned r? */
bool nfs_try_next(enum conf_nfs_version v, int r);

/*
 * The text for mount(2). A server that does not answer is an error after stall_s seconds (soft),
 * so that nobody waits for one that went away for good.
 */
int nfs_data(const struct conf_target *t, enum conf_nfs_version v, const struct peer *server,
	     unsigned stall_s, char ret[NFS_DATA_BYTES]);

/* "4.2" */
const char *nfs_version_text(enum conf_nfs_version v);

/* What mount(2)'s error means, in a sentence. */
const char *nfs_mount_error(int r);

#endif
