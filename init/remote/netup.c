/* SPDX-License-Identifier: MIT */
#include "init/remote/netup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "init/remote/netup_private.h"
#include "lib/cleanup.h"
#include "lib/clock.h"
#include "lib/conf/target/conf_kind.h"
#include "lib/log.h"
#include "net/deadline.h"
#include "net/link/net.h"
#include "net/peer.h"

#define RESOLV_CONF "/etc/resolv.conf"
#define NET_IS_UP   "%s/net-is-up-%u" /* left by the child that brought it up; by its line */
#define NET_LOCK    "%s/net-lock"     /* held by the one that is at it; has its line */

const char *netup_folder = "/run";

static int bring_up(const struct conf *conf, const struct conf_net *net, unsigned limit_s,
		    const char *mark, struct child *self)
{
	struct net_state state = { 0 };
	_close_ int fd = -1;
	int r = net_up(conf, net, limit_s, RESOLV_CONF, &state);

	if (r) {
		child_why(self, "net: %s", state.why[0] ? state.why : strerror(-r));
		return r;
	}
	log_info("net: %s: up, %s%s%s", state.ifname, state.address,
		 state.gateway[0] ? ", gateway " : "", state.gateway);
	if (state.note[0])
		log_warn("net: %s", state.note);
	fd = open(mark, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	return 0;
}

/* Waits for its turn. True: the one before was at another line. */
static bool take_turn(int lock, unsigned line)
{
	unsigned before = line;

	if (lock < 0 || flock(lock, LOCK_EX) < 0)
		return false;
	if (pread(lock, &before, sizeof(before), 0) != sizeof(before))
		before = line;
	return pwrite(lock, &line, sizeof(line), 0) == sizeof(line) && before != line;
}

int netup(const struct conf *conf, const struct conf_target *to, struct child *self)
{
	uint64_t limit_ms = conf->limits.target_timeout_s * 1000ull;
	uint64_t end_ms = clock_boot_ms() + limit_ms, now;
	const struct conf_net *net = conf_net_of(conf, to);
	char mark[NETUP_PATH_BYTES], path[NETUP_PATH_BYTES];
	_close_ int lock = -1;

	if (!net) {
		child_why(self, "the config has no `net` line");
		return -ENETDOWN;
	}
	snprintf(mark, sizeof(mark), NET_IS_UP, netup_folder, net->line);
	snprintf(path, sizeof(path), NET_LOCK, netup_folder);
	lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	/* what another one waits for in vain is not waited for again; another link is */
	if (take_turn(lock, net->line))
		end_ms = clock_boot_ms() + limit_ms;
	if (!access(mark, F_OK))
		return 0;
	now = clock_boot_ms();
	return bring_up(conf, net, now + 1000 < end_ms ? (unsigned)((end_ms - now) / 1000) : 1,
			mark, self);
}

uint64_t netup_server_ms(const struct conf *conf, uint64_t began_ms)
{
	uint64_t wait_ms = conf->limits.target_timeout_s * 1000ull;
	uint64_t last_ms = began_ms + wait_ms + conf->limits.step_timeout_s * 500ull;
	uint64_t end_ms = deadline_in_ms(wait_ms);

	return end_ms < last_ms ? end_ms : last_ms;
}

int netup_open(const struct target *t, char *what, size_t size, struct child *self)
{
	uint64_t began_ms = deadline_in_ms(0);
	char why[PEER_WHY_BYTES];
	struct conf_place place;
	int r;

	snprintf(what, size, "%s", t->spec->where);
	r = netup(t->conf, t->spec, self);
	if (r)
		return r;
	if (conf_kind(t->spec)->place(t->spec, &place)) {
		child_why(self, "%s names no host", t->spec->where);
		return -EINVAL;
	}
	r = peer_await(&place, netup_server_ms(t->conf, began_ms), why);
	if (r)
		child_why(self, "%s", why);
	return r;
}

unsigned netup_stall_s(const struct target *t)
{
	return t->conf->limits.stall_timeout_s * 3 / 4;
}
