/* SPDX-License-Identifier: MIT */
/*
 * Finds the printk ring: `prb` → printk_ringbuffer → descriptor ring and text ring.
 */
#include "dumper/kernel/printk.h"

#include <errno.h>

#include "lib/bytes.h"
#include "lib/cleanup.h"

#define MAX_STRUCT     512
#define MAX_COUNT_BITS 26 /* log_buf_len= ends at 2 GiB of text, a descriptor for each 32 bytes */
#define MAX_SIZE_BITS  31
#define ID_MASK	       (~0ull >> 2)

/*
 * The offsets inside the two structures that are read once, each from the start of
 * printk_ringbuffer.
 */
struct ring_offsets {
	uint32_t count_bits, descs, infos, head_id, tail_id, size_bits, data;
};

static bool offset(const struct vmcoreinfo *vi, const char *name, uint32_t base, uint32_t *ret)
{
	if (!vmcoreinfo_offset(vi, name, ret))
		return false;
	*ret += base;
	return *ret <= MAX_STRUCT - 8;
}

static bool ring_offsets(const struct vmcoreinfo *vi, struct ring_offsets *o)
{
	uint32_t desc, text;

	return vmcoreinfo_offset(vi, "printk_ringbuffer.desc_ring", &desc) &&
	       vmcoreinfo_offset(vi, "printk_ringbuffer.text_data_ring", &text) &&
	       offset(vi, "prb_desc_ring.count_bits", desc, &o->count_bits) &&
	       offset(vi, "prb_desc_ring.descs", desc, &o->descs) &&
	       offset(vi, "prb_desc_ring.infos", desc, &o->infos) &&
	       offset(vi, "prb_desc_ring.head_id", desc, &o->head_id) &&
	       offset(vi, "prb_desc_ring.tail_id", desc, &o->tail_id) &&
	       offset(vi, "prb_data_ring.size_bits", text, &o->size_bits) &&
	       offset(vi, "prb_data_ring.data", text, &o->data);
}

static bool desc_layout(const struct vmcoreinfo *vi, struct printk_ring *r)
{
	uint32_t lpos, state;

	return vmcoreinfo_size(vi, "prb_desc", &r->desc_bytes) && r->desc_bytes <= MAX_STRUCT &&
	       vmcoreinfo_offset(vi, "prb_desc.text_blk_lpos", &lpos) &&
	       offset(vi, "prb_desc.state_var", 0, &state) &&
	       offset(vi, "atomic_long_t.counter", state, &r->off_state) &&
	       offset(vi, "prb_data_blk_lpos.begin", lpos, &r->off_begin) &&
	       offset(vi, "prb_data_blk_lpos.next", lpos, &r->off_next) &&
	       r->off_state + 8 <= r->desc_bytes && r->off_begin + 8 <= r->desc_bytes &&
	       r->off_next + 8 <= r->desc_bytes;
}

static bool info_layout(const struct vmcoreinfo *vi, struct printk_ring *r)
{
	r->has_seq = offset(vi, "printk_info.seq", 0, &r->off_seq) &&
		     vmcoreinfo_size(vi, "printk_info", &r->info_bytes) &&
		     r->off_seq + 8 <= r->info_bytes;
	return vmcoreinfo_size(vi, "printk_info", &r->info_bytes) && r->info_bytes <= MAX_STRUCT &&
	       offset(vi, "printk_info.ts_nsec", 0, &r->off_ts) &&
	       offset(vi, "printk_info.text_len", 0, &r->off_len) &&
	       r->off_ts + 8 <= r->info_bytes && r->off_len + 2 <= r->info_bytes;
}

int printk_ring_find(struct printk_ring *ret, struct kmem *k, const struct vmcoreinfo *vi)
{
	struct printk_ring r = { 0 };
	struct ring_offsets o;
	uint8_t buf[MAX_STRUCT];
	uint64_t prb, addr;
	uint32_t bytes;
	int err;

	if (!vmcoreinfo_symbol(vi, "prb", &prb) || !ring_offsets(vi, &o) || !desc_layout(vi, &r) ||
	    !info_layout(vi, &r) || !vmcoreinfo_size(vi, "printk_ringbuffer", &bytes) ||
	    bytes < 16 || bytes > MAX_STRUCT)
		return -ENODATA;
	/* prb is a pointer: a large log_buf_len= replaces the static ring */
	err = kmem_read(k, prb, &addr, sizeof(addr));
	if (!err)
		err = kmem_read(k, addr, buf, sizeof(buf) < bytes ? sizeof(buf) : bytes);
	if (err)
		return err;
	memset(buf + bytes, 0, sizeof(buf) - bytes);
	r.count_bits = get_u32(buf + o.count_bits);
	r.size_bits = get_u32(buf + o.size_bits);
	r.descs = get_u64(buf + o.descs);
	r.infos = get_u64(buf + o.infos);
	r.text = get_u64(buf + o.data);
	r.head_id = get_u64(buf + o.head_id) & ID_MASK;
	r.tail_id = get_u64(buf + o.tail_id) & ID_MASK;
	if (!r.count_bits || r.count_bits > MAX_COUNT_BITS || r.size_bits < 4 ||
	    r.size_bits > MAX_SIZE_BITS)
		return -ENODATA;
	*ret = r;
	return 0;
}
