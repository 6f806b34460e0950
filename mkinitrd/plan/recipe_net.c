/* SPDX-License-Identifier: MIT */
#include "mkinitrd/plan/recipe_net.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/log.h"
#include "mkinitrd/plan/recipe_needs.h"

static const char *const ca_bundles[] = {
	"/etc/ssl/certs/ca-certificates.crt", /* Debian, Alpine, Arch, Gentoo, Void */
	"/etc/pki/tls/certs/ca-bundle.crt",   /* Fedora */
	"/etc/ssl/ca-bundle.pem",	      /* SUSE */
	"/etc/ssl/cert.pem",
};

/* Without the machine the config must name the driver. */
static int check_driver(const struct recipe *p, struct fault *f)
{
	if (p->conf.n_extra_modules)
		return 0;
	return fault_set(f, -EINVAL,
			 "net: the driver of %s cannot be found without the machine; name it in "
			 "extra_modules (even if it is built in)",
			 p->conf.net.iface);
}

int recipe_net_interface(struct recipe *p, const struct machine *m, struct fault *f)
{
	struct conf_net *net = &p->conf.net;
	struct machine_nic nic;
	int r;

	if (net->mode == CONF_NET_NONE)
		*net = (struct conf_net){ .mode = CONF_NET_DHCP, .iface = "auto" };
	r = recipe_needs_want(&p->mods, "net", f);
	if (r)
		return r;
	if (!m)
		return check_driver(p, f);
	r = machine_find_nic(m, net->iface, &nic, f);
	r = r ? r : machine_want_nic(m, nic.name, &p->mods, f);
	if (r)
		return r;
	strcpy(p->iface, nic.mac);
	net->iface = p->iface;
	return 0;
}

int recipe_net_fence(struct recipe *p, const struct machine *m, struct fault *f)
{
	struct conf_fence *fence = &p->conf.fence;
	bool dhcp = p->conf.net.mode != CONF_NET_STATIC;
	struct fault why = { 0 };
	int r = recipe_net_interface(p, m, &why);

	if (r)
		return fault_at(f, fence->nodes_line, r, "fence_kdump_nodes: %s", why.text);
	if (dhcp)
		log_info("fence_kdump: messages come from the address that DHCP gives %s; where "
			 "the cluster knows another one, write a `net` line with it",
			 p->conf.net.iface);
	if (fence->family == CONF_FAMILY_IPV6)
		log_warn("fence_kdump: -f ipv6: the crash kernel has IPv6 only where a router "
			 "announces it");
	return 0;
}

int recipe_net_ca(struct recipe *p, const char *root, struct fault *f)
{
	const char *asked = p->conf.https_ca;

	for (size_t i = 0; i < (asked ? 1 : ARRAY_LEN(ca_bundles)); i++) {
		const char *file = asked ? asked : ca_bundles[i];

		if ((size_t)snprintf(p->ca_file, sizeof(p->ca_file), "%s%s", root, file) <
			    sizeof(p->ca_file) &&
		    !access(p->ca_file, R_OK)) {
			p->conf.https_ca = CONF_CA_FILE;
			return 0;
		}
	}
	if (asked)
		return fault_set(f, -errno, "https_ca %s: %s", p->ca_file, strerror(errno));
	return fault_set(f, -ENOENT,
			 "https needs CA certificates: install ca-certificates or name a file with "
			 "https_ca");
}
