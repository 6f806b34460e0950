/* SPDX-License-Identifier: MIT */
/*
 * fence_kdump_nodes: names become addresses here, on the running host, as the crash kernel has no
 * /etc/hosts and perhaps no name server.
 */
#ifndef MKINITRD_HOST_CLUSTER_NODES_H
#define MKINITRD_HOST_CLUSTER_NODES_H

#include "lib/conf/conf.h"

#define NODES_ADDRESS 48

/* Memory for what is put into a config. */
struct cluster_nodes {
	char address[CONF_MAX_NODES][NODES_ADDRESS];
};

/*
 * Replaces the nodes of *f by addresses, and drops this host, called `host`. root: as in struct
 * machine; name servers are asked for the running system alone ("" and ask). A name that is not
 * found stays, with a warning: the capture asks the name servers of its network then.
 */
void cluster_nodes_resolve(const char *root, const char *host, bool ask, struct conf_fence *f,
			   struct cluster_nodes *memory);

#endif
