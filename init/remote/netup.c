/* SPDX-License-Identifier: MIT */
#include "init/remote/netup.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/clock.h"
#include "lib/log.h"
#include "net/link/net.h"

#define RESOLV_CONF "/etc/resolv.conf"
#define NET_IS_UP   "/run/net-is-up" /* left by the child that brought it up */
#define NET_LOCK    "/run/net-lock"  /* held by the one that is at it; its end frees it */

static int bring_up(const struct conf *conf, unsigned limit_s, struct child *self)
{
	struct net_state net = { 0 };
	_close_ int mark = -1;
	int r = net_up(&conf->net, limit_s, RESOLV_CONF, &net);

	if (r) {
		child_why(self, "net: %s", net.why[0] ? net.why : strerror(-r));
		return r;
	}
	log_info("net: %s: up, %s%s%s", net.ifname, net.address, net.gateway[0] ? ", gateway " : "",
		 net.gateway);
	mark = open(NET_IS_UP, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	return 0;
}

int netup(const struct conf *conf, const struct conf_target *to, struct child *self)
{
	uint64_t end_ms = clock_boot_ms() + conf->limits.target_timeout_s * 1000ull, now;
	_close_ int lock = -1;

	(void)to;
	if (conf->net.mode == CONF_NET_NONE) {
		child_why(self, "the config has no `net` line");
		return -ENETDOWN;
	}
	lock = open(NET_LOCK, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	/* what another one waits for in vain is not waited for again */
	if (lock >= 0)
		flock(lock, LOCK_EX);
	if (!access(NET_IS_UP, F_OK))
		return 0;
	now = clock_boot_ms();
	return bring_up(conf, now + 1000 < end_ms ? (unsigned)((end_ms - now) / 1000) : 1, self);
}
