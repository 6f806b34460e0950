/* SPDX-License-Identifier: MIT */
/*
 * What tests of https.c and those with more than one upload use besides https.h.
 */
#ifndef NET_HTTPS_PRIVATE_H
#define NET_HTTPS_PRIVATE_H

#include "net/https.h"

/* After commit or abort, or a failed open. NULL is fine. */
void https_free(struct https *h);

#endif
