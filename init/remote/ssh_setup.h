/* SPDX-License-Identifier: MIT */
/*
 * What ssh and sftp targets do alike: the helper that starts clients.
 */
#ifndef INIT_REMOTE_SSH_SETUP_H
#define INIT_REMOTE_SSH_SETUP_H

#include "init/target/target.h"
#include "net/ssh/ssh.h"

/* connect of a struct target_kind: t->connection becomes a struct ssh. */
int ssh_setup_connect(struct target *t, struct child *self);

#endif
