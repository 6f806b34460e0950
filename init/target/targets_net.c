/* SPDX-License-Identifier: MIT */
/*
 * The kinds of target of a whole build.
 */
#include "init/target/targets_net.h"

const struct target_kind *const target_kinds[] = {
	[CONF_TARGET_FS] = &target_fs,
	[CONF_TARGET_SHARE] = &target_share,
	[CONF_TARGET_RAW] = &target_raw,
	[CONF_TARGET_HTTPS] = &target_https,
};
