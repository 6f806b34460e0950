/* SPDX-License-Identifier: MIT */
/*
 * Fuzzer: the input is laid over a printk ring of 16 descriptors and 512 bytes of text: the
 * ring's structure, descriptors, text, infos. Whatever stands there, the log has clean lines.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dumper/kernel/crash.h"
#include "dumper/kernel/dmesg.h"
#include "tests/unit/fake/fakelog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define COUNT_BITS 4
#define SIZE_BITS  9
#define RING_BYTES 88

static struct fake fake;
static struct fakelog ring;
static struct crash core;
static uint8_t clean[RING_BYTES];

static void must(int good)
{
	if (!good)
		abort();
}

static void start(void)
{
	char line[40], *others;

	fake_open(&fake, &(struct fake_desc){ .kernel = FAKE_6_12, .ram_bytes = 4 << 20 });
	/* the ring's names are looked up for each input: for speed there are no others behind the
	   page tables' */
	others = strstr(fake.info, "SYMBOL(mem_section)=");
	must(others != NULL);
	*others = '\0';
	fakelog_open(&ring, &fake, COUNT_BITS, SIZE_BITS);
	for (int i = 0; i < 30; i++)
		fakelog_add(&ring, line,
			    (size_t)snprintf(line, sizeof(line), "record %d\n%.*s", i, i % 20,
					     "...................."));
	fake_finish(&fake);
	memcpy(clean, fake.mem + ring.prb, RING_BYTES);
	must(!crash_open(fake.path, &core));
}

static void lay(const uint8_t **data, size_t *size, uint64_t pa, size_t len)
{
	size_t n = *size < len ? *size : len;

	memcpy(fake.mem + pa, *data, n);
	*data += n;
	*size -= n;
}

struct count {
	uint64_t lines, bytes;
};

static int line(void *ctx, const char *text, size_t len)
{
	struct count *c = ctx;

	c->lines++;
	c->bytes += len + 1;
	for (size_t i = 0; i < len; i++)
		must(text[i] == '\t' || ((unsigned char)text[i] >= ' ' && text[i] != 0x7f));
	return c->lines == 5000 ? 1 : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dmesg_stats stats;
	struct count c = { 0 };
	uint8_t *head = fake.mem;
	int r;

	if (!head)
		start();
	head = fake.mem + ring.prb;
	memcpy(head, clean, RING_BYTES);
	if (size && data[0] & 1)
		lay(&data, &size, ring.prb, RING_BYTES);
	else if (size)
		data++, size--;
	/* sizes that are refused stay as they are; of the others the small ones */
	if (head[0] > 8 && head[0] <= 26)
		head[0] = 8;
	lay(&data, &size, ring.descs, FAKELOG_DESC << COUNT_BITS);
	lay(&data, &size, ring.text, 1 << SIZE_BITS);
	lay(&data, &size, ring.infos, FAKELOG_INFO << COUNT_BITS);
	/* memory does not change under the dumper: forget what was read of the input before */
	for (int i = 0; i < KMEM_RECENT; i++)
		core.kmem.recent[i].tag = 0;
	r = dmesg_each(&core.kmem, &core.info, line, &c, &stats);
	must(r == 0 || r == 1 || !stats.records);
	must(stats.bytes == c.bytes && stats.records <= c.lines);
	return 0;
}
