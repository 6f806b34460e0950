/* SPDX-License-Identifier: MIT */
/*
 * What dbclient and the server leave on standard error, read for its reason. Pure functions.
 */
#ifndef NET_SSH_SSH_SAID_H
#define NET_SSH_SSH_SAID_H

#include <stddef.h>

/* The end of what was said: the reason comes last. */
struct ssh_said {
	char text[2048];
	size_t len;
};

void ssh_said_add(struct ssh_said *s, const char *bytes, size_t len);

/*
 * status: the client's exit status; negative: a signal. 0 for 0, else the errno of ssh_end() with a
 * sentence of its own or the last lines that were said.
 */
int ssh_said_reason(const struct ssh_said *s, int status, char *why, size_t size);

/*
 * The kinds of host key that a known_hosts of dropbear's form has for host, as dbclient.c takes
 * them: "ssh-ed25519,rsa-sha2-256". ret is "" where there is none. text is cut up.
 */
void ssh_said_host_keys(char *text, const char *host, char *ret, size_t size);

#endif
