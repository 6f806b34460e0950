/* SPDX-License-Identifier: MIT */
/*
 * The target lines of kdump.conf.
 */
#include "lib/conf/target/conf_target.h"

#include <errno.h>
#include <string.h>

#include "lib/conf/conf_parse.h"
#include "lib/conf/words.h"
#include "lib/ubi_name.h"

int conf_target_add(struct conf *c, const struct conf_target *t, struct conf_error *err)
{
	for (unsigned i = 0; i < c->n_targets; i++) {
		if (!strcmp(c->targets[i].where, t->where))
			return conf_fail(err, "target %.60s is in line %u already; remove one",
					 t->where, c->targets[i].line);
	}
	if (c->n_targets == CONF_MAX_TARGETS)
		return conf_fail(err, "more than %u targets; remove some", CONF_MAX_TARGETS);
	c->targets[c->n_targets++] = *t;
	return 0;
}

/* For btrfs a subvolume may follow the device. */
static int set_subvolume(char *word, char *rest, struct conf_target *t, struct conf_error *err)
{
	if (words_next(&rest) || strncmp(word, "subvol=", 7) || !word[7] || strchr(word, ','))
		return conf_fail(err, "%s takes one device%s", t->type,
				 strcmp(t->type, "btrfs") ? "" : ", and subvol=PATH behind it");
	if (strcmp(t->type, "btrfs") && strcmp(t->type, "auto"))
		return conf_fail(err, "%s has no subvolumes; remove %.60s", t->type, word);
	t->subvol = word + 7;
	return 0;
}

/* "DEV [subvol=PATH]" behind the type. */
static int take_device(char *value, struct conf_target *t, struct conf_error *err)
{
	char *dev = words_next(&value), *subvol = words_next(&value);
	struct ubi_name ubi;
	int r;

	if (dev && ubi_name_split(dev, &ubi))
		return conf_fail(err, "%.60s is a volume of UBI; write ubifs %.60s", dev, dev);
	r = dev ? conf_device(dev, &t->where, err) : conf_fail(err, "%s needs a device", t->type);
	return !r && subvol ? set_subvolume(subvol, value, t, err) : r;
}

/* A file system on a device. */
int conf_parse_fs(const struct conf_directive *d, char *value, struct conf_state *s,
		  struct conf_error *err)
{
	struct conf_target t = { .kind = CONF_TARGET_FS,
				 .type = d->text ? d->text : d->name,
				 .line = s->line };
	int r = take_device(value, &t, err);

	return r ? r : conf_target_add(s->conf, &t, err);
}

/* No target, but found and mounted as one. */
int conf_parse_kexec_disk(const struct conf_directive *d, char *value, struct conf_state *s,
			  struct conf_error *err)
{
	struct conf_target t = { .kind = CONF_TARGET_FS,
				 .type = words_next(&value),
				 .line = s->line };
	int r = take_device(value, &t, err);

	(void)d;
	if (!r)
		s->conf->kexec.disk = t;
	return r;
}

/* The value is what QEMU calls it: mount_tag=, or tag= of vhost-user-fs. */
int conf_parse_share(const struct conf_directive *d, char *value, struct conf_state *s,
		     struct conf_error *err)
{
	struct conf_target t = { .kind = CONF_TARGET_SHARE, .type = d->name, .line = s->line };
	int r = conf_word(t.type, value, &t.where, err);

	return r ? r : conf_target_add(s->conf, &t, err);
}

int conf_parse_ubifs(const struct conf_directive *d, char *value, struct conf_state *s,
		     struct conf_error *err)
{
	struct conf_target t = { .kind = CONF_TARGET_UBI, .type = d->name, .line = s->line };
	struct ubi_name name;

	t.where = words_next(&value);
	if (words_next(&value))
		return conf_fail(err, "ubifs takes one word: write _ for a blank in it");
	if (!ubi_name_split(t.where, &name))
		return conf_fail(err,
				 "'%.60s' is no volume of UBI; write ubi0:NAME, ubi0_1 or "
				 "MTD=PARTITION:NAME",
				 t.where);
	return conf_target_add(s->conf, &t, err);
}

/* What a dump cannot be written to as it is, however it is called. */
static int check_raw(const char *dev, struct conf_error *err)
{
	struct ubi_name ubi;

	/* a partition's name may have a colon */
	if (strncmp(dev, "MTD=", 4) && ubi_name_split(dev, &ubi))
		return conf_fail(err, "%.60s is a volume of UBI; write ubifs %.60s", dev, dev);
	if (!strncmp(dev, "/dev/mtd", 8) && dev[8] >= '0' && dev[8] <= '9')
		return conf_fail(
			err, "%.60s is no block device; write mtd NAME, as /proc/mtd has it", dev);
	return 0;
}

static int take_raw(const char *takes, char *value, struct conf_state *s, struct conf_error *err)
{
	struct conf_target t = { .kind = CONF_TARGET_RAW, .type = "raw", .line = s->line };
	char *dev = words_next(&value), *how = words_next(&value);
	int r = check_raw(dev, err);

	r = r ? r : conf_device(dev, &t.where, err);
	if (!r && how && (strcmp(how, "overwrite") || words_next(&value)))
		r = conf_fail(err, "%s, and `overwrite` behind it if what it holds may be lost",
			      takes);
	t.overwrite = how;
	return r ? r : conf_target_add(s->conf, &t, err);
}

int conf_parse_raw(const struct conf_directive *d, char *value, struct conf_state *s,
		   struct conf_error *err)
{
	(void)d;
	return take_raw("raw takes a device", value, s, err);
}

/*
 * `mtd NAME` is `raw MTD=NAME`. In front of NAME stand the directive and a blank at least, which
 * are not needed any more: there is room for the tag.
 */
int conf_parse_mtd(const struct conf_directive *d, char *value, struct conf_state *s,
		   struct conf_error *err)
{
	static const char tag[] = "MTD=";

	(void)d;
	if (!strncmp(value, "/dev/", 5) || !strncmp(value, tag, sizeof(tag) - 1) ||
	    strchr("\"'=", *value))
		return conf_fail(err,
				 "mtd takes the name of a flash partition, as /proc/mtd has it");
	value -= sizeof(tag) - 1;
	memcpy(value, tag, sizeof(tag) - 1);
	return take_raw("mtd takes one word, with _ for a blank in it", value, s, err);
}
