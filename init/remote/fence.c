/* SPDX-License-Identifier: MIT */
#include "init/remote/fence.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "init/remote/netup.h"
#include "init/system/child.h"
#include "lib/cleanup.h"
#include "lib/log.h"
#include "net/deadline.h"
#include "net/fence.h"

struct node {
	struct peer at;
	bool known; /* its address is */
	bool told;  /* once */
	int error;  /* the last one that was said */
};

/* Each change is a line, not each message. */
static void say(const char *node, struct node *p, int r)
{
	char text[PEER_TEXT_BYTES];

	peer_text(&p->at, text);
	if (!r && !p->told)
		log_info("fence: %s: a message was sent: a crash is captured (%s)", node, text);
	else if (r && r != p->error)
		log_warn("fence: %s: gets no message: %s", node,
			 p->known ? strerror(-r) : "its address is not found");
	p->told |= !r;
	p->error = r;
}

static void tell(const char *node, struct node *p)
{
	say(node, p, fence_send(&p->at));
}

/*
 * Those whose names must be asked for come last, as that may take long: as many as an interval has time
 * for, turn by turn, so that the others are told again in time; in the last round all.
 */
static void tell_all(const struct conf_fence *f, struct node *nodes, unsigned *turn, bool last)
{
	uint64_t end_ms = last ? UINT64_MAX : deadline_in_ms(f->interval_s * 1000ull);

	for (unsigned i = 0; i < f->n_nodes; i++) {
		if (nodes[i].known)
			tell(f->nodes[i], &nodes[i]);
	}
	for (unsigned n = 0; n < f->n_nodes && deadline_left_ms(end_ms); n++) {
		unsigned i = (*turn)++ % f->n_nodes;
		int r = nodes[i].known ? 0 : fence_resolve(f->nodes[i], f, &nodes[i].at);

		if (r)
			say(f->nodes[i], &nodes[i], r);
		if (r || nodes[i].known)
			continue;
		nodes[i].known = true;
		tell(f->nodes[i], &nodes[i]);
	}
}

/* A link may come late. */
static void wait_for_network(const struct conf *conf)
{
	bool said = false;

	for (;;) {
		struct child self = { .why = "" };

		if (!netup(conf, NULL, &self))
			return;
		if (!said)
			log_warn("fence: the nodes get no message yet: %s", self.why);
		said = true;
		sleep(conf->fence.interval_s);
	}
}

/* Where memory is short this child is what the dump can do without. */
static void give_way(void)
{
	_close_ int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd >= 0 && write(fd, "1000", 4) < 0)
		log_debug("fence: oom_score_adj: %s", strerror(errno));
}

static void run_fence(const void *ctx)
{
	const struct conf *conf = ctx;
	struct node nodes[CONF_MAX_NODES] = { { .known = false } };
	unsigned turn = 0;

	alarm(conf->limits.deadline_s);
	give_way();
	wait_for_network(conf);
	for (unsigned n = 0; !conf->fence.count || n < conf->fence.count; n++) {
		if (n)
			sleep(conf->fence.interval_s);
		tell_all(&conf->fence, nodes, &turn, n + 1 == conf->fence.count);
	}
}

void fence_start(const struct conf *conf)
{
	int r;

	if (!conf->fence.n_nodes)
		return;
	r = child_start("fence", run_fence, conf);
	if (r < 0)
		log_err("fence: the nodes get no message: fork: %s", strerror(-r));
}
