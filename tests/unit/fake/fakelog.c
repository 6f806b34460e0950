/* SPDX-License-Identifier: MIT */
/*
 * The ring's writer.
 */
#include "tests/unit/fake/fakelog.h"

#include <stdio.h>
#include <string.h>

#define ID_MASK	  (~0ull >> 2)
#define FINALIZED (2ull << 62)
#define REUSABLE  (3ull << 62)
#define BLOCK_ID  8

/* Where the pointer prb and the static ring stand inside the image. */
#define PRB_PTR (FAKE_IMAGE_PA + 0x800)
#define PRB	(FAKE_IMAGE_PA + 0x840)
enum { HEAD_ID = 24, TAIL_ID = 32, TEXT_RING = 48 };

static const char keys[] =
	"SIZE(printk_ringbuffer)=88\nOFFSET(printk_ringbuffer.desc_ring)=0\n"
	"OFFSET(printk_ringbuffer.text_data_ring)=48\nOFFSET(prb_desc_ring.count_bits)=0\n"
	"OFFSET(prb_desc_ring.descs)=8\nOFFSET(prb_desc_ring.infos)=16\nOFFSET(prb_desc_ring.head_"
	"id)=24\n"
	"OFFSET(prb_desc_ring.tail_id)=32\nSIZE(prb_desc)=24\nOFFSET(prb_desc.state_var)=0\n"
	"OFFSET(prb_desc.text_blk_lpos)=8\nOFFSET(prb_data_blk_lpos.begin)=0\n"
	"OFFSET(prb_data_blk_lpos.next)=8\n"
	"SIZE(printk_info)=88\nOFFSET(printk_info.ts_nsec)=8\nOFFSET(printk_info.text_len)=16\n"
	"OFFSET(prb_data_ring.size_bits)=0\nOFFSET(prb_data_ring.data)=8\nOFFSET(atomic_long_t."
	"counter)=0";

static void put(struct fakelog *l, uint64_t pa, uint64_t v)
{
	memcpy(l->core->mem + pa, &v, sizeof(v));
}

uint64_t *fakelog_desc(struct fakelog *l, uint64_t id)
{
	uint64_t slot = id & ((1ull << l->count_bits) - 1);

	return (uint64_t *)(void *)(l->core->mem + l->descs + slot * FAKELOG_DESC);
}

uint8_t *fakelog_info(struct fakelog *l, uint64_t id)
{
	return l->core->mem + l->infos + (id & ((1ull << l->count_bits) - 1)) * FAKELOG_INFO;
}

static void publish(struct fakelog *l)
{
	put(l, l->prb + HEAD_ID, l->head_id);
	put(l, l->prb + TAIL_ID, l->tail_id);
}

void fakelog_open(struct fakelog *l, struct fake *core, unsigned count_bits, unsigned size_bits)
{
	uint64_t count = 1ull << count_bits;
	char line[64];

	*l = (struct fakelog){
		.core = core,
		.count_bits = count_bits,
		.size_bits = size_bits,
		.prb = PRB,
		.descs = fake_alloc(core, count * FAKELOG_DESC),
		.infos = fake_alloc(core, count * FAKELOG_INFO),
		.text = fake_alloc(core, 1ull << size_bits),
		/* the kernel begins just before both turn over */
		.head_id = (0 - (count + 1)) & ID_MASK,
		.tail_id = (0 - (count + 1)) & ID_MASK,
		.head_lpos = 0 - (1ull << size_bits),
	};
	put(l, PRB_PTR, core->image_va + PRB - FAKE_IMAGE_PA);
	put(l, PRB, count_bits);
	put(l, PRB + 8, fake_va(core, l->descs));
	put(l, PRB + 16, fake_va(core, l->infos));
	put(l, PRB + TEXT_RING, size_bits);
	put(l, PRB + TEXT_RING + 8, fake_va(core, l->text));
	for (uint64_t i = 0; i < count; i++)
		*fakelog_desc(l, i) = REUSABLE;
	*fakelog_desc(l, l->head_id) = REUSABLE | l->head_id;
	snprintf(line, sizeof(line), "SYMBOL(prb)=%llx",
		 (unsigned long long)(core->image_va + PRB_PTR - FAKE_IMAGE_PA));
	fake_info_add(core, line);
	fake_info_add(core, keys);
	publish(l);
}

/* Drops the oldest record. */
static void drop_oldest(struct fakelog *l)
{
	*fakelog_desc(l, l->tail_id) = REUSABLE | l->tail_id;
	l->tail_id = (l->tail_id + 1) & ID_MASK;
}

/* Makes room in the text ring up to a position: no valid record may lie a turn behind it. */
static void push_tail(struct fakelog *l, uint64_t next)
{
	uint64_t oldest = next - (1ull << l->size_bits);

	while (l->tail_id != l->head_id) {
		uint64_t *d = fakelog_desc(l, l->tail_id);

		if (*d >> 62 == 2 && (d[1] & 1 || (int64_t)(d[1] - oldest) >= 0))
			break;
		drop_oldest(l);
	}
}

static uint64_t *new_desc(struct fakelog *l, uint16_t text_len)
{
	uint64_t id = (l->head_id + 1) & ID_MASK, *d;
	uint8_t *info = fakelog_info(l, id);

	if (((id - l->tail_id) & ID_MASK) >= 1ull << l->count_bits)
		drop_oldest(l);
	l->head_id = id;
	d = fakelog_desc(l, id);
	d[0] = FINALIZED | id;
	memset(info, 0, FAKELOG_INFO);
	memcpy(info + 8, &l->ts_nsec, 8);
	memcpy(info + 16, &text_len, 2);
	l->ts_nsec += 1000;
	return d;
}

void fakelog_add(struct fakelog *l, const char *text, size_t len)
{
	uint64_t turn = 1ull << l->size_bits, size = (BLOCK_ID + len + 7) / 8 * 8, *d;
	uint64_t begin = l->head_lpos, next = begin + size, last = next - l->exact_fits,
		 at = begin & (turn - 1);

	if (!len) {
		d = new_desc(l, 0);
		d[1] = d[2] = 3;
		publish(l);
		return;
	}
	if (begin >> l->size_bits != last >> l->size_bits) {
		/* the block stands at the start of the next turn */
		next = (last & ~(turn - 1)) + size;
		at = 0;
	}
	push_tail(l, next);
	d = new_desc(l, (uint16_t)len);
	d[1] = begin;
	d[2] = next;
	put(l, l->text + at, l->head_id);
	memcpy(l->core->mem + l->text + at + BLOCK_ID, text, len);
	l->head_lpos = next;
	publish(l);
}

void fakelog_add_failed(struct fakelog *l)
{
	uint64_t *d = new_desc(l, 40);

	d[1] = d[2] = 1;
	publish(l);
}
