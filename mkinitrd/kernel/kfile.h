/* SPDX-License-Identifier: MIT */
/*
 * A module's file as the kernel wants it: .ko, .ko.gz, .ko.xz and .ko.zst are unpacked; an
 * appended signature stays, for it belongs to the unpacked file.
 */
#ifndef MKINITRD_KERNEL_KFILE_H
#define MKINITRD_KERNEL_KFILE_H

#include <stddef.h>

#include "mkinitrd/fault.h"

/* The whole file, unpacked if it is packed; the caller frees it. 0 or -errno with *f. */
int kfile_read(const char *path, char **ret, size_t *ret_len, struct fault *f);
/* The same of a module. -ENOEXEC with *f if it is not an ELF file in the end. */
int kfile_load(const char *path, char **ret, size_t *ret_len, struct fault *f);

/*
 * Unpacks len bytes (gzip, xz or zstd). Bytes behind the packed data are ignored, but may
 * cost the last 128 KiB in front of it. 0, -EIO when nothing can be unpacked, -ENOMEM, -EFBIG.
 */
int kfile_unpack(const char *data, size_t len, char **ret, size_t *ret_len);

/*
 * A firmware file that the module names ("tigon/tg3.bin"), which lies inside data: the first, or the
 * one behind `before`, an earlier answer; NULL if there is none. A driver that names one may do
 * without it.
 */
const char *kfile_firmware(const char *data, size_t len, const char *before);

#endif
