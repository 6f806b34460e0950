/* SPDX-License-Identifier: MIT */
/*
 * From the top down: a device's lines name what it stands on, which is made first.
 */
#include "init/device/device_stack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "init/device/device.h"
#include "init/device/dm.h"
#include "init/device/md.h"
#include "lib/cleanup.h"
#include "lib/clock.h"
#include "lib/conf/stackline.h"
#include "lib/io.h"
#include "lib/log.h"

enum { MAX_DEPTH = 12, KEY_MAX_BYTES = 512 };

#define KEYS_RESTORE "/sys/kernel/config/crash_dm_crypt_keys/restore"

struct maker {
	const struct conf *conf;
	struct child *self;
	uint64_t end_ms;
	int control; /* of the device-mapper; -1: not opened yet */
};

static bool is_line_of(const struct conf_stack *s, const char *kind, const char *name)
{
	size_t n = strlen(name);

	return !strcmp(s->kind, kind) && !strncmp(s->text, name, n) &&
	       (s->text[n] == ' ' || s->text[n] == '\t');
}

static const struct conf_stack *next_line(const struct conf *conf, unsigned *i, const char *kind,
					  const char *name)
{
	for (; *i < conf->n_stack; ++*i) {
		if (is_line_of(&conf->stack[*i], kind, name))
			return &conf->stack[(*i)++];
	}
	return NULL;
}

static int bad_line(const struct conf_stack *s, const char *name, struct child *self)
{
	child_why(self, "line %u: not understood: %s %s …", s->line, s->kind, name);
	return -EINVAL;
}

/* ---------------------------------------------------------------- keys */

/* The volume key in hexadecimal digits, as dm-crypt wants it. */
static int add_key(struct maker *m, const char *file, struct dm_table *t)
{
	unsigned char key[KEY_MAX_BYTES + 1];
	char hex[3];
	size_t len;
	int r = io_read_file(AT_FDCWD, file, (char *)key, sizeof(key), &len);

	t->secret = true;
	for (size_t i = 0; !r && i < len; i++) {
		snprintf(hex, sizeof(hex), "%02x", key[i]);
		dm_table_add(t, hex);
	}
	explicit_bzero(key, sizeof(key));
	explicit_bzero(hex, sizeof(hex));
	if (r)
		child_why(m->self, "key %s: %s", file, strerror(-r));
	return r;
}

/* The crashed kernel's keys, which it kept for this one (CONFIG_CRASH_DM_CRYPT, 6.16). */
static int restore_keys(struct maker *m)
{
	_close_ int fd = -1;
	int r = 0;

	if (mount("configfs", "/sys/kernel/config", "configfs", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		  NULL) < 0 &&
	    errno != EBUSY)
		r = -errno;
	fd = r ? -1 : open(KEYS_RESTORE, O_WRONLY | O_CLOEXEC);
	if (!r)
		r = fd < 0 ? -errno : io_write(fd, "1", 1);
	if (r)
		child_why(m->self, "the crashed kernel's keys: %s: %s", KEYS_RESTORE, strerror(-r));
	return r;
}

/* ":64:user:DESCRIPTION": dm-crypt looks the key up in the kernel's keyrings. */
static bool wants_keyring(const struct stackline_dm *dm)
{
	return !strcmp(dm->type, "crypt") && strstr(dm->params, ":user:");
}

/* ---------------------------------------------------------------- device-mapper */

static int make_device(struct maker *m, const char *where, int depth);

static unsigned seconds_left(const struct maker *m)
{
	uint64_t now = clock_boot_ms();

	return now < m->end_ms ? (unsigned)((m->end_ms - now + 999) / 1000) : 0;
}

static int wait_for(struct maker *m, const char *name, const char *where, dev_t *ret)
{
	struct device_seen seen = { "" };
	struct device d;
	struct stat st;
	int r = device_wait("", where, seconds_left(m), &d, &seen);

	if (!r && stat(d.node, &st) < 0)
		r = -errno;
	if (!r) {
		*ret = st.st_rdev;
		return 0;
	}
	if (r == -ETIMEDOUT)
		child_why(m->self, "%s needs %s, which does not come; there is: %s", name, where,
			  seen.list[0] ? seen.list : "none");
	else
		child_why(m->self, "%s needs %s: %s", name, where, strerror(-r));
	return r;
}

static int add_lower(struct maker *m, const char *name, const char *where, struct dm_table *t,
		     int depth)
{
	char number[32];
	dev_t dev;
	int r = make_device(m, where, depth + 1);

	if (r)
		return r;
	if (!strncmp(where, "dm:", 3)) {
		r = dm_lookup(m->control, where + 3, &dev);
		if (r)
			child_why(m->self, "%s needs %s, which no line makes", name, where + 3);
	} else {
		r = wait_for(m, name, where, &dev);
	}
	if (r)
		return r;
	snprintf(number, sizeof(number), "%u:%u", major(dev), minor(dev));
	dm_table_add(t, number);
	return 0;
}

