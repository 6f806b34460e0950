/* SPDX-License-Identifier: MIT */
/*
 * What of the machine stands in the ELF header of a loaded crash kernel: its memory, and its CPUs
 * where kexec_load made that header, or a kernel before 6.6 (a later one's own lists all that can ever
 * be there). A header that is older than the machine loses memory or registers of the dump.
 */
#ifndef LOADER_MACHINE_STATE_H
#define LOADER_MACHINE_STATE_H

#include <stdbool.h>

#include "lib/sha256.h"

#define MACHINE_CPUS_BYTES 512

struct machine_state {
	char memory[SHA256_TEXT];      /* digest of the ranges of RAM; "": not known */
	char cpus[MACHINE_CPUS_BYTES]; /* "0-3": those present; "": not known */
};

/* Below root, as for host_read(). What cannot be read stays "". */
void machine_state_read(int root, struct machine_state *ret);

/* Does the running kernel itself rewrite the loaded header for "memory" or "cpu"? */
bool machine_state_followed(int root, const char *what);

/*
 * What has changed since, and is in the header without being rewritten by the kernel: "memory",
 * "CPUs", "memory and CPUs"; NULL: nothing. segments: kexec_load made the header.
 */
const char *machine_state_changed(int root, const struct machine_state *since, bool segments);

#endif
