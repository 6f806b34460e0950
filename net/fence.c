/* SPDX-License-Identifier: MIT */
#include "net/fence.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/cleanup.h"

static const int families[] = {
	[CONF_FAMILY_AUTO] = AF_UNSPEC,
	[CONF_FAMILY_IPV4] = AF_INET,
	[CONF_FAMILY_IPV6] = AF_INET6,
};

int fence_resolve(const char *node, const struct conf_fence *f, struct fence_peer *ret)
{
	const struct addrinfo hints = {
		.ai_family = families[f->family],
		.ai_socktype = SOCK_DGRAM,
		.ai_protocol = IPPROTO_UDP,
		.ai_flags = AI_NUMERICSERV,
	};
	struct addrinfo *found;
	char port[8];
	int r;

	snprintf(port, sizeof(port), "%u", f->port);
	r = getaddrinfo(node, port, &hints, &found);
	if (r)
		return r == EAI_AGAIN ? -EAGAIN : -ENOENT;
	*ret = (struct fence_peer){ .len = found->ai_addrlen };
	memcpy(&ret->address, found->ai_addr, found->ai_addrlen);
	if (getnameinfo(found->ai_addr, found->ai_addrlen, ret->text, sizeof(ret->text), NULL, 0,
			NI_NUMERICHOST))
		snprintf(ret->text, sizeof(ret->text), "%.60s", node);
	freeaddrinfo(found);
	return 0;
}

int fence_send(const struct fence_peer *to)
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
