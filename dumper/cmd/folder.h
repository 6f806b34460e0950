/* SPDX-License-Identifier: MIT */
/*
 * A dump's folder in place of the dump in it.
 */
#ifndef DUMPER_CMD_FOLDER_H
#define DUMPER_CMD_FOLDER_H

#include "lib/conf/collector.h"

/*
 * Each operand that is read and is a folder becomes the path of the vmcore in it, which stays
 * allocated. Says what is wrong: 0, -ENOENT: a folder without one; -ENOMEM.
 */
int folder_resolve(struct collector *o);

#endif
