/* SPDX-License-Identifier: MIT */
#include "lib/conf/target/conf_kind.h"

#include "lib/conf/target/conf_nfs.h"

enum { HTTPS_PORT = 443 };

static int place_https(const struct conf_target *t, struct conf_place *ret)
{
	return conf_place_url(t->where, HTTPS_PORT, ret);
}

static const struct conf_kind kinds[CONF_TARGET_KINDS] = {
	[CONF_TARGET_FS] = { .mounted = true },
	[CONF_TARGET_SHARE] = { .mounted = true, .shared = true },
	[CONF_TARGET_RAW] = { .mounted = false },
	[CONF_TARGET_HTTPS] = { .place = place_https },
	[CONF_TARGET_NFS] = { .mounted = true, .shared = true, .place = conf_nfs_place },
};

const struct conf_kind *conf_kind(const struct conf_target *t)
{
	return &kinds[t->kind];
}
