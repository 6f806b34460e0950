/* SPDX-License-Identifier: MIT */
#include "lib/kernel_file.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "lib/bytes.h"

enum {
	OFF_ZIMG = 4,
	OFF_PAYLOAD = 8,
	OFF_PAYLOAD_BYTES = 12,
	OFF_METHOD = 24,
	METHOD_BYTES = 32, /* up to the end of the MS-DOS header */
};

bool zboot_is(const void *head)
{
	const char *h = head;

	return !memcmp(h, "MZ", 2) && !memcmp(h + OFF_ZIMG, "zimg", 4);
}

bool zboot_packed_by(const void *head, const char *name)
{
	const char *method = (const char *)head + OFF_METHOD;
	size_t n = strlen(name);

	return strnlen(method, METHOD_BYTES) == n && !memcmp(method, name, n);
}

int zboot_payload(const void *file, size_t len, size_t *ret_off, size_t *ret_bytes)
{
	const uint8_t *f = file;

	if (len < ZBOOT_HEAD_BYTES)
		return -EBADMSG;
	*ret_off = get_le32(f + OFF_PAYLOAD);
	*ret_bytes = get_le32(f + OFF_PAYLOAD_BYTES);
	return bytes_inside(*ret_off, *ret_bytes, len) ? 0 : -EBADMSG;
}

const char *ikconfig_find(const void *kernel, size_t len, size_t *ret_len)
{
	static const char begin[] = "IKCFG_ST", end[] = "IKCFG_ED";
	const char *from = memmem(kernel, len, begin, sizeof(begin) - 1), *to;

	if (!from)
		return NULL;
	from += sizeof(begin) - 1;
	to = memmem(from, len - (size_t)(from - (const char *)kernel), end, sizeof(end) - 1);
	if (!to)
		return NULL;
	*ret_len = (size_t)(to - from);
	return from;
}
