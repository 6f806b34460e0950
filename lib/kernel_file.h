/* SPDX-License-Identifier: MIT */
/*
 * What is common to kernels' files, whoever reads them: the EFI program that unpacks an Image (zboot:
 * drivers/firmware/efi/libstub/zboot-header.S of the kernel), and the configuration that a kernel with
 * CONFIG_IKCONFIG carries.
 */
#ifndef LIB_KERNEL_FILE_H
#define LIB_KERNEL_FILE_H

#include <stdbool.h>
#include <stddef.h>

#define ZBOOT_HEAD_BYTES 64

/* head: the first ZBOOT_HEAD_BYTES of a file. */
bool zboot_is(const void *head);
/* Is that the name by which the header calls the way in which the Image is packed ("gzip")? */
bool zboot_packed_by(const void *head, const char *name);
/* The packed Image in a zboot file of len bytes. -EBADMSG: it is truncated. */
int zboot_payload(const void *file, size_t len, size_t *ret_off, size_t *ret_bytes);

/* The configuration, packed by gzip, in an unpacked kernel; NULL: there is none. */
const char *ikconfig_find(const void *kernel, size_t len, size_t *ret_len);

#endif
