/* SPDX-License-Identifier: MIT */
#include "mkinitrd/host/machine.h"

#include <ctype.h>
#include <string.h>

#include "lib/cleanup.h"
#include "mkinitrd/host/sysfs.h"

void machine_hostname(const char *root, char *ret, size_t size)
{
	static const char *const files[] = { "proc/sys/kernel/hostname", "etc/hostname" };
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(files) && !n; i++) {
		char name[256];

		sysfs_line(root, files[i], name, sizeof(name));
		/* the kernel's word for a machine that was given no name */
		if (!strcmp(name, "(none)"))
			continue;
		/* what could not stand in a folder's name or in the config is left out */
		for (const char *p = name; *p && n + 1 < size; p++) {
			if (isalnum((unsigned char)*p) || *p == '-' || *p == '_' ||
			    (*p == '.' && n))
				ret[n++] = *p;
		}
	}
	ret[n] = '\0';
}
