/* SPDX-License-Identifier: MIT */
/*
 * What kdump-init leaves is a folder, and people name that.
 */
#include "dumper/cmd/folder.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/cleanup.h"
#include "lib/log.h"

/* The whole ones first; sealed ones last, as nobody has them beside others. */
static const char *const names[] = {
	"vmcore",
	"vmcore.flat",
	"vmcore.elf.zst",
	"vmcore.incomplete",
	"vmcore.partial",
	"vmcore.flat.partial",
	"vmcore.elf.zst.partial",
	"vmcore.flat.age",
	"vmcore.elf.zst.age",
	"vmcore.flat.age.partial",
	"vmcore.elf.zst.age.partial",
};

static bool is_folder(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

static int resolve_operand(char **operand)
{
	const char *folder = *operand;
	size_t len = strlen(folder);

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		_free_ char *path = NULL;
		struct stat st;

		if (asprintf(&path, "%s%s%s", folder, len && folder[len - 1] == '/' ? "" : "/",
			     names[i]) < 0)
			return -ENOMEM;
		if (stat(path, &st) || S_ISDIR(st.st_mode))
			continue;
		log_info("%s: a folder: its %s", folder, names[i]);
		*operand = keep_ptr(path);
		return 0;
	}
	log_err("%s: a folder without a vmcore, vmcore.flat, vmcore.elf.zst or vmcore.incomplete; "
		"name the dump itself",
		folder);
	return -ENOENT;
}

/* Of the operands, from the first on, how many are read? */
static unsigned n_read(const struct collector *o)
{
	switch (o->mode) {
	case COLLECTOR_DUMP:
	case COLLECTOR_DMESG:
	case COLLECTOR_INFO:
		return 1;
	case COLLECTOR_CONVERT:
	case COLLECTOR_REASSEMBLE:
	case COLLECTOR_RECOVER:
		return o->n_operands > 1 ? o->n_operands - 1 : 0;
	case COLLECTOR_VERIFY:
		return o->n_operands;
	default:
		return 0;
	}
}

int folder_resolve(struct collector *o)
{
	int r = 0;

	for (unsigned i = 0, n = n_read(o); i < n && !r; i++) {
		if (is_folder(o->operands[i]))
			r = resolve_operand(&o->operands[i]);
	}
	return r;
}
