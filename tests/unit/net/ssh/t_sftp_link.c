/* SPDX-License-Identifier: MIT */
/*
 * A connection whose server says what the test writes, at the moment that the test chooses.
 */
#include "net/ssh/sftp_link.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/test.h"

struct world {
	struct sftp_link link;
	int server;
};

/* A server of version 3 without extensions has greeted, and opened a file. */
static void open_world(struct world *w)
{
	static const char hello[] = "\0\0\0\5\2\0\0\0\3";
	int pair[2], least = 1;

	CHECK(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair));
	/* a piece does not go out at once */
	CHECK(!setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &least, sizeof(least)));
	CHECK(!fcntl(pair[0], F_SETFL, O_NONBLOCK));
	w->server = pair[1];
	CHECK_EQ(write(w->server, hello, sizeof(hello) - 1), sizeof(hello) - 1);
	CHECK_EQ(sftp_link_init(&w->link, 1000), 0);
	CHECK_EQ(sftp_link_greet(&w->link, pair[0]), 0);
	w->link.handle_len = 1;
}

static void close_world(struct world *w)
{
	close(w->link.fd);
	close(w->server);
	sftp_link_free(&w->link);
}

static void acknowledge(struct world *w, uint32_t id)
{
	const char ok[] = { 0, 0, 0, 9, SFTP_STATUS, 0, 0, 0, (char)id, 0, 0, 0, SFTP_OK };

	CHECK_EQ(write(w->server, ok, sizeof(ok)), sizeof(ok));
}

static struct sftp_piece *send_piece(struct world *w, uint64_t off, uint32_t len)
{
	struct sftp_piece *p = sftp_link_take(&w->link);

	CHECK(p);
	p->off = off;
	p->len = len;
	memset(p->data, 'a', len);
	sftp_link_send(&w->link, p);
	return p;
}

/* The rest of it would be read from what the memory holds by then. */
TEST(a_write_that_is_acknowledged_before_it_is_sent)
{
	struct world w;
	struct sftp_piece *p;

	open_world(&w);
	p = send_piece(&w, 0, w.link.piece_bytes);
	CHECK_EQ(sftp_link_move(&w.link), 0);
	CHECK(w.link.out_piece == p && w.link.out_done > 1000);
	acknowledge(&w, p->id);
	CHECK_EQ(sftp_link_move(&w.link), -EPROTO);
	CHECK_STR(w.link.why, "the server answers a write that it does not have yet");
	CHECK_EQ(w.link.acked_end, 0);
	close_world(&w);
}

/* Status "connection lost", which no server should send: the piece must go out on the next one. */
TEST(a_write_that_failed_is_not_forgotten)
{
	const char lost[] = { 0, 0, 0, 9, SFTP_STATUS, 0, 0, 0, 1, 0, 0, 0, SFTP_CONNECTION_LOST };
	struct world w;
	struct sftp_piece *p;

	open_world(&w);
	p = send_piece(&w, 0, 10);
	CHECK_EQ(p->id, lost[8]);
	CHECK_EQ(sftp_link_move(&w.link), 0);
	CHECK_EQ(write(w.server, lost, sizeof(lost)), sizeof(lost));
	CHECK_EQ(sftp_link_drain(&w.link), -ECONNRESET);
	CHECK_EQ(p->state, SFTP_PIECE_WAITING);
	close_world(&w);
}
