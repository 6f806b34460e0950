/* SPDX-License-Identifier: MIT */
#include "loader/line/line.h"

#include <stdio.h>
#include <string.h>

enum {
	/* more do not make the dump faster: docs/SPEED.md */
	CPUS_THAT_HELP = 8,
};

void line_read_settings(int root, struct line *l, struct findings *f)
{
	settings_read(root, &l->settings, f);
}

void line_read_config(struct line *l, const struct conf *c)
{
	snprintf(l->remove, sizeof(l->remove), "%s", c->cmdline_remove ? c->cmdline_remove : "");
	snprintf(l->append, sizeof(l->append), "%s", c->cmdline_append ? c->cmdline_append : "");
}

void line_fit(struct line *l, const struct host *h, const struct kernel_head *b,
	      const struct fit *need)
{
	unsigned most = l->settings.has_cpus ? l->settings.cpus : CPUS_THAT_HELP;

	/* 0 is all of them, in SUSE's words */
	if (!most || most > h->cpus)
		most = h->cpus;
	l->to = (struct cmdline_for){
		.arch = h->arch->params,
		.release = b->major ? CMDLINE_RELEASE(b->major, b->minor & 0xff) : 0,
		.cpus = check_fit_cpus(h, b, need, most),
		.apicid = h->boot_apicid,
	};
}

static const char *base_of(const struct line *l, const struct host *h)
{
	return l->settings.has_base ? l->settings.base : h->cmdline;
}

static struct cmdline_wish wish_of(const struct line *l, const char *extra)
{
	return (struct cmdline_wish){ .drop = l->settings.remove,
				      .drop_ours = l->remove,
				      .add = { l->settings.append, l->append, extra } };
}

int line_make(const struct line *l, const struct host *h, const char *extra, char *buf, size_t size)
{
	const struct cmdline_wish w = wish_of(l, extra);

	return cmdline_derive(base_of(l, h), &l->to, &w, buf, size);
}

void line_print(const struct line *l, const struct host *h)
{
	const struct cmdline_wish w = wish_of(l, NULL);
	const char *base = base_of(l, h);
	struct cmdline_arg arg;

	if (l->settings.has_base)
		printf("  from %s instead of the running kernel's\n", l->settings.file);
	while (cmdline_next(&base, &arg)) {
		const char *why = cmdline_why_dropped(&l->to, &w, &arg);

		if (why)
			printf("  left out %.*s (%s)\n", (int)arg.len, arg.text, why);
	}
	for (const struct cmdline_append *a = cmdline_appends; a->text; a++) {
		if (cmdline_is_appended(&l->to, &w, a))
			printf("  added %.*s (%s)\n", (int)strcspn(a->text, "=%"), a->text, a->why);
	}
}
