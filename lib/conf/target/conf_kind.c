/* SPDX-License-Identifier: MIT */
#include "lib/conf/target/conf_kind.h"

#include <errno.h>

#include "lib/conf/target/conf_nfs.h"
#include "lib/conf/target/conf_s3.h"
#include "lib/conf/target/conf_ssh.h"

enum { HTTPS_PORT = 443 };

static int place_https(const struct conf_target *t, struct conf_place *ret)
{
	return conf_place_url(t->where, HTTPS_PORT, ret);
}

static int place_ssh(const struct conf_target *t, struct conf_place *ret)
{
	struct conf_ssh parts;

	if (conf_ssh_split(t->where, &parts))
		return -EINVAL;
	*ret = parts.at;
	return 0;
}

static int place_s3(const struct conf_target *t, struct conf_place *ret)
{
	struct conf_s3_place s3;

	return conf_s3_split(t, &s3) ? -EINVAL : conf_place_url(s3.endpoint, HTTPS_PORT, ret);
}

static const struct conf_kind kinds[CONF_TARGET_KINDS] = {
	[CONF_TARGET_FS] = { .mounted = true },
	[CONF_TARGET_SHARE] = { .mounted = true, .shared = true },
	[CONF_TARGET_UBI] = { .mounted = true },
	[CONF_TARGET_RAW] = { .mounted = false },
	[CONF_TARGET_HTTPS] = { .place = place_https },
	[CONF_TARGET_NFS] = { .mounted = true, .shared = true, .place = conf_nfs_place },
	[CONF_TARGET_SSH] = { .place = place_ssh },
	[CONF_TARGET_SFTP] = { .place = place_ssh },
	[CONF_TARGET_S3] = { .place = place_s3 },
};

const struct conf_kind *conf_kind(const struct conf_target *t)
{
	return &kinds[t->kind];
}
