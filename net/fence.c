/* SPDX-License-Identifier: MIT */
#include "net/fence.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/cleanup.h"

static const int families[] = {
	[CONF_FAMILY_AUTO] = AF_UNSPEC,
	[CONF_FAMILY_IPV4] = AF_INET,
	[CONF_FAMILY_IPV6] = AF_INET6,
};

int fence_resolve(const char *node, const struct conf_fence *f, struct peer *ret)
{
	struct conf_place at = { .port = f->port };
	char why[PEER_WHY_BYTES];
	struct peer_list list;
	int r;

	if ((size_t)snprintf(at.host, sizeof(at.host), "%s", node) >= sizeof(at.host))
		return -ENOENT;
	r = peer_resolve(&at, families[f->family], SOCK_DGRAM, &list, why);
	if (!r)
		*ret = list.at[0];
	return r;
}

int fence_send(const struct peer *to)
{
	const struct fence_message m = { .magic = FENCE_MAGIC, .version = FENCE_VERSION };
	_close_ int fd = socket(to->address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_UDP);

	if (fd < 0)
		return -errno;
	if (sendto(fd, &m, sizeof(m), MSG_DONTWAIT | MSG_NOSIGNAL,
		   (const struct sockaddr *)&to->address, to->len) != sizeof(m))
		return -errno;
	return 0;
}
