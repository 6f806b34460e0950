/* SPDX-License-Identifier: MIT */
/*
 * libzstd's fast search for matches, for a block that is a frame of its own and as small as a page of
 * memory. zstd_fast.c includes it (patches/zstd-page-search.patch).
 *
 * It looks where ZSTD_compressBlock_fast looks, which has to ask of each entry of its table whether
 * it is of this block. Here the table begins empty: a position of 0 is a match to try like any other.
 * All positions fit into 16 bits and no match or run of literals is too long for a sequence.
 */

#define KDUMP_PAGE_LOG	    11			 /* of the entries of the table */
#define KDUMP_PAGE_BYTES    8192		 /* for more, the table is too small */
#define KDUMP_PAGE_MARGIN   (HASH_READ_SIZE + 2) /* what is read behind a position */
#define KDUMP_PAGE_PATIENCE 128			 /* bytes without a match until the steps grow */

MEM_STATIC size_t KDUMP_hash(U64 bytes)
{
	return ZSTD_hash6(bytes, KDUMP_PAGE_LOG, 0);
}

MEM_STATIC U16 *KDUMP_entry(U16 *table, const BYTE *p)
{
	return &table[KDUMP_hash(MEM_read64(p))];
}

/* Literals up to p, then a match of so many bytes. Returns where the next literals go. */
MEM_STATIC BYTE *KDUMP_put(SeqStore_t *store, BYTE *to, const BYTE *literals, const BYTE *p,
			   const BYTE *limit, U32 offset, size_t bytes)
{
	SeqDef *s = store->sequences++;
	size_t n = (size_t)(p - literals), i;

	if (p < limit) {
		for (i = 0; i < n; i += 8)
			ZSTD_copy8(to + i, literals + i);
	} else {
		ZSTD_memcpy(to, literals, n);
	}
	s->offBase = offset;
	s->litLength = (U16)n;
	s->mlBase = (U16)(bytes - MINMATCH);
	return to + n;
}

/* May this block be searched so? Is it the first of its frame? */
MEM_STATIC int KDUMP_isPage(const ZSTD_MatchState_t *ms, const U32 *rep, const void *src, size_t n)
{
	return ms->cParams.minMatch == 6 && ms->cParams.hashLog == KDUMP_PAGE_LOG &&
	       ms->cParams.targetLength <= 1 && n >= 64 && n <= KDUMP_PAGE_BYTES && MEM_64bits() &&
	       MEM_isLittleEndian() && rep[0] == repStartValue[0] && rep[1] == repStartValue[1] &&
	       (const BYTE *)src == ms->window.base + ms->window.dictLimit;
}

/* Returns how many literals are behind the last match, as a ZSTD_BlockCompressor_f. */
FORCE_NOINLINE size_t KDUMP_searchPage(SeqStore_t *store, U32 *rep, const void *src, size_t size)
{
	U16 table[1 << KDUMP_PAGE_LOG];
	const BYTE *const page = (const BYTE *)src, *const end = page + size;
	const BYTE *const limit = end - KDUMP_PAGE_MARGIN;
	const BYTE *literals = page, *p = page + 1, *match;
	BYTE *to = store->lit;
	U32 rep1 = rep[0], rep2 = 0, offset;
	size_t n;

	ZSTD_memset(table, 0, sizeof(table));
	for (;;) {
		const BYTE *patient = p + KDUMP_PAGE_PATIENCE, *from;
		size_t step = 2;

		/* positions p and p + 1, and the repeated offset at p + 2 */
		for (;;) {
			U64 v, next;
			U16 *entry, *entry_next;

			if (p >= limit)
				goto end;
			v = MEM_read64(p);
			next = MEM_read64(p + 1);
			entry = &table[KDUMP_hash(v)];
			entry_next = &table[KDUMP_hash(next)];
			match = page + *entry;
			from = p;
			*entry = (U16)(p - page);
			if ((U32)(v >> 16) == MEM_read32(p + 2 - rep1)) {
				*entry_next = (U16)(p + 1 - page);
				p += 2;
				match = p - rep1;
				n = p[-1] == match[-1];
				p -= n;
				match -= n;
				n += 4;
				offset = REPCODE1_TO_OFFBASE;
				goto found;
			}
			if ((U32)v == MEM_read32(match)) {
				*entry_next = (U16)(p + 1 - page);
				break;
			}
			match = page + *entry_next;
			*entry_next = (U16)(p + 1 - page);
			if ((U32)next == MEM_read32(match)) {
				from = ++p;
				*KDUMP_entry(table, p + 1) = (U16)(p + 1 - page);
				break;
			}
			p += step;
			if (p >= patient) {
				step++;
				patient += KDUMP_PAGE_PATIENCE;
			}
		}
		rep2 = rep1;
		rep1 = (U32)(p - match);
		offset = OFFSET_TO_OFFBASE(rep1);
		for (n = 4; p > literals && match > page && p[-1] == match[-1]; n++) {
			p--;
			match--;
		}
	found:
		n += ZSTD_count(p + n, match + n, end);
		to = KDUMP_put(store, to, literals, p, limit, offset, n);
		p += n;
		literals = p;
		if (p >= limit)
			break;
		*KDUMP_entry(table, from + 2) = (U16)(from + 2 - page);
		*KDUMP_entry(table, p - 2) = (U16)(p - 2 - page);
		while (rep2 && p < limit && MEM_read32(p) == MEM_read32(p - rep2)) {
			U32 swap = rep2;

			rep2 = rep1;
			rep1 = swap;
			n = 4 + ZSTD_count(p + 4, p + 4 - rep1, end);
			*KDUMP_entry(table, p) = (U16)(p - page);
			to = KDUMP_put(store, to, p, p, limit, REPCODE1_TO_OFFBASE, n);
			p += n;
			literals = p;
		}
	}
end:
	store->lit = to;
	rep[0] = rep1;
	if (rep2)
		rep[1] = rep2;
	return (size_t)(end - literals);
}
