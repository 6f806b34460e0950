/* SPDX-License-Identifier: MIT */
/*
 * Files that people take for dumps of a kernel and that are something else: by name, and what to do.
 */
#ifndef DUMPER_READ_FOREIGN_H
#define DUMPER_READ_FOREIGN_H

#include "dumper/read/source.h"

/* A literal for a message; NULL: not known. */
const char *foreign_name(const struct source *src);

#endif
