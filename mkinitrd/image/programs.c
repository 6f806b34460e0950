/* SPDX-License-Identifier: MIT */
/*
 * The list grows while it is walked: what the config names stands first, and each program that is
 * looked at puts what it needs behind the last one, unless it is there.
 */
#include "mkinitrd/image/programs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/cleanup.h"
#include "lib/conf/words.h"
#include "mkinitrd/image/elf_needs.h"
#include "mkinitrd/image/rootfile.h"

#define FROM_CONFIG (-1)

/* "kdump_pre /usr/sbin/x", "library libc.so.6 of /bin/dash" */
struct asked {
	char text[256];
};

static struct asked asked_by(const struct programs *p, int from, const char *what, const char *name)
{
	struct asked a;

	if (from == FROM_CONFIG)
		snprintf(a.text, sizeof(a.text), "%s %.160s", what, name);
	else
		snprintf(a.text, sizeof(a.text), "%s %.100s of %.120s", what, name,
			 p->item[from].path);
	return a;
}

/* Takes *data over on success. */
static int add_program(struct programs *p, struct program *item, char **data, struct fault *f)
{
	if (p->n == PROGRAMS_MAX)
		return fault_set(f, -E2BIG, "%s: more than %u programs and libraries are needed",
				 asked_by(p, item->from, item->what, item->path).text,
				 PROGRAMS_MAX);
	item->data = keep_ptr(*data);
	p->item[p->n++] = *item;
	return 0;
}

static bool has_program(const struct programs *p, const char *path)
{
	for (unsigned i = 0; i < p->n; i++) {
		if (!strcmp(p->item[i].path, path))
			return true;
	}
	return false;
}

/* Puts a file on the list unless it is there. */
static int want(struct programs *p, int from, const char *what, const char *path, struct fault *f)
{
	struct program item = { .from = from, .what = what };
	struct asked a = asked_by(p, from, what, path);
	_free_ char *data = NULL;
	int r;

	if (path[0] != '/' || strstr(path, "/../"))
		return fault_set(f, -EINVAL, "%s: the path must begin with / and have no ..",
				 a.text);
	if (has_program(p, path))
		return 0;
	if ((size_t)snprintf(item.path, sizeof(item.path), "%s", path) >= sizeof(item.path))
		return fault_set(f, -ENAMETOOLONG, "%s: the path is too long", a.text);
	r = rootfile_load(p->root, path, &data, &item.len, &item.mode);
	if (r)
		return fault_set(f, r, "%s: %s%s%s", a.text,
				 r == -EISDIR ? "no regular file" : strerror(-r),
				 p->root[0] ? " below " : "", p->root);
	if (!item.len)
		return fault_set(f, -ENOEXEC, "%s: the file is empty", a.text);
	return add_program(p, &item, &data, f);
}

/* ---------------------------------------------------------------- libraries */

/* "/a/b/../c" → "/a/c" */
static void collapse(char *path)
{
	char *up;

	while ((up = strstr(path, "/.."))) {
		char *from = up;

		if (up[3] && up[3] != '/')
			return;
		while (from > path && *--from != '/')
			;
		memmove(from, up + 3, strlen(up + 3) + 1);
	}
}

/* $ORIGIN is the folder of the one who needs the library. */
static int expand_origin(const char *folder, size_t len, const char *user, char *ret, size_t size)
{
	static const char *const names[] = { "$ORIGIN", "${ORIGIN}" };
	const char *slash = strrchr(user, '/');
	int n;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		size_t skip = strlen(names[i]);

		if (len < skip || strncmp(folder, names[i], skip))
			continue;
		n = snprintf(ret, size, "%.*s%.*s", (int)(slash - user), user, (int)(len - skip),
			     folder + skip);
		if ((size_t)n >= size)
			return -ENAMETOOLONG;
		collapse(ret);
		return 0;
	}
	n = snprintf(ret, size, "%.*s", (int)len, folder);
	return (size_t)n < size && folder[0] == '/' ? 0 : -EINVAL;
}

/* 1: it is there and for this machine, and is on the list now. 0: not this one. */
static int try_library(struct programs *p, int from, const char *folder, const char *name,
		       uint16_t machine, struct fault *f)
{
	struct program item = { .from = from, .what = "library" };
	_free_ char *data = NULL;
	struct elf_needs needs;
	const char *why;
	int r;

	if ((size_t)snprintf(item.path, sizeof(item.path), "%s/%s", folder, name) >=
	    sizeof(item.path))
		return 0;
	if (has_program(p, item.path))
		return 1;
	if (rootfile_load(p->root, item.path, &data, &item.len, &item.mode) ||
	    elf_needs_read(data, item.len, &needs, &why) || needs.machine != machine)
		return 0;
	r = add_program(p, &item, &data, f);
	return r ? r : 1;
}

