/* SPDX-License-Identifier: MIT */
/*
 * How large the parts of an upload are. A store takes a number of parts, of S3_PART_BYTES at least
 * but for the last one, and a part must be in memory until it is there. How large an object will be is
 * known at its end alone; how large it can be is known before. So the parts are as small as may be for as
 * long as may be, and then grow: each tenth of the parts twice as large as the tenth before, as many
 * tenths as the largest object needs. With 10,000 parts 48 GiB need none, 1 TiB seven, and nine hold 4.8
 * TiB, nearly the largest object of S3.
 */
#ifndef NET_S3_S3_PARTS_H
#define NET_S3_S3_PARTS_H

#include <stdint.h>

#define S3_PART_BYTES (5u << 20) /* the least that S3 takes, but for the last part */
#define S3_PARTS_MAX  10000u

/*
 * The bytes of part n, from 1 on, of n_parts at most, in an object of most bytes at most; 0: not known.
 * n_parts is a multiple of 10.
 */
uint64_t s3_part_bytes(unsigned n, unsigned n_parts, uint64_t most);

#endif
