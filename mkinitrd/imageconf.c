/* SPDX-License-Identifier: MIT */
#include "mkinitrd/imageconf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/seal.h"

static void write_net(FILE *to, const struct conf_net *net)
{
	if (net->mode == CONF_NET_NONE)
		return;
	fprintf(to, "net %s %s", net->iface, net->mode == CONF_NET_DHCP ? "dhcp" : net->address);
	if (net->gateway)
		fprintf(to, " gateway %s", net->gateway);
	if (net->dns)
		fprintf(to, " dns %s", net->dns);
	fputc('\n', to);
}

static void write_all(FILE *to, const struct conf *c, const char *kver)
{
	char options[COLLECTOR_LINE];

	fprintf(to, "# written by kdump-mkinitrd %s for kernel %s\n", KDUMP_VERSION, kver);
	if (c->host)
		fprintf(to, "host %s\n", c->host);
	fprintf(to, "path %s\n", c->path);
	for (unsigned i = 0; i < c->n_targets; i++)
		fprintf(to, "%s %s\n", c->targets[i].type, c->targets[i].where);
	if (c->https_ca)
		fprintf(to, "https_ca %s\n", c->https_ca);
	write_net(to, &c->net);
	if (!collector_print(&c->collector, options, sizeof(options)))
		fprintf(to, "core_collector kdump-dumper %s\n", options);
	fprintf(to, "target_timeout %u\n", c->target_timeout_s);
	fprintf(to, "failure_action %s\nfinal_action %s\n", conf_action_name(c->failure_action),
		conf_action_name(c->final_action));
	for (unsigned i = 0; i < c->n_modules; i++)
		fprintf(to, "module %s\n", c->modules[i]);
}

static bool same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static int check(const char *text, size_t len, const struct conf *meant, struct fault *f)
{
	_free_ char *copy = malloc(len + 1);
	struct conf_error err;
	struct conf c;

	if (!copy)
		return -ENOMEM;
	memcpy(copy, text, len + 1);
	if (conf_parse(copy, len, &c, &err))
		return fault_set(f, -EINVAL,
				 "the image's config would not be understood: line %u: %s",
				 err.line, err.text);
	if (c.n_targets != meant->n_targets || c.n_modules != meant->n_modules ||
	    !same(c.path, meant->path) || !same(c.host, meant->host))
		return fault_set(f, -EINVAL, "the image's config would not say what is meant");
	return 0;
}

int imageconf_write(const struct conf *c, const char *kver, char **ret, size_t *ret_len,
		    struct fault *f)
{
	_free_ char *text = NULL;
	char seal[SEAL_BYTES];
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);
	int r;

	if (!to)
		return -errno;
	write_all(to, c, kver);
	r = fflush(to);
	if (!r) {
		seal_line(text, len, seal);
		fputs(seal, to);
	}
	if (fclose(to) || r)
		return -ENOMEM;
	r = check(text, len, c, f);
	if (r)
		return r;
	*ret = keep_ptr(text);
	*ret_len = len;
	return 0;
}
