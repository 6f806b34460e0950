/* SPDX-License-Identifier: MIT */
/*
 * Where bytes go: the only thing dumper/ and net/ know of each other. A sink receives one file.
 */
#ifndef LIB_SINK_H
#define LIB_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sink {
	/*
	 * Places len bytes at offset off of the file. Blocks until the sink has taken them; the
	 * buffer is the caller's again afterwards. Never two puts for the same byte except
	 * where rewrites is true. 0 or -errno (-ENOSPC: the target is full).
	 */
	int (*put)(struct sink *s, uint64_t off, const void *buf, size_t len);
	/*
	 * All bytes are there: make them durable and give the file its final name. 0 or
	 * -errno; the sink is closed either way.
	 */
	int (*commit)(struct sink *s);
	/* Gives up and closes. Leaves at most a file under a name that ends in .partial. */
	void (*abort)(struct sink *s);
	/*
	 * Reads back what was put. NULL where that cannot be done (a stream). 0 or -errno.
	 */
	int (*get)(struct sink *s, uint64_t off, void *buf, size_t len);
	/*
	 * A put of bytes that get will be asked for; NULL: put does. So a sink that only counts
	 * knows what it must remember.
	 */
	int (*keep)(struct sink *s, uint64_t off, const void *buf, size_t len);
	/*
	 * Gives back the room of all bytes from off on, which are put anew or never were. NULL:
	 * there is nothing to give back. 0 or -errno.
	 */
	int (*cut)(struct sink *s, uint64_t off);
	/* Takes any offset. False: each put must begin where the one before it ended. */
	bool rewrites;
	/* What is never put reads as zeros, as in a new file: long runs of them need not be put. */
	bool zeros;
};

static inline int sink_put(struct sink *s, uint64_t off, const void *buf, size_t len)
{
	return s->put(s, off, buf, len);
}

static inline int sink_keep(struct sink *s, uint64_t off, const void *buf, size_t len)
{
	return s->keep ? s->keep(s, off, buf, len) : s->put(s, off, buf, len);
}

static inline int sink_cut(struct sink *s, uint64_t off)
{
	return s->cut ? s->cut(s, off) : 0;
}

static inline int sink_commit(struct sink *s)
{
	return s->commit(s);
}

static inline void sink_abort(struct sink *s)
{
	s->abort(s);
}

#endif
