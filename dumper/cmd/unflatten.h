/* SPDX-License-Identifier: MIT */
/*
 * A flattened stream (makedumpfile -F) → the file that it describes, as makedumpfile -R does.
 */
#ifndef DUMPER_CMD_UNFLATTEN_H
#define DUMPER_CMD_UNFLATTEN_H

#include <stdint.h>

#include "lib/sink.h"

struct unflatten_stats {
	uint64_t records;
	uint64_t bytes_in; /* of the stream */
	uint64_t size;	   /* of the file: the end of the last byte that was put */
};

/*
 * Reads fd from its position to the stream's end mark; it may be a pipe. Puts each record at its
 * place, never what no record holds, so that a file becomes sparse there. out must take any offset
 * and rewrites; the caller commits or aborts it. 0; -ENOEXEC: no flattened stream; -ENODATA: the
 * stream is cut off, and what was there has been put, or it is empty; -EBADMSG: impossible records,
 * the same; -ENOMEM; the errors of read and of the sink. *why gets a literal, and *ret how far it
 * went, in every case.
 */
int unflatten(int fd, struct sink *out, struct unflatten_stats *ret, const char **why);

#endif
