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
#include "lib/conf/conf_parse.h"
#include "lib/conf/words.h"

const struct conf_dracut_option conf_dracut_options[] = {
	{ "--mount", .is_mount = true,
	  MANUAL_WORDS(0, "\"DEVICE MOUNTPOINT TYPE [OPTIONS]\"",
		       "Names a target and is refused, with the line to write in its place.") },
	{ "--add-drivers", MANUAL_WORDS(0, "\"NAME...\"",
					"Modules to load, as `extra_modules`; one that the kernel "
					"does not have is passed over.") },
	{ "--force-drivers", MANUAL_WORDS(0, "\"NAME...\"", "The same.") },
};

const size_t conf_n_dracut_options = ARRAY_LEN(conf_dracut_options);

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

static const char *const our_file_systems[] = { "ext4", "ext3", "ext2",	 "xfs", "btrfs",
						"f2fs", "vfat", "ubifs", "nfs", "nfs4" };

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
	return conf_fail(
		err,
		"--mount makes %.100s (%.20s) the target, which is not supported: "
		"use nfs, sftp, https, virtiofs, 9p or a local file system, and remove this "
		"line",
		device, type ? type : "no type");
}

/*
 * The option that word is, NULL for any other. *value is what follows it in the same word or in the
 * next; NULL where nothing does.
 */
static const struct conf_dracut_option *find_option(char *word, char **rest, char **value)
{
	for (size_t i = 0; i < conf_n_dracut_options; i++) {
		const struct conf_dracut_option *o = &conf_dracut_options[i];
		size_t n = strlen(o->name);

		if (strncmp(word, o->name, n) || (word[n] && word[n] != '='))
			continue;
		*value = word[n] ? word + n + 1 : next_word(rest);
		return o;
	}
	return NULL;
}

int conf_parse_dracut_args(const struct conf_directive *d, char *value, struct conf_state *s,
			   struct conf_error *err)
{
	struct conf *c = s->conf;
	unsigned before = c->n_hint_modules;
	bool others = false;
	char *word;

	while ((word = next_word(&value))) {
		char *with = NULL;
		const struct conf_dracut_option *o = find_option(word, &value, &with);

		if (with && o->is_mount)
			return refuse_mount(with, err);
		others |= !with;
		if (with && conf_list(d->name, with, c->hint_modules, &c->n_hint_modules,
				      CONF_MAX_EXTRA, err)) {
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
