/* SPDX-License-Identifier: MIT */
/*
 * dracut_args of kdump-utils' kdump.conf. Two of dracut's options say what a capture does, whoever
 * makes its image: --mount is the target, --add-drivers are modules to load. The others are about
 * dracut's own image.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/conf/conf_values.h"
#include "lib/conf/words.h"

/* A word of a shell, whose quotes are removed: --mount "a b", --mount='a b'. NULL: no more. */
static char *next_word(char **rest)
{
	char *from = *rest + strspn(*rest, " \t"), *word = from, *to = from;
	char quote = 0;

	if (!*from)
		return NULL;
	for (; *from && (quote || !strchr(" \t", *from)); from++) {
		if (quote ? *from == quote : *from == '"' || *from == '\'')
			quote = quote ? 0 : *from;
		else
			*to++ = *from;
	}
	*rest = *from ? from + 1 : from;
	*to = '\0';
	return word;
}

static const char *const our_file_systems[] = { "ext4",	 "ext3", "ext2", "xfs",
						"btrfs", "f2fs", "vfat" };

static bool is_ours(const char *type)
{
	for (size_t i = 0; i < ARRAY_LEN(our_file_systems); i++) {
		if (!strcmp(type, our_file_systems[i]))
			return true;
	}
	return false;
}

/* "DEVICE MOUNTPOINT TYPE [OPTIONS]" */
static int refuse_mount(char *mount, struct conf_error *err)
{
	char *device = words_next(&mount), *type;

	words_next(&mount);
	type = words_next(&mount);
	if (!device)
		return conf_fail(err, "--mount names no target; remove the line");
	if (type && is_ours(type))
		return conf_fail(err,
				 "--mount makes %.100s the target: write it as a line of its own, "
				 "`%s %.100s`, and remove this one",
				 device, type, device);
	return conf_fail(err,
			 "--mount makes %.100s (%.20s) the target, which is not supported yet: "
			 "use https, virtiofs, 9p or a local file system, and remove this line",
			 device, type ? type : "no type");
}

/* What follows an option, in the same word or in the next. NULL: another option, or nothing. */
static char *value_of(const char *option, char *word, char **rest)
{
	size_t n = strlen(option);

	if (strncmp(word, option, n))
		return NULL;
	return word[n] == '=' ? word + n + 1 : word[n] ? NULL : next_word(rest);
}

int conf_dracut_args(char *value, struct conf *c, struct conf_error *err)
{
	unsigned before = c->n_hint_modules;
	bool others = false;
	char *word;

	while ((word = next_word(&value))) {
		char *mount = value_of("--mount", word, &value), *drivers = NULL;

		if (mount)
			return refuse_mount(mount, err);
		drivers = value_of("--add-drivers", word, &value);
		drivers = drivers ? drivers : value_of("--force-drivers", word, &value);
		others |= !drivers;
		if (drivers && conf_list("dracut_args", drivers, c->hint_modules,
					 &c->n_hint_modules, CONF_MAX_EXTRA, err)) {
			c->n_hint_modules = before;
			return -EINVAL;
		}
	}
	if (c->n_hint_modules > before)
		conf_note(err, "--add-drivers is taken as extra_modules");
	if (others)
		conf_note(err, "the image is not made by dracut: its %soptions have no effect",
			  c->n_hint_modules > before ? "other " : "");
	return 0;
}
