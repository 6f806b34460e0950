/* SPDX-License-Identifier: MIT */
/*
 * What others on a network may answer: a DHCPv6 server, a router's announcement (its options), a time
 * server, a web server's Date.
 */
#include <string.h>
#include <sys/socket.h>

#include "net/https_date.h"
#include "net/link/dhcp6_packet.h"
#include "net/link/ipv6.h"
#include "net/sntp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int truth)
{
	if (!truth)
		__builtin_trap();
}

/* So that a reply is ours more often than by luck. */
static struct dhcp6_client asked(const uint8_t *data, size_t size)
{
	struct dhcp6_client c = { .mac = { 0x52, 0x54, 0, 0x12, 0x34, 0x56 } };

	if (size >= 4)
		c.xid = (uint32_t)data[1] << 16 | (uint32_t)data[2] << 8 | data[3];
	return c;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dhcp6_client c = asked(data, size);
	uint8_t packet[DHCP6_PACKET_BYTES];
	struct dhcp6_reply r;
	struct ip dns[DHCP6_MAX_DNS];
	uint64_t nonce = 0, s;

	if (!dhcp6_parse(data, size, &c, &r)) {
		must(r.n_dns <= DHCP6_MAX_DNS && r.server_bytes <= sizeof(r.server));
		must(r.address.family == AF_UNSPEC || r.address.family == AF_INET6);
		must(dhcp6_build(DHCP6_REQUEST, &c, &r, packet) <= sizeof(packet));
	}
	must(ipv6_announced_dns(data, size, dns, DHCP6_MAX_DNS) <= DHCP6_MAX_DNS);
	if (size >= 32) {
		for (unsigned i = 0; i < 8; i++)
			nonce = nonce << 8 | data[24 + i];
		if (!sntp_parse(data, size, nonce, &s))
			must(s < 1ull << 34);
	}
	if (!https_date_parse((const char *)data, size, &s))
		must(s < 253402300800ull);
	return 0;
}
