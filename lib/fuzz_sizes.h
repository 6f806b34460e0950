/* SPDX-License-Identifier: MIT */
/*
 * Sizes that fuzzers have smaller: the little they dump fills these buffers too, and each that is
 * larger than 128 KiB would cost them more than all the rest, as the sanitizer has the kernel give
 * it, and its shadow, anew each time.
 */
#ifndef LIB_FUZZ_SIZES_H
#define LIB_FUZZ_SIZES_H

#ifdef FUZZING
#define FUZZ_SIZE(normal, fuzzers) (fuzzers)
#else
#define FUZZ_SIZE(normal, fuzzers) (normal)
#endif

#endif