static int try_path_list(struct programs *p, int from, const char *list, const char *user,
			 const char *name, uint16_t machine, struct fault *f)
{
	int r = 0;

	while (list && !r) {
		size_t len = strcspn(list, ":");
		char folder[160];

		if (!expand_origin(list, len, user, folder, sizeof(folder)))
			r = try_library(p, from, folder, name, machine, f);
		list = list[len] ? list + len + 1 : NULL;
	}
	return r;
}

/* As ld.so(8): RPATH of the user and of those who loaded it, unless there is a RUNPATH. */
static int try_own_paths(struct programs *p, int from, const struct elf_needs *needs,
			 const char *name, struct fault *f)
{
	int r = 0;

	if (needs->runpath)
		return try_path_list(p, from, needs->runpath, p->item[from].path, name,
				     needs->machine, f);
	for (int i = from; i != FROM_CONFIG && !r; i = p->item[i].from) {
		struct elf_needs loader;
		const char *why;

		if (elf_needs_read(p->item[i].data, p->item[i].len, &loader, &why))
			continue;
		r = try_path_list(p, from, loader.rpath, p->item[i].path, name, needs->machine, f);
	}
	return r;
}

/* The loader itself, which libc names as a library: it is in memory when libc is loaded. */
static bool is_loader(const struct programs *p, const char *name)
{
	for (unsigned i = 0; i < p->n; i++) {
		if (!strcmp(p->item[i].what, "interpreter") &&
		    !strcmp(strrchr(p->item[i].path, '/') + 1, name))
			return true;
	}
	return false;
}

static int want_library(struct programs *p, int from, const struct elf_needs *needs,
			const char *name, struct fault *f)
{
	int r;

	if (strchr(name, '/'))
		return want(p, from, "library", name, f);
	if (is_loader(p, name))
		return 0;
	r = try_own_paths(p, from, needs, name, f);
	for (unsigned i = 0; i < p->n_folders && !r; i++) {
		r = try_library(p, from, p->folders[i], name, needs->machine, f);
		p->unusual |= r == 1 && !library_folders_is_usual(p->folders[i]);
	}
	for (unsigned i = 0; library_folders_usual[i] && !r; i++)
		r = try_library(p, from, library_folders_usual[i], name, needs->machine, f);
	if (!r)
		return fault_set(f, -ENOENT,
				 "%s: not found in the folders of libraries; install it",
				 asked_by(p, from, "library", name).text);
	return r < 0 ? r : 0;
}

static int want_needs(struct programs *p, int from, struct fault *f)
{
	const struct program *item = &p->item[from];
	struct elf_needs needs;
	const char *why;
	int r = elf_needs_read(item->data, item->len, &needs, &why);

	if (r)
		return fault_set(f, r, "%s: it is %s",
				 asked_by(p, item->from, item->what, item->path).text, why);
	if (needs.interp)
		r = want(p, from, "interpreter", needs.interp, f);
	for (unsigned i = 0; i < needs.n_libs && !r; i++)
		r = want_library(p, from, &needs, needs.libs[i], f);
	return r;
}

/* ---------------------------------------------------------------- scripts */

/* `env NAME` finds NAME in PATH, which in the capture is this one (init/capture/hooks.c). */
static int want_in_path(struct programs *p, int from, const char *name, struct fault *f)
{
	static const char *const folders[] = { "/usr/local/sbin", "/usr/local/bin", "/usr/sbin",
					       "/usr/bin",	  "/sbin",	    "/bin" };
	char path[160];

	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		if ((size_t)snprintf(path, sizeof(path), "%s/%s", folders[i], name) <
			    sizeof(path) &&
		    rootfile_exists(p->root, path))
			return want(p, from, "interpreter", path, f);
	}
	return fault_set(f, -ENOENT, "%s: not found in any folder of programs",
			 asked_by(p, from, "interpreter", name).text);
}

