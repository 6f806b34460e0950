/* SPDX-License-Identifier: MIT */
/*
 * A dump on a bare device (`raw DEV`): the vmcore from the first byte on, so that crash opens the
 * device itself; at the end a trailer that says what lies where, and in front of it room for the
 * small files, which are there before the vmcore fills the rest.
 *
 *	0				vmcore, at most up to the room of dmesg.txt
 *	…				dmesg.txt, kdump.json, kdump.log: a room for each
 *	end - RAW_END_BYTES		zeros, in which other formats would look for their marks
 *	end - 2 * RAW_BLOCK		the trailer, twice: written in turn, the newer one counts
 *	end				the device's size, rounded down to RAW_BLOCK
 *
 * Host byte order: capture and recovery run on the same machine. The trailer is written before
 * anything else, fits one sector, and is written anew whenever a file begins and ends.
 */
#ifndef LIB_BLOCK_RAW_FORMAT_H
#define LIB_BLOCK_RAW_FORMAT_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#define RAW_MAGIC     "kdump-init raw\r\n" /* 16 bytes, without NUL */
#define RAW_VERSION   1u
#define RAW_BLOCK     4096u
#define RAW_END_BYTES (128u << 10) /* MD's oldest superblock lies so far from the end */
#define RAW_FILES     4
#define RAW_FOLDER    160

enum raw_state {
	RAW_DUMPING = 1, /* no whole vmcore yet, or never */
	RAW_COMPLETE,	 /* a whole vmcore is there */
	RAW_RECOVERED,	 /* all was saved elsewhere: the device is free */
};

enum raw_file_state {
	RAW_FILE_NONE,
	RAW_FILE_WRITING, /* begun; bytes: what has surely reached the device so far */
	RAW_FILE_WHOLE,
	RAW_FILE_INCOMPLETE, /* a vmcore that opens, but lacks pages: there was no more room */
};

struct raw_file {
	char name[24]; /* as in a dump's folder; NUL behind it */
	uint64_t off;  /* of its room on the device */
	uint64_t room;
	uint64_t bytes;
	uint64_t sum;	/* XXH3-64; 0: none. A vmcore has sums of its own */
	uint32_t state; /* enum raw_file_state */
	uint32_t zero;
};
static_assert(sizeof(struct raw_file) == 64, "no padding");
static_assert(offsetof(struct raw_file, off) == 24, "no padding");

struct raw_trailer {
	char magic[16];
	uint32_t version;
	uint32_t state;		 /* enum raw_state */
	uint64_t seq;		 /* grows by 1 with each write; odd ones lie in the last block */
	uint64_t device_bytes;	 /* the end, as above */
	uint64_t time_s;	 /* when the first file was begun, by the capture's clock */
	char folder[RAW_FOLDER]; /* <host>-<UTC time>-<boot id>; NUL behind it */
	struct raw_file file[RAW_FILES]; /* by enum raw_slot */
	uint64_t sum;			 /* XXH3-64 of all above */
};
static_assert(sizeof(struct raw_trailer) == 472, "one sector holds it");
static_assert(offsetof(struct raw_trailer, file) == 208, "no padding");
static_assert(offsetof(struct raw_trailer, sum) == 464, "no padding");

/* The order of the files, which is also that of their rooms on the device. */
enum raw_slot { RAW_VMCORE, RAW_DMESG, RAW_JSON, RAW_LOG };

#endif
