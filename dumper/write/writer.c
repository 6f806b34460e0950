/* SPDX-License-Identifier: MIT */
/*
 * What the writers of all formats do alike.
 */
#include "dumper/write/writer.h"

#include <errno.h>
#include <stdlib.h>

#include "lib/cleanup.h"

/* Few calls for a note of gigabytes, little memory for it. */
enum { PIECE_BYTES = 64 << 10 };

int writer_put_notes(struct writer *w, const struct vmcore *v,
		     int (*add)(struct writer *w, const void *bytes, uint32_t n))
{
	_free_ uint8_t *buf = malloc(PIECE_BYTES);

	if (!buf)
		return -ENOMEM;
	for (uint64_t done = 0; done < v->note_len;) {
		uint64_t left = v->note_len - done;
		uint32_t n = left < PIECE_BYTES ? (uint32_t)left : PIECE_BYTES;
		int r = vmcore_notes_read(v, done, buf, n);

		if (!r)
			r = add(w, buf, n);
		if (r)
			return r;
		done += n;
		if (w->moved)
			w->moved(w->moved_ctx);
	}
	return 0;
}
