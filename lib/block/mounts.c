/* SPDX-License-Identifier: MIT */
#include "lib/block/mounts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/cleanup.h"

static bool is_octal(const char *s)
{
	return s[0] >= '0' && s[0] <= '3' && strspn(s, "01234567") >= 3;
}

/* The kernel writes blanks and '\' of a name as "\040". */
static bool unescape(const char *from, size_t len, char *ret, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		const char *c = from + i;
		char plain = *c;

		if (*c == '\\' && i + 3 < len && is_octal(c + 1)) {
			plain = (char)((c[1] - '0') << 6 | (c[2] - '0') << 3 | (c[3] - '0'));
			i += 3;
		}
		if (n + 1 >= size)
			return false;
		ret[n++] = plain;
	}
	ret[n] = '\0';
	return true;
}

/* Takes one word off *line. */
static bool next_field(const char **line, char *ret, size_t size)
{
	size_t len;

	*line += strspn(*line, " ");
	len = strcspn(*line, " \n");
	if (!len || !unescape(*line, len, ret, size))
		return false;
	*line += len;
	return true;
}

/* "98:0" */
static bool device_number(const char *word, struct mounted *ret)
{
	char *end;

	ret->dev_major = (unsigned)strtoul(word, &end, 10);
	if (end == word || *end != ':')
		return false;
	word = end + 1;
	ret->dev_minor = (unsigned)strtoul(word, &end, 10);
	return end != word && !*end;
}

static void find_subvol(const char *options, struct mounted *m)
{
	const char *at = strstr(options, "subvol=");

	m->subvol[0] = '\0';
	if (strcmp(m->type, "btrfs"))
		return;
	/* the path stands last, and may have commas */
	while (at && at != options && at[-1] != ',')
		at = strstr(at + 1, "subvol=");
	snprintf(m->subvol, sizeof(m->subvol), "%s", at ? at + 7 : "/");
}

/* "36 35 98:0 /root /point options [fields] - type source options" */
static bool parse(const char *line, struct mounted *ret)
{
	char word[PATH_MAX], options[PATH_MAX];

	if (!next_field(&line, word, sizeof(word)) || !next_field(&line, word, sizeof(word)) ||
	    !next_field(&line, word, sizeof(word)) || !device_number(word, ret))
		return false;
	if (!next_field(&line, ret->root, sizeof(ret->root)) ||
	    !next_field(&line, ret->point, sizeof(ret->point)))
		return false;
	line = strstr(line, " - ");
	if (!line)
		return false;
	line += 3;
	if (!next_field(&line, word, sizeof(word)) ||
	    !next_field(&line, ret->source, sizeof(ret->source)) ||
	    !next_field(&line, options, sizeof(options)))
		return false;
	snprintf(ret->type, sizeof(ret->type), "%.31s", word);
	snprintf(ret->options, sizeof(ret->options), "%.511s", options);
	find_subvol(options, ret);
	return true;
}

static FILE *open_mounts(const char *root)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/proc/self/mountinfo", root);
	return fopen(path, "re");
}

/* The rest of path below folder, beginning with '/' or empty; NULL: it is not below. */
static const char *below(const char *path, const char *folder)
{
	size_t n = strlen(folder);

	while (n && folder[n - 1] == '/')
		n--;
	if (strncmp(path, folder, n) || (path[n] && path[n] != '/'))
		return NULL;
	return path + n;
}

/* Links in the part of the folder that exists are followed; the rest is appended. */
static int real_folder(const char *root, const char *folder, char ret[PATH_MAX])
{
	char whole[PATH_MAX], real[PATH_MAX], top[PATH_MAX], missing[PATH_MAX] = "", *slash;
	const char *inside;

	if ((size_t)snprintf(whole, sizeof(whole), "%s%s", root, folder) >= sizeof(whole))
		return -ENAMETOOLONG;
	while (!realpath(whole, real)) {
		char tail[PATH_MAX];

		slash = strrchr(whole, '/');
		if (errno != ENOENT || !slash || slash < whole + strlen(root))
			return -errno;
		strcpy(tail, missing);
		if ((size_t)snprintf(missing, sizeof(missing), "%s%s", slash, tail) >=
		    sizeof(missing))
			return -ENAMETOOLONG;
		*slash = '\0';
		if (slash == whole)
			strcpy(whole, "/");
	}
	inside = realpath(*root ? root : "/", top) ? below(real, top) : NULL;
	/* what is missing begins with a slash */
	if (inside && !strcmp(inside, "/"))
		inside = "";
	if (!inside || (size_t)snprintf(ret, PATH_MAX, "%s%s", inside, missing) >= PATH_MAX)
		return -ENAMETOOLONG;
	if (!ret[0])
		strcpy(ret, "/");
	return 0;
}

