/* SPDX-License-Identifier: MIT */
/*
 * An export of an NFS server: bring the network up, find the server, mount(2). From then on it is a
 * folder like those of disks.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "init/remote/netup.h"
#include "init/remote/targets.h"
#include "init/target/target_mount.h"
#include "net/deadline.h"
#include "net/nfs.h"

/* The versions one after the other; what the first one said is what counts. */
static int mount_export(const struct target *t, const struct peer *server,
			enum conf_nfs_version *ret, struct child *self)
{
	char data[NFS_DATA_BYTES];
	int r, why = -EPROTONOSUPPORT;

	for (unsigned n = 0; (*ret = nfs_version(t->spec, n)) != CONF_NFS_ANY; n++) {
		r = nfs_data(t->spec, *ret, server, netup_stall_s(t), data);
		r = r ? r : target_mount_try(t, t->spec->where, "nfs", data);
		if (!r)
			return 0;
		/* that a version is not there says less than anything else */
		if (why == -EPROTONOSUPPORT || !nfs_try_next(*ret, r))
			why = r;
		if (!nfs_try_next(*ret, r))
			break;
	}
	child_why(self, "mount: %s", nfs_mount_error(why));
	return why;
}

static int nfs_open(const struct target *t, char *what, size_t size, struct child *self)
{
	uint64_t began_ms = deadline_in_ms(0);
	char why[PEER_WHY_BYTES], address[PEER_TEXT_BYTES];
	enum conf_nfs_version version;
	struct peer server;
	int r;

	snprintf(what, size, "%s (NFS)", t->spec->where);
	r = netup(t->conf, t->spec, self);
	if (r)
		return r;
	r = nfs_find(t->spec, netup_server_ms(t->conf, began_ms), &server, why);
	if (r) {
		child_why(self, "%s", why);
		return r;
	}
	peer_text(&server, address);
	r = mount_export(t, &server, &version, self);
	snprintf(what, size, "%s (%s, NFS%s%s)", t->spec->where, address, r ? "" : " ",
		 r ? "" : nfs_version_text(version));
	return r;
}

const struct target_kind target_nfs = {
	.ready = "mounted",
	.open = nfs_open,
	.create = target_mount_create,
	.make_room = target_mount_make_room,
	.space = target_mount_space,
	.folder = target_mount_folder,
	.close = target_mount_close,
};
