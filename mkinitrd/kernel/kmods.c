/* SPDX-License-Identifier: MIT */
/*
 * From a module's name to an ordered list: its dependencies, the softdeps that come before it,
 * itself, the softdeps that come after it.
 */
#include "mkinitrd/kernel/kmods.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/io.h"
#include "lib/log.h"

#define TEXT_MAX_BYTES (64u << 20)

/* ---------------------------------------------------------------- reading */

/* Cuts the next line off *text; NULL at the end. */
static char *next_line(char **text)
{
	char *line = *text, *end;

	if (!line || !*line)
		return NULL;
	end = strchr(line, '\n');
	if (end)
		*end = '\0';
	*text = end ? end + 1 : NULL;
	return line;
}

/* The same for words. */
static char *next_word(char **text)
{
	char *word = *text + strspn(*text, " \t");
	size_t len = strcspn(word, " \t");

	if (!len)
		return NULL;
	*text = word + len + (word[len] != '\0');
	word[len] = '\0';
	return word;
}

/* '-' and '_' are one in names and aliases, except inside [...] of a pattern. */
static void normalise(char *s)
{
	for (; *s; s++) {
		if (*s == '[')
			s += strcspn(s, "]");
		if (!*s)
			return;
		if (*s == '-')
			*s = '_';
	}
}

/* "kernel/fs/nls/nls_iso8859-1.ko.xz" → "nls_iso8859_1" */
static int name_of(const char *file, char *ret, size_t size)
{
	const char *base = strrchr(file, '/');
	const char *end;

	base = base ? base + 1 : file;
	end = strstr(base, ".ko");
	if (!end)
		end = base + strlen(base);
	if ((size_t)(end - base) >= size || end == base)
		return -ENAMETOOLONG;
	memcpy(ret, base, (size_t)(end - base));
	ret[end - base] = '\0';
	normalise(ret);
	return 0;
}

static int load_text(const struct kmods *m, const char *file, char **ret)
{
	char path[PATH_MAX + 32];
	int r;

	snprintf(path, sizeof(path), "%s/%s", m->folder, file);
	r = io_load_file(AT_FDCWD, path, TEXT_MAX_BYTES, ret, NULL);
	if (r != -ENOENT)
		return r;
	*ret = strdup("");
	return *ret ? 0 : -ENOMEM;
}

static size_t count_lines(const char *text)
{
	size_t n = 1;

	while ((text = strchr(text, '\n'))) {
		text++;
		n++;
	}
	return n;
}

/* Each line of modules.dep ("FILE: FILE…") or modules.builtin ("FILE") becomes an entry. */
static void add_entries(struct kmods *m, char *text, bool builtin)
{
	char *line;

	while ((line = next_line(&text))) {
		struct kmod *k = &m->all[m->n];
		char *colon = strchr(line, ':');

		if (!builtin && !colon)
			continue;
		if (colon)
			*colon = '\0';
		if (name_of(line, k->name, sizeof(k->name)))
			continue;
		k->file = builtin ? NULL : line;
		k->deps = builtin ? NULL : colon + 1;
		k->seen = builtin;
		m->n++;
	}
}

static void add_aliases(struct kmods *m, char *text)
{
	char *line;

	while ((line = next_line(&text))) {
		char *word = next_word(&line), *pattern, *module;

		if (!word || strcmp(word, "alias"))
			continue;
		pattern = next_word(&line);
		module = pattern ? next_word(&line) : NULL;
		if (!module)
			continue;
		normalise(pattern);
		m->aliases[m->n_aliases++] = (struct kmod_alias){ pattern, module };
	}
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct kmod *)a)->name, ((const struct kmod *)b)->name);
}

static int read_tables(struct kmods *m)
{
	int r = load_text(m, "modules.dep", &m->dep);

	r = r ? r : load_text(m, "modules.builtin", &m->builtin);
	r = r ? r : load_text(m, "modules.softdep", &m->softdep);
	r = r ? r : load_text(m, "modules.alias", &m->alias);
	if (r)
		return r;
	m->all = calloc(count_lines(m->dep) + count_lines(m->builtin), sizeof(*m->all));
	m->aliases = calloc(count_lines(m->alias), sizeof(*m->aliases));
	if (!m->all || !m->aliases)
		return -ENOMEM;
	add_entries(m, m->dep, false);
	add_entries(m, m->builtin, true);
	add_aliases(m, m->alias);
	qsort(m->all, m->n, sizeof(*m->all), compare);
	return 0;
}

