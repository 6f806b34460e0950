/* SPDX-License-Identifier: MIT */
/*
 * A folder on an SFTP server: the vmcore is as on a disk.
 */
#include "init/remote/targets.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "init/remote/netup.h"
#include "init/remote/ssh_setup.h"
#include "lib/conf/target/conf_kind.h"
#include "net/ssh/sftp.h"

static const char *sftp_target_error(const struct target_file *f)
{
	return sftp_error(f->own);
}

static void sftp_target_incomplete(struct target_file *f)
{
	sftp_suffix(f->own, TARGET_INCOMPLETE);
}

static int folder_path(const struct target *t, char *ret, size_t size)
{
	return (size_t)snprintf(ret, size, "%s/%s", t->conf->path, t->folder) < size
		       ? 0
		       : -ENAMETOOLONG;
}

static int sftp_target_create(const struct target *t, const char *name, struct target_file *ret,
			      struct child *self)
{
	struct sftp *s = NULL;
	char dir[512];
	int r = folder_path(t, dir, sizeof(dir));

	r = r ? r : sftp_open(t->connection, dir, name, netup_stall_s(t), &s);
	if (r) {
		if (sftp_error(s)[0])
			child_why(self, "%s: %s", name, sftp_error(s));
		sftp_free(s);
		return r;
	}
	*ret = (struct target_file){ .sink = sftp_sink(s),
				     .error = sftp_target_error,
				     .incomplete = sftp_target_incomplete,
				     .own = s };
	return 0;
}

static int sftp_target_space(const struct target *t, uint64_t *ret, struct child *self)
{
	char why[SSH_WHY_BYTES];
	int r = sftp_space(t->connection, t->conf->path, netup_stall_s(t), ret, why);

	if (r == -ENOTSUP)
		child_why(self, "the server does not tell what is free");
	else if (r && why[0])
		child_why(self, "%s", why);
	return r;
}

const struct target_kind target_sftp = {
	.ready = CONF_NETWORK_READY,
	.open = netup_open,
	.connect = ssh_setup_connect,
	.create = sftp_target_create,
	.space = sftp_target_space,
};
