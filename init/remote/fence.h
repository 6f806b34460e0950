/* SPDX-License-Identifier: MIT */
/*
 * fence_kdump_nodes: messages to the other nodes of a cluster that this one captures a crash, so
 * that they do not switch it off.
 */
#ifndef INIT_REMOTE_FENCE_H
#define INIT_REMOTE_FENCE_H

#include "lib/conf/conf.h"

/*
 * Starts a child that brings up the network and sends, beside everything else, until the end of the
 * capture or conf's deadline. Nothing waits for it, and its failure is a line in the log.
 */
void fence_start(const struct conf *conf);

#endif
