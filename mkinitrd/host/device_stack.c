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

static int walk_device(struct walk *w, const char *name, enum walk_kind kind)
{
	char array[32];
	int r;

	if (++w->depth > WALK_MAX_DEPTH)
		return fault_set(w->f, -ELOOP, "%s is a part of itself", name);
	switch (kind) {
	case WALK_DM:
		r = walk_dm(w, name);
		break;
	case WALK_MD:
		r = walk_md(w, name);
		break;
	case WALK_MD_PARTITION:
		snprintf(array, sizeof(array), "md%.*s", (int)strspn(name + 2, "0123456789"),
			 name + 2);
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
static bool made_name(const struct walk *w, const char *name, enum walk_kind kind,
		      const char *prefix, char *ret, size_t size)
{
	char dm[STACKLINE_NAME_BYTES];

	if (kind == WALK_DM) {
		walk_read(w, name, "dm/name", dm, sizeof(dm));
		snprintf(ret, size, "%s%s", prefix, dm);
	} else if (kind == WALK_MD || kind == WALK_MD_PARTITION) {
		snprintf(ret, size, "/dev/%s", name);
	}
	return kind == WALK_DM || kind == WALK_MD || kind == WALK_MD_PARTITION;
}

static int walk_lower(struct walk *w, const char *name, char *ret, size_t size)
{
	enum walk_kind kind = walk_kind(w, name);
	struct machine_disk disk;
	int r = walk_device(w, name, kind);

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

int device_stack_want(struct device_stack *s, const struct machine *m, const char *name,
		      unsigned line, struct conf *conf, struct kmods *mods, char *where,
		      struct fault *f)
{
	struct walk w = { .lower = walk_lower,
			  .s = s,
			  .m = m,
			  .conf = conf,
			  .mods = mods,
			  .line = line,
			  .f = f };
	enum walk_kind kind = walk_kind(&w, name);
	int r = walk_device(&w, name, kind);

	if (!r)
		made_name(&w, name, kind, STACKLINE_DM_DIR, where, PATH_MAX);
	return r;
}

void device_stack_done(const struct device_stack *s, struct conf *conf)
{
	for (unsigned i = 0; i < conf->n_luks_keys; i++) {
		if (!(s->keys_used & 1u << i))
			log_warn("line %u: no target lies on %s: the key is not packed",
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
	*s = (struct device_stack){ .n_keys = 0 };
}
