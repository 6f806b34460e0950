/* SPDX-License-Identifier: MIT */
/*
 * What tests of netup.c use besides netup.h.
 */
#ifndef INIT_REMOTE_NETUP_PRIVATE_H
#define INIT_REMOTE_NETUP_PRIVATE_H

#include "init/remote/netup.h"

#define NETUP_PATH_BYTES 96

/* Where it keeps its marks. */
extern const char *netup_folder;

#endif
