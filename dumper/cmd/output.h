/* SPDX-License-Identifier: MIT */
/*
 * DST: a file, a device, standard output or nothing at all, with the layers that the options ask
 * for.
 */
#ifndef DUMPER_CMD_OUTPUT_H
#define DUMPER_CMD_OUTPUT_H

#include "dumper/sink/sink_count.h"
#include "dumper/sink/sink_file.h"
#include "dumper/sink/sink_flat.h"
#include "dumper/sink/sink_limit.h"
#include "dumper/sink/sink_stream.h"
#include "lib/conf/collector.h"

struct output {
	struct sink *top; /* to write to */
	const char *name; /* for messages */
	bool stream;	  /* what was written cannot be taken back */
	bool partial;	  /* an unfinished one stays as NAME.partial */
	bool dry;
	struct sink_file file;
	struct sink_stream pipe;
	struct sink_count count;
	struct sink_limit limit;
	struct sink_flat flat;
	int fd, dirfd;
	uint8_t *chunk;
};

/*
 * dst: a path, "-", or NULL for standard output. durable: synced at the end, as after it comes a
 * reboot. Says what is wrong. 0 or -errno; output_close() only after 0.
 */
int output_open(struct output *o, const struct collector *c, const char *dst, bool durable);

/* Commits if r is 0, else aborts. r, or the error of the commit. */
int output_close(struct output *o, int r);

/* Says why it was not written; r is what output_close() returned. */
void output_failed(const struct output *o, int r);

/* Size of the file that was made, or would have been. */
uint64_t output_bytes(const struct output *o, uint64_t counted);

#endif
