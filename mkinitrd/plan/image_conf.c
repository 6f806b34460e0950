/* SPDX-License-Identifier: MIT */
#include "mkinitrd/plan/image_conf.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"

static void write_link(FILE *to, const struct conf_link *l)
{
	fprintf(to, "link %s %s", l->name, l->kind == CONF_LINK_VLAN ? "vlan" : "bond");
	for (unsigned i = 0; i < l->n_lower; i++)
		fprintf(to, " %s", l->lower[i]);
	if (l->kind == CONF_LINK_VLAN)
		fprintf(to, " %u", l->vlan_id);
	fprintf(to, "%s%s\n", l->options ? " " : "", l->options ? l->options : "");
}

static void write_net(FILE *to, const struct conf_net *net)
{
	fprintf(to, "net %s%s%s%s", net->iface, net->dhcp ? " dhcp" : "",
		net->dhcp6 ? " dhcp6" : "", net->slaac ? " slaac" : "");
	for (unsigned i = 0; i < net->n_addresses; i++)
		fprintf(to, " %s", net->addresses[i]);
	for (unsigned i = 0; i < net->n_routes; i++) {
		const struct conf_route *r = &net->routes[i];

		fprintf(to, r->to ? " route %s" : " gateway%s", r->to ? r->to : "");
		if (r->via)
			fprintf(to, r->to ? " via %s" : " %s", r->via);
	}
	for (unsigned i = 0; i < net->n_dns; i++)
		fprintf(to, " dns %s", net->dns[i]);
	if (net->mtu)
		fprintf(to, " mtu %u", net->mtu);
	fputc('\n', to);
}

static void write_target(FILE *to, const struct conf_target *t)
{
	fprintf(to, "%s %s%s%s", t->type, t->where, t->query ? "?" : "", t->query ? t->query : "");
	if (t->subvol)
		fprintf(to, " subvol=%s", t->subvol);
	if (t->options)
		fprintf(to, " %s", t->options);
	fputs(t->overwrite ? " overwrite\n" : "\n", to);
}

/*
 * Each target behind the devices it stands on, which keep the line of the target they are for, and
 * behind the link that it is reached by.
 */
static void write_targets(FILE *to, const struct conf *c)
{
	unsigned k = 0, n = 1;

	for (unsigned i = 0; i < c->n_links; i++)
		write_link(to, &c->links[i]);
	if (c->n_nets)
		write_net(to, &c->nets[0]);
	for (unsigned i = 0; i < c->n_targets; i++) {
		for (; k < c->n_stack && c->stack[k].line <= c->targets[i].line; k++)
			fprintf(to, "%s %s\n", c->stack[k].kind, c->stack[k].text);
		for (; n < c->n_nets && c->nets[n].line < c->targets[i].line; n++)
			write_net(to, &c->nets[n]);
		write_target(to, &c->targets[i]);
	}
	for (; k < c->n_stack; k++)
		fprintf(to, "%s %s\n", c->stack[k].kind, c->stack[k].text);
}

static void write_kexec(FILE *to, const struct conf_kexec *k)
{
	if (k->kernel)
		fprintf(to, "kexec_kernel %s\n", k->kernel);
	if (k->initrd)
		fprintf(to, "kexec_initrd %s\n", k->initrd);
	fprintf(to, "kexec_min_uptime %u\nkexec_disk ", k->min_uptime_s);
	write_target(to, &k->disk);
}

static void write_ntp(FILE *to, const struct conf *c)
{
	for (unsigned i = 0; i < c->n_ntp; i++)
		fprintf(to, "%s%s", i ? " " : "ntp ", c->ntp[i]);
	if (c->n_ntp)
		fputc('\n', to);
}

static void write_https(FILE *to, const struct conf_https *h)
{
	if (h->post)
		fputs("https_method POST\n", to);
	if (h->cert)
		fprintf(to, "https_cert %s\n", h->cert);
	if (h->key)
		fprintf(to, "https_key %s\n", h->key);
	for (unsigned i = 0; i < h->n_headers; i++)
		fprintf(to, "https_header %s\n", h->headers[i]);
}

static void write_s3(FILE *to, const struct conf_s3 *s)
{
	if (s->endpoint)
		fprintf(to, "s3_endpoint %s\n", s->endpoint);
	if (s->region)
		fprintf(to, "s3_region %s\n", s->region);
	if (s->style != CONF_S3_AUTO)
		fprintf(to, "s3_style %s\n", s->style == CONF_S3_PATH ? "path" : "host");
	if (s->keys_file)
		fprintf(to, "s3_credentials %s\n", s->keys_file);
	if (s->instance)
		fputs("s3_credentials instance\n", to);
}

static void write_fence(FILE *to, const struct conf_fence *f)
{
	static const char *const families[] = {
		[CONF_FAMILY_AUTO] = "auto",
		[CONF_FAMILY_IPV4] = "ipv4",
		[CONF_FAMILY_IPV6] = "ipv6",
	};

	if (!f->n_nodes)
		return;
	fputs("fence_kdump_nodes", to);
	for (unsigned i = 0; i < f->n_nodes; i++)
		fprintf(to, " %s", f->nodes[i]);
	fprintf(to, "\nfence_kdump_args -p %u -f %s -c %u -i %u\n", f->port, families[f->family],
		f->count, f->interval_s);
}

