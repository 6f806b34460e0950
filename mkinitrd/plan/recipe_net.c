/* SPDX-License-Identifier: MIT */
#include "mkinitrd/plan/recipe_net.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/conf/target/conf_s3.h"
#include "lib/log.h"
#include "mkinitrd/plan/ntp_servers.h"
#include "mkinitrd/plan/recipe_link.h"
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
			 strcmp(p->conf.nets[0].iface, "auto") ? p->conf.nets[0].iface
							       : "the network interface");
}

/* The modules of what the `link` lines make. */
static int want_links(struct recipe *p, struct fault *f)
{
	int r = 0;

	for (unsigned i = 0; i < p->conf.n_links && !r; i++)
		r = kmods_want(&p->mods,
			       p->conf.links[i].kind == CONF_LINK_VLAN ? "8021q" : "bonding", f);
	return r;
}

/* By files alone: DHCP on the interface of the default route, or what the config says. */
static int resolve_by_files(struct recipe *p, const struct machine *m, struct fault *f)
{
	int r = want_links(p, f);

	for (unsigned i = 0; i < p->conf.n_nets && !r; i++) {
		struct conf_net *net = &p->conf.nets[i];
		struct machine_nic nic;

		if (conf_link_find(&p->conf, net->iface))
			continue;
		r = machine_find_nic(m, net->iface, &nic, f);
		r = r ? r : machine_want_nic(m, nic.name, &p->mods, f);
		if (r)
			return r;
		strcpy(p->iface[i], nic.mac);
		net->iface = p->iface[i];
	}
	return r;
}

int recipe_net_interface(struct recipe *p, const struct machine *m, struct fault *f)
{
	int r = recipe_needs_want(&p->mods, "net", f);

	if (r)
		return r;
	if (m && m->net)
		return recipe_link_resolve(p, m, m->net, f);
	if (!p->conf.n_nets) {
		p->conf.nets[0] = (struct conf_net){ .dhcp = true, .iface = "auto" };
		p->conf.n_nets = 1;
	}
	if (m)
		return resolve_by_files(p, m, f);
	r = want_links(p, f);
	return r ? r : check_driver(p, f);
}

int recipe_net_fence(struct recipe *p, const struct machine *m, struct fault *f)
{
	struct conf_fence *fence = &p->conf.fence;
	struct fault why = { 0 };
	int r = recipe_net_interface(p, m, &why);

	if (r)
		return fault_at(f, fence->nodes_line, r, "fence_kdump_nodes: %s", why.text);
	if (p->conf.nets[0].dhcp)
		log_info("fence_kdump: messages come from the address that DHCP gives; where the "
			 "cluster knows another one, write a `net` line with it");
	return 0;
}

/* The bundle that the config names below p->root, or that of the distribution. */
static int find_ca(const struct recipe *p, const char **ret, struct fault *f)
{
	char path[PATH_MAX];

	*ret = p->conf.https_ca;
	if (*ret)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(ca_bundles); i++) {
		if ((size_t)snprintf(path, sizeof(path), "%s%s", p->root, ca_bundles[i]) <
			    sizeof(path) &&
		    !access(path, R_OK)) {
			*ret = ca_bundles[i];
			return 0;
		}
	}
	return fault_set(f, -ENOENT,
			 "servers are checked against CA certificates, and there are none%s%s: "
			 "install ca-certificates or name a file with https_ca",
			 p->root[0] ? " below " : "", p->root);
}

int recipe_net_ca(struct recipe *p, struct fault *f)
{
	const struct recipe_file *row;
	const char *file;
	int r;

	if (recipe_files_find(p, CONF_CA_FILE))
		return 0;
	/* a certificate is judged by the clock */
	if (!p->conf.n_ntp)
		ntp_servers_take(p);
	r = find_ca(p, &file, f);
	r = r ? r : recipe_files_pack(p, "https_ca", "ca", file, CONF_CA_FILE, 0644, &row, f);
	if (!r && !strstr(row->data, "-----BEGIN CERTIFICATE-----"))
		r = fault_set(f, -EINVAL, "%s holds no certificate in PEM form", row->from);
	return r;
}

/* Of the client: both or none. */
static int pack_certificate(struct recipe *p, struct fault *f)
{
	struct conf_https *h = &p->conf.https;
	const struct recipe_file *row;
	int r;

	if (recipe_files_find(p, CONF_CERT_FILE) || (!h->cert && !h->key))
		return 0;
	if (!h->cert || !h->key)
		return fault_set(f, -EINVAL, "https_cert and https_key go together: %s is missing",
				 h->cert ? "https_key" : "https_cert");
	r = recipe_files_pack(p, "https_cert", "ca", h->cert, CONF_CERT_FILE, 0644, &row, f);
	if (!r && !strstr(row->data, "-----BEGIN CERTIFICATE-----"))
		return fault_set(f, -EINVAL, "%s holds no certificate in PEM form", row->from);
	r = r ? r : recipe_files_pack(p, "https_key", "key", h->key, CONF_CERT_KEY, 0600, &row, f);
	if (!r && (!strstr(row->data, "PRIVATE KEY-----") || strstr(row->data, "ENCRYPTED")))
		r = fault_set(f, -EINVAL,
			      "%s holds no private key in PEM form without a passphrase",
			      row->from);
	h->cert = CONF_CERT_FILE;
	h->key = CONF_CERT_KEY;
	return r;
}

int recipe_net_https(struct recipe *p, const struct machine *m, unsigned i, struct fault *f)
{
	int r = recipe_net_ca(p, f);

	(void)m, (void)i;
	return r ? r : pack_certificate(p, f);
}

/* The AWS programs' own file. */
#define S3_USUAL_KEYS "/root/.aws/credentials"

int recipe_net_s3(struct recipe *p, const struct machine *m, unsigned i, struct fault *f)
{
	struct conf_s3 *s3 = &p->conf.s3;
	const struct recipe_file *row;
	struct fault why = { 0 };
	int r = recipe_net_ca(p, f);

	(void)m;
	if (r || s3->instance || recipe_files_find(p, CONF_S3_KEYS))
		return r;
	r = recipe_files_pack(p, "s3_credentials", "key",
			      s3->keys_file ? s3->keys_file : S3_USUAL_KEYS, CONF_S3_KEYS, 0600,
			      &row, &why);
	if (r)
		return fault_at(f, p->conf.targets[i].line, r,
				"s3: no keys to sign with: %s; name a file, or `instance`, with "
				"s3_credentials",
				why.text);
	if (!strstr(row->data, "aws_access_key_id") || !strstr(row->data, "aws_secret_access_key"))
		return fault_set(
			f, -EINVAL,
			"s3_credentials %s: no aws_access_key_id and aws_secret_access_key in it",
			row->from);
	s3->keys_file = CONF_S3_KEYS;
	return 0;
}
