/* SPDX-License-Identifier: MIT */
/*
 * What ssh and sftp targets do alike: the network, the helper that starts clients.
 */
#ifndef INIT_REMOTE_SSH_SETUP_H
#define INIT_REMOTE_SSH_SETUP_H

#include "init/target/target.h"
#include "net/ssh/ssh.h"

/* struct target_kind's. connect: t->connection becomes a struct ssh. */
int ssh_setup_open(const struct target *t, char *what, size_t size, struct child *self);
int ssh_setup_connect(struct target *t, struct child *self);

/* Seconds without a byte: sooner than PID 1 loses patience, as the transfer itself can say why. */
unsigned ssh_setup_stall_s(const struct target *t);

#endif
