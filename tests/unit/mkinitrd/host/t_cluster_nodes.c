/* SPDX-License-Identifier: MIT */
#include "mkinitrd/host/cluster_nodes.h"

#include "lib/cleanup.h"
#include "tests/unit/fake/tree.h"
#include "tests/unit/test.h"

static struct cluster_nodes memory;

TEST(names_become_addresses)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	struct conf_fence f = { .nodes = { "node2", "NODE3", "192.0.2.9", "2001:db8::1", "node1",
					   "node1.cluster.example", "localhost", "nowhere" },
				.n_nodes = 8 };

	tree_text(&t, "/etc/hosts",
		  "127.0.0.1 localhost\n# 192.0.2.1 node2\n"
		  "192.0.2.2\tn2.cluster node2 # node3\nbroken node3\n2001:db8::3 node3\n192.0.2.3 "
		  "node3\n");
	cluster_nodes_resolve(t.root, "node1.cluster.example", false, &f, &memory);
	CHECK_EQ(f.n_nodes, 5);
	CHECK_STR(f.nodes[0], "192.0.2.2");
	CHECK_STR(f.nodes[1], "2001:db8::3");
	CHECK_STR(f.nodes[2], "192.0.2.9");
	CHECK_STR(f.nodes[3], "2001:db8::1");
	CHECK_STR(f.nodes[4], "nowhere");
	f = (struct conf_fence){ .nodes = { "node3" }, .n_nodes = 1, .family = CONF_FAMILY_IPV4 };
	cluster_nodes_resolve(t.root, "", false, &f, &memory);
	CHECK_STR(f.nodes[0], "192.0.2.3");
}

TEST(no_hosts_file)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	struct conf_fence f = { .nodes = { "a", "b" }, .n_nodes = 2 };

	cluster_nodes_resolve(t.root, "b", false, &f, &memory);
	CHECK_EQ(f.n_nodes, 1);
	CHECK_STR(f.nodes[0], "a");
}
