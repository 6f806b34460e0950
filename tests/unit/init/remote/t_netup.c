/* SPDX-License-Identifier: MIT */
/*
 * Children that need the network at the same time, and servers that come late or never; in the place of
 * net_up() stands one that fails, or not.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "init/remote/netup_private.h"
#include "lib/cleanup.h"
#include "net/link/net.h"
#include "tests/unit/fake/tree.h"
#include "tests/unit/test.h"

static unsigned limit_s; /* of the last call */
static unsigned takes_s;

int net_up(const struct conf *conf, const struct conf_net *net, unsigned timeout_s,
	   const char *resolv_conf, struct net_state *ret)
{
	(void)conf, (void)net, (void)resolv_conf;
	memset(ret, 0, sizeof(*ret));
	limit_s = timeout_s;
	sleep(takes_s);
	return takes_s ? -ENETDOWN : 0;
}

/* The limit of a child that needs the network of t while another one waits in vain for the first. */
static unsigned limit_beside_another(const struct conf *conf, const struct conf_target *t)
{
	struct child self = { .why = "" };
	int ready[2], status;
	char c;
	pid_t pid;

	CHECK(!pipe(ready));
	takes_s = 2;
	pid = fork();
	if (!pid) {
		/* the pipe ends with what has the lock */
		close(ready[0]);
		_exit(netup(conf, NULL, &self) != -ENETDOWN);
	}
	close(ready[1]);
	usleep(300000);
	takes_s = 0;
	CHECK_EQ(netup(conf, t, &self), 0);
	CHECK_EQ(read(ready[0], &c, 1), 0);
	close(ready[0]);
	CHECK(waitpid(pid, &status, 0) == pid && !status);
	return limit_s;
}

TEST(who_waits_in_vain_takes_no_time_from_another_link)
{
	_cleanup_(tree_remove) struct tree tree = tree_make();
	struct conf conf = { .n_nets = 2, .nets = { { .line = 1 }, { .line = 3 } } };
	struct conf_target first = { .line = 2 }, second = { .line = 4 };

	netup_folder = tree.root;
	conf.limits.target_timeout_s = 4;
	CHECK(limit_beside_another(&conf, &second) >= 3);
	/* it is up now: nobody is asked */
	limit_s = 0;
	CHECK_EQ(limit_beside_another(&conf, &second), 0);
	/* the same link is not waited for twice */
	CHECK(limit_beside_another(&conf, &first) <= 2);
	netup_folder = "/run";
}

/* A port of the loopback that nobody listens at; *ret_fd keeps it. */
static unsigned quiet_port(int *ret_fd)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);

	*ret_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CHECK(!bind(*ret_fd, (struct sockaddr *)&a, sizeof(a)));
	CHECK(!getsockname(*ret_fd, (struct sockaddr *)&a, &len));
	return ntohs(a.sin_port);
}

static int open_target(const struct conf *conf, unsigned port, struct child *self)
{
	struct conf_target spec = { .kind = CONF_TARGET_HTTPS, .line = 2 };
	struct target t = { .conf = conf, .spec = &spec };
	char where[64], what[64];

	snprintf(where, sizeof(where), "https://127.0.0.1:%u/dumps", port);
	spec.where = where;
	return netup_open(&t, what, sizeof(what), self);
}

TEST(a_server_that_boots_is_waited_for)
{
	_cleanup_(tree_remove) struct tree tree = tree_make();
	struct conf conf = { .n_nets = 1, .nets = { { .line = 1 } } };
	struct child self = { .why = "" };
	int fd, status;
	unsigned port = quiet_port(&fd);
	pid_t pid;

	netup_folder = tree.root;
	takes_s = 0;
	conf.limits.target_timeout_s = 60;
	pid = fork();
	if (!pid) {
		usleep(1500000);
		_exit(listen(fd, 4) ? 1 : (pause(), 0));
	}
	CHECK_EQ(open_target(&conf, port, &self), 0);
	CHECK_STR(self.why, "");
	kill(pid, SIGKILL);
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	close(fd);
	netup_folder = "/run";
}

TEST(a_server_that_never_comes_ends_with_the_last_word)
{
	_cleanup_(tree_remove) struct tree tree = tree_make();
	struct conf conf = { .n_nets = 1, .nets = { { .line = 1 } } };
	struct child self = { .why = "" };
	char said[80];
	int fd;
	unsigned port = quiet_port(&fd);

	netup_folder = tree.root;
	takes_s = 0;
	conf.limits.target_timeout_s = 2;
	CHECK_EQ(open_target(&conf, port, &self), -ECONNREFUSED);
	snprintf(said, sizeof(said), "127.0.0.1, port %u: Connection refused", port);
	CHECK_STR(self.why, said);
	close(fd);
	netup_folder = "/run";
}
