/* SPDX-License-Identifier: MIT */
/*
 * The key that a capture reaches its SSH servers with: made, and installed there, by OpenSSH's own
 * programs, as kdumpctl propagate does.
 */
#ifndef LOADER_SSH_PROPAGATE_H
#define LOADER_SSH_PROPAGATE_H

/*
 * For each ssh and sftp target of etc/kdump.conf below root (a path, "" for the running system):
 * the key of `sshkey`, or a usual one, or a new ed25519 key without a passphrase; ssh-copy-id
 * installs it, and asks whoever sits there for the server's password and host key; a connection
 * with the key alone shows that it works. Says what it does. 0, or a negative errno: of one server
 * at least.
 */
int propagate_run(const char *root);

#endif
