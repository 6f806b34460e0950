/* SPDX-License-Identifier: MIT */
#include "dumper/cmd/output.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/log.h"

#define STDOUT_NAME "standard output"

static const char *reason(int err)
{
	switch (err) {
	case -EEXIST:
		return "exists already; -f replaces it";
	case -EFBIG:
		return "too large for one file of this format; write --split, or --format elf.zst";
	case -ENODATA:
		return "not one page of memory could be read";
	case -ESTALE:
		return "the machine got or lost memory while it was read; dump it again";
	case -ENOSPC:
		return "no space left; free some, or dump at a higher level (-d 31)";
	case -ENOTTY:
		return "is a terminal; send it to a file or a pipe";
	case -ESPIPE:
		return "is no file; write --format flattened or --format elf.zst";
	default:
		return strerror(-err);
	}
}

void output_failed(const struct output *o, int r)
{
	if (r == -ENOSPC && o->limit.reached)
		log_err("%s: does not fit into the %llu bytes of -L%s%s%s", o->name,
			(unsigned long long)o->limit.bytes, o->partial ? " (written so far: " : "",
			o->partial ? o->name : "", o->partial ? ".partial)" : "");
	else if (o->partial)
		log_err("%s: %s (written so far: %s.partial)", o->name, reason(r), o->name);
	else
		log_err("%s: %s", o->name, reason(r));
}

/* Opens the folder of path; *ret_name is what stands behind its last slash. */
static int open_folder(const char *path, const char **ret_name)
{
	const char *slash = strrchr(path, '/');
	_free_ char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
	int fd;

	*ret_name = slash ? slash + 1 : path;
	if (!folder)
		return -ENOMEM;
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static struct sink *pipe_to(struct output *o, int fd)
{
	o->stream = true;
	sink_stream_init(&o->pipe, fd);
	return &o->pipe.base;
}

/* What is there already and no file: a device, a pipe. */
static int open_special(struct output *o, const char *dst, const struct stat *st, bool durable,
			struct sink **ret)
{
	bool disk = S_ISBLK(st->st_mode);

	if (S_ISCHR(st->st_mode) && st->st_rdev == makedev(1, 3)) {
		/* /dev/null takes anything at any place */
		sink_count_init(&o->count, false);
		*ret = &o->count.base;
		return 0;
	}
	o->fd = open(dst, (disk ? O_RDWR | O_EXCL : O_WRONLY) | O_CLOEXEC);
	if (o->fd < 0)
		return -errno;
	if (!disk) {
		*ret = pipe_to(o, o->fd);
		return 0;
	}
	sink_file_adopt(&o->file, o->fd, durable);
	*ret = &o->file.base;
	return 0;
}

static int open_file(struct output *o, const struct collector *c, const char *dst, bool durable,
		     struct sink **ret)
{
	const char *name;
	struct stat st;
	int r;

	if (!stat(dst, &st) && !S_ISREG(st.st_mode))
		return open_special(o, dst, &st, durable, ret);
	if (!access(dst, F_OK) && !c->force)
		return -EEXIST;
	o->dirfd = open_folder(dst, &name);
	r = o->dirfd < 0 ? o->dirfd : sink_file_open(&o->file, o->dirfd, name, durable);
	o->partial = !r;
	*ret = &o->file.base;
	return r;
}

static int open_bottom(struct output *o, const struct collector *c, const char *dst, bool durable,
		       struct sink **ret)
{
	bool to_stdout = !dst || !strcmp(dst, "-");

	o->name = to_stdout ? STDOUT_NAME : dst;
	if (c->dry_run) {
		o->dry = true;
		o->name = dst ? dst : "a dump";
		sink_count_init(&o->count, c->flattened || c->format == DUMP_ELF_ZST);
		*ret = &o->count.base;
		return 0;
	}
	if (!to_stdout)
		return open_file(o, c, dst, durable, ret);
	if (isatty(STDOUT_FILENO))
		return -ENOTTY;
	*ret = pipe_to(o, STDOUT_FILENO);
	return 0;
}

static void release(struct output *o)
{
	if (o->fd >= 0)
		close(o->fd);
	if (o->dirfd >= 0)
		close(o->dirfd);
	free(o->chunk);
}

static int open_layers(struct output *o, const struct collector *c, struct sink *s)
{
	if (o->stream && !c->flattened && c->format != DUMP_ELF_ZST)
		return -ESPIPE;
	if (c->limit) {
		sink_limit_init(&o->limit, s, c->limit);
		s = &o->limit.base;
	}
	o->top = s;
	if (!c->flattened)
		return 0;
	o->chunk = malloc(SINK_FLAT_CHUNK);
	o->top = &o->flat.base;
	return o->chunk ? sink_flat_open(&o->flat, s, o->chunk) : -ENOMEM;
}

int output_open(struct output *o, const struct collector *c, const char *dst, bool durable)
{
	struct sink *s = NULL;
	int r;

	*o = (struct output){ .fd = -1, .dirfd = -1 };
	r = open_bottom(o, c, dst, durable, &s);
	if (!r) {
		r = open_layers(o, c, s);
		if (r && s)
			sink_abort(s);
	}
	if (r) {
		output_failed(o, r);
		release(o);
	}
	return r;
}

int output_close(struct output *o, int r)
{
	if (r)
		sink_abort(o->top);
	else
		r = sink_commit(o->top);
	release(o);
	return r;
}

uint64_t output_bytes(const struct output *o, uint64_t counted)
{
	return o->dry ? o->count.bytes : o->flat.below ? o->flat.at : counted;
}
