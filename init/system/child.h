/* SPDX-License-Identifier: MIT */
/*
 * A piece of work in a process of its own, with a deadline: whatever touches crash data, a disk or
 * a network may hang or crash there, and PID 1 lives on and knows how it ended.
 */
#ifndef INIT_SYSTEM_CHILD_H
#define INIT_SYSTEM_CHILD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHILD_WHY_BYTES	 200
#define CHILD_LOOK_BYTES 32

/* The memory that parent and child share; the child writes, the parent reads. */
struct child {
	_Atomic uint64_t moved; /* any growth counts as progress */
	_Atomic int in_target;	/* now inside a call into the target (sink_watch) */
	int target_error;	/* first error such a call returned */
	int error;
	bool finished;			 /* run() returned */
	char looks_at[CHILD_LOOK_BYTES]; /* child_looks_at() */
	char why[CHILD_WHY_BYTES];
};

/* How far a running child is, for those who watch. */
struct child_tick {
	uint64_t elapsed_ms;
	uint64_t still_ms;	   /* since it last moved, or began */
	unsigned limit_s, stall_s; /* the job's */
};

struct child_job {
	const char *name; /* of the process, for the kernel's messages */
	/* 0 or -errno. Writes its findings to answer (zeroed, answer_bytes long). */
	int (*run)(const void *ctx, void *answer, struct child *self);
	const void *ctx;
	void *answer; /* the parent's; left alone by a crash or hang */
	size_t answer_bytes;
	unsigned limit_s; /* for the whole */
	unsigned stall_s; /* without progress; 0: not watched */
	unsigned look_s;  /* for one child_looks_at(); 0: not watched */
	/* In the parent, about each second while the child is within its limits. May be NULL. */
	void (*tick)(void *tick_ctx, const struct child_tick *t);
	void *tick_ctx;
};

enum child_outcome {
	CHILD_DONE,
	CHILD_FAILED,  /* run() returned an error */
	CHILD_CRASHED, /* a signal, or it exited in the middle */
	CHILD_STALLED, /* nothing moved */
	CHILD_TIMED_OUT,
};

struct child_end {
	enum child_outcome outcome;
	int error;	      /* CHILD_FAILED: -errno */
	bool target_at_fault; /* it returned an error, or held on beyond the limit */
	uint64_t moved;
	uint64_t started_ms; /* since boot */
	uint64_t elapsed_ms;
	uint64_t peak_rss_bytes;	  /* 0 when it could not be waited for */
	char why[CHILD_WHY_BYTES];	  /* one line unless CHILD_DONE */
	char looked_at[CHILD_LOOK_BYTES]; /* where a limit met it in a look, or "" */
};

/*
 * Runs the job and waits for its end, at most limit_s + LIMIT_KILL_S; a child that does not even
 * die by SIGKILL (it sleeps in a driver) is left behind. Also reaps orphans. Returns 0 for
 * CHILD_DONE, else a negative errno that fits the outcome; *ret has the rest.
 */
int child_run(const struct child_job *job, struct child_end *ret);

/*
 * Starts a process beside the capture: nobody waits for it, and it dies with all others when the
 * machine is restarted. Its pid, or -errno.
 */
int child_start(const char *name, void (*run)(const void *ctx), const void *ctx);

/* How many were left behind since boot. */
unsigned child_left_behind(void);

/*
 * fn is called about each second from inside child_run(), whatever the job, for as long as the
 * child is within its limits (it moves, or its step's time is not over) and while a killed one is
 * waited for: PID 1 itself is alive then, and bounded. CHILD_TICKS of them, for ever.
 */
void child_on_tick(void (*fn)(void));
#define CHILD_TICKS 2

/* In the child: the reason for the error it is going to return; later ones are ignored. */
void child_why(struct child *self, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * In the child: the one of many things that it reads next and may hang at; NULL: it was read. Where
 * that takes longer than the job's look_s the child ends as CHILD_STALLED, and looked_at of its end
 * names the thing. In PID 1: no effect.
 */
void child_looks_at(const char *what);

/* "done", "failed", "crashed", "stalled", "timed out" */
const char *child_outcome_name(enum child_outcome o);

#endif
