/* SPDX-License-Identifier: MIT */
/*
 * One connection to an SFTP server: requests go out, replies come in, many of them on their way at
 * the same time, as one after the other a long line would stand idle. For sftp.c alone. It knows
 * nothing of files; what it carries for the caller are pieces: requests to write, which are sent
 * again if the connection is another one.
 */
#ifndef NET_SSH_SFTP_LINK_H
#define NET_SSH_SFTP_LINK_H

#include "net/ssh/sftp_packet.h"

#define SFTP_IN_FLIGHT (2u << 20) /* bytes: OpenSSH's window of a channel */
#define SFTP_PIECE_MAX (128u << 10)
#define SFTP_PIECES    (SFTP_IN_FLIGHT / (32u << 10))
#define SFTP_WHY_BYTES 400

/* A request to write that the server has not acknowledged. */
struct sftp_piece {
	enum { SFTP_PIECE_FREE, SFTP_PIECE_FILLING, SFTP_PIECE_WAITING, SFTP_PIECE_SENT } state;
	uint32_t id;
	uint64_t off;
	uint32_t len;
	uint8_t *data; /* room for sftp_link.piece_bytes */
};

struct sftp_link {
	int fd; /* does not block; -1: none */
	unsigned stall_ms;
	uint32_t next_id;
	uint32_t version, extensions;
	uint32_t piece_bytes; /* how large one may be */
	uint8_t handle[SFTP_HANDLE_MAX];
	size_t handle_len;
	unsigned n_pieces;
	struct sftp_piece piece[SFTP_PIECES];
	uint64_t acked_end; /* of all that was acknowledged */
	/* what goes out: a head, then a piece's data */
	struct sftp_request out;
	size_t out_done;
	const struct sftp_piece *out_piece;
	/* what comes in */
	uint8_t *in;
	size_t in_len;
	size_t in_used; /* of the message that was handed out last */
	/* the first error of a piece, or of the connection */
	int error;
	char why[SFTP_WHY_BYTES];
};

/* Memory for the pieces. 0 or -ENOMEM. */
int sftp_link_init(struct sftp_link *l, unsigned stall_ms);
void sftp_link_free(struct sftp_link *l);

/*
 * Greets on fd, which is borrowed, and asks for the server's limits. What waits to be written is
 * kept. 0, -EPROTO: no SFTP of version 3; -ETIMEDOUT, -ECONNRESET.
 */
int sftp_link_greet(struct sftp_link *l, int fd);

/*
 * Sends q, whose end was written, and waits for its reply, while pieces go on. *ret points into the
 * link's memory until the next call. 0; -ECONNRESET, -ETIMEDOUT (no byte moved for stall_ms),
 * -EPROTO with l->why. A status is a reply, too.
 */
int sftp_link_ask(struct sftp_link *l, struct sftp_request *q, struct sftp_reply *ret);

/* Begins a request with the next number; its number. */
uint32_t sftp_link_request(struct sftp_link *l, struct sftp_request *q, enum sftp_type type);

/* A piece that is free, waiting for one. NULL: l->error. */
struct sftp_piece *sftp_link_take(struct sftp_link *l);
/* It is filled: it goes out when its turn comes. */
void sftp_link_send(struct sftp_link *l, struct sftp_piece *p);
/* Moves what can be moved without waiting. 0 or l->error. */
int sftp_link_move(struct sftp_link *l);
/* Waits until all pieces are acknowledged. 0 or l->error. */
int sftp_link_drain(struct sftp_link *l);

/* The connection is gone: what was sent waits again. */
void sftp_link_lost(struct sftp_link *l);

/* Is this error the connection's, so that another one may help? */
bool sftp_link_is_loss(int error);

#endif
