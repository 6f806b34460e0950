/* SPDX-License-Identifier: MIT */
/*
 * Whole reads and writes: EINTR and short counts end here.
 */
#ifndef LIB_IO_H
#define LIB_IO_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Write all len bytes, or -errno. io_pwrite leaves the file position alone. */
int io_write(int fd, const void *buf, size_t len);
int io_pwrite(int fd, const void *buf, size_t len, uint64_t off);

/* Reads exactly len bytes at off. -ENODATA when the file ends before that. */
int io_pread(int fd, void *buf, size_t len, uint64_t off);

/*
 * Reads a whole small file into buf and ends it with NUL. *ret_len, which may be NULL, gets the
 * length without the NUL. -EFBIG when the file does not fit into size - 1 bytes. Fit for /proc
 * and /sys, whose files have no size. dirfd may be AT_FDCWD.
 */
int io_read_file(int dirfd, const char *path, char *buf, size_t size, size_t *ret_len);

/* The same into memory of its own, which the caller frees; at most max bytes, else -EFBIG. */
int io_load_file(int dirfd, const char *path, size_t max, char **ret, size_t *ret_len);

/* fsync of the folder that dirfd names, so that a rename in it lasts. */
int io_sync_dir(int dirfd);

/*
 * Has all that was printed to f left the program? -errno; -EIO where a write before this one had failed, of
 * which fflush() does not tell.
 */
int io_flush(FILE *f);

#endif
