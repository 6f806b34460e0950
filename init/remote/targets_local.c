/* SPDX-License-Identifier: MIT */
/*
 * The kinds of target of a build without the network (make NET=0).
 */
#include "init/target/target.h"

const struct target_kind *const target_kinds[CONF_TARGET_KINDS] = {
	[CONF_TARGET_FS] = &target_fs,
	[CONF_TARGET_SHARE] = &target_share,
	[CONF_TARGET_UBI] = &target_ubi,
	[CONF_TARGET_RAW] = &target_raw,
};
