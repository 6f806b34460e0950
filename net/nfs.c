/* SPDX-License-Identifier: MIT */
#include "net/nfs.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/cleanup.h"

enum {
	PORTMAPPER = 111,
	/* a request is sent again after so long; with TCP each time so much longer */
	FIRST_WAIT_S = 5,
};

static const char *const texts[] = {
	[CONF_NFS_ANY] = "?",  [CONF_NFS_3] = "3",    [CONF_NFS_4] = "4",
	[CONF_NFS_40] = "4.0", [CONF_NFS_41] = "4.1", [CONF_NFS_42] = "4.2",
};

/* The newest first. */
static const enum conf_nfs_version ladder[] = { CONF_NFS_42, CONF_NFS_41, CONF_NFS_40, CONF_NFS_3 };

const char *nfs_version_text(enum conf_nfs_version v)
{
	return texts[v];
}

static bool is_wanted(enum conf_nfs_version wanted, enum conf_nfs_version v)
{
	return wanted == CONF_NFS_ANY || wanted == v || (wanted == CONF_NFS_4 && v != CONF_NFS_3);
}

enum conf_nfs_version nfs_version(const struct conf_target *t, unsigned n)
{
	enum conf_nfs_version wanted = conf_nfs_version(t);

	for (size_t i = 0; i < ARRAY_LEN(ladder); i++) {
		if (is_wanted(wanted, ladder[i]) && !n--)
			return ladder[i];
	}
	return CONF_NFS_ANY;
}

bool nfs_try_next(enum conf_nfs_version v, int r)
{
	/* EINVAL: a kernel that does not know the minor version */
	if (r == -EPROTONOSUPPORT || r == -EINVAL)
		return true;
	/* a server without a root for version 4 has the export under version 3 */
	return v != CONF_NFS_3 && (r == -ENOENT || r == -EACCES || r == -EPERM);
}

/* A server of version 3 alone may have any port, which its portmapper knows. */
static int find_once(const struct conf_target *t, uint64_t deadline_ms, struct peer *ret,
		     char why[PEER_WHY_BYTES])
{
	enum conf_nfs_version wanted = conf_nfs_version(t);
	struct conf_place at;
	char port[8];
	bool fixed = conf_nfs_option(t, "port", port, sizeof(port));
	_close_ int fd = -1;
	int r = conf_nfs_place(t, &at);

	if (r)
		return r;
	if (wanted == CONF_NFS_3 && !fixed)
		at.port = PORTMAPPER;
	r = peer_connect(&at, deadline_ms, &fd, ret, why);
	if (r != -ECONNREFUSED || wanted != CONF_NFS_ANY || fixed)
		return r;
	at.port = PORTMAPPER;
	return peer_connect(&at, deadline_ms, &fd, ret, why);
}

int nfs_find(const struct conf_target *t, uint64_t deadline_ms, struct peer *ret,
	     char why[PEER_WHY_BYTES])
{
	int r;

	do
		r = find_once(t, peer_attempt_ms(deadline_ms), ret, why);
	while (peer_again(r, deadline_ms));
	return r;
}

/* What of the line's options goes on to the kernel beside what is said here. */
static int add_options(const struct conf_target *t, size_t n, char ret[NFS_DATA_BYTES])
{
	static const char *const ours[] = { "vers",	  "nfsvers", "proto",
					    "mountproto", "nolock",  "sec" };

	for (const char *at = t->options; at && *at; at += *at == ',') {
		size_t len = strcspn(at, ","), name = strcspn(at, ",=");
		bool skip = false;

		for (size_t i = 0; i < ARRAY_LEN(ours); i++)
			skip |= strlen(ours[i]) == name && !strncmp(ours[i], at, name);
		if (!skip)
			n += (size_t)snprintf(ret + n, NFS_DATA_BYTES - n, ",%.*s", (int)len, at);
		if (n >= NFS_DATA_BYTES)
			return -ENAMETOOLONG;
		at += len;
	}
	return 0;
}

int nfs_data(const struct conf_target *t, enum conf_nfs_version v, const struct peer *server,
	     unsigned stall_s, char ret[NFS_DATA_BYTES])
{
	unsigned tries = stall_s / FIRST_WAIT_S;
	char address[PEER_TEXT_BYTES];
	int n;

	peer_text(server, address);
	n = snprintf(ret, NFS_DATA_BYTES, "vers=%s,addr=%s,sec=sys,soft,timeo=%u,retrans=%u%s",
		     texts[v], address, FIRST_WAIT_S * 10, tries > 1 ? tries - 1 : 1,
		     v == CONF_NFS_3 ? ",nolock" : "");
	return add_options(t, (size_t)n, ret);
}

static const struct {
	int error;
	const char *why;
} reasons[] = {
	{ EACCES, "the server does not let this host have it, or has no such export (see its "
		  "exports)" },
	{ EPERM, "the server does not let this host have it (see its exports, and `secure`)" },
	{ ENOENT, "the server has no such export" },
	{ ENOTDIR, "what the server exports is no directory" },
	{ EPROTONOSUPPORT, "the server or this kernel has no such version of NFS (is the module "
			   "nfsv3 or nfsv4 in the image?)" },
	{ EOPNOTSUPP, "the server's portmapper knows no mount service (is rpc.mountd up there?)" },
	{ EINVAL, "this kernel does not understand the options" },
	{ ETIMEDOUT, "the server does not answer" },
	{ EIO, "the server does not answer" },
	{ ECONNREFUSED, "the server takes no connections" },
	{ ENODEV, "this kernel has no nfs driver (is its module in the image?)" },
	{ EROFS, "the export is read-only" },
	{ ESTALE, "the server has forgotten the export; mount it anew there" },
};

const char *nfs_mount_error(int r)
{
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++) {
		if (r == -reasons[i].error)
			return reasons[i].why;
	}
	return strerror(-r);
}
