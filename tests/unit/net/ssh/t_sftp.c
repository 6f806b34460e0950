/* SPDX-License-Identifier: MIT */
/*
 * The SFTP sink and OpenSSH's sftp-server: in the place of dbclient stands a script that starts the
 * server beside us, and may cut it off or answer in its place.
 */
#include "net/ssh/sftp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/io.h"
#include "tests/unit/fake/tree.h"
#include "tests/unit/test.h"

#define SERVER "/usr/lib/openssh/sftp-server"

struct world {
	struct tree tree;
	int listener;
	char client[128], home[128], dir[128];
	struct ssh_server server;
	struct ssh ssh;
};

/* script: what runs as the client, with $T for the folder of the test. */
static void open_world(struct world *w, const char *script)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);
	char text[1024];

	w->tree = tree_make();
	w->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CHECK(!bind(w->listener, (struct sockaddr *)&a, sizeof(a)) && !listen(w->listener, 16));
	CHECK(!getsockname(w->listener, (struct sockaddr *)&a, &len));
	snprintf(text, sizeof(text),
		 "#!/bin/sh\nT=%s\nS=" SERVER "\n"
		 "first() {\n"
		 "perl -e '$n=shift; while ($n>0 && ($r=sysread(STDIN,$b,$n<65536?$n:65536))) "
		 "{syswrite STDOUT,$b; $n-=$r}' $1 | $S\n}\n%s\n",
		 w->tree.root, script);
	tree_text(&w->tree, "/client", text);
	tree_text(&w->tree, "/.ssh/known_hosts", "127.0.0.1 ssh-ed25519 AAAA\n");
	snprintf(w->client, sizeof(w->client), "%s/client", w->tree.root);
	snprintf(w->home, sizeof(w->home), "%s", w->tree.root);
	snprintf(w->dir, sizeof(w->dir), "%s/a/b", w->tree.root);
	chmod(w->client, 0755);
	w->server = (struct ssh_server){ .user = "u",
					 .at = { .host = "127.0.0.1", .port = ntohs(a.sin_port) },
					 .client = w->client,
					 .home = w->home,
					 .key = "/key",
					 .connect_timeout_s = 5 };
	CHECK_EQ(ssh_start(&w->server, &w->ssh), 0);
}

static void close_world(struct world *w)
{
	ssh_stop(&w->ssh);
	close(w->listener);
	tree_remove(&w->tree);
}

static uint8_t *noise(size_t n)
{
	uint8_t *p = malloc(n);

	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(i * 31 + i / 251 + i / 65536);
	return p;
}

static void check_file(struct world *w, const char *name, const uint8_t *want, size_t n)
{
	char *got = NULL;
	size_t len = 0;

	CHECK_EQ(io_load_file(AT_FDCWD, tree_path(&w->tree, name), 64 << 20, &got, &len), 0);
	CHECK_EQ(len, n);
	CHECK(got && len == n && !memcmp(got, want, n));
	free(got);
}

static bool exists(struct world *w, const char *name)
{
	return !access(tree_path(&w->tree, name), F_OK);
}

/* Pieces of all sizes. */
static int put_all(struct sftp *s, const uint8_t *bytes, size_t from, size_t to)
{
	int r = 0;

	for (size_t at = from, n = 1; at < to && !r; at += n, n = n * 5 % 900001 + 1) {
		n = n > to - at ? to - at : n;
		r = sink_put(sftp_sink(s), at, bytes + at, n);
	}
	return r;
}

