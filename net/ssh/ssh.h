/* SPDX-License-Identifier: MIT */
/*
 * Connections to an SSH server: dropbear's dbclient in a process of its own, whose standard input
 * and output are a socket of the caller. The client is started by a helper process, which is begun
 * before a child gives its rights away (init/system/harden.h: it may not start programs then), and
 * which ends with its caller.
 */
#ifndef NET_SSH_SSH_H
#define NET_SSH_SSH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/conf/target/conf_place.h"

#define SSH_WHY_BYTES	  400
#define SSH_COMMAND_BYTES 4096

/* Borrowed for as long as the helper runs. */
struct ssh_server {
	const char *user;
	struct conf_place at;
	const char *client; /* the program */
	const char *home;   /* a folder with .ssh/known_hosts */
	const char *key;    /* in dropbear's form */
	unsigned connect_timeout_s;
};

struct ssh {
	int control; /* to the helper; -1: there is none */
	pid_t helper;
};

/* One connection with what runs at its other end. */
struct ssh_session {
	int fd; /* both ways; it does not block. -1: closed */
};

/* Starts the helper; nothing is connected yet. 0 or -errno. */
int ssh_start(const struct ssh_server *server, struct ssh *ret);

/*
 * Connects and runs command there, NULL: the SFTP server. Returns when the connection stands and
 * the client has begun; what it finds out later, ssh_end() says. 0, or -errno with why: name
 * server, connection.
 */
int ssh_open(struct ssh *s, const char *command, struct ssh_session *ret, char why[SSH_WHY_BYTES]);

/*
 * Waits wait_ms for the end of what runs there, then kills the client, and closes fd. 0: it ended
 * with exit status 0; -EACCES: key refused; -EKEYREJECTED: the server's host key is unknown or
 * another one;
 * -ECONNRESET: the connection ended; -ETIMEDOUT; -EREMOTEIO: it ended with another exit status. why
 * gets a sentence with what client and server said, "" for 0.
 */
int ssh_end(struct ssh *s, struct ssh_session *session, unsigned wait_ms, char why[SSH_WHY_BYTES]);

/* Ends the helper, and with it a client that runs. */
void ssh_stop(struct ssh *s);

/* Is this an error of a connection that the next one may not have? */
bool ssh_is_passing(int r);

#endif