static void write_encrypt(FILE *to, const struct conf_encrypt *e)
{
	for (unsigned i = 0; i < e->n_keys; i++)
		fprintf(to, "encrypt %s\n", e->keys[i]);
}

static void write_limits(FILE *to, const struct conf_limits *l)
{
	fprintf(to, "target_timeout %u\nstep_timeout %u\nstall_timeout %u\n", l->target_timeout_s,
		l->step_timeout_s, l->stall_timeout_s);
	fprintf(to, "target_deadline %u\ndeadline %u\nhook_timeout %u\n", l->target_deadline_s,
		l->deadline_s, l->hook_timeout_s);
}

static void write_keep(FILE *to, const struct conf_keep *k)
{
	if (k->dumps)
		fprintf(to, "keep %u\n", k->dumps);
	if (k->bytes)
		fprintf(to, "keep_bytes %" PRIu64 "\n", k->bytes);
	if (k->min_free)
		fprintf(to, "min_free %" PRIu64 "\n", k->min_free);
	if (k->loop_crashes)
		fprintf(to, "crash_loop %u %u\n", k->loop_crashes, k->loop_minutes);
}

/* In quotes of their own, as those around a value are removed. */
static void write_arguments(FILE *to, const char *name, const char *value)
{
	if (value && *value)
		fprintf(to, "%s \"%s\"\n", name, value);
}

static void write_all(FILE *to, const struct conf *c, const char *kver)
{
	char options[COLLECTOR_LINE];

	fprintf(to, "# written by kdump-mkinitrd %s for kernel %s\n", KDUMP_VERSION, kver);
	if (c->host)
		fprintf(to, "host %s\n", c->host);
	fprintf(to, "path %s\n", c->path);
	write_targets(to, c);
	if (c->https_ca)
		fprintf(to, "https_ca %s\n", c->https_ca);
	write_ntp(to, c);
	write_https(to, &c->https);
	write_s3(to, &c->s3);
	for (unsigned i = 0; i < c->n_beacons; i++)
		fprintf(to, "beacon %s\n", c->beacons[i]);
	if (c->ssh_key)
		fprintf(to, "sshkey %s\n", c->ssh_key);
	write_fence(to, &c->fence);
	write_encrypt(to, &c->encrypt);
	if (!collector_print(&c->collector, options, sizeof(options)))
		fprintf(to, "core_collector kdump-dumper %s\n", options);
	write_limits(to, &c->limits);
	write_keep(to, &c->keep);
	fprintf(to, "watchdog %s\n", c->watchdog ? "yes" : "no");
	for (unsigned i = 0; i < CONF_HOOKS; i++) {
		if (c->hooks[i])
			fprintf(to, "%s %s\n", conf_hook_name(i), c->hooks[i]);
	}
	fprintf(to, "failure_action %s\nfinal_action %s\n", conf_action_name(c->failure_action),
		conf_action_name(c->final_action));
	write_arguments(to, "cmdline_remove", c->cmdline_remove);
	write_arguments(to, "cmdline_append", c->cmdline_append);
	if (c->final_action == CONF_KEXEC)
		write_kexec(to, &c->kexec);
	for (unsigned i = 0; i < c->n_options; i++)
		fprintf(to, "options %s %s\n", c->options[i].module, c->options[i].params);
	for (unsigned i = 0; i < c->n_modules; i++)
		fprintf(to, "module %s\n", c->modules[i]);
}

static bool same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static int check_text(const char *text, size_t len, const struct conf *meant, struct fault *f)
{
	_free_ char *copy = malloc(len + 1);
	struct conf_findings found;
	char why[CONF_SAY_BYTES];
	struct conf c;

	if (!copy)
		return -ENOMEM;
	memcpy(copy, text, len + 1);
	if (conf_parse(copy, len, &c, &found)) {
		conf_say(conf_first_error(&found), why);
		return fault_set(f, -EINVAL, "the image's config would not be understood: %.480s",
				 why);
	}
	if (c.n_targets != meant->n_targets || c.n_modules != meant->n_modules ||
	    c.n_stack != meant->n_stack || c.n_options != meant->n_options ||
	    c.fence.n_nodes != meant->fence.n_nodes || c.encrypt.n_keys != meant->encrypt.n_keys ||
	    c.n_links != meant->n_links || !same(c.path, meant->path) ||
	    !same(c.host, meant->host) || !same(c.cmdline_remove, meant->cmdline_remove) ||
	    !same(c.cmdline_append, meant->cmdline_append) ||
	    !same(c.kexec.disk.where, meant->kexec.disk.where))
		return fault_set(f, -EINVAL, "the image's config, read again, is another one");
	return 0;
}

int image_conf_write(const struct conf *c, const char *kver, char **ret, size_t *ret_len,
		     struct fault *f)
{
	_free_ char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);
	int r;

	if (!to)
		return -errno;
	write_all(to, c, kver);
	if (fclose(to))
		return -ENOMEM;
	r = check_text(text, len, c, f);
	if (r)
		return r;
	*ret = keep_ptr(text);
	*ret_len = len;
	return 0;
}