TEST(a_file_written_as_the_tail_layout_is)
{
	const size_t n = 9 << 20;
	uint8_t *bytes = noise(n), back[5000];
	struct stat st;
	struct world w;
	struct sftp *s;

	open_world(&w, "exec $S");
	CHECK_EQ(sftp_open(&w.ssh, w.dir, "vmcore", 10, &s), 0);
	CHECK_EQ(put_all(s, bytes, 4096, n), 0);
	CHECK_EQ(sftp_sink(s)->get(sftp_sink(s), 1 << 20, back, sizeof(back)), 0);
	CHECK(!memcmp(back, bytes + (1 << 20), sizeof(back)));
	CHECK_EQ(sftp_sink(s)->get(sftp_sink(s), n - 10, back, 20), -ENODATA);
	CHECK_EQ(sink_put(sftp_sink(s), 0, bytes, 4096), 0);
	CHECK(exists(&w, "/a/b/vmcore.partial") && !exists(&w, "/a/b/vmcore"));
	CHECK_EQ(sink_commit(sftp_sink(s)), 0);
	CHECK(!exists(&w, "/a/b/vmcore.partial"));
	check_file(&w, "/a/b/vmcore", bytes, n);
	CHECK_EQ(sftp_resumed(s), 0);
	CHECK(!stat(tree_path(&w.tree, "/a/b/vmcore"), &st) && (st.st_mode & 0777) == 0600);
	CHECK(!stat(tree_path(&w.tree, "/a/b"), &st) && (st.st_mode & 0777) == 0700);
	sftp_free(s);
	close_world(&w);
	free(bytes);
}

TEST(cut_suffix_and_abort)
{
	uint8_t *bytes = noise(200000);
	struct world w;
	struct sftp *s;

	open_world(&w, "exec $S");
	CHECK_EQ(sftp_open(&w.ssh, w.dir, "vmcore", 10, &s), 0);
	CHECK_EQ(put_all(s, bytes, 0, 200000), 0);
	CHECK_EQ(sink_cut(sftp_sink(s), 100000), 0);
	sftp_suffix(s, ".incomplete");
	CHECK_EQ(sink_commit(sftp_sink(s)), 0);
	check_file(&w, "/a/b/vmcore.incomplete", bytes, 100000);
	sftp_free(s);
	/* an old file of the name is replaced */
	CHECK_EQ(sftp_open(&w.ssh, w.dir, "vmcore.incomplete", 10, &s), 0);
	CHECK_EQ(put_all(s, bytes, 0, 10), 0);
	CHECK_EQ(sink_commit(sftp_sink(s)), 0);
	check_file(&w, "/a/b/vmcore.incomplete", bytes, 10);
	sftp_free(s);
	CHECK_EQ(sftp_open(&w.ssh, w.dir, "x", 10, &s), 0);
	CHECK_EQ(put_all(s, bytes, 0, 50), 0);
	sink_abort(sftp_sink(s));
	CHECK(!exists(&w, "/a/b/x") && exists(&w, "/a/b/x.partial"));
	CHECK_EQ(sink_put(sftp_sink(s), 50, bytes, 1), -ECANCELED);
	sftp_free(s);
	close_world(&w);
	free(bytes);
}

/* The connection ends after 3 MiB, again after 4, and then holds. */
TEST(a_lost_connection_is_made_again)
{
	const size_t n = 9 << 20;
	uint8_t *bytes = noise(n);
	struct world w;
	struct sftp *s;

	open_world(&w, "n=$(ls $T/runs | wc -l); mkdir -p $T/runs; touch $T/runs/$n\n"
		       "case $n in\n"
		       "0) first 3000000; echo 'Error reading: gone' >&2; exit 1 ;;\n"
		       "1) first 4000000; exit 1 ;;\n"
		       "*) exec $S ;;\n"
		       "esac");
	tree_dir(&w.tree, "/runs");
	CHECK_EQ(sftp_open(&w.ssh, w.dir, "vmcore", 20, &s), 0);
	CHECK_EQ(put_all(s, bytes, 4096, n), 0);
	CHECK_EQ(sink_put(sftp_sink(s), 0, bytes, 4096), 0);
	CHECK_EQ(sink_commit(sftp_sink(s)), 0);
	check_file(&w, "/a/b/vmcore", bytes, n);
	CHECK_EQ(sftp_resumed(s), 2);
	sftp_free(s);
	close_world(&w);
	free(bytes);
}

