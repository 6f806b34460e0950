/* SPDX-License-Identifier: MIT */
/*
 * Tickets, threads and the order of the output.
 *
 * Units are numbered as they are found and live in a ring; batches are cut from the oldest unit
 * alone, numbered, and live in a ring of slots. A thread takes the next batch if there is one and
 * a slot is free, else the next unit. The caller's thread puts the slots out by number.
 */
#include <errno.h>
#include <time.h>

#include "dumper/pipeline/pipeline_work.h"

#define WORKER_STACK (256u << 10)
#define WAKE_FOR     4 /* batches */

/* Called with the lock held, as everything below but the work itself. */
static void release(struct pipeline *p, struct unit *u)
{
	if (u->cut && !u->users) {
		u->state = FREE;
		pthread_cond_broadcast(&p->work);
	}
}

/* A batch of the oldest unit, and the slot it goes to. */
static struct slot *take_batch(struct pipeline *p, struct piece *ret)
{
	for (;;) {
		struct unit *u = &p->units[p->first_unit % p->n_units];
		struct slot *s = &p->slots[p->next_slot % p->n_slots];

		if (p->first_unit == p->next_unit || u->state != READY || s->state != FREE)
			return NULL;
		if (pipeline_cut(p, u, ret)) {
			u->users++;
			s->state = BUSY;
			s->unit = u;
			p->next_slot++;
			return s;
		}
		p->pages_done += u->unit.pages_ram;
		u->cut = true;
		p->first_unit++;
		release(p, u);
	}
}

/*
 * The caller's thread takes a CPU from a worker, so it is woken for several batches at a time, or when
 * a worker has to wait.
 */
static bool enough_ready(const struct pipeline *p)
{
	uint64_t n = p->first_slot;

	while (n < p->next_slot && p->slots[n % p->n_slots].state == READY)
		n++;
	return n - p->first_slot >= WAKE_FOR;
}

static void do_batch(struct worker *w, struct slot *s, const struct piece *piece)
{
	struct pipeline *p = w->p;

	pthread_mutex_unlock(&p->lock);
	pipeline_encode(w, piece, &s->batch);
	pthread_mutex_lock(&p->lock);
	s->state = READY;
	/* a plan hands out the unit itself, so the writer gives it back */
	if (p->pass != PIPELINE_PLAN) {
		s->unit->users--;
		release(p, s->unit);
	}
	if (enough_ready(p))
		pthread_cond_signal(&p->ready);
}

/* Only a unit that begins inside a huge page waits here for the verdict on its head. */
static struct filter_carry inherit(struct pipeline *p, uint64_t k)
{
	const struct legacy *l = &p->legacy[k % (2 * p->n_units)];
	struct filter_carry carry = { 0 };

	if (!k)
		return carry;
	pthread_mutex_lock(&p->lock);
	while (l->k != k + 1 && !p->stop)
		pthread_cond_wait(&p->work, &p->lock);
	if (!p->stop)
		carry = l->carry;
	pthread_mutex_unlock(&p->lock);
	return carry;
}

static void do_unit(struct worker *w, uint64_t k, uint64_t base)
{
	struct pipeline *p = w->p;
	struct unit *u = &p->units[k % p->n_units];
	struct legacy *heir = &p->legacy[(k + 1) % (2 * p->n_units)];
	struct filter_carry in = { 0 }, out;

	pthread_mutex_unlock(&p->lock);
	if (filter_begin(&w->filter, base, &u->unit))
		in = inherit(p, k);
	filter_finish(&w->filter, &u->unit, in, &out);
	pipeline_choose(p, u);
	u->from = u->users = 0;
	u->cut = false;
	pthread_mutex_lock(&p->lock);
	heir->carry = out;
	heir->k = k + 2;
	u->state = READY;
	pipeline_count(p, &u->unit);
	pthread_cond_broadcast(&p->work);
}

/* Finds the next unit and filters it. False: no room for one, or no more. */
static bool take_unit(struct worker *w)
{
	struct pipeline *p = w->p;
	struct unit *u = &p->units[p->next_unit % p->n_units];
	uint64_t base;

	if (p->no_more || u->state != FREE)
		return false;
	base = pipeline_find_unit(p);
	if (base == UINT64_MAX) {
		p->no_more = true;
		pthread_cond_broadcast(&p->work);
		return false;
	}
	u->state = BUSY;
	do_unit(w, p->next_unit++, base);
	return true;
}

static void *work(void *arg)
{
	struct worker *w = arg;
	struct pipeline *p = w->p;
	struct piece piece;
	struct slot *s;

	pthread_mutex_lock(&p->lock);
	while (!p->stop) {
		s = take_batch(p, &piece);
		if (s) {
			do_batch(w, s, &piece);
			continue;
		}
		if (take_unit(w))
			continue;
		/* nothing to do: for the few that are ready, or as that was all */
		pthread_cond_signal(&p->ready);
		if (p->no_more && p->first_unit == p->next_unit)
			break;
		pthread_cond_wait(&p->work, &p->lock);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

/* Waits for the slot; NULL: all are out. */
static struct slot *next_ready(struct pipeline *p)
{
	struct slot *s = &p->slots[p->first_slot % p->n_slots];

	while (s->state != READY) {
		struct timespec until;

		if (p->no_more && p->first_unit == p->next_unit && p->first_slot == p->next_slot)
			return NULL;
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_nsec += PIPELINE_REPORT_MS * 1000000l;
		until.tv_sec += until.tv_nsec / 1000000000l;
		until.tv_nsec %= 1000000000l;
		pthread_cond_timedwait(&p->ready, &p->lock, &until);
		pipeline_report(p, p->pages_done, false);
	}
	return s;
}

static int put_out_all(struct pipeline *p)
{
	struct slot *s;
	int r = 0;

	pthread_mutex_lock(&p->lock);
	while (!r && (s = next_ready(p))) {
		pthread_mutex_unlock(&p->lock);
		r = pipeline_put_out(p, &s->batch, s->unit);
		pthread_mutex_lock(&p->lock);
		if (p->pass == PIPELINE_PLAN) {
			s->unit->users--;
			release(p, s->unit);
		}
		s->state = FREE;
		p->first_slot++;
		pthread_cond_broadcast(&p->work);
		pipeline_report(p, p->pages_done, false);
	}
	p->stop = r;
	pthread_cond_broadcast(&p->work);
	pthread_mutex_unlock(&p->lock);
	return r;
}

int pipeline_run_threads(struct pipeline *p)
{
	pthread_attr_t attr;
	unsigned n;
	int r;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, WORKER_STACK);
	for (n = 0; n < p->threads; n++) {
		if (pthread_create(&p->workers[n].thread, &attr, work, &p->workers[n]))
			break;
	}
	pthread_attr_destroy(&attr);
	if (!n)
		return -EAGAIN;
	r = put_out_all(p);
	while (n--)
		pthread_join(p->workers[n].thread, NULL);
	return r;
}
