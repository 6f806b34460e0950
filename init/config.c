/* SPDX-License-Identifier: MIT */
/*
 * kdump.conf comes from an image that may be damaged or made by hand: then it is parsed in a child
 * first, and in PID 1 only when that went well.
 */
#include "init/config.h"

#include <fcntl.h>
#include <string.h>

#include "init/system/child.h"
#include "init/system/limits.h"
#include "lib/cleanup.h"
#include "lib/io.h"
#include "lib/log.h"

enum { CONFIG_MAX_BYTES = 64 << 10 };

struct text {
	char *bytes;
	size_t len;
};

/* On the child's own copy of the text; only whether it survives counts. */
static int rehearse(const void *ctx, void *answer, struct child *self)
{
	const struct text *t = ctx;
	struct conf_findings found;
	struct conf conf;

	(void)answer, (void)self;
	conf_parse(t->bytes, t->len, &conf, &found);
	return 0;
}

/* Of a file that kdump-mkinitrd has not checked; its notes are for people at work on it. */
static void log_errors(const char *file, const struct conf_findings *found)
{
	char text[CONF_SAY_BYTES];

	for (unsigned i = 0; i < found->n; i++) {
		if (found->at[i].is_note)
			continue;
		conf_say(&found->at[i], text);
		log_err("config: %s: %s", file, text);
	}
	log_warn("config: %s: used without %s", file,
		 found->n_errors == 1 ? "this line" : "these lines");
}

void config_load(const char *file, struct conf *ret, char **ret_text)
{
	struct text t = { 0 };
	struct child_job job = {
		.name = "config", .run = rehearse, .ctx = &t, .limit_s = LIMIT_CONFIG_S
	};
	struct conf_findings found;
	struct child_end end;
	int r;

	*ret_text = NULL;
	conf_init(ret);
	r = io_load_file(AT_FDCWD, file, CONFIG_MAX_BYTES, &t.bytes, &t.len);
	if (r) {
		log_err("config: %s: %s; defaults are used", file, strerror(-r));
		return;
	}
	*ret_text = t.bytes;
	if (child_run(&job, &end)) {
		log_err("config: %s: %s; defaults are used", file, end.why);
		return;
	}
	if (conf_parse(t.bytes, t.len, ret, &found))
		log_errors(file, &found);
}
