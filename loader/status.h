/* SPDX-License-Identifier: MIT */
/*
 * Is this machine armed, with what, would that capture, and is it still what lies on the disk?
 */
#ifndef LOADER_STATUS_H
#define LOADER_STATUS_H

#include "loader/check/findings.h"
#include "loader/check/kernels.h"
#include "loader/check/last_capture.h"
#include "loader/host.h"
#include "loader/proof/drill.h"
#include "loader/proof/verified.h"
#include "loader/record.h"

#define STATUS_BYTES 65536 /* holds any status */

struct status {
	struct host host;
	bool recorded; /* the loaded pair is known */
	struct record record;
	bool stale;	     /* a file of it has changed since */
	uint64_t left_bytes; /* of the reservation, for the capture system; 0: not known */
	struct last_capture last;
	struct kernels kernels;
	bool was_verified; /* what is loaded was, since the boot */
	struct verified verified;
	bool was_drilled; /* a crash on purpose is on record */
	struct drill drill;
	enum drill_end drill_end;
	struct findings findings;
};

/* 0 or -errno (no /proc). */
int status_read(int root, struct status *ret);

/* "armed", "armed, but stale", …: the first line of the text, and the JSON's state. */
const char *status_words(const struct status *s);

/* Both write into buf, ended by NUL; 0 or -ENOSPC. */
int status_text(const struct status *s, char *buf, size_t size);
int status_json(const struct status *s, char *buf, size_t size);

#endif
