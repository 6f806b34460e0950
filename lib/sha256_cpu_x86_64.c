/* SPDX-License-Identifier: MIT */
/*
 * The instructions of x86 (Intel SDM volume 2, SHA256RNDS2, SHA256MSG1, SHA256MSG2).
 */
#include <cpuid.h>
#include <immintrin.h>

#include "lib/sha256_cpu.h"
#include "lib/sha256_k.h"

#define FOR_SHA __attribute__((target("sha,sse4.1")))

#define LEAF7_EBX_SHA	(1u << 29)
#define LEAF1_ECX_SSSE3 (1u << 9)
#define LEAF1_ECX_SSE41 (1u << 19)

bool sha256_cpu_usable(void)
{
	const unsigned want = LEAF1_ECX_SSSE3 | LEAF1_ECX_SSE41;
	unsigned a, b, c, d;

	return __get_cpuid_count(7, 0, &a, &b, &c, &d) && b & LEAF7_EBX_SHA &&
	       __get_cpuid(1, &a, &b, &c, &d) && (c & want) == want;
}

/* In the order of lanes that the instructions take: the highest one first. */
struct state {
	__m128i abef, cdgh;
};

/* Four rounds. Two of them turn the older half into the newer one, so the halves swap twice. */
FOR_SHA static inline void rounds(struct state *s, __m128i w, const uint32_t *k)
{
	__m128i wk = _mm_add_epi32(w, _mm_loadu_si128((const __m128i *)k));

	s->cdgh = _mm_sha256rnds2_epu32(s->cdgh, s->abef, wk);
	s->abef = _mm_sha256rnds2_epu32(s->abef, s->cdgh, _mm_shuffle_epi32(wk, 0x0e));
}

/* The four words that follow w0 to w3, of four each. */
FOR_SHA static inline __m128i next(__m128i w0, __m128i w1, __m128i w2, __m128i w3)
{
	__m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(w0, w1), _mm_alignr_epi8(w3, w2, 4));

	return _mm_sha256msg2_epu32(sum, w3);
}

FOR_SHA static inline __m128i load(const uint8_t *p)
{
	const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);

	return _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)p), big_endian);
}

FOR_SHA static void one_block(struct state *s, const uint8_t *p)
{
	__m128i w0 = load(p), w1 = load(p + 16), w2 = load(p + 32), w3 = load(p + 48);
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
	s->abef = _mm_add_epi32(s->abef, before.abef);
	s->cdgh = _mm_add_epi32(s->cdgh, before.cdgh);
}

FOR_SHA void sha256_cpu_blocks(uint32_t h[8], const uint8_t *p, size_t n)
{
	struct state s = { _mm_set_epi32((int)h[0], (int)h[1], (int)h[4], (int)h[5]),
			   _mm_set_epi32((int)h[2], (int)h[3], (int)h[6], (int)h[7]) };
	uint32_t feba[4], hgdc[4];

	for (; n; n--, p += 64)
		one_block(&s, p);
	_mm_storeu_si128((__m128i *)feba, s.abef);
	_mm_storeu_si128((__m128i *)hgdc, s.cdgh);
	h[0] = feba[3], h[1] = feba[2], h[4] = feba[1], h[5] = feba[0];
	h[2] = hgdc[3], h[3] = hgdc[2], h[6] = hgdc[1], h[7] = hgdc[0];
}
