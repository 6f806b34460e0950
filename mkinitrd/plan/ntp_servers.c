/* SPDX-License-Identifier: MIT */
#include "mkinitrd/plan/ntp_servers.h"

#include <stdio.h>
#include <string.h>

#include "lib/cleanup.h"
#include "mkinitrd/plan/recipe_stack.h"

/* "server HOST options", "pool HOST options"; for timesyncd "NTP=HOST HOST". */
static const struct {
	const char *path;
	bool assigned;
} files[] = {
	{ "/etc/chrony.conf", false },
	{ "/etc/chrony/chrony.conf", false },
	{ "/etc/systemd/timesyncd.conf", true },
	{ "/etc/ntpsec/ntp.conf", false },
	{ "/etc/ntp.conf", false },
};

static void add(struct recipe *p, const char *host)
{
	struct conf *c = &p->conf;
	const char *kept;

	/* the machine's own clock, and what the config could not carry */
	if (c->n_ntp == CONF_MAX_NTP || !strncmp(host, "127.", 4) || strpbrk(host, "\"'#"))
		return;
	kept = recipe_stack_keep(p, "%s", host);
	if (kept)
		c->ntp[c->n_ntp++] = kept;
}

static void take_line(struct recipe *p, char *line, bool assigned)
{
	char *rest = NULL, *word;

	if (assigned) {
		if (strncmp(line, "NTP=", 4))
			return;
		for (word = strtok_r(line + 4, " \t\n", &rest); word;
		     word = strtok_r(NULL, " \t\n", &rest))
			add(p, word);
		return;
	}
	word = strtok_r(line, " \t\n", &rest);
	if (word && (!strcmp(word, "server") || !strcmp(word, "pool")) &&
	    (word = strtok_r(NULL, " \t\n", &rest)))
		add(p, word);
}

void ntp_servers_take(struct recipe *p)
{
	char path[PATH_MAX], line[512];

	for (size_t i = 0; i < ARRAY_LEN(files) && !p->conf.n_ntp; i++) {
		_fclose_ FILE *f = NULL;

		if ((size_t)snprintf(path, sizeof(path), "%s%s", p->root, files[i].path) >=
		    sizeof(path))
			continue;
		f = fopen(path, "re");
		while (f && fgets(line, sizeof(line), f))
			take_line(p, line, files[i].assigned);
	}
}
