/* SPDX-License-Identifier: MIT */
/*
 * The kinds of target of a whole build.
 */
#include "init/remote/targets.h"

const struct target_kind *const target_kinds[CONF_TARGET_KINDS] = {
	[CONF_TARGET_FS] = &target_fs,	     [CONF_TARGET_SHARE] = &target_share,
	[CONF_TARGET_UBI] = &target_ubi,     [CONF_TARGET_RAW] = &target_raw,
	[CONF_TARGET_HTTPS] = &target_https, [CONF_TARGET_NFS] = &target_nfs,
	[CONF_TARGET_SSH] = &target_ssh,     [CONF_TARGET_SFTP] = &target_sftp,
	[CONF_TARGET_S3] = &target_s3,
};
