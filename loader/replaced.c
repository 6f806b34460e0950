/* SPDX-License-Identifier: MIT */
#include "loader/replaced.h"

#include <stddef.h>
#include <string.h>

const struct replaced replaced_commands[] = {
	/* kdumpctl */
	{ "start", "write load" },
	{ "stop", "write unload" },
	{ "restart",
	  "run kdump-mkinitrd where status says that the image is old, then write reload" },
	{ "rebuild", "run kdump-mkinitrd, then write reload" },
	{ "showmem", "write status" },
	{ "get-default-crashkernel", "write estimate" },
	{ "reset-crashkernel", "write estimate --apply" },
	/* kdump-config */
	{ "show", "write status" },
	{ "symlinks", "run kdump-mkinitrd, then write reload" },
	{ "try-load", "write load" },
	/* kexec */
	{ "-p", "write load" },
	{ "--load-panic", "write load" },
	{ "-l", "write exec --load" },
	{ "-e", "write exec" },
	{ "-u", "write unload" },
	{ "-S", "write status" },
	{ "-s", "write load -s" },
	{ "-c", "write load -c" },
	{ "-a", "write load -a" },
	{ NULL, NULL },
};

const char *replaced_by(const char *name)
{
	for (const struct replaced *r = replaced_commands; r->name; r++) {
		if (!strcmp(name, r->name))
			return r->by;
	}
	return NULL;
}
