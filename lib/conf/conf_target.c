/* SPDX-License-Identifier: MIT */
/*
 * The target lines of kdump.conf.
 */
#include <errno.h>
#include <string.h>

#include "lib/conf/conf_values.h"
#include "lib/conf/words.h"

/* A file system on a device; for btrfs a subvolume may follow. */
static int parse_fs(char *value, struct conf_target *t, struct conf_error *err)
{
	char *dev = words_next(&value), *subvol = words_next(&value);
	int r = conf_device(dev, &t->where, err);

	if (r || !subvol)
		return r;
	if (words_next(&value) || strncmp(subvol, "subvol=", 7) || !subvol[7] ||
	    strchr(subvol, ','))
		return conf_fail(err, "%s takes one device%s", t->type,
				 strcmp(t->type, "btrfs") ? "" : ", and subvol=PATH behind it");
	if (strcmp(t->type, "btrfs") && strcmp(t->type, "auto"))
		return conf_fail(err, "%s has no subvolumes; remove %.60s", t->type, subvol);
	t->subvol = subvol + 7;
	return 0;
}

static int parse_raw(char *value, struct conf_target *t, struct conf_error *err)
{
	char *dev = words_next(&value), *how = words_next(&value);
	int r = conf_device(dev, &t->where, err);

	if (r || !how)
		return r;
	if (strcmp(how, "overwrite") || words_next(&value))
		return conf_fail(err, "raw takes a device, and `overwrite` behind it if what it "
				      "holds may be lost");
	t->overwrite = true;
	return 0;
}

static int parse(char *value, struct conf_target *t, struct conf_error *err)
{
	switch (t->kind) {
	case CONF_TARGET_FS:
		return parse_fs(value, t, err);
	case CONF_TARGET_SHARE:
		/* what QEMU calls it: mount_tag=, or tag= of vhost-user-fs */
		return conf_word(t->type, value, &t->where, err);
	case CONF_TARGET_RAW:
		return parse_raw(value, t, err);
	default:
		return conf_url(value, &t->where, err);
	}
}

int conf_target(struct conf *c, enum conf_target_kind kind, const char *type, char *value,
		unsigned line, struct conf_error *err)
{
	struct conf_target t = { .kind = kind, .type = type, .line = line };
	int r = parse(value, &t, err);

	if (r)
		return r;
	for (unsigned i = 0; i < c->n_targets; i++) {
		if (!strcmp(c->targets[i].where, t.where))
			return conf_fail(err, "target %.60s stands in line %u already; remove one",
					 t.where, c->targets[i].line);
	}
	if (c->n_targets == CONF_MAX_TARGETS)
		return conf_fail(err, "more than %u targets; remove some", CONF_MAX_TARGETS);
	c->targets[c->n_targets++] = t;
	return 0;
}
