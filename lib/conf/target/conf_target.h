/* SPDX-License-Identifier: MIT */
#ifndef LIB_CONF_TARGET_CONF_TARGET_H
#define LIB_CONF_TARGET_CONF_TARGET_H

#include "lib/conf/conf.h"
#include "lib/conf/conf_values.h"

/* Puts a target behind those that are there, unless it is one of them. 0, or -EINVAL with *err. */
int conf_target_add(struct conf *c, const struct conf_target *t, struct conf_error *err);

#endif
