/* SPDX-License-Identifier: MIT */
#include "loader/check/targets.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/block/flash.h"
#include "lib/cleanup.h"
#include "lib/conf/conf.h"
#include "lib/conf/stackline.h"
#include "lib/conf/target/conf_kind.h"
#include "lib/io.h"
#include "loader/check/devices.h"
#include "loader/check/reach.h"

enum { REMAKE_BYTES = PATH_MAX + 200, WHY_BYTES = 320 };

/* What is known of a target. */
struct verdict {
	const char *id;	     /* of the finding; NULL: nothing speaks against it */
	bool may_come;	     /* by itself: a server that is down */
	char why[WHY_BYTES]; /* a sentence without its end */
	const char *remedy;  /* NULL: make the image anew */
};

/* What is looked at. */
struct look {
	struct devices root;
	const struct conf *conf;
	unsigned wait_ms;
	bool has_nic;
	char nic[WHY_BYTES]; /* if not: why */
};

/* ---------------------------------------------------------------- disks */

/* A device that a line of the stack is made of is gone: its name. */
static bool is_part_gone(const struct look *l, const struct conf_stack *s, char *ret, size_t size)
{
	_free_ char *text = strdup(s->text);
	const char *before, *inside;
	char name[NAME_MAX + 1], *rest = text;

	if (strcmp(s->kind, "dm"))
		return false;
	while (text && stackline_next(&rest, &before, &inside) == 1) {
		if (!inside || !strncmp(inside, "dm:", 3) || !strncmp(inside, "key:", 4) ||
		    devices_find(&l->root, inside, name) != DEVICE_GONE)
			continue;
		snprintf(ret, size, "%s", inside);
		return true;
	}
	return false;
}

/* Its lines stand between the target before t and t. */
bool targets_stand_on(const struct conf *c, const struct conf_target *t, const struct conf_stack *s)
{
	unsigned before = 0;

	for (unsigned i = 0; i < c->n_targets; i++) {
		if (c->targets[i].line < t->line && c->targets[i].line > before)
			before = c->targets[i].line;
	}
	return s->line < t->line && s->line > before;
}

static void check_device(const struct look *l, const struct conf_target *t, struct verdict *v)
{
	char name[NAME_MAX + 1], part[128];
	bool stacked = false;

	if (devices_find(&l->root, t->where, name) != DEVICE_GONE)
		return;
	for (unsigned i = 0; i < l->conf->n_stack; i++) {
		const struct conf_stack *s = &l->conf->stack[i];

		if (!targets_stand_on(l->conf, t, s))
			continue;
		stacked = true;
		if (!is_part_gone(l, s, part, sizeof(part)))
			continue;
		v->id = "target-gone";
		snprintf(v->why, sizeof(v->why),
			 "the target %s %s stands on %s, and no disk of this machine is that",
			 t->type, t->where, part);
		return;
	}
	/* the capture makes it of parts that are there; this system need not have it open */
	if (stacked)
		return;
	v->id = "target-gone";
	snprintf(v->why, sizeof(v->why), "the target %s %s is on no disk of this machine", t->type,
		 t->where);
}

/* ---------------------------------------------------------------- shares */

/* Where the kernel tells the tags of a share's type; %s is a device. */
static const struct {
	const char *type, *folder, *file;
} shares[] = {
	{ "9p", "sys/bus/virtio/drivers/9pnet_virtio", "%s/mount_tag" },
	{ "virtiofs", "sys/fs/virtiofs", "%s/tag" }, /* since 6.9 */
};

