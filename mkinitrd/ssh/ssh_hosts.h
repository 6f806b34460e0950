/* SPDX-License-Identifier: MIT */
/*
 * The keys that a known_hosts of OpenSSH (sshd(8)) has for a host, in the form that dropbear's
 * client reads: lines of a plain name, a kind and a key.
 */
#ifndef MKINITRD_SSH_SSH_HOSTS_H
#define MKINITRD_SSH_SSH_HOSTS_H

#include <stdbool.h>
#include <stddef.h>

#define SSH_HOSTS_KEYS	16
#define SSH_HOSTS_BYTES (12u << 10) /* of all lines */

struct ssh_hosts {
	char key[SSH_HOSTS_KEYS][1400]; /* "ssh-ed25519 AAAA…" */
	bool revoked[SSH_HOSTS_KEYS];
	unsigned n;
	unsigned authorities; /* @cert-authority lines for the host, which are passed over */
	bool hashed;	      /* there are lines whose name is hashed */
};

/*
 * Adds what text has for name: "host", or "[host]:port" where the port is not 22. Patterns and
 * lists of names are matched; of hashed names all match if all_hashed, none otherwise. A key that
 * is @revoked anywhere counts nowhere.
 */
void ssh_hosts_add(struct ssh_hosts *h, const char *text, size_t len, const char *name,
		   bool all_hashed);

/* The lines for the client, which calls the host `as`. Their number. ret is "" for 0. */
unsigned ssh_hosts_lines(const struct ssh_hosts *h, const char *as, char ret[SSH_HOSTS_BYTES]);

#endif
