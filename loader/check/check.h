/* SPDX-License-Identifier: MIT */
/*
 * Everything that would make the kernel refuse, asked before the call: a call that fails drops
 * the crash kernel that was loaded before it. Each check adds sentences to the findings.
 */
#ifndef LOADER_CHECK_CHECK_H
#define LOADER_CHECK_CHECK_H

#include "loader/check/findings.h"
#include "loader/host.h"
#include "loader/kexec/image.h"
#include "loader/kexec/kernel_head.h"
#include "loader/kexec/kexec.h"

/* Can this program arm such a machine at all? */
bool check_machine(const struct host *h, struct findings *f);

/* Does the running kernel know crash kernels? */
void check_support(const struct host *h, struct findings *f);

/* May this process load or unload (verb: "load", "unload") at all? */
void check_permission(const struct host *h, const char *verb, struct findings *f);

/*
 * Can a load that fails be undone, within kernel.kexec_load_limit_panic? Otherwise a warning where
 * somebody wants the load, and an error where it is only for the better (`by_itself`).
 */
void check_way_back(const struct host *h, bool by_itself, struct findings *f);

/* Can this call be taken at all? root: as for host_read(). */
void check_call(int root, const struct host *h, enum kexec_call call, struct findings *f);

/* img is open: what is inside of a unified kernel image is unpacked (image_unpack()). */
bool check_unpack(struct image *img, struct findings *f);

/* img is open and unpacked. *ret is valid if it returns true. */
bool check_kernel(const struct host *h, const struct image *img, struct kernel_head *ret,
		  struct findings *f);

/* Can b, from img, read memory that the running kernel encrypts? root: as for host_read(). */
void check_encryption(int root, const struct host *h, const struct image *img,
		      const struct kernel_head *b, struct findings *f);

/*
 * The kernel reads both files whole into its memory; too little of it would bring the OOM killer
 * upon this process, half-way.
 */
void check_memory(const struct host *h, uint64_t files_bytes, struct findings *f);

/* The line against what the image takes and what the kernel puts in front of it. */
void check_cmdline(const struct host *h, const struct kernel_head *b, const char *cmdline,
		   struct findings *f);

/* Settings that keep a crash from being captured; for load and status. */
void check_settings(const struct host *h, struct findings *f);

#endif
