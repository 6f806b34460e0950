/* SPDX-License-Identifier: MIT */
/*
 * The config in the image, in the language of the user's config.
 */
#ifndef MKINITRD_PLAN_IMAGE_CONF_H
#define MKINITRD_PLAN_IMAGE_CONF_H

#include <stddef.h>

#include "lib/conf/conf.h"
#include "mkinitrd/fault.h"

/*
 * The text of a resolved conf, which the caller frees. It was parsed again, as kdump-init will, and
 * the result compared with *c. 0 or -errno with *f.
 */
int image_conf_write(const struct conf *c, const char *kver, char **ret, size_t *ret_len,
		     struct fault *f);

#endif
