/* SPDX-License-Identifier: MIT */
/*
 * Single questions to an SFTP server, each with its answer. For sftp.c. An error of the connection is
 * l->error, too.
 */
#ifndef NET_SSH_SFTP_ASK_H
#define NET_SSH_SFTP_ASK_H

#include "net/ssh/sftp_link.h"

#define SFTP_PATH_BYTES 600

/*
 * A request that was begun, whose reply must be a status: 0 or its errno, with l->why. words: what was
 * asked for.
 */
int sftp_ask_status(struct sftp_link *l, struct sftp_request *q, const char *words);

/* SFTP_REMOVE, or SFTP_MKDIR with mode 0700. */
int sftp_ask_path(struct sftp_link *l, enum sftp_type type, const char *path, const char *words);

/* *ret: UINT64_MAX where the server does not tell. */
int sftp_ask_size(struct sftp_link *l, const char *path, uint64_t *ret);

/* Free bytes of the file system that path is on. -ENOTSUP: the server does not tell. */
int sftp_ask_space(struct sftp_link *l, const char *path, uint64_t *ret);

/* The same for the nearest folder that is there; dir is cut. */
int sftp_ask_nearest(struct sftp_link *l, char *dir, uint64_t *ret);

/* Makes dir with all above it. */
int sftp_ask_folders(struct sftp_link *l, const char *dir);

#endif
