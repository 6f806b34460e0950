/* SPDX-License-Identifier: MIT */
/*
 * The kinds of target that only a build with the network has.
 */
#ifndef INIT_REMOTE_TARGETS_H
#define INIT_REMOTE_TARGETS_H

#include "init/target/target.h"

extern const struct target_kind target_https, target_nfs, target_s3, target_sftp, target_ssh;

#endif
