/* SPDX-License-Identifier: MIT */
/*
 * A dump file as bytes at offsets, whatever it is wrapped in: as it is, flattened
 * (makedumpfile -F), or cut into zstd frames. Reading is thread-safe.
 */
#ifndef DUMPER_READ_SOURCE_H
#define DUMPER_READ_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct source;

struct source_layer {
	const char *name;
	int (*read)(const struct source *src, void *buf, size_t len, uint64_t off);
	uint64_t (*next_data)(const struct source *src, uint64_t off);
	uint64_t (*data_end)(const struct source *src, uint64_t off);
	void (*close)(struct source *src);
};

struct source {
	int fd;
	uint64_t size; /* of what is inside, as far as it is there */
	uint64_t file_size;
	bool truncated;	    /* the wrapping ends early: no end mark, a frame cut off */
	uint64_t checksums; /* that the wrapping has and that reading it checks */
	bool mapped;	    /* a file of the kernel that wants to be mapped (/proc/vmcore) */
	bool live;	    /* a running machine's memory (/proc/kcore) */
	const struct source_layer *layer; /* NULL: the file as it is */
	void *state;			  /* the layer's */
};

/*
 * 0; -ENOEXEC: wrapped in something else (*why says what to do); -EBADMSG: a wrapping that
 * contradicts itself; -EFBIG: too many pieces to be read in bounded memory; -ENOMEM; -errno of
 * open and read. *why gets a literal. A wrapping that ends early is no error: see truncated.
 */
int source_open(const char *path, struct source *ret, const char **why);
void source_close(struct source *src);

/* Reads exactly len bytes; holes are zeros. -ENODATA: it ends before that. */
int source_read(const struct source *src, void *buf, size_t len, uint64_t off);

/* The first byte from off on that was written; UINT64_MAX if only a hole follows. */
uint64_t source_next_data(const struct source *src, uint64_t off);

/* Are these bytes there, all of them written? */
bool source_has(const struct source *src, uint64_t off, uint64_t len);

/* The layers: put themselves over src->fd, whose first bytes are their signature. */
int source_flat_open(struct source *src, const char **why);
int source_zst_open(struct source *src, const char **why);

#endif