static int want_interpreter(struct programs *p, int from, struct fault *f)
{
	const struct program *item = &p->item[from];
	char line[256], *rest = line, *interp, *arg;
	size_t n = item->len - 2 < sizeof(line) - 1 ? item->len - 2 : sizeof(line) - 1;
	int r;

	memcpy(line, item->data + 2, n);
	line[n] = '\0';
	line[strcspn(line, "\r\n")] = '\0';
	interp = words_next(&rest);
	if (!interp)
		return fault_set(f, -ENOEXEC, "%s: #! names no interpreter",
				 asked_by(p, item->from, item->what, item->path).text);
	r = want(p, from, "interpreter", interp, f);
	if (r || strcmp(interp, "/usr/bin/env"))
		return r;
	do {
		arg = words_next(&rest);
	} while (arg && (arg[0] == '-' || strchr(arg, '=')));
	return arg && arg[0] != '/' ? want_in_path(p, from, arg, f) : 0;
}

/* ---------------------------------------------------------------- the whole */

static bool is_script(const struct program *item)
{
	return item->len > 2 && !memcmp(item->data, "#!", 2);
}

static bool is_elf(const struct program *item)
{
	return item->len > 4 && !memcmp(item->data, "\177ELF", 4);
}

static int want_hook(struct programs *p, const char *what, const char *path, struct fault *f)
{
	const struct program *item = &p->item[p->n];
	unsigned before = p->n;
	int r = want(p, FROM_CONFIG, what, path, f);

	if (r || p->n == before)
		return r;
	if (!(item->mode & 0111))
		return fault_set(f, -EACCES, "%s %s: not executable; chmod +x %s", what, path,
				 path);
	if (!is_script(item) && !is_elf(item))
		return fault_set(f, -ENOEXEC,
				 "%s %s: neither an ELF program nor a script that begins with #!",
				 what, path);
	return 0;
}

/* The first on the list. */
static int want_shell(struct programs *p, struct fault *f)
{
	static const char *const places[] = { PROGRAMS_SHELL, "/usr/bin/busybox" };
	struct elf_needs needs;
	const char *why;
	size_t i = 0;
	int r;

	while (i < ARRAY_LEN(places) && !rootfile_exists(p->root, places[i]))
		i++;
	if (i == ARRAY_LEN(places))
		return fault_set(f, -ENOENT,
				 "failure_action shell: no busybox at %s or %s; install a static "
				 "one (Debian: busybox-static)",
				 places[0], places[1]);
	r = want(p, FROM_CONFIG, "failure_action shell:", places[i], f);
	if (r)
		return r;
	if (elf_needs_read(p->item[0].data, p->item[0].len, &needs, &why) || needs.interp ||
	    needs.n_libs)
		return fault_set(f, -ENOEXEC,
				 "failure_action shell: %s is not linked statically; install a "
				 "static busybox (Debian: busybox-static)",
				 places[i]);
	strcpy(p->item[0].path, PROGRAMS_SHELL);
	return 0;
}

/* What leads the loader to libraries in unusual places. */
static int want_loader_files(struct programs *p, struct fault *f)
{
	static const char *const files[] = { "/etc/ld.so.cache", "/etc/ld-musl-x86_64.path",
					     "/etc/ld-musl-aarch64.path",
					     "/etc/ld-musl-riscv64.path" };
	int r = 0;

	for (size_t i = 0; i < ARRAY_LEN(files) && p->unusual && !r; i++) {
		if (rootfile_exists(p->root, files[i]))
			r = want(p, FROM_CONFIG, "file", files[i], f);
	}
	return r;
}

static int want_asked(struct programs *p, const struct conf *conf, struct fault *f)
{
	int r = conf->failure_action == CONF_SHELL ? want_shell(p, f) : 0;

	for (unsigned i = 0; i < CONF_HOOKS && !r; i++) {
		if (conf->hooks[i])
			r = want_hook(p, conf_hook_name(i), conf->hooks[i], f);
	}
	for (unsigned i = 0; i < conf->n_extra_bins && !r; i++)
		r = want(p, FROM_CONFIG, "extra_bins", conf->extra_bins[i], f);
	return r;
}

int programs_collect(const struct conf *conf, const char *root, struct programs *ret,
		     struct fault *f)
{
	int r;

	ret->root = root;
	ret->n = 0;
	ret->unusual = false;
	ret->n_folders = library_folders_read(root, ret->folders, PROGRAMS_FOLDERS_MAX);
	r = want_asked(ret, conf, f);
	for (unsigned i = 0; i < ret->n && !r; i++) {
		if (is_script(&ret->item[i]))
			r = want_interpreter(ret, (int)i, f);
		else if (is_elf(&ret->item[i]))
			r = want_needs(ret, (int)i, f);
	}
	return r ? r : want_loader_files(ret, f);
}

void programs_free(struct programs *p)
{
	while (p->n)
		free(p->item[--p->n].data);
}
