/* SPDX-License-Identifier: MIT */
/*
 * What tests of retention.c use besides retention.h.
 */
#ifndef INIT_CAPTURE_RETENTION_PRIVATE_H
#define INIT_CAPTURE_RETENTION_PRIVATE_H

#include "init/capture/retention.h"

/* Time of a dump folder's name; false: it is none. *ret_host_len: of the host in front. */
bool retention_parse(const char *name, uint64_t *ret_time_s, unsigned *ret_host_len);

#endif
