/* SPDX-License-Identifier: MIT */
/*
 * `ssh` and `sftp` targets: USER@HOST[:PORT], and where the image keeps what they need.
 */
#ifndef LIB_CONF_TARGET_CONF_SSH_H
#define LIB_CONF_TARGET_CONF_SSH_H

#include "lib/conf/conf.h"
#include "lib/conf/target/conf_place.h"

#define CONF_SSH_CLIENT	    "/sbin/dbclient"
#define CONF_SSH_KEY	    "/etc/ssh/key"
#define CONF_SSH_PORT	    22
#define CONF_SSH_HOST_MAX   100 /* letters: it becomes part of a path in the image */
#define CONF_SSH_HOME_BYTES 128

struct conf_ssh {
	char user[64];
	struct conf_place at;
};

/* 0 or -EINVAL. An IPv6 address may stand without brackets where no port follows. */
int conf_ssh_split(const char *where, struct conf_ssh *ret);

/* The folder of the image that is the client's home: its .ssh/known_hosts is this host's alone. */
void conf_ssh_home(const struct conf_place *at, char ret[CONF_SSH_HOME_BYTES]);

#endif
