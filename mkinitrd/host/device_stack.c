/* SPDX-License-Identifier: MIT */
#include "mkinitrd/host/device_stack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/conf/stackline.h"
#include "lib/io.h"
#include "lib/log.h"
#include "mkinitrd/host/stack_walk.h"

enum kind { PLAIN, DM, MD, MD_PARTITION, MULTIPATH };

/* ---------------------------------------------------------------- what the walk needs */

int walk_emit(struct walk *w, const char *kind, const char *text)
{
	struct conf *c = w->conf;

	if (c->n_stack == CONF_MAX_STACK)
		return fault_set(w->f, -E2BIG, "it is made of more than %u pieces", CONF_MAX_STACK);
	w->s->text[c->n_stack] = strdup(text);
	if (!w->s->text[c->n_stack])
		return -ENOMEM;
	c->stack[c->n_stack] = (struct conf_stack){
		.kind = kind, .text = w->s->text[c->n_stack], .line = w->line};
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

/* ---------------------------------------------------------------- kinds of devices */

static enum kind kind_of(const struct walk *w, const char *name)
{
	char text[192], number[16];
	const char *rest = text;

	if (!strncmp(name, "md", 2) && strspn(name + 2, "0123456789")) {
		walk_read(w, name, "partition", number, sizeof(number));
		return number[0] ? MD_PARTITION : MD;
	}
	walk_read(w, name, "dm/uuid", text, sizeof(text));
	/* a partition of a multipath device: "part1-mpath-…" */
	if (!strncmp(text, "part", 4)) {
		rest = text + 4 + strspn(text + 4, "0123456789");
		rest += *rest == '-';
	}
	if (!strncmp(rest, "mpath-", 6))
		return MULTIPATH;
	walk_read(w, name, "dm/name", text, sizeof(text));
	return text[0] ? DM : PLAIN;
}

int walk_disk(struct walk *w, const char *name)
{
	int r;

	if (kind_of(w, name) == PLAIN)
		return machine_want_disk(w->m, name, w->mods, w->f);
	/* multipath, and its partitions below which stands the whole device */
	if (++w->depth > WALK_MAX_DEPTH)
		return fault_set(w->f, -ELOOP, "%s stands on itself", name);
	r = walk_each(w, name, "slaves", walk_disk);
	w->depth--;
	return r;
}

static int walk(struct walk *w, const char *name, enum kind kind)
{
	char array[32];
	int r;

	if (++w->depth > WALK_MAX_DEPTH)
		return fault_set(w->f, -ELOOP, "%s stands on itself", name);
	switch (kind) {
	case DM:
		r = walk_dm(w, name);
		break;
	case MD:
		r = walk_md(w, name);
		break;
	case MD_PARTITION:
		snprintf(array, sizeof(array), "md%.*s",
			 (int)strspn(name + 2, "0123456789"), name + 2);
		r = walk_md(w, array);
		break;
	default:
		r = walk_disk(w, name);
		break;
	}
	w->depth--;
	return r;
}

/* What it is called in the crash kernel; false: by what it holds. */
static bool made_name(const struct walk *w, const char *name, enum kind kind, const char *prefix,
		      char *ret, size_t size)
{
	char dm[STACKLINE_NAME_BYTES];

	if (kind == DM) {
		walk_read(w, name, "dm/name", dm, sizeof(dm));
		snprintf(ret, size, "%s%s", prefix, dm);
	} else if (kind == MD || kind == MD_PARTITION) {
		snprintf(ret, size, "/dev/%s", name);
	}
	return kind == DM || kind == MD || kind == MD_PARTITION;
}

int walk_lower(struct walk *w, const char *name, char *ret, size_t size)
{
	enum kind kind = kind_of(w, name);
	struct machine_disk disk;
	int r = walk(w, name, kind);

	if (r || made_name(w, name, kind, "dm:", ret, size))
		return r;
	r = walk_find(w, name, &disk);
	if (!r && !machine_lasting_name(&disk, true, ret, size))
		log_warn("%s has neither a UUID nor a serial number: it will be looked for by its "
			 "name",
			 name);
	return r;
}

/* ---------------------------------------------------------------- the door */

int device_stack_want(struct device_stack *s, const struct machine *m, const char *name, unsigned line,
	       struct conf *conf, struct kmods *mods, char *where, struct fault *f)
{
	struct walk w = {.s = s, .m = m, .conf = conf, .mods = mods, .line = line, .f = f};
	enum kind kind = kind_of(&w, name);
	int r = walk(&w, name, kind);

	if (!r)
		made_name(&w, name, kind, STACKLINE_DM_DIR, where, PATH_MAX);
	return r;
}

void device_stack_done(const struct device_stack *s, struct conf *conf)
{
	for (unsigned i = 0; i < conf->n_luks_keys; i++) {
		if (!(s->keys_used & 1u << i))
			log_warn("line %u: no target stands on %s: the key is not packed",
				 conf->luks_keys[i].line, conf->luks_keys[i].device);
	}
	/* the image has dm lines instead */
	conf->n_luks_keys = 0;
}

void device_stack_free(struct device_stack *s)
{
	for (size_t i = 0; i < CONF_MAX_STACK; i++)
		free(s->text[i]);
	for (unsigned i = 0; i < s->n_keys; i++) {
		explicit_bzero(s->key[i].data, s->key[i].len);
		free(s->key[i].data);
	}
	*s = (struct device_stack){.n_keys = 0};
}

static bool has_entries(const char *folder)
{
	_closedir_ DIR *d = opendir(folder);

	for (struct dirent *e; d && (e = readdir(d));) {
		if (e->d_name[0] != '.')
			return true;
	}
	return false;
}

bool stack_holds(const char *root, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/sys/class/block/%s/holders", root, name);
	if (has_entries(path))
		return true;
	snprintf(path, sizeof(path), "%s/sys/class/block/%s/partition", root, name);
	if (access(path, F_OK))
		return false;
	snprintf(path, sizeof(path), "%s/sys/class/block/%s/../holders", root, name);
	return has_entries(path);
}
