/* SPDX-License-Identifier: MIT */
/*
 * Page tables that map memory at its physical addresses, in 2 MiB pages: the running kernel maps
 * what it loads for the jump, and nothing of where the next one unpacks itself.
 */
#ifndef LOADER_ARCH_X86_PAGE_TABLES_H
#define LOADER_ARCH_X86_PAGE_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE_TABLES_MAX ((uint64_t)1 << 39) /* that can be mapped: one table of the third level */

/* Bytes of the tables for [0, end); five_level: as the running kernel has them. 0: too much. */
size_t page_tables_bytes(uint64_t end, bool five_level);

/* Writes them to data, which will lie at the physical address at, a whole page: it is their root. */
void page_tables_write(uint64_t *data, uint64_t at, uint64_t end, bool five_level);

#endif
