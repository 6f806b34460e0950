/* SPDX-License-Identifier: MIT */
/*
 * The instructions of Armv8 (FEAT_SHA256; Arm ARM C7, SHA256H, SHA256H2, SHA256SU0, SHA256SU1).
 */
#include <arm_neon.h>
#include <sys/auxv.h>

#include "lib/sha256_cpu.h"
#include "lib/sha256_k.h"

#define FOR_SHA	    __attribute__((target("+crypto")))
#define HWCAP_SHA2_ (1ul << 6)

bool sha256_cpu_usable(void)
{
	return getauxval(AT_HWCAP) & HWCAP_SHA2_;
}

struct state {
	uint32x4_t abcd, efgh;
};

/* Four rounds with the words w. */
FOR_SHA static inline void rounds(struct state *s, uint32x4_t w, const uint32_t *k)
{
	uint32x4_t wk = vaddq_u32(w, vld1q_u32(k)), abcd = s->abcd;

	s->abcd = vsha256hq_u32(s->abcd, s->efgh, wk);
	s->efgh = vsha256h2q_u32(s->efgh, abcd, wk);
}

/* The four words that follow w0 to w3, of four each. */
FOR_SHA static inline uint32x4_t next(uint32x4_t w0, uint32x4_t w1, uint32x4_t w2, uint32x4_t w3)
{
	return vsha256su1q_u32(vsha256su0q_u32(w0, w1), w2, w3);
}

static inline uint32x4_t load(const uint8_t *p)
{
	return vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(p)));
}

FOR_SHA static void one_block(struct state *s, const uint8_t *p)
{
	uint32x4_t w0 = load(p), w1 = load(p + 16), w2 = load(p + 32), w3 = load(p + 48);
	const struct state before = *s;

	rounds(s, w0, sha256_k);
	rounds(s, w1, sha256_k + 4);
	rounds(s, w2, sha256_k + 8);
	rounds(s, w3, sha256_k + 12);
	for (int i = 16; i < 64; i += 16) {
		w0 = next(w0, w1, w2, w3);
		rounds(s, w0, sha256_k + i);
		w1 = next(w1, w2, w3, w0);
		rounds(s, w1, sha256_k + i + 4);
		w2 = next(w2, w3, w0, w1);
		rounds(s, w2, sha256_k + i + 8);
		w3 = next(w3, w0, w1, w2);
		rounds(s, w3, sha256_k + i + 12);
	}
	s->abcd = vaddq_u32(s->abcd, before.abcd);
	s->efgh = vaddq_u32(s->efgh, before.efgh);
}

FOR_SHA void sha256_cpu_blocks(uint32_t h[8], const uint8_t *p, size_t n)
{
	struct state s = { vld1q_u32(h), vld1q_u32(h + 4) };

	for (; n; n--, p += 64)
		one_block(&s, p);
	vst1q_u32(h, s.abcd);
	vst1q_u32(h + 4, s.efgh);
}
