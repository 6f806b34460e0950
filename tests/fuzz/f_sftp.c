/* SPDX-License-Identifier: MIT */
/*
 * Replies of an SFTP server: whatever comes, no byte beyond them is read.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "net/ssh/sftp_packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int good)
{
	if (!good)
		abort();
}

static void inside(const uint8_t *data, size_t size, const void *at, size_t len)
{
	const uint8_t *b = at;

	must(!len || (b >= data && len <= size && b + len <= data + size));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	long len = sftp_reply_length(data, size);
	struct sftp_reply a;

	must(len <= (long)SFTP_REPLY_MAX);
	if (sftp_reply_parse(data, size, &a))
		return 0;
	if (a.type == SFTP_STATUS) {
		inside(data, size, a.status.text, a.status.len);
		must(sftp_status_name(a.status.code) && sftp_status_errno(a.status.code) <= 0);
	}
	if (a.type == SFTP_HANDLE || a.type == SFTP_DATA)
		inside(data, size, a.data.bytes, a.data.len);
	must(a.type != SFTP_HANDLE || a.data.len <= SFTP_HANDLE_MAX);
	must(a.type != SFTP_EXTENDED_REPLY || a.extended.n <= 11);
	return 0;
}
