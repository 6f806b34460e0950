/* SPDX-License-Identifier: MIT */
/*
 * kdump.conf comes from an image that may be damaged or made by hand: then it is parsed in a child
 * first, and in PID 1 only when that went well. A text under kdump-mkinitrd's seal was parsed by
 * kdump-mkinitrd; a first child costs 40 ms under TCG.
 */
#include "init/config.h"

#include <fcntl.h>
#include <string.h>

#include "init/child.h"
#include "init/limits.h"
#include "lib/cleanup.h"
#include "lib/io.h"
#include "lib/log.h"
#include "lib/seal.h"

enum { CONFIG_MAX_BYTES = 64 << 10 };

struct text {
	char *bytes;
	size_t len;
};

/* On the child's own copy of the text; only whether it survives counts. */
static int rehearse(const void *ctx, void *answer, struct child *self)
{
	const struct text *t = ctx;
	struct conf_error err;
	struct conf conf;

	(void)answer, (void)self;
	conf_init(&conf);
	conf_parse(t->bytes, t->len, &conf, &err);
	return 0;
}

void config_load(const char *file, struct conf *ret, char **ret_text)
{
	struct text t = { 0 };
	struct child_job job = {
		.name = "config", .run = rehearse, .ctx = &t, .limit_s = LIMIT_CONFIG_S
	};
	struct conf_error err = { 0 };
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
	if (!seal_holds(t.bytes, t.len) && child_run(&job, &end)) {
		log_err("config: %s: %s; defaults are used", file, end.why);
		return;
	}
	r = conf_parse(t.bytes, t.len, ret, &err);
	if (r && err.line)
		log_err("config: %s: line %u: %s; using what stands before it", file, err.line,
			err.text);
	else if (r)
		log_err("config: %s: %s; using what was read", file, err.text);
}
