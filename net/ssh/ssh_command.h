/* SPDX-License-Identifier: MIT */
/*
 * What a shell on an SSH server is asked to do with a file of a dump. Pure.
 */
#ifndef NET_SSH_SSH_COMMAND_H
#define NET_SSH_SSH_COMMAND_H

#include "net/ssh/ssh.h"

/* What the first command says before it takes a byte. */
#define SSH_COMMAND_READY "kdump-init: ready"

/*
 * "Make path/folder, say SSH_COMMAND_READY, and take the standard input as NAME.partial in it". name:
 * plain letters, as those of a dump's files are; path and folder may have any byte. -ENAMETOOLONG.
 */
int ssh_command_take(const char *path, const char *folder, const char *name,
		     char ret[SSH_COMMAND_BYTES]);

/*
 * "NAME.partial there is whole: write it to the disk and give it its name"; it may be asked for twice.
 * -ENAMETOOLONG.
 */
int ssh_command_finish(const char *path, const char *folder, const char *name,
		       char ret[SSH_COMMAND_BYTES]);

#endif