/* As a server does that has too many connections for a moment. */
TEST(a_server_that_drops_the_first_connections)
{
	uint8_t *bytes = noise(1000);
	struct world w;
	struct sftp *s;

	open_world(&w, "n=$(ls $T/runs | wc -l); touch $T/runs/$n\n"
		       "[ $n -ge 2 ] || { echo 'Remote closed the connection' >&2; exit 1; }\n"
		       "exec $S");
	tree_dir(&w.tree, "/runs");
	CHECK_EQ(sftp_open(&w.ssh, w.dir, "x", 10, &s), 0);
	CHECK_STR(sftp_error(s), "");
	CHECK_EQ(put_all(s, bytes, 0, 1000) ?: sink_commit(sftp_sink(s)), 0);
	check_file(&w, "/a/b/x", bytes, 1000);
	sftp_free(s);
	close_world(&w);
	free(bytes);
}

/* It comes back without what it had acknowledged: no file may have a hole in it. */
TEST(a_server_that_forgets)
{
	const size_t n = 6 << 20;
	uint8_t *bytes = noise(n);
	struct world w;
	struct sftp *s;
	int r;

	open_world(&w, "[ -e $T/once ] && { truncate -s 1000 $T/a/b/vmcore.partial; exec $S; }\n"
		       "touch $T/once; first 3000000; exit 1");
	CHECK_EQ(sftp_open(&w.ssh, w.dir, "vmcore", 20, &s), 0);
	r = put_all(s, bytes, 0, n);
	r = r ? r : sink_commit(sftp_sink(s));
	CHECK_EQ(r, -EIO);
	CHECK(strstr(sftp_error(s), "has lost what it had acknowledged"));
	CHECK(!exists(&w, "/a/b/vmcore"));
	sftp_free(s);
	close_world(&w);
	free(bytes);
}

TEST(it_does_not_come_back)
{
	uint8_t *bytes = noise(4 << 20);
	struct world w;
	struct sftp *s;
	int r;

	open_world(&w, "[ -e $T/once ] && exit 1\ntouch $T/once; first 1000000; exit 1");
	CHECK_EQ(sftp_open(&w.ssh, w.dir, "vmcore", 4, &s), 0);
	r = put_all(s, bytes, 0, 4 << 20);
	r = r ? r : sink_commit(sftp_sink(s));
	CHECK_EQ(r, -ECONNRESET);
	CHECK(strstr(sftp_error(s), "it did not come back within 4 s"));
	sftp_free(s);
	close_world(&w);
	free(bytes);
}

/* ---------------------------------------------------------------- refusals */

static int refused(const char *script, const char *dir, const char *words)
{
	struct world w;
	struct sftp *s;
	int r;

	open_world(&w, script);
	r = sftp_open(&w.ssh, dir ? dir : w.dir, "x", 2, &s);
	if (!strstr(sftp_error(s), words)) {
		printf("%s\n", sftp_error(s));
		CHECK(!"the reason does not say what is expected");
	}
	sftp_free(s);
	close_world(&w);
	return r;
}

TEST(what_the_client_says_is_the_reason)
{
	CHECK_EQ(refused("echo 'dbclient: x exited: No auth methods could be used.' >&2; exit 1",
			 NULL, "127.0.0.1: the server refuses the key"),
		 -EACCES);
	CHECK_EQ(refused("echo 'Host key unknown. Not accepted automatically' >&2; exit 1", NULL,
			 "not in the image's known_hosts"),
		 -EKEYREJECTED);
	CHECK_EQ(refused("echo 'subsystem request failed' >&2; exit 1", NULL,
			 "subsystem request failed"),
		 -ECONNRESET);
	CHECK_EQ(refused("exec sleep 60", NULL, "the transfer stalls"), -ETIMEDOUT);
	CHECK_EQ(refused("echo Welcome to this server; cat", NULL, "something else than SFTP"),
		 -EPROTO);
	CHECK_EQ(refused("printf '\\0\\0\\0\\5\\2\\0\\0\\0\\2'; exec cat >/dev/null", NULL,
			 "does not speak SFTP of version 3"),
		 -EPROTO);
}