static int add_params(struct maker *m, struct stackline_dm *dm, struct dm_table *t, int depth)
{
	const char *before, *inside;
	int r = wants_keyring(dm) ? restore_keys(m) : 0, more = 1;

	dm_table_line(t, dm->start, dm->len, dm->type);
	while (!r && (more = stackline_next(&dm->params, &before, &inside)) > 0) {
		dm_table_add(t, before);
		if (!inside)
			continue;
		r = !strncmp(inside, "key:", 4) ? add_key(m, inside + 4, t)
						: add_lower(m, dm->name, inside, t, depth);
	}
	return r ? r : more;
}

static int fill_table(struct maker *m, const char *name, struct dm_table *t, int depth)
{
	const struct conf_stack *s;
	unsigned i = 0;
	int r = 0;

	while (!r && (s = next_line(m->conf, &i, "dm", name))) {
		_free_ char *text = strdup(s->text);
		struct stackline_dm dm;

		if (!text)
			return -ENOMEM;
		if (stackline_dm(text, &dm))
			return bad_line(s, name, m->self);
		r = add_params(m, &dm, t, depth);
		if (r == -EINVAL)
			bad_line(s, name, m->self);
	}
	return r;
}

static int make_dm(struct maker *m, const char *name, int depth)
{
	_cleanup_(dm_table_free) struct dm_table t = { 0 };
	dev_t dev;
	int r = 0;

	if (m->control < 0)
		m->control = dm_open();
	if (m->control < 0) {
		child_why(m->self, "%s: this kernel has no device-mapper (is dm_mod in the image?)",
			  name);
		return m->control;
	}
	if (!dm_lookup(m->control, name, &dev))
		return 0;
	r = dm_table_init(&t);
	r = r ? r : fill_table(m, name, &t, depth);
	if (r)
		return r;
	r = dm_make(m->control, name, &t, &dev);
	if (r)
		child_why(m->self, "%s: the kernel refuses the table: %s", name, strerror(-r));
	else
		log_info("stack: %s: made (dm-%u)", name, minor(dev));
	return r;
}

/* ---------------------------------------------------------------- both kinds */

static int make_md(struct maker *m, const struct conf_stack *s, const char *name)
{
	_free_ char *text = strdup(s->text);
	struct stackline_md md;
	int r;

	if (!text)
		return -ENOMEM;
	if (stackline_md(text, &md))
		return bad_line(s, name, m->self);
	r = md_start(&md, m->end_ms, m->self);
	if (!r)
		log_info("stack: %s: assembled", name);
	return r;
}

static int make_device(struct maker *m, const char *where, int depth)
{
	char name[STACKLINE_NAME_BYTES];
	const char *kind = stackline_maker(where, name);
	const struct conf_stack *s = NULL;
	unsigned i = 0;

	if (kind)
		s = next_line(m->conf, &i, kind, name);
	if (!s)
		return 0;
	if (depth > MAX_DEPTH) {
		child_why(m->self, "%s is a part of itself", name);
		return -ELOOP;
	}
	return !strcmp(kind, "dm") ? make_dm(m, name, depth) : make_md(m, s, name);
}

int device_stack_make(const struct conf *conf, const char *where, struct child *self)
{
	struct maker m = { .conf = conf, .self = self, .control = -1 };
	int r;

	m.end_ms = clock_boot_ms() + conf->limits.target_timeout_s * 1000ull;
	r = make_device(&m, where, 0);
	cleanup_close(&m.control);
	return r;
}

/* ---------------------------------------------------------------- and back */

static void unmake(const struct conf *conf, const char *where, int control, int depth);

static void unmake_lower(const struct conf *conf, const struct conf_stack *s, int control,
			 int depth)
{
	_free_ char *text = strdup(s->text);
	const char *before, *inside;
	struct stackline_dm dm;

	if (!text || stackline_dm(text, &dm))
		return;
	while (stackline_next(&dm.params, &before, &inside) > 0) {
		if (inside)
			unmake(conf, inside, control, depth + 1);
	}
}

/* What another device or a mount stands on is in use and stays: it goes with that one. */
static void unmake(const struct conf *conf, const char *where, int control, int depth)
{
	char name[STACKLINE_NAME_BYTES];
	const char *kind = stackline_maker(where, name);
	const struct conf_stack *s;
	unsigned i = 0;
	int r;

	if (!kind || depth > MAX_DEPTH || !next_line(conf, &i, kind, name))
		return;
	r = !strcmp(kind, "dm") ? dm_remove(control, name) : md_stop(name);
	if (r && r != -ENXIO && r != -ENOENT && r != -EBUSY)
		log_warn("stack: %s: not taken apart: %s", name, strerror(-r));
	i = 0;
	while (!r && !strcmp(kind, "dm") && (s = next_line(conf, &i, kind, name)))
		unmake_lower(conf, s, control, depth);
}

void device_stack_unmake(const struct conf *conf, const char *where)
{
	_close_ int control = -1;

	if (!conf->n_stack)
		return;
	control = dm_open();
	unmake(conf, where, control, 0);
}
