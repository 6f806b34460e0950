/* SPDX-License-Identifier: MIT */
/*
 * A file on an SFTP server as a sink: DIR/NAME.partial, then its name. It can be written anywhere
 * and read back. Writes go out without waiting for those before them; when the connection is lost
 * another one is made, and what the server has not acknowledged goes out again.
 */
#ifndef NET_SSH_SFTP_H
#define NET_SSH_SFTP_H

#include <stdbool.h>

#include "lib/sink.h"
#include "net/ssh/ssh.h"

struct sftp;

/*
 * ssh is borrowed, and this connection's alone. stall_s: so long may no byte move, and so long is a
 * lost connection tried again. Makes dir and the folders above it (mode 0700), relative to where
 * the server puts the user if it does not begin with '/', and the file (0600, an old one is cut). 0
 * with *ret; -errno, with *ret set or not, and sftp_error().
 *
 *  - after -ENOSPC it takes bytes again behind a cut that leaves nothing of what the server refused;
 *    another one is -ENOSPC, as are a get of that and commit;
 *  - commit makes the file durable where the server can (fsync@openssh.com), then renames it;
 *  - abort leaves NAME.partial where it is.
 *
 * -ENOSPC: the server's disk is full, as far as it tells; -EACCES: key or folder refused;
 * -EKEYREJECTED: the host key; -ECONNRESET, -ETIMEDOUT: it did not come back within stall_s.
 */
int sftp_open(struct ssh *ssh, const char *dir, const char *name, unsigned stall_s,
	      struct sftp **ret);
struct sink *sftp_sink(struct sftp *s);
/* commit appends it to the name: ".incomplete". Borrowed. */
void sftp_suffix(struct sftp *s, const char *suffix);
/* One line; "": nothing went wrong. */
const char *sftp_error(const struct sftp *s);
/* How often another connection was made. */
unsigned sftp_resumed(const struct sftp *s);
/* After commit or abort, or a failed open. NULL is fine. */
void sftp_free(struct sftp *s);

/* Free bytes of the server's file system with dir, of which the nearest folder that is there is asked.
 * 0; -ENOTSUP: the server cannot be asked; else as sftp_open(), with why. */
int sftp_space(struct ssh *ssh, const char *dir, unsigned stall_s, uint64_t *ret,
	       char why[SSH_WHY_BYTES]);

#endif
