/* SPDX-License-Identifier: MIT */
#include "mkinitrd/host/cluster_nodes.h"

#include <arpa/inet.h>
#include <limits.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/cleanup.h"
#include "lib/conf/words.h"
#include "lib/log.h"

static const int families[] = {
	[CONF_FAMILY_AUTO] = AF_UNSPEC,
	[CONF_FAMILY_IPV4] = AF_INET,
	[CONF_FAMILY_IPV6] = AF_INET6,
};

static bool is_address(const char *text, enum conf_family family)
{
	char to[sizeof(struct in6_addr)];

	return (family != CONF_FAMILY_IPV6 && inet_pton(AF_INET, text, to) == 1) ||
	       (family != CONF_FAMILY_IPV4 && inet_pton(AF_INET6, text, to) == 1);
}

/* "192.0.2.7 name alias…  # comment" */
static bool names(char *line, const char *name, char **address)
{
	char *word;

	line[strcspn(line, "#\n")] = '\0';
	*address = words_next(&line);
	while (*address && (word = words_next(&line))) {
		if (!strcasecmp(word, name))
			return true;
	}
	return false;
}

static bool from_hosts(const char *root, const char *name, enum conf_family family,
		       char ret[NODES_ADDRESS])
{
	char path[PATH_MAX], line[1024], *address;
	_fclose_ FILE *hosts = NULL;

	snprintf(path, sizeof(path), "%s/etc/hosts", root);
	hosts = fopen(path, "re");
	while (hosts && fgets(line, sizeof(line), hosts)) {
		if (!names(line, name, &address) || !is_address(address, family))
			continue;
		snprintf(ret, NODES_ADDRESS, "%s", address);
		return true;
	}
	return false;
}

static bool from_servers(const char *name, enum conf_family family, char ret[NODES_ADDRESS])
{
	const struct addrinfo hints = { .ai_family = families[family], .ai_socktype = SOCK_DGRAM };
	struct addrinfo *found;
	bool good;

	if (getaddrinfo(name, NULL, &hints, &found))
		return false;
	good = !getnameinfo(found->ai_addr, found->ai_addrlen, ret, NODES_ADDRESS, NULL, 0,
			    NI_NUMERICHOST);
	freeaddrinfo(found);
	return good;
}

/* "web7" is web7.example.org too. */
static bool is_this_host(const char *node, const char *host)
{
	size_t len = strcspn(host, ".");

	return !strcasecmp(node, "localhost") || (host[0] && !strcasecmp(node, host)) ||
	       (len && !strncasecmp(node, host, len) && !node[len]);
}

static const char *resolve_node(const char *root, const char *node, bool ask,
				enum conf_family family, char address[NODES_ADDRESS])
{
	if (is_address(node, CONF_FAMILY_AUTO))
		return node;
	if (from_hosts(root, node, family, address) || (ask && from_servers(node, family, address)))
		return address;
	log_warn("fence_kdump_nodes: %s: its address is not found now; the crash kernel will ask "
		 "the "
		 "name servers of its network",
		 node);
	return node;
}

void cluster_nodes_resolve(const char *root, const char *host, bool ask, struct conf_fence *f,
			   struct cluster_nodes *memory)
{
	unsigned n = 0;

	for (unsigned i = 0; i < f->n_nodes; i++) {
		const char *node = f->nodes[i];

		if (is_this_host(node, host)) {
			log_info("fence_kdump_nodes: %s is this host, which gets no message", node);
			continue;
		}
		f->nodes[n] = resolve_node(root, node, ask, f->family, memory->address[n]);
		n++;
	}
	f->n_nodes = n;
}