/* Finds the folder that has modules.dep or modules.builtin. */
static int find_folder(const char *root, const char *kver, char *ret, size_t size)
{
	static const char *const below[] = { "/lib/modules", "/usr/lib/modules" };
	static const char *const files[] = { "modules.dep", "modules.builtin" };
	char path[PATH_MAX + 32];

	for (size_t i = 0; i < ARRAY_LEN(below); i++) {
		if ((size_t)snprintf(ret, size, "%s%s/%s", root, below[i], kver) >= size)
			return -ENAMETOOLONG;
		for (size_t k = 0; k < ARRAY_LEN(files); k++) {
			snprintf(path, sizeof(path), "%s/%s", ret, files[k]);
			if (!access(path, R_OK))
				return 0;
		}
	}
	return -ENOENT;
}

bool kmods_there(const char *root, const char *kver)
{
	char folder[PATH_MAX];

	return !find_folder(root, kver, folder, sizeof(folder));
}

int kmods_open(const char *root, const char *kver, struct kmods *ret, struct fault *f)
{
	int r;

	*ret = (struct kmods){ .kver = kver };
	if (find_folder(root, kver, ret->folder, sizeof(ret->folder)))
		return fault_set(
			f, -ENOENT,
			"%s/lib/modules/%s: no modules.dep and no modules.builtin; name an "
			"installed kernel with -k, one without modules by its file with -K",
			root, kver);
	r = read_tables(ret);
	if (!r)
		return 0;
	kmods_close(ret);
	return fault_set(f, r, "%s: %s", ret->folder, strerror(-r));
}

int kmods_open_builtin(const struct kconfig *config, struct kmods *ret, struct fault *f)
{
	struct kmods m = { .kver = config->release, .config = config };
	unsigned rows = 0;

	while (kconfig_module(rows))
		rows++;
	m.all = calloc(rows, sizeof(*m.all));
	if (!m.all)
		return fault_set(f, -ENOMEM, "%s", strerror(ENOMEM));
	for (unsigned i = 0; i < rows; i++) {
		struct kmod *k = &m.all[m.n];
		const char *name = kconfig_module(i);

		if (!kconfig_has(config, kconfig_option(name)))
			continue;
		snprintf(k->name, sizeof(k->name), "%s", name);
		k->seen = true;
		m.n++;
	}
	qsort(m.all, m.n, sizeof(*m.all), compare);
	*ret = m;
	return 0;
}

void kmods_close(struct kmods *m)
{
	free(m->all);
	free(m->aliases);
	free(m->dep);
	free(m->builtin);
	free(m->softdep);
	free(m->alias);
	m->all = NULL;
	m->aliases = NULL;
	m->dep = m->builtin = m->softdep = m->alias = NULL;
	m->n = m->n_aliases = m->n_list = 0;
}

/* ---------------------------------------------------------------- looking up */

static struct kmod *find_module(const struct kmods *m, const char *name)
{
	struct kmod key;

	if (strlen(name) >= sizeof(key.name))
		return NULL;
	strcpy(key.name, name);
	normalise(key.name);
	return bsearch(&key, m->all, m->n, sizeof(*m->all), compare);
}

static struct kmod *find_file(const struct kmods *m, const char *file)
{
	char name[sizeof(m->all->name)];

	return name_of(file, name, sizeof(name)) ? NULL : find_module(m, name);
}

const struct kmod *kmods_find(const struct kmods *m, const char *name)
{
	return find_module(m, name);
}

static int want_entry(struct kmods *m, struct kmod *k, struct fault *f);

/* The words of a softdep line that stand behind section ("pre:" or "post:"). */
static int want_section(struct kmods *m, const char *words, const char *section, struct fault *f)
{
	_free_ char *copy = strdup(words);
	char *rest = copy, *word;
	bool inside = false;
	int r;

	if (!copy)
		return -ENOMEM;
	while ((word = next_word(&rest))) {
		if (!strcmp(word, "pre:") || !strcmp(word, "post:")) {
			inside = !strcmp(word, section);
			continue;
		}
		r = inside ? kmods_want_any(m, word, NULL, f) : 0;
		if (r)
			return r;
	}
	return 0;
}

