/* SPDX-License-Identifier: MIT */
/*
 * /run/kdump-init: what was loaded last, for status, and enough of it to load it once more when
 * a later load fails. A file is found again at its path as long as it is the same file there.
 * For the time after an upgrade has replaced it, a copy is kept beside the record, unless it
 * would take more than 1/64 of the memory.
 */
#ifndef LOADER_RECORD_H
#define LOADER_RECORD_H

#include "loader/kexec/image.h"
#include "loader/kexec/kexec.h"
#include "loader/machine_state.h"

struct record {
	struct image_pair pair;	    /* paths, ids and command line; nothing is open */
	int64_t loaded_s;	    /* real time */
	bool foreign;		    /* loaded with --foreign-initrd */
	char back[SHA256_TEXT];	    /* digest of the record of the way back; "": none */
	enum kexec_call call;	    /* KEXEC_FILE or KEXEC_SEGMENTS: that took it */
	enum kexec_call asked;	    /* which was asked for */
	struct machine_state state; /* of the machine, just before */
};

/* Opens the folder below root, made if create says so. A descriptor or -errno. */
int record_folder(int root, bool create);

/* 0; -ENOENT: no record; -EBADMSG: a damaged one. */
int record_read(int folder, struct record *ret);

/*
 * Replaces the record by this one, whose pair is open and has just been loaded; its time is set
 * here. Killed half-way, it leaves no record, never a wrong one.
 */
int record_save(int folder, const struct record *rec, uint64_t ram_bytes);

/* Removes record and copies. */
void record_remove(int folder);

/*
 * Opens the recorded pair: each file from its path if unchanged, else the copy. 0; -ESTALE: one
 * of them is gone, its path is in *lost.
 */
int record_open(int folder, const struct record *rec, struct image_pair *ret, const char **lost);

#endif
