/* SPDX-License-Identifier: MIT */
#include "loader/replaced.h"

#include <stddef.h>
#include <string.h>

#include "lib/cleanup.h"

#define CRASHKERNEL "load --dry-run names the crashkernel= to set where it is missing or too small"

static const struct replaced {
	const char *name, *by;
} replaced[] = {
	/* kdumpctl */
	{ "start", "write load" },
	{ "stop", "write unload" },
	{ "restart",
	  "run kdump-mkinitrd where status tells that the image is old, then write reload" },
	{ "rebuild", "run kdump-mkinitrd, then write reload" },
	{ "showmem", "write status" },
	{ "estimate", CRASHKERNEL },
	{ "get-default-crashkernel", CRASHKERNEL },
	{ "reset-crashkernel", CRASHKERNEL },
	{ "propagate", "ssh is not supported yet" },
	{ "test", "write load --dry-run" },
	/* kdump-config */
	{ "show", "write status" },
	{ "symlinks", "run kdump-mkinitrd, then write reload" },
	{ "try-load", "write load" },
	/* kexec */
	{ "-p", "write load" },
	{ "--load-panic", "write load" },
	{ "-l", "only a crash kernel is loaded here; write load" },
	{ "-u", "write unload" },
	{ "-S", "write status" },
	{ "-s", "the kexec_file_load system call is taken always; write load" },
};

const char *replaced_by(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(replaced); i++) {
		if (!strcmp(name, replaced[i].name))
			return replaced[i].by;
	}
	return NULL;
}
