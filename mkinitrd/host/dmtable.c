/* SPDX-License-Identifier: MIT */
#include "mkinitrd/host/dmtable.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/dm-ioctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "lib/bytes.h"
#include "lib/cleanup.h"
#include "lib/io.h"

enum { TABLE_BYTES = 256 << 10, FILE_MAX_BYTES = 64 << 10 };

/* Lines of the kernel's answer; offsets of the next ones count from its start. */
static int print_table(const char *buf, FILE *to)
{
	struct dm_target_spec spec;
	struct dm_ioctl io;
	uint32_t at = 0, size;

	memcpy(&io, buf, sizeof(io));
	if (io.data_start > io.data_size || io.data_size > TABLE_BYTES)
		return -EBADMSG;
	size = io.data_size - io.data_start;
	buf += io.data_start;
	for (uint32_t i = 0; i < io.target_count; i++) {
		const char *params = buf + at + sizeof(spec);

		if (!bytes_inside(at, sizeof(spec) + 1, size))
			return -EBADMSG;
		memcpy(&spec, buf + at, sizeof(spec));
		if (!memchr(params, '\0', size - at - sizeof(spec)))
			return -EBADMSG;
		fprintf(to, "%" PRIu64 " %" PRIu64 " %.*s %s\n", (uint64_t)spec.sector_start,
			(uint64_t)spec.length, (int)sizeof(spec.target_type), spec.target_type,
			params);
		at = spec.next;
	}
	return 0;
}

static int ask_kernel(const char *name, char *buf)
{
	_close_ int fd = open("/dev/mapper/control", O_RDWR | O_CLOEXEC);
	struct dm_ioctl io = {
		.version = { DM_VERSION_MAJOR },
		.data_size = TABLE_BYTES,
		.data_start = sizeof(io),
		.flags = DM_STATUS_TABLE_FLAG | DM_NOFLUSH_FLAG | DM_SECURE_DATA_FLAG,
	};

	if (fd < 0)
		return -errno;
	snprintf(io.name, sizeof(io.name), "%s", name);
	memcpy(buf, &io, sizeof(io));
	if (ioctl(fd, DM_TABLE_STATUS, buf) < 0)
		return -errno;
	memcpy(&io, buf, sizeof(io));
	return io.flags & DM_BUFFER_FULL_FLAG ? -E2BIG : 0;
}

int dmtable_read(const char *folder, const char *name, char **ret)
{
	_free_ char *buf = NULL;
	char path[4096];
	size_t len;
	FILE *to;
	int r;

	if (folder) {
		snprintf(path, sizeof(path), "%s/%s", folder, name);
		return io_load_file(AT_FDCWD, path, FILE_MAX_BYTES, ret, NULL);
	}
	buf = calloc(1, TABLE_BYTES);
	if (!buf)
		return -ENOMEM;
	*ret = NULL;
	to = open_memstream(ret, &len);
	if (!to)
		return -ENOMEM;
	r = ask_kernel(name, buf);
	r = r ? r : print_table(buf, to);
	explicit_bzero(buf, TABLE_BYTES);
	if (fclose(to) && !r)
		r = -ENOMEM;
	if (r)
		dmtable_free(ret);
	return r;
}

void dmtable_free(char **table)
{
	if (*table)
		explicit_bzero(*table, strlen(*table));
	free(*table);
	*table = NULL;
}

int dmtable_word(const char **rest, char word[DMTABLE_WORD])
{
	const char *from = *rest + strspn(*rest, " ");
	size_t n = strcspn(from, " \n");

	if (n >= DMTABLE_WORD)
		return -E2BIG;
	memcpy(word, from, n);
	word[n] = '\0';
	*rest = from + n;
	return n > 0;
}

int dmtable_is_device(const char *word)
{
	size_t major = strspn(word, "0123456789"), minor;

	if (!major || word[major] != ':')
		return 0;
	minor = strspn(word + major + 1, "0123456789");
	return minor && !word[major + 1 + minor];
}

size_t dmtable_key_bytes(const char *word)
{
	if (word[0] == ':')
		return strtoul(word + 1, NULL, 10);
	return strcmp(word, "-") ? strlen(word) / 2 : 0;
}