/* "softdep NAME pre: A B post: C": a module may have several lines. */
static int want_softdeps(struct kmods *m, const struct kmod *k, const char *section,
			 struct fault *f)
{
	for (const char *line = m->softdep; line && *line;) {
		const char *end = strchr(line, '\n');
		char name[64];
		int words_at = 0, r;

		if (sscanf(line, "softdep %63s%n", name, &words_at) == 1 &&
		    find_module(m, name) == k) {
			_free_ char *words = strndup(line + words_at,
						     end ? (size_t)(end - line) - (size_t)words_at
							 : strlen(line + words_at));

			if (!words)
				return -ENOMEM;
			r = want_section(m, words, section, f);
			if (r)
				return r;
		}
		line = end ? end + 1 : NULL;
	}
	return 0;
}

static int want_deps(struct kmods *m, const struct kmod *k, struct fault *f)
{
	_free_ char *copy = strdup(k->deps);
	char *rest = copy, *file;

	if (!copy)
		return -ENOMEM;
	while ((file = next_word(&rest))) {
		struct kmod *dep = find_file(m, file);
		int r;

		if (!dep)
			return fault_set(
				f, -ENOENT,
				"%s/modules.dep: %s needs %s, which is not listed; run depmod",
				m->folder, k->name, file);
		r = want_entry(m, dep, f);
		if (r)
			return r;
	}
	return 0;
}

/* Recursion ends because no entry is entered twice. */
static int want_entry(struct kmods *m, struct kmod *k, struct fault *f)
{
	int r;

	if (k->seen)
		return 0;
	k->seen = true;
	r = want_deps(m, k, f);
	r = r ? r : want_softdeps(m, k, "pre:", f);
	if (r)
		return r;
	if (m->n_list == CONF_MAX_MODULES)
		return fault_set(f, -E2BIG,
				 "more than %u modules are needed; shorten extra_modules",
				 CONF_MAX_MODULES);
	m->list[m->n_list++] = k;
	return want_softdeps(m, k, "post:", f);
}

static int want_aliases(struct kmods *m, const char *name, unsigned *found, struct fault *f)
{
	char alias[512];

	if (strlen(name) >= sizeof(alias))
		return 0;
	strcpy(alias, name);
	normalise(alias);
	for (size_t i = 0; i < m->n_aliases; i++) {
		struct kmod *k;
		int r;

		if (fnmatch(m->aliases[i].pattern, alias, 0))
			continue;
		k = find_module(m, m->aliases[i].module);
		if (!k)
			continue;
		++*found;
		r = want_entry(m, k, f);
		if (r)
			return r;
	}
	return 0;
}

int kmods_want_any(struct kmods *m, const char *name, unsigned *ret_found, struct fault *f)
{
	struct kmod *k = find_module(m, name);
	unsigned found = 0;
	int r;

	if (k) {
		found = 1;
		r = want_entry(m, k, f);
	} else {
		r = want_aliases(m, name, &found, f);
	}
	if (ret_found)
		*ret_found = found;
	return r;
}

int kmods_want(struct kmods *m, const char *name, struct fault *f)
{
	unsigned found;
	int r = kmods_want_any(m, name, &found, f);

	if (r || found)
		return r;
	if (m->config)
		return kmods_check_builtin(m, name, NULL, f);
	return fault_set(f, -ENOENT, "kernel %s has no module %s, and it is not built in", m->kver,
			 name);
}

int kmods_check_builtin(const struct kmods *m, const char *name, const char *device,
			struct fault *f)
{
	const char *option = kconfig_option(name);

	if (option && kconfig_has(m->config, option))
		return 0;
	if (option)
		return fault_set(f, -ENOENT,
				 "crash kernel %s is built without %s, which %s%s%s needs: add a "
				 "fragment that has it (make crash-kernel FRAGMENTS=…)",
				 m->config->file, option, name, device ? " for " : "",
				 device ? device : "");
	log_warn("crash kernel %s: whether it has the driver %s is not known here", m->config->file,
		 name);
	return 0;
}
