/* SPDX-License-Identifier: MIT */
/*
 * Fuzzer: a DHCP reply. The first byte says whether the sums are kept; the rest is the datagram.
 * Most inputs would die at the checksums and the client's identity, so both are put right.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "net/link/dhcp_packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The IP head's sum, so that the input gets behind it. */
static void mend(uint8_t *b, size_t len, const struct dhcp_client *c)
{
	uint32_t sum = 0;

	if (len < 268)
		return;
	b[0] = 0x45;
	b[2] = (uint8_t)(len >> 8);
	b[3] = (uint8_t)len;
	b[6] = b[7] = 0;
	b[9] = 17;
	b[10] = b[11] = 0;
	memcpy(b + 20, "\0\x43\0\x44", 4);
	b[24] = (uint8_t)((len - 20) >> 8);
	b[25] = (uint8_t)(len - 20);
	b[28] = 2;
	b[30] = 6;
	memcpy(b + 32, &c->xid, 4);
	memcpy(b + 56, c->mac, 6);
	memcpy(b + 264, "\x63\x82\x53\x63", 4);
	for (int i = 0; i < 20; i += 2)
		sum += (uint32_t)(b[i] << 8 | b[i + 1]);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	b[10] = (uint8_t)(~sum >> 8);
	b[11] = (uint8_t)~sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct dhcp_client c = { .mac = { 2, 0, 0, 0, 0, 1 }, .xid = 42 };
	struct dhcp_reply r;
	uint8_t *copy;

	if (size < 1 || size > 2048)
		return 0;
	/* its own block of just that size: a read outside is found */
	copy = malloc(size > 1 ? size - 1 : 1);
	if (!copy)
		return 0;
	memcpy(copy, data + 1, size - 1);
	if (data[0] & 1)
		mend(copy, size - 1, &c);
	if (!dhcp_parse(copy, size - 1, data[0] & 2, &c, &r) &&
	    (r.n_routes > DHCP_MAX_ROUTES || r.n_dns > DHCP_MAX_DNS || r.prefix > 32))
		abort();
	free(copy);
	return 0;
}
