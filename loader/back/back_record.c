/* SPDX-License-Identifier: MIT */
#include "loader/back/back_record.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/cleanup.h"

#define FIRST_LINE "kdump-return 1"

enum { PIECE_BYTES = 64 << 10 };

/* ---------------------------------------------------------------- writing */

static void put_file(FILE *to, const char *key, const struct back_file *f)
{
	if (*f->path)
		fprintf(to, "%s %" PRIu64 " %s %s\n", key, f->bytes, f->sha256, f->path);
}

static void put_all(FILE *to, const struct back_record *b)
{
	fputs(FIRST_LINE "\n", to);
	put_file(to, "kernel", &b->kernel);
	put_file(to, "initrd", &b->initrd);
	fprintf(to, "release %s\n", b->release);
	if (b->first_cpu != CMDLINE_NO_APICID)
		fprintf(to, "first_cpu %d\n", b->first_cpu);
	fprintf(to, "cpus %u\nreturned %u\nmin_uptime %u\ncmdline %s\nmemory\n", b->cpus,
		b->returned, b->min_uptime_s, b->cmdline);
	for (size_t i = 0; i < b->memory.n; i++) {
		const struct iomem_range *r = &b->memory.range[i];

		fprintf(to, "%08" PRIx64 "-%08" PRIx64 " : %s\n", r->start, r->end - 1,
			iomem_kind_name(r->kind));
	}
}

int back_record_write(const struct back_record *b, char **ret, size_t *ret_len)
{
	_free_ char *text = NULL;
	size_t len = 0;
	FILE *to;

	if (strchr(b->kernel.path, '\n') || strchr(b->initrd.path, '\n') ||
	    strchr(b->cmdline, '\n') || strchr(b->release, '\n'))
		return -EINVAL;
	to = open_memstream(&text, &len);
	if (!to)
		return -ENOMEM;
	put_all(to, b);
	if (fclose(to))
		return -ENOMEM;
	*ret = keep_ptr(text);
	*ret_len = len;
	return 0;
}

/* ---------------------------------------------------------------- reading */

static bool take_text(const char *value, char *ret, size_t size)
{
	return snprintf(ret, size, "%s", value) < (int)size;
}

/* "BYTES SHA256 PATH" */
static bool take_file(char *value, struct back_file *f)
{
	char *end, *path;

	f->bytes = strtoull(value, &end, 10);
	if (end == value || *end != ' ' || strlen(end) < SHA256_TEXT)
		return false;
	path = end + SHA256_TEXT;
	if (*path != ' ' || path[1] != '/')
		return false;
	*path = '\0';
	memcpy(f->sha256, end + 1, SHA256_TEXT);
	return take_text(path + 1, f->path, sizeof(f->path));
}

static bool take_number(const char *value, unsigned *ret)
{
	char *end;

	*ret = (unsigned)strtoul(value, &end, 10);
	return end > value && !*end;
}

/* An unknown key is a later version's. */
static bool take_line(struct back_record *b, const char *key, char *value)
{
	unsigned n;

	if (!strcmp(key, "kernel"))
		return take_file(value, &b->kernel);
	if (!strcmp(key, "initrd"))
		return take_file(value, &b->initrd);
	if (!strcmp(key, "release"))
		return take_text(value, b->release, sizeof(b->release));
	if (!strcmp(key, "cmdline"))
		return take_text(value, b->cmdline, sizeof(b->cmdline));
	if (!strcmp(key, "cpus"))
		return take_number(value, &b->cpus);
	if (!strcmp(key, "returned"))
		return take_number(value, &b->returned);
	if (!strcmp(key, "min_uptime"))
		return take_number(value, &b->min_uptime_s);
	if (strcmp(key, "first_cpu"))
		return true;
	if (!take_number(value, &n))
		return false;
	b->first_cpu = (int)n;
	return true;
}

int back_record_parse(char *text, struct back_record *ret)
{
	char *line, *rest = text;

	*ret = (struct back_record){ .first_cpu = CMDLINE_NO_APICID };
	line = strsep(&rest, "\n");
	if (!rest || strcmp(line, FIRST_LINE))
		return -EBADMSG;
	while ((line = strsep(&rest, "\n")) && rest && strcmp(line, "memory")) {
		char *value = strchr(line, ' ');

		if (!value)
			return -EBADMSG;
		*value = '\0';
		if (!take_line(ret, line, value + 1))
			return -EBADMSG;
	}
	if (!rest || !*ret->kernel.path || !*ret->cmdline || !*ret->release)
		return -EBADMSG;
	return iomem_parse(rest, &ret->memory) ? -EBADMSG : 0;
}

void back_record_free(struct back_record *b)
{
	iomem_free(&b->memory);
}

int back_record_digest(int fd, struct back_file *f)
{
	_free_ char *piece = malloc(PIECE_BYTES);
	struct sha256 sum;
	ssize_t n;

	if (!piece)
		return -ENOMEM;
	f->bytes = 0;
	sha256_init(&sum);
	while ((n = pread(fd, piece, PIECE_BYTES, (off_t)f->bytes)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		sha256_add(&sum, piece, (size_t)n);
		f->bytes += (uint64_t)n;
	}
	sha256_text(&sum, f->sha256);
	return 0;
}
