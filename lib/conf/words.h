/* SPDX-License-Identifier: MIT */
/*
 * Words and values of a config line, cut up in place.
 */
#ifndef LIB_CONF_WORDS_H
#define LIB_CONF_WORDS_H

#include <stdint.h>

/* Cuts the first word off *rest; NULL when there is none left. */
char *words_next(char **rest);

/* Without blanks at its ends. */
char *words_trim(char *s);

/* The value of a line without comment, blanks at its ends and quotes around it. */
char *words_trim_value(char *s);

/* The whole number in s, which must be from min to max. 0 or -EINVAL. */
int words_number(const char *s, unsigned min, unsigned max, unsigned *ret);

/*
 * Bytes: a number with nothing, K, M, G or T (powers of 1024, lower case too) behind it. 0, -EINVAL
 * or, where 64 bits do not hold it, -ERANGE.
 */
int words_size(const char *s, uint64_t *ret);

#endif
