/* SPDX-License-Identifier: MIT */
/*
 * --recover: of a raw target's device, of all raw targets of kdump.conf, or of a dump in a file.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "dumper/cmd/cmd.h"
#include "dumper/cmd/recover_raw.h"
#include "lib/cleanup.h"
#include "lib/conf/conf.h"
#include "lib/io.h"
#include "lib/log.h"

#define CONF_MAX_BYTES (1u << 20)

static int exit_of(int r)
{
	return !r ? EXIT_OK : r == -ENODATA ? EXIT_NOTHING : EXIT_FAILED;
}

/* A device that fails does not keep the others from being saved. */
static int recover_targets(const struct conf *c)
{
	bool failed = false, saved = false;

	for (unsigned i = 0; i < c->n_targets; i++) {
		char node[PATH_MAX];
		int r;

		if (c->targets[i].kind != CONF_TARGET_RAW)
			continue;
		recover_node("", c->targets[i].where, node, sizeof(node));
		r = recover_raw(node, c->path);
		saved |= !r;
		failed |= r && r != -ENODATA;
	}
	return failed ? EXIT_FAILED : saved ? EXIT_OK : EXIT_NOTHING;
}

/* What is wrong with other lines does not keep a dump from being saved. */
static void log_errors(const char *path, const struct conf_findings *found)
{
	char why[CONF_SAY_BYTES];

	unsigned left = found->n_errors;

	for (unsigned i = 0; i < found->n; i++) {
		if (found->at[i].is_note)
			continue;
		conf_say(&found->at[i], why);
		log_err("%s: %s", path, why);
		left--;
	}
	if (left)
		log_err("%s: %u more lines are wrong", path, left);
}

/* optional: without the file there is no raw target. */
static int recover_all(const char *path, bool optional)
{
	_free_ char *text = NULL;
	struct conf_findings found;
	struct conf conf;
	size_t len;
	int r = io_load_file(AT_FDCWD, path, CONF_MAX_BYTES, &text, &len);

	if (r == -ENOENT && optional)
		return EXIT_NOTHING;
	if (r == -EFBIG || (!r && memchr(text, '\0', len))) {
		log_err("%s: no kdump.conf; what is whole of a dump goes to DST: --recover %s DST",
			path, path);
		return EXIT_USAGE;
	}
	if (r) {
		log_err("%s: %s", path, strerror(-r));
		return EXIT_FAILED;
	}
	conf_parse(text, len, &conf, &found);
	log_errors(path, &found);
	r = recover_targets(&conf);
	return found.n_errors ? EXIT_FAILED : r;
}

static bool is_a(const char *path, mode_t type)
{
	struct stat st;

	return !stat(path, &st) && (st.st_mode & S_IFMT) == type;
}

int cmd_recover(const struct collector *o)
{
	if (o->n_operands < 2)
		return recover_all(o->n_operands ? o->operands[0] : CONF_IMAGE_FILE,
				   !o->n_operands);
	/* a device without a dump of ours may hold another's, for a file */
	if (o->n_operands > 2)
		return cmd_convert(o);
	if (recover_is_raw(o->operands[0]) ||
	    (is_a(o->operands[0], S_IFBLK) && is_a(o->operands[1], S_IFDIR)))
		return exit_of(recover_raw(o->operands[0], o->operands[1]));
	return cmd_convert(o);
}
