/* SPDX-License-Identifier: MIT */
/*
 * The name of a dump's folder: HOST-YYYYMMDDTHHMMSSZ-XXXXXXXX, the time of the crash in UTC and
 * eight hexadecimal digits of the dead kernel's boot.
 */
#ifndef LIB_DUMPS_DUMP_NAME_H
#define LIB_DUMPS_DUMP_NAME_H

#include <stdbool.h>
#include <stdint.h>

#define DUMP_NAME_BYTES 160 /* with its NUL */

/* False: it is no such name. *ret_host_len: of the host in front. */
bool dump_name_parse(const char *name, uint64_t *ret_time_s, unsigned *ret_host_len);

#endif
