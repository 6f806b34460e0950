/* SPDX-License-Identifier: MIT */
/*
 * What a dump's folder says of its crash: kdump.json (configs/kdump.schema.json) read back, of any
 * version of this program, and of a file that may be anything. And the dumps of a folder.
 */
#ifndef LIB_DUMPS_DUMP_REPORT_H
#define LIB_DUMPS_DUMP_REPORT_H

#include "lib/dumps/dump_name.h"

#define DUMP_REPORT_FILE      "kdump.json"
#define DUMP_REPORT_MAX_BYTES (1u << 20)

struct dump_report {
	char name[DUMP_NAME_BYTES]; /* of the folder */
	uint64_t time_s;	    /* of the crash, from the name */
	bool read;		    /* there is a kdump.json, and all of the following is from it */
	/* Texts have no control characters; "": not told. */
	char state[16]; /* "complete", … as in the schema */
	char host[65], release[65], panic[200];
	char file[32];	    /* the vmcore */
	char sealed_to[72]; /* the first key that the dump is sealed to */
	char why[200];	    /* the first target that was tried failed */
	uint64_t vmcore_bytes, level;
	/* of the capture kernel; 0: not told */
	uint64_t crashkernel_bytes, ram_bytes, least_available_bytes;
};

/*
 * Reads the report of the dump in folder `name` of dir. -ENOENT: it has none yet; -EBADMSG: it is
 * no report; else of the file. *ret has name and time in every case.
 */
int dump_report_read(int dir, const char *name, struct dump_report *ret);

/*
 * The dumps in dir, newest first, without their reports: at most max at ret, of which the caller
 * reads those it needs. host: of this one alone, as it stands at the front of their names; NULL or "":
 * of any. Returns how many there are of it in dir, or -errno. Links are not followed.
 */
int dump_list(int dir, const char *host, struct dump_report *ret, unsigned max);

/* Bytes of the files in folder `name` of dir, as long as they are; 0 where it cannot be read. */
uint64_t dump_bytes(int dir, const char *name);

#endif
