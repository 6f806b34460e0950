/* SPDX-License-Identifier: MIT */
#include "net/s3/s3_lanes.h"

#include <stdio.h>
#include <stdlib.h>

#include "lib/cleanup.h"

struct lane {
	struct s3_http http;
	struct s3_http_answer answer;
	struct s3_part part; /* n 0: the lane is free */
};

struct s3_lanes {
	struct s3_caller *caller;
	unsigned n;
	struct lane lane[];
};

struct s3_lanes *s3_lanes_open(struct s3_caller *c, unsigned n)
{
	const struct s3_place *p = c->place;
	struct s3_lanes *l;

	n = n < S3_LANES_MAX ? n : S3_LANES_MAX;
	l = calloc(1, sizeof(*l) + n * sizeof(l->lane[0]));
	if (!l)
		return NULL;
	l->caller = c;
	for (; l->n < n; l->n++) {
		struct s3_http *h = &l->lane[l->n].http;

		if (s3_http_open(h, p->ca_file, p->connect_timeout_s, p->stall_s))
			break;
		h->moved = p->moved;
	}
	return l;
}

void s3_lanes_free(struct s3_lanes *l)
{
	if (!l)
		return;
	for (unsigned i = 0; i < l->n; i++) {
		s3_http_close(&l->lane[i].http);
		free(l->lane[i].part.buf);
	}
	free(l);
}

bool s3_lanes_full(const struct s3_lanes *l)
{
	for (unsigned i = 0; i < l->n; i++) {
		if (!l->lane[i].part.n)
			return false;
	}
	return true;
}

bool s3_lanes_send(struct s3_lanes *l, const char *key, const char *upload, struct s3_part *p)
{
	char query[S3_UPLOAD_BYTES + 40];
	struct s3_call q = {
		.method = "PUT", .key = key, .query = query, .body = p->buf, .len = p->len
	};
	struct lane *lane = l->lane;

	while (lane < l->lane + l->n && lane->part.n)
		lane++;
	snprintf(query, sizeof(query), "partNumber=%u&uploadId=%s", p->n, upload);
	if (lane == l->lane + l->n || s3_call_begin(l->caller, &q, &lane->http, &lane->answer))
		return false;
	lane->part = *p;
	s3_http_move(&lane->http);
	return true;
}

static struct lane *find_ended(struct s3_lanes *l)
{
	struct lane *ended = NULL;

	/* all of them move, whichever ends */
	for (unsigned i = 0; i < l->n; i++) {
		struct lane *lane = &l->lane[i];

		if (lane->part.n && s3_http_move(&lane->http))
			ended = ended ? ended : lane;
	}
	return ended;
}

static unsigned list_running(struct s3_lanes *l, struct s3_http *ret[S3_LANES_MAX])
{
	unsigned n = 0;

	for (unsigned i = 0; i < l->n; i++) {
		if (l->lane[i].part.n)
			ret[n++] = &l->lane[i].http;
	}
	return n;
}

bool s3_lanes_take(struct s3_lanes *l, bool wait, struct s3_part *ret)
{
	struct s3_http *running[S3_LANES_MAX];
	unsigned n = list_running(l, running);
	struct lane *ended = find_ended(l);
	char why[S3_HTTP_WHY_BYTES];

	while (!ended && wait && n) {
		s3_http_wait(running, n);
		ended = find_ended(l);
	}
	if (!ended)
		return false;
	*ret = ended->part;
	ended->part = (struct s3_part){ .n = 0 };
	ret->sent = !s3_http_end(&ended->http, why) && s3_call_is_success(&ended->answer);
	snprintf(ret->etag, sizeof(ret->etag), "%s", ended->answer.etag);
	return true;
}