/* Where point + tail lies in the file system; of a btrfs, below the mounted subvolume. */
static int inside_file_system(const struct mounted *m, const char *tail, char rest[PATH_MAX])
{
	const char *root = m->subvol[0] ? below(m->root, m->subvol) : m->root;

	/* a root that is not in the subvolume was moved since: then by the root alone */
	if (!root)
		root = "";
	if (!strcmp(root, "/"))
		root = "";
	if ((size_t)snprintf(rest, PATH_MAX, "%s%s", root, tail) >= PATH_MAX)
		return -ENAMETOOLONG;
	if (!rest[0])
		strcpy(rest, "/");
	return 0;
}

/* The mount that real lies in. -ENOENT: none. */
static int find_mount(const char *root, const char *real, struct mounted *ret)
{
	_fclose_ FILE *mounts = open_mounts(root);
	_free_ struct mounted *m = malloc(sizeof(*m));
	_free_ char *line = NULL;
	size_t size = 0, best = 0;

	if (!m)
		return -ENOMEM;
	/* of equal ones the last covers the others */
	while (mounts && getline(&line, &size, mounts) > 0) {
		if (!parse(line, m) || !below(real, m->point) || strlen(m->point) < best)
			continue;
		best = strlen(m->point);
		*ret = *m;
	}
	return best ? 0 : -ENOENT;
}

/* An automount point is mounted by whoever goes into it; looking at it from outside does not. */
static void go_into(const char *root, const char *point)
{
	char path[PATH_MAX * 2];
	_closedir_ DIR *d = NULL;

	snprintf(path, sizeof(path), "%s%s", root, point);
	d = opendir(path);
	if (d)
		(void)readdir(d);
}

int mounts_of_folder(const char *root, const char *folder, struct mounted *ret, char rest[PATH_MAX])
{
	char real[PATH_MAX];
	int r = real_folder(root, folder, real);

	if (r)
		return r;
	r = find_mount(root, real, ret);
	if (!r && !strcmp(ret->type, "autofs")) {
		go_into(root, ret->point);
		r = find_mount(root, real, ret);
	}
	return r ? r : inside_file_system(ret, below(real, ret->point), rest);
}

static bool shows(const char *root, const struct mounted *m, const char *path)
{
	char whole[PATH_MAX * 2];

	snprintf(whole, sizeof(whole), "%s%s%s", root, m->point, path);
	return !access(whole, F_OK);
}

int mounts_of_device(const char *root, const char *node, const char *path, struct mounted *ret,
		     bool *same)
{
	_fclose_ FILE *mounts = open_mounts(root);
	_free_ struct mounted *m = malloc(sizeof(*m));
	_free_ char *line = NULL;
	bool found = false, shown = false;
	size_t size = 0;

	*same = true;
	while (m && mounts && getline(&line, &size, mounts) > 0) {
		if (!parse(line, m) || strcmp(m->source, node))
			continue;
		*same &= !found || !strcmp(m->subvol, ret->subvol);
		if (found && (shown || !shows(root, m, path)))
			continue;
		*ret = *m;
		found = true;
		shown = shows(root, m, path);
	}
	return found ? 0 : -ENOENT;
}

bool mounts_next(const char *root, FILE **f, struct mounted *ret)
{
	_free_ char *line = NULL;
	size_t size = 0;

	if (!*f)
		*f = open_mounts(root);
	while (*f && getline(&line, &size, *f) > 0) {
		if (parse(line, ret))
			return true;
	}
	return false;
}

bool mounts_show(const struct mounted *m, const char *folder, char ret[PATH_MAX])
{
	char top[PATH_MAX];
	const char *rest;

	/* what of the file system lies at the mount point, as folder is given */
	if (inside_file_system(m, "", top))
		return false;
	rest = below(folder, top);
	return rest && (size_t)snprintf(ret, PATH_MAX, "%s%s",
					strcmp(m->point, "/") ? m->point : "", rest) < PATH_MAX;
}
