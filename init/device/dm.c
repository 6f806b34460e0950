/* SPDX-License-Identifier: MIT */
#include "init/device/dm.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "lib/bytes.h"
#include "lib/cleanup.h"
#include "lib/conf/stackline.h"

enum {
	TABLE_BYTES = 64 << 10,
	ALIGN = 8,	   /* of each line */
	REMOVE_TRIES = 20, /* 100 ms between them: what was unmounted may be held a moment longer */
};

/* ---------------------------------------------------------------- tables */

int dm_table_init(struct dm_table *ret)
{
	*ret = (struct dm_table){ .buf = calloc(1, TABLE_BYTES), .size = TABLE_BYTES };
	ret->len = sizeof(struct dm_ioctl);
	return ret->buf ? 0 : -ENOMEM;
}

void dm_table_free(struct dm_table *t)
{
	if (t->buf)
		explicit_bzero(t->buf, t->size);
	free(t->buf);
	t->buf = NULL;
}

/* Each line but the last tells how far it is to the next one. */
static void end_line(struct dm_table *t)
{
	struct dm_target_spec spec;

	if (!t->n || t->overflow)
		return;
	t->len = bytes_round_up(t->len + 1, ALIGN); /* behind the NUL of the parameters */
	memcpy(&spec, t->buf + t->line, sizeof(spec));
	spec.next = (uint32_t)(t->len - t->line);
	memcpy(t->buf + t->line, &spec, sizeof(spec));
}

void dm_table_line(struct dm_table *t, uint64_t start, uint64_t len, const char *type)
{
	struct dm_target_spec spec = { .sector_start = start, .length = len };

	end_line(t);
	t->overflow |= strlen(type) >= sizeof(spec.target_type) ||
		       t->size - t->len < sizeof(spec) + 2 * ALIGN;
	if (t->overflow)
		return;
	strcpy(spec.target_type, type);
	memcpy(t->buf + t->len, &spec, sizeof(spec));
	t->line = t->len;
	t->len += sizeof(spec);
	t->n++;
}

void dm_table_add(struct dm_table *t, const char *params)
{
	size_t n = strlen(params);

	t->overflow |= t->size - t->len < n + 2 * ALIGN;
	if (t->overflow)
		return;
	memcpy(t->buf + t->len, params, n);
	t->len += n;
}

/* ---------------------------------------------------------------- ioctls */

static void prepare(struct dm_ioctl *io, size_t size, const char *name)
{
	memset(io, 0, sizeof(*io));
	io->version[0] = DM_VERSION_MAJOR;
	io->data_size = (uint32_t)size;
	io->data_start = sizeof(*io);
	snprintf(io->name, sizeof(io->name), "%s", name);
}

static int simple(int control, unsigned long command, const char *name, struct dm_ioctl *io)
{
	prepare(io, sizeof(*io), name);
	return ioctl(control, command, io) < 0 ? -errno : 0;
}

int dm_open(void)
{
	int fd = open(STACKLINE_DM_DIR "control", O_RDWR | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int dm_lookup(int control, const char *name, dev_t *ret)
{
	struct dm_ioctl io;
	int r = simple(control, DM_DEV_STATUS, name, &io);

	/* the kernel's own coding: the minor's low byte, the major, the rest of the minor */
	if (!r)
		*ret = makedev((io.dev >> 8) & 0xfff, (io.dev & 0xff) | ((io.dev >> 12) & 0xfff00));
	return r;
}

static int load_table(int control, const char *name, struct dm_table *t)
{
	struct dm_ioctl io;

	end_line(t);
	if (t->overflow)
		return -E2BIG;
	prepare(&io, t->len, name);
	io.target_count = t->n;
	io.flags = t->secret ? DM_SECURE_DATA_FLAG : 0;
	memcpy(t->buf, &io, sizeof(io));
	return ioctl(control, DM_TABLE_LOAD, t->buf) < 0 ? -errno : 0;
}

static int make_node(const char *name, dev_t dev)
{
	char path[sizeof(STACKLINE_DM_DIR) + STACKLINE_NAME_BYTES];

	snprintf(path, sizeof(path), STACKLINE_DM_DIR "%s", name);
	unlink(path);
	return mknod(path, S_IFBLK | 0600, dev) < 0 ? -errno : 0;
}

int dm_make(int control, const char *name, struct dm_table *t, dev_t *ret)
{
	struct dm_ioctl io;
	int r = simple(control, DM_DEV_CREATE, name, &io);

	if (r)
		return r;
	r = load_table(control, name, t);
	/* without DM_SUSPEND_FLAG it means resume: the new table becomes the live one */
	r = r ? r : simple(control, DM_DEV_SUSPEND, name, &io);
	r = r ? r : dm_lookup(control, name, ret);
	r = r ? r : make_node(name, *ret);
	if (r)
		simple(control, DM_DEV_REMOVE, name, &io);
	return r;
}

int dm_remove(int control, const char *name)
{
	static const struct timespec pause = { .tv_nsec = 100 * 1000 * 1000 };
	char path[sizeof(STACKLINE_DM_DIR) + STACKLINE_NAME_BYTES];
	struct dm_ioctl io;
	int r;

	for (int i = 0;; i++) {
		r = simple(control, DM_DEV_REMOVE, name, &io);
		if (r != -EBUSY || i == REMOVE_TRIES)
			break;
		nanosleep(&pause, NULL);
	}
	snprintf(path, sizeof(path), STACKLINE_DM_DIR "%s", name);
	if (!r)
		unlink(path);
	return r;
}
