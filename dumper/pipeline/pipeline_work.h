/* SPDX-License-Identifier: MIT */
/*
 * Inside of the pipeline: pipeline_work.c, which pipeline.c (one thread) and pipeline_threads.c
 * (several) have in common.
 */
#ifndef DUMPER_PIPELINE_PIPELINE_WORK_H
#define DUMPER_PIPELINE_PIPELINE_WORK_H

#include <pthread.h>

#include "dumper/filter/dump_first.h"
#include "dumper/pipeline/encode.h"
#include "dumper/pipeline/pace.h"
#include "dumper/pipeline/pipeline.h"
#include "dumper/pipeline/progress.h"

#define PIPELINE_REPORT_MS 250

enum state { FREE, BUSY, READY };

struct unit {
	enum state state;
	struct filter_unit unit;
	uint64_t todo[FILTER_WORDS];
	unsigned from;	/* batches are cut up to here */
	unsigned users; /* batches of it that are being encoded */
	bool cut;	/* all batches are cut */
};

struct slot {
	enum state state;
	struct batch batch;
	struct unit *unit; /* PIPELINE_PLAN: goes to the writer itself */
};

/* What unit k inherits from the one before; written by whoever filtered that. */
struct legacy {
	uint64_t k; /* of the heir, + 1; 0: nobody yet */
	struct filter_carry carry;
};

struct worker {
	struct pipeline *p;
	pthread_t thread;
	struct vmcore vmcore; /* of its own where there are several threads */
	struct kmem kmem;
	struct filter filter;
	uint8_t *filter_buf;
	struct encoder encoder;
};

struct pipeline {
	struct crash *core;
	const struct dump_options *opt;
	const struct vmemmap *vmemmap; /* NULL: struct pages are not excluded */
	const struct protect *protect;
	struct dump_first first;
	struct writer *writer;
	struct dump_stats *stats;
	enum pipeline_pass pass;

	unsigned threads, n_workers, n_units, n_slots;
	size_t batch_bytes;
	struct worker *workers;
	struct unit *units;    /* n_units */
	struct legacy *legacy; /* 2 * n_units */
	struct slot *slots;    /* n_slots */
	uint8_t *slot_bytes;

	pthread_mutex_t lock;
	pthread_cond_t work, ready;	/* something to do; the next slot to put out */
	uint64_t next_pfn;		/* where the next unit is looked for */
	uint64_t first_unit, next_unit; /* the oldest that is not cut up; to be found */
	uint64_t first_slot, next_slot; /* to be put out; to be filled */
	uint64_t *planned;    /* a running machine's frames that the plan keeps; else NULL */
	uint64_t planned_end; /* page frame */
	bool no_more;	      /* units */
	bool stop;

	uint64_t started_ms, reported_ms, pages_total, pages_done;
	struct progress progress;
	uint64_t pass_started_ms, pages_planned;
	unsigned percent; /* that was reported */
	struct pace pace; /* of opt->adaptive */
	_Atomic int speed;
};

/* Before the first pass, and as each begins. */
void pipeline_report_open(struct pipeline *p);
void pipeline_report_pass(struct pipeline *p);

/* Tells the progress, if it is time. */
void pipeline_report(struct pipeline *p, uint64_t done, bool last);

/* The first frame of the next unit that this pass has to do with; UINT64_MAX: none. */
uint64_t pipeline_find_unit(struct pipeline *p);

/* Behind the filter: the frames of the unit that this pass dumps; nothing of it is cut yet. */
void pipeline_choose(const struct pipeline *p, struct unit *u);
void pipeline_count(struct pipeline *p, const struct filter_unit *u);

/* The next batch of the unit. False: there is none left. */
bool pipeline_cut(const struct pipeline *p, struct unit *u, struct piece *ret);

/* On any thread. */
void pipeline_encode(struct worker *w, const struct piece *piece, struct batch *b);

/* To the writer, on the caller's thread, in order. */
int pipeline_put_out(struct pipeline *p, const struct batch *b, const struct unit *u);

/* A pass on p->threads threads, or as many of them as can be had. -EAGAIN: not one can. */
int pipeline_run_threads(struct pipeline *p);

#endif
