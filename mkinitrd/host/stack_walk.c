/* SPDX-License-Identifier: MIT */
#include "mkinitrd/host/stack_walk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/io.h"

int walk_emit(struct walk *w, const char *kind, const char *text)
{
	struct conf *c = w->conf;

	if (c->n_stack == CONF_MAX_STACK)
		return fault_set(w->f, -E2BIG, "it is made of more than %u pieces", CONF_MAX_STACK);
	w->s->text[c->n_stack] = strdup(text);
	if (!w->s->text[c->n_stack])
		return -ENOMEM;
	c->stack[c->n_stack] = (struct conf_stack){ .kind = kind,
						    .text = w->s->text[c->n_stack],
						    .line = w->line };
	c->n_stack++;
	return 0;
}

bool walk_has(const struct walk *w, const char *kind, const char *name)
{
	size_t n = strlen(name);

	for (unsigned i = 0; i < w->conf->n_stack; i++) {
		const struct conf_stack *s = &w->conf->stack[i];

		if (!strcmp(s->kind, kind) && !strncmp(s->text, name, n) && s->text[n] == ' ')
			return true;
	}
	return false;
}

void walk_read(const struct walk *w, const char *name, const char *file, char *ret, size_t size)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/sys/class/block/%s/%s", w->m->root, name, file);
	if (io_read_file(AT_FDCWD, path, ret, size, NULL))
		ret[0] = '\0';
	ret[strcspn(ret, "\n")] = '\0';
}

int walk_each(struct walk *w, const char *name, const char *folder,
	      int (*fn)(struct walk *w, const char *name))
{
	char path[PATH_MAX];
	_closedir_ DIR *d = NULL;
	int r = 0;

	snprintf(path, sizeof(path), "%s/sys/class/block/%s/%s", w->m->root, name, folder);
	d = opendir(path);
	for (struct dirent *e; d && !r && (e = readdir(d));)
		r = e->d_name[0] == '.' ? 0 : fn(w, e->d_name);
	return r;
}

int walk_find(struct walk *w, const char *name, struct machine_disk *ret)
{
	char node[NAME_MAX + 8];

	if (!blockname_node(name, node, sizeof(node)))
		return -ENAMETOOLONG;
	return machine_find_disk(w->m, node, ret, w->f);
}

enum walk_kind walk_kind(const struct walk *w, const char *name)
{
	char text[192], number[16];
	const char *rest = text;

	if (!strncmp(name, "md", 2) && strspn(name + 2, "0123456789")) {
		walk_read(w, name, "partition", number, sizeof(number));
		return number[0] ? WALK_MD_PARTITION : WALK_MD;
	}
	walk_read(w, name, "dm/uuid", text, sizeof(text));
	/* a partition of a multipath device: "part1-mpath-…" */
	if (!strncmp(text, "part", 4)) {
		rest = text + 4 + strspn(text + 4, "0123456789");
		rest += *rest == '-';
	}
	if (!strncmp(rest, "mpath-", 6))
		return WALK_MULTIPATH;
	walk_read(w, name, "dm/name", text, sizeof(text));
	return text[0] ? WALK_DM : WALK_PLAIN;
}

int walk_disk(struct walk *w, const char *name)
{
	int r;

	if (walk_kind(w, name) == WALK_PLAIN)
		return machine_want_disk(w->m, name, w->mods, w->f);
	/* multipath, and its partitions below which stands the whole device */
	if (++w->depth > WALK_MAX_DEPTH)
		return fault_set(w->f, -ELOOP, "%s is a part of itself", name);
	r = walk_each(w, name, "slaves", walk_disk);
	w->depth--;
	return r;
}