TEST(folders_and_files_that_cannot_be_made)
{
	CHECK_EQ(refused("exec $S", "/proc/nothing/here", "no such file"), -ENOENT);
	CHECK_EQ(refused("exec $S", "/dev/null/x", "/dev/null/x"), -ENOENT);
}

TEST(who_cannot_be_reached)
{
	struct world w;
	struct sftp *s;

	open_world(&w, "exec $S");
	/* the helper has it, too */
	ssh_stop(&w.ssh);
	close(w.listener);
	CHECK_EQ(ssh_start(&w.server, &w.ssh), 0);
	CHECK_EQ(sftp_open(&w.ssh, w.dir, "x", 2, &s), -ECONNREFUSED);
	CHECK(strstr(sftp_error(s), "127.0.0.1, port"));
	sftp_free(s);
	w.listener = -1;
	close_world(&w);
	open_world(&w, "exec $S");
	tree_text(&w.tree, "/.ssh/known_hosts", "192.0.2.1 ssh-ed25519 AAAA\n");
	CHECK_EQ(sftp_open(&w.ssh, w.dir, "x", 2, &s), -EKEYREJECTED);
	CHECK(strstr(sftp_error(s), "known_hosts has no key of it"));
	sftp_free(s);
	close_world(&w);
}

TEST(room_on_the_server)
{
	char why[SSH_WHY_BYTES];
	uint64_t bytes = 0;
	struct world w;

	open_world(&w, "exec $S");
	CHECK_EQ(sftp_space(&w.ssh, w.dir, 5, &bytes, why), 0);
	CHECK(bytes > 1 << 20);
	close_world(&w);
}

/* The answer to the rename is lost, and the server is away for a moment. */
TEST(a_rename_whose_answer_is_lost)
{
	uint8_t *bytes = noise(100000);
	struct world w;
	struct sftp *s;

	open_world(&w, "[ -e $T/2 ] && exec $S\n"
		       "[ -e $T/1 ] && { touch $T/2; exit 1; }\n"
		       "touch $T/1\n"
		       "$S | perl -e 'while (sysread STDIN,$b,65536) "
		       "{ exit if -e $ARGV[0]; syswrite STDOUT,$b }' $T/a/b/x");
	CHECK_EQ(sftp_open(&w.ssh, w.dir, "x", 6, &s), 0);
	CHECK_EQ(put_all(s, bytes, 0, 100000), 0);
	CHECK_EQ(sink_commit(sftp_sink(s)), 0);
	CHECK_STR(sftp_error(s), "");
	CHECK(!exists(&w, "/a/b/x.partial"));
	check_file(&w, "/a/b/x", bytes, 100000);
	sftp_free(s);
	close_world(&w);
	free(bytes);
}

/* In Perl: one file, of so many bytes at most; a write beyond them is refused as a whole. */
static const char small_server[] =
	"my ($file, $most) = @ARGV;\n"
	"sub get { my ($n, $b) = (shift, '');\n"
	"  while (length $b < $n) { sysread(STDIN, $b, $n - length $b, length $b) or exit } $b }\n"
	"sub tell_ { my $m = join '', @_; syswrite STDOUT, pack('N', length $m) . $m }\n"
	"sub status { tell_(pack 'CNN', 101, @_) }\n"
	"while (1) {\n"
	"  my $m = get(unpack 'N', get(4));\n"
	"  my ($t, $id) = unpack 'CN', $m; my $q = substr $m, 5;\n"
	"  if ($t == 1) { tell_(pack 'CN N/a* N/a*', 2, 3, 'statvfs@openssh.com', '2') }\n"
	"  elsif ($t == 3) { open F, '+>', \"$file.partial\"; tell_(pack 'CN N/a*', 102, $id, 'h') "
	"}\n"
	"  elsif ($t == 6) { my ($h, $hi, $off, $d) = unpack 'N/a* N N N/a*', $q;\n"
	"    my $fits = $off + length $d <= $most;\n"
	"    if ($fits) { sysseek F, $off, 0; syswrite F, $d } status($id, $fits ? 0 : 4) }\n"
	"  elsif ($t == 5) { my ($h, $hi, $off, $n, $d) = unpack 'N/a* N N N', $q;\n"
	"    sysseek F, $off, 0;\n"
	"    sysread(F, $d, $n) ? tell_(pack 'CN N/a*', 103, $id, $d) : status($id, 1) }\n"
	"  elsif ($t == 10) { my ($h, $a, $hi, $n) = unpack 'N/a* N N N', $q;\n"
	"    truncate F, $n; status($id, 0) }\n"
	"  elsif ($t == 18) { status($id, rename(\"$file.partial\", $file) ? 0 : 4) }\n"
	"  elsif ($t == 200) { tell_(pack 'CN Q>11', 201, $id, 1, 1, 1, 1, $most - (-s F), (0) x "
	"6) }\n"
	"  else { status($id, $t == 17 ? 2 : 0) }\n"
	"}\n";