/* Is there a share with that tag? A folder that is not there tells nothing. */
static enum device_state find_share(const struct look *l, size_t i, const char *tag)
{
	int fd = openat(l->root.fd, shares[i].folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_closedir_ DIR *d = fd < 0 ? NULL : fdopendir(fd);
	char path[NAME_MAX + 16], text[NAME_MAX + 1];

	if (!d)
		return DEVICE_UNKNOWN;
	for (struct dirent *e; (e = readdir(d));) {
		snprintf(path, sizeof(path), shares[i].file, e->d_name);
		if (e->d_name[0] == '.' || io_read_file(dirfd(d), path, text, sizeof(text), NULL))
			continue;
		text[strcspn(text, "\n")] = '\0';
		if (!strcmp(text, tag))
			return DEVICE_THERE;
	}
	return DEVICE_GONE;
}

static void check_share(const struct look *l, const struct conf_target *t, struct verdict *v)
{
	for (size_t i = 0; i < ARRAY_LEN(shares); i++) {
		if (strcmp(shares[i].type, t->type) || find_share(l, i, t->where) != DEVICE_GONE)
			continue;
		v->id = "target-gone";
		snprintf(v->why, sizeof(v->why),
			 "the target %s %s: the host of this virtual machine shares nothing of "
			 "that name",
			 t->type, t->where);
	}
}

/* ---------------------------------------------------------------- UBI */

/* This system need not have attached it; where it has, the volume is there. */
static void check_ubi(const struct look *l, const struct conf_target *t, struct verdict *v)
{
	struct ubi_name name;
	struct ubi_volume volume;
	int r = ubi_find(l->root.path, t->where, &volume, NULL, 0);

	if (r == -ENODEV && ubi_name_split(t->where, &name))
		r = flash_find(l->root.path, name.partition, NULL, 0);
	if (r >= 0)
		return;
	v->id = "target-gone";
	snprintf(v->why, sizeof(v->why), "the target %s %s %s", t->type, t->where,
		 r == -ENOTUNIQ ? "has a name that stands twice on this machine's flash"
				: "is on no flash of this machine");
}

/* ---------------------------------------------------------------- the network */

/* Is the interface there that the image brings up? It is named by its address, or by its name. */
static void check_nic(struct look *l)
{
	const struct conf_net *net = conf_net_of(l->conf, NULL);
	const char *want = net ? net->iface : NULL;
	int fd = openat(l->root.fd, "sys/class/net", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_closedir_ DIR *d = fd < 0 ? NULL : fdopendir(fd);
	char path[NAME_MAX + 16], text[64], has[120] = "";
	size_t n = 0;

	/* one that is made of others is looked for by nobody here */
	l->has_nic = !d || !want || conf_link_find(l->conf, want) || !strcmp(want, "auto");
	for (struct dirent *e; !l->has_nic && (e = readdir(d));) {
		snprintf(path, sizeof(path), "%s/address", e->d_name);
		if (e->d_name[0] == '.' || !strcmp(e->d_name, "lo") ||
		    io_read_file(dirfd(d), path, text, sizeof(text), NULL))
			continue;
		text[strcspn(text, "\n")] = '\0';
		l->has_nic = !strcasecmp(text, want) || !strcmp(e->d_name, want);
		if (n < sizeof(has))
			n += (size_t)snprintf(has + n, sizeof(has) - n, "%s%s %s", n ? ", " : "",
					      e->d_name, text);
	}
	if (!l->has_nic)
		snprintf(l->nic, sizeof(l->nic),
			 "the image was made for the network interface %s, which this machine does "
			 "not have (it has %s)",
			 want, n ? has : "none");
}

static void check_server(const struct look *l, const struct conf_target *t, struct verdict *v)
{
	struct conf_place at;
	char why[160];

	if (!l->has_nic) {
		v->id = "image-nic";
		snprintf(v->why, sizeof(v->why), "%s", l->nic);
		return;
	}
	if (!l->wait_ms || conf_kind(t)->place(t, &at) ||
	    !reach_server(at.host, at.port, l->wait_ms, why, sizeof(why)))
		return;
	v->id = "target-unreachable";
	v->may_come = true;
	v->remedy = "see whether the server runs, and what is between";
	snprintf(v->why, sizeof(v->why), "the target %.120s cannot be reached now: %s", t->where,
		 why);
}

/* ---------------------------------------------------------------- all of them */

static void check_target(const struct look *l, const struct conf_target *t, struct verdict *v)
{
	if (conf_kind(t)->place)
		check_server(l, t, v);
	else if (t->kind == CONF_TARGET_SHARE)
		check_share(l, t, v);
	else if (t->kind == CONF_TARGET_UBI)
		check_ubi(l, t, v);
	else
		check_device(l, t, v);
}

static void tell(const struct check_image *c, const struct manifest *m, const struct verdict *v,
		 bool fatal, struct findings *f)
{
	char words[REMAKE_BYTES];
	const char *remedy = v->remedy;

	if (!remedy) {
		check_remake(c, &m->head, words, sizeof(words));
		remedy = words;
	}
	if (fatal)
		findings_error(f, v->id, "%s, and there is no other target: %s", v->why, remedy);
	else if (v->may_come)
		findings_warn(f, v->id, "%s: %s", v->why, remedy);
	else
		findings_stale(f, v->id, "%s: %s", v->why, remedy);
}

static void check_all(const struct check_image *c, const struct manifest *m, struct look *l,
		      bool strict, struct findings *f)
{
	struct verdict v[CONF_MAX_TARGETS] = { 0 };
	unsigned bad = 0;

	check_nic(l);
	for (unsigned i = 0; i < l->conf->n_targets; i++) {
		check_target(l, &l->conf->targets[i], &v[i]);
		bad += v[i].id != NULL;
	}
	for (unsigned i = 0; i < l->conf->n_targets; i++) {
		bool told = false;

		/* one interface for several servers */
		for (unsigned k = 0; k < i && v[i].id; k++)
			told |= v[k].id && !strcmp(v[k].why, v[i].why);
		if (v[i].id && !told)
			tell(c, m, &v[i], strict && bad == l->conf->n_targets, f);
	}
	if (!bad && !l->has_nic)
		findings_stale(f, "image-nic", "%s: run kdump-mkinitrd again", l->nic);
}

void targets_check(int root, const struct check_image *c, const struct manifest *m,
		   unsigned wait_ms, bool strict, struct findings *f)
{
	struct look l = { .root = devices_of(root), .conf = m->conf, .wait_ms = wait_ms };

	check_all(c, m, &l, strict, f);
}
