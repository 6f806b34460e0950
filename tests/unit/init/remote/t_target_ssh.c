/* SPDX-License-Identifier: MIT */
/*
 * The ssh target and a shell: in the place of dbclient stands a script that runs the command here, or
 * fails as a connection does.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "init/remote/targets.h"
#include "lib/io.h"
#include "net/ssh/ssh.h"
#include "tests/unit/fake/tree.h"
#include "tests/unit/test.h"

struct world {
	struct tree tree;
	int listener;
	char client[96], path[96];
	struct ssh_server server;
	struct ssh ssh;
	struct conf conf;
	struct target target;
};

/* script: with $T for the folder of the test, $N for how often it ran before, and the function run. */
static void open_world(struct world *w, const char *script)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);
	char text[1024];

	memset(w, 0, sizeof(*w));
	w->tree = tree_make();
	w->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CHECK(!bind(w->listener, (struct sockaddr *)&a, sizeof(a)) && !listen(w->listener, 16));
	CHECK(!getsockname(w->listener, (struct sockaddr *)&a, &len));
	snprintf(text, sizeof(text),
		 "#!/bin/sh\nT=%s\nfor C; do :; done\nrun() { /bin/sh -c \"$C\"; }\n"
		 "N=$(ls $T/runs | wc -l)\ntouch $T/runs/$N\n%s\n",
		 w->tree.root, script);
	tree_dir(&w->tree, "/runs");
	tree_text(&w->tree, "/client", text);
	tree_text(&w->tree, "/.ssh/known_hosts", "127.0.0.1 ssh-ed25519 AAAA\n");
	snprintf(w->client, sizeof(w->client), "%s/client", w->tree.root);
	snprintf(w->path, sizeof(w->path), "%s/it's here", w->tree.root);
	chmod(w->client, 0755);
	w->server = (struct ssh_server){ .user = "u",
					 .at = { .host = "127.0.0.1", .port = ntohs(a.sin_port) },
					 .client = w->client,
					 .home = w->tree.root,
					 .key = "/key",
					 .connect_timeout_s = 5 };
	CHECK_EQ(ssh_start(&w->server, &w->ssh), 0);
	w->conf.path = w->path;
	w->conf.limits.stall_timeout_s = 20;
	w->conf.limits.step_timeout_s = 20;
	w->target = (struct target){
		.kind = &target_ssh, .conf = &w->conf, .folder = "f", .connection = &w->ssh
	};
}

static void close_world(struct world *w)
{
	ssh_stop(&w->ssh);
	close(w->listener);
	tree_remove(&w->tree);
}

/* The result of a file's commit; what is wrong goes into why. */
static int save(struct world *w, const char *words, char *why, size_t size)
{
	struct child self = { .why = "" };
	struct target_file file;
	int r = target_ssh.create(&w->target, "x", &file, &self);

	CHECK_EQ(r, 0);
	if (r)
		return r;
	CHECK_EQ(sink_put(file.sink, 0, words, strlen(words)), 0);
	r = sink_commit(file.sink);
	snprintf(why, size, "%s", file.error(&file));
	/* in a capture its memory is the child's */
	free(file.own);
	return r;
}

static void check_file(struct world *w, const char *want)
{
	char *got = NULL;
	size_t len = 0;

	CHECK_EQ(io_load_file(AT_FDCWD, tree_path(&w->tree, "/it's here/f/x"), 1000, &got, &len),
		 0);
	CHECK_STR(got ? got : "", want);
	CHECK(access(tree_path(&w->tree, "/it's here/f/x.partial"), F_OK));
	free(got);
}

static void check_saved(const char *script)
{
	struct world w;
	char why[200];

	open_world(&w, script);
	CHECK_EQ(save(&w, "words", why, sizeof(why)), 0);
	CHECK_STR(why, "");
	check_file(&w, "words");
	close_world(&w);
}

TEST(a_file)
{
	check_saved("run");
}

TEST(a_shell_that_says_more)
{
	check_saved("seq 1000\nprintf 'kdump-init: '\nrun");
}

/* As a server does that has too many connections for a moment. */
#define CLOSED(n)                                                                                  \
	"[ $N -ge " #n " ] || { echo 'dbclient: Connection to h exited: Remote closed the "        \
	"connection' >&2; exit 1; }\nrun"

TEST(a_first_connection_is_tried_again)
{
	check_saved(CLOSED(2));
}

/* What is said at once costs nothing of the dump. */
TEST(a_shell_that_refuses)
{
	struct child self = { .why = "" };
	struct target_file file;
	struct world w;

	open_world(&w, "echo 'Permission denied' >&2; exit 1");
	CHECK_EQ(target_ssh.create(&w.target, "x", &file, &self), -EREMOTEIO);
	CHECK(strstr(self.why, "Permission denied"));
	CHECK_EQ(access(tree_path(&w.tree, "/runs/1"), F_OK), -1);
	close_world(&w);
	open_world(&w, "exit 0");
	CHECK_EQ(target_ssh.create(&w.target, "x", &file, &self), -EPROTO);
	CHECK_EQ(access(tree_path(&w.tree, "/runs/1"), F_OK), -1);
	close_world(&w);
	open_world(&w, "cat >/dev/null");
	w.conf.limits.stall_timeout_s = 2;
	CHECK_EQ(target_ssh.create(&w.target, "x", &file, &self), -ETIMEDOUT);
	close_world(&w);
}

/* The same. */
TEST(a_rename_is_tried_again)
{
	check_saved("[ $N != 1 ] || { echo 'dbclient: Connection to h exited: Remote closed the "
		    "connection' >&2; exit 1; }\nrun");
}

TEST(a_rename_whose_answer_is_lost)
{
	check_saved("run || exit\n[ $N != 1 ] || { echo 'Error reading: gone' >&2; exit 1; }");
}

TEST(a_rename_that_fails)
{
	struct world w;
	char why[200] = "";

	open_world(&w, "[ $N = 0 ] || rm \"$T/it's here/f/x.partial\"\nrun");
	CHECK_EQ(save(&w, "words", why, sizeof(why)), -EREMOTEIO);
	CHECK(strstr(why, "x.partial"));
	CHECK_EQ(access(tree_path(&w.tree, "/runs/2"), F_OK), -1);
	close_world(&w);
}
