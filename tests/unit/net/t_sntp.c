/* SPDX-License-Identifier: MIT */
#include "net/sntp.h"

#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "net/deadline.h"
#include "net/https_date.h"
#include "tests/unit/test.h"

static void put_be32(uint8_t *p, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (24 - 8 * i));
}

/* What a server makes of a question. */
static void answer(const uint8_t *question, uint32_t since_1900, uint8_t *packet)
{
	memset(packet, 0, SNTP_PACKET_BYTES);
	packet[0] = 4 << 3 | 4;
	packet[1] = 2;
	memcpy(packet + 24, question + 40, 8);
	put_be32(packet + 40, since_1900);
}

TEST(question)
{
	uint8_t p[SNTP_PACKET_BYTES];

	sntp_build(0x0102030405060708ull, p);
	CHECK_EQ(p[0], 0x23);
	CHECK(!memcmp(p + 40, "\1\2\3\4\5\6\7\10", 8));
}

TEST(answers)
{
	uint8_t q[SNTP_PACKET_BYTES], p[SNTP_PACKET_BYTES];
	uint64_t s;

	sntp_build(7, q);
	/* 2026-11-30 */
	answer(q, (uint32_t)(1796000000u + 2208988800u), p);
	CHECK_EQ(sntp_parse(p, sizeof(p), 7, &s), 0);
	CHECK_EQ(s, 1796000000u);
	/* after 2036-02-07 it counts from 0 again */
	answer(q, 100, p);
	CHECK_EQ(sntp_parse(p, sizeof(p), 7, &s), 0);
	CHECK_EQ(s, 2085978596u);
	/* no time before 1970 */
	answer(q, 0x80000000, p);
	CHECK_EQ(sntp_parse(p, sizeof(p), 7, &s), 0);
	CHECK_EQ(s, 4233462144u);
	CHECK_EQ(sntp_parse(p, sizeof(p), 8, &s), -ENOMSG);
	CHECK_EQ(sntp_parse(p, sizeof(p) - 1, 7, &s), -ENOMSG);
	CHECK_EQ(sntp_parse(q, sizeof(q), 7, &s), -ENOMSG);
	p[1] = 0;
	CHECK_EQ(sntp_parse(p, sizeof(p), 7, &s), -EBADMSG);
	p[1] = 16;
	CHECK_EQ(sntp_parse(p, sizeof(p), 7, &s), -EBADMSG);
	p[1] = 2;
	p[0] |= 3 << 6;
	CHECK_EQ(sntp_parse(p, sizeof(p), 7, &s), -EBADMSG);
	answer(q, 0, p);
	CHECK_EQ(sntp_parse(p, sizeof(p), 7, &s), -EBADMSG);
}

/* Loses the first question, answers a wrong one to the second, then rightly. */
static void *serve(void *arg)
{
	int fd = *(int *)arg;
	uint8_t q[256], p[SNTP_PACKET_BYTES];
	struct sockaddr_in from;
	socklen_t len = sizeof(from);

	for (unsigned i = 0; i < 2; i++) {
		if (recvfrom(fd, q, sizeof(q), 0, (struct sockaddr *)&from, &len) < 0)
			return NULL;
		answer(q, 1796000000u + 2208988800u, p);
		if (!i)
			continue;
		p[24] ^= 1;
		sendto(fd, p, sizeof(p), 0, (struct sockaddr *)&from, len);
		p[24] ^= 1;
		sendto(fd, p, sizeof(p), 0, (struct sockaddr *)&from, len);
	}
	return NULL;
}

TEST(a_server_that_loses_one)
{
	struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct conf_place at = { .host = "127.0.0.1" };
	socklen_t len = sizeof(here);
	char why[PEER_WHY_BYTES];
	pthread_t thread;
	uint64_t s = 0;

	CHECK_EQ(bind(fd, (struct sockaddr *)&here, sizeof(here)), 0);
	CHECK_EQ(getsockname(fd, (struct sockaddr *)&here, &len), 0);
	at.port = ntohs(here.sin_port);
	CHECK_EQ(pthread_create(&thread, NULL, serve, &fd), 0);
	CHECK_EQ(sntp_ask(&at, deadline_in_ms(3000), &s, why), 0);
	CHECK_EQ(s, 1796000000u);
	pthread_join(thread, NULL);
	close(fd);
	CHECK_EQ(sntp_ask(&at, deadline_in_ms(500), &s, why), -ECONNREFUSED);
	CHECK(strstr(why, "127.0.0.1: SNTP: "));
}

TEST(dates_of_http)
{
	static const struct {
		const char *text;
		uint64_t s;
	} good[] = {
		{ "Sun, 06 Nov 1994 08:49:37 GMT", 784111777 },
		{ " Mon, 30 Nov 2026 08:00:00 GMT\r\n", 1796025600 },
	};
	static const char *const bad[] = {
		"",
		"Sunday, 06-Nov-94 08:49:37 GMT",
		"Sun Nov  6 08:49:37 1994",
		"Sun, 06 Nov 1994 08:49:37",
		"Sun, 06 Nov 1994 08:49:37 GMT x",
		"Sun, 06 Xxx 1994 08:49:37 GMT",
		"Sun, 46 Nov 1994 08:49:37 GMT",
		"Sun, 06 Nov 1994 28:49:37 GMT",
		"Sun, 06 Nov 1994 08:49:37 GMT                                  "
	};
	uint64_t s;

	for (unsigned i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		CHECK_EQ(https_date_parse(good[i].text, strlen(good[i].text), &s), 0);
		CHECK_EQ(s, good[i].s);
	}
	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK_EQ(https_date_parse(bad[i], strlen(bad[i]), &s), -EBADMSG);
}
