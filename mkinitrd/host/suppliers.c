/* SPDX-License-Identifier: MIT */
#include "mkinitrd/host/suppliers.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "mkinitrd/host/sysfs.h"

#define LINK "supplier:"

void suppliers_free(struct suppliers_seen *s)
{
	while (s->n)
		free(s->folder[--s->n]);
	free(s->folder);
	s->folder = NULL;
}

bool suppliers_first(struct suppliers_seen *s, const char *folder)
{
	char **grown, *copy;

	for (size_t i = 0; i < s->n; i++) {
		if (!strcmp(s->folder[i], folder))
			return false;
	}
	grown = realloc(s->folder, (s->n + 1) * sizeof(*grown));
	if (!grown)
		return false;
	s->folder = grown;
	copy = strdup(folder);
	if (!copy)
		return false;
	s->folder[s->n++] = copy;
	return true;
}

static int is_link(const struct dirent *e)
{
	return !strncmp(e->d_name, LINK, strlen(LINK));
}

/* A link that only orders sync_state() stands for devices which are not there (yet). */
static bool is_for_children(const char *folder)
{
	char text[8];

	sysfs_line(folder, "sync_state_only", text, sizeof(text));
	return text[0] == '1';
}

bool suppliers_next(const char *folder, unsigned *at, char ret[PATH_MAX])
{
	struct dirent **found = NULL;
	int n = scandir(folder, &found, is_link, alphasort);
	bool done = false;

	for (int i = 0; i < n; i++) {
		char path[PATH_MAX + NAME_MAX + 16];

		snprintf(path, sizeof(path), "%s/%s", folder, found[i]->d_name);
		if (!done && (unsigned)i >= *at && !is_for_children(path)) {
			strcat(path, "/supplier");
			done = realpath(path, ret) && strstr(ret, "/devices/");
			*at = (unsigned)i + 1;
		}
		free(found[i]);
	}
	free(found);
	return done;
}