/* It was full, and has room again: what it has refused is not there, and no file may have a hole. */
TEST(what_a_full_server_refused_is_not_taken_for_written)
{
	const size_t n = 6 << 20, most = 3000000;
	uint8_t *bytes = noise(n), back[1000];
	struct world w;
	struct sftp *s;
	size_t at = 0;
	int r = 0;

	open_world(&w, "exec perl $T/server.pl $T/x 3000000");
	tree_text(&w.tree, "/server.pl", small_server);
	CHECK_EQ(sftp_open(&w.ssh, w.dir, "x", 5, &s), 0);
	for (; at < n && !r; at += r ? 0 : 65536)
		r = sink_put(sftp_sink(s), at, bytes + at, 65536);
	CHECK_EQ(r, -ENOSPC);
	CHECK(at > most);
	/* an index behind pages that it did not take would fit */
	CHECK_EQ(sink_cut(sftp_sink(s), most + 20000), -ENOSPC);
	CHECK_EQ(sink_put(sftp_sink(s), most + 20000, bytes, 10), -ENOSPC);
	CHECK_EQ(sftp_sink(s)->get(sftp_sink(s), most - 10, back, sizeof(back)), -ENOSPC);
	CHECK_EQ(sftp_sink(s)->get(sftp_sink(s), 2000000, back, sizeof(back)), 0);
	CHECK(!memcmp(back, bytes + 2000000, sizeof(back)));
	CHECK_EQ(sink_cut(sftp_sink(s), 2500000), 0);
	CHECK_EQ(put_all(s, bytes, 2500000, 2600000), 0);
	CHECK_EQ(sink_commit(sftp_sink(s)), 0);
	check_file(&w, "/x", bytes, 2600000);
	sftp_free(s);
	close_world(&w);
	free(bytes);
}

TEST(a_full_server_gets_no_final_name)
{
	uint8_t *bytes = noise(4 << 20);
	struct world w;
	struct sftp *s;

	open_world(&w, "exec perl $T/server.pl $T/x 3000000");
	tree_text(&w.tree, "/server.pl", small_server);
	CHECK_EQ(sftp_open(&w.ssh, w.dir, "x", 5, &s), 0);
	CHECK_EQ(put_all(s, bytes, 0, 3010000) ?: sink_commit(sftp_sink(s)), -ENOSPC);
	CHECK_STR(sftp_error(s), "the server's disk is full");
	CHECK(!exists(&w, "/x"));
	sftp_free(s);
	close_world(&w);
	free(bytes);
}

/* The server cannot write, and has no word for why; its disk is not full. */
TEST(a_write_that_fails)
{
	uint8_t *bytes = noise(1 << 20);
	struct world w;
	struct sftp *s;

	open_world(&w, "ulimit -f 512; trap '' XFSZ; exec $S");
	CHECK_EQ(sftp_open(&w.ssh, w.dir, "x", 5, &s), 0);
	CHECK_EQ(put_all(s, bytes, 0, 1 << 20) ?: sink_commit(sftp_sink(s)), -EIO);
	CHECK(strstr(sftp_error(s), "write: failure"));
	CHECK(!exists(&w, "/a/b/x") && exists(&w, "/a/b/x.partial"));
	sftp_free(s);
	close_world(&w);
	free(bytes);
}
