/* SPDX-License-Identifier: MIT */
/*
 * A device-mapper device's table: numbers of devices become names that last, keys become files.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/conf/stackline.h"
#include "lib/io.h"
#include "mkinitrd/host/dmtable.h"
#include "mkinitrd/host/stack_walk.h"

/* What is re-created. */
static const struct target_type {
	const char *type, *module;
} types[] = {
	{ "linear", NULL },
	{ "striped", NULL },
	{ "crypt", "dm_crypt" },
	{ "thin", "dm_thin_pool" },
	{ "thin-pool", "dm_thin_pool" },
};

/* What is not, and what to do. */
static const struct {
	const char *type, *advice;
} refused[] = {
	{ "raid", "an LVM RAID volume; use a linear volume, or LVM on an md array" },
	{ "mirror", "an LVM mirror; use a linear volume, or LVM on an md array" },
	{ "snapshot", "an LVM snapshot; use another volume" },
	{ "snapshot-origin", "the origin of an LVM snapshot; use a volume without one" },
	{ "cache", "a cached volume; use one that is not cached" },
	{ "writecache", "a cached volume; use one that is not cached" },
	{ "vdo", "a VDO volume; use a linear one" },
	{ "integrity", "LUKS2 with integrity; use a volume without it" },
	{ "verity", "read-only (verity); use another device" },
};

/* Cipher modules are asked for by name at run time. "aes-xts-plain64", "capi:xts(aes)-plain64". */
static int want_cipher(struct walk *w, const char *cipher)
{
	char words[DMTABLE_WORD], name[DMTABLE_WORD + 16], *rest = words, *word;
	int r = 0;

	snprintf(words, sizeof(words), "%s", cipher);
	while (!r && (word = strsep(&rest, "-:(),"))) {
		if (!*word)
			continue;
		r = kmods_want_any(w->mods, word, NULL, w->f);
		snprintf(name, sizeof(name), "%s_generic", word);
		r = r ? r : kmods_want_any(w->mods, name, NULL, w->f);
	}
	/* xts of 6.1 is made of it */
	return r ? r : kmods_want_any(w->mods, "ecb", NULL, w->f);
}

/* The fast ones that this processor has: /proc/crypto tells of "xts(aes)" and its module. */
static int want_fast_ciphers(struct walk *w)
{
	char path[PATH_MAX], line[256], name[64] = "", module[64];
	_fclose_ FILE *f = NULL;
	int r = 0;

	snprintf(path, sizeof(path), "%s/proc/crypto", w->m->root);
	f = fopen(path, "re");
	while (!r && f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "name : %63s", name) == 1 ||
		    sscanf(line, "module : %63s", module) != 1)
			continue;
		if ((strstr(name, "(aes)") || !strcmp(name, "aes")) && strcmp(module, "kernel"))
			r = kmods_want_any(w->mods, module, NULL, w->f);
	}
	return r;
}

/* "254:1" → its name in /sys/class/block */
static int device_name(struct walk *w, const char *number, char *ret, size_t size)
{
	char path[PATH_MAX], to[PATH_MAX];
	const char *base;
	ssize_t n;

	snprintf(path, sizeof(path), "%s/sys/dev/block/%s", w->m->root, number);
	n = readlink(path, to, sizeof(to) - 1);
	if (n <= 0)
		return fault_set(w->f, -ENODEV, "%s: %s", path, strerror(n ? errno : ENODEV));
	to[n] = '\0';
	base = strrchr(to, '/');
	return (size_t)snprintf(ret, size, "%s", base ? base + 1 : to) < size ? 0 : -ENAMETOOLONG;
}

struct line {
	const char *device; /* this device's name */
	const char *type;
	char text[4096];
	size_t len;
};

static int append_words(struct walk *w, struct line *l, const char *a, const char *b, const char *c)
{
	size_t left = sizeof(l->text) - l->len;
	size_t n = (size_t)snprintf(l->text + l->len, left, "%s%s%s", a, b, c);

	if (n >= left)
		return fault_set(w->f, -E2BIG, "%s: its table has too long a line", l->device);
	l->len += n;
	return 0;
}

static int append_device(struct walk *w, struct line *l, const char *number)
{
	char name[NAME_MAX + 1], lower[PATH_MAX];
	int r = device_name(w, number, name, sizeof(name));

	r = r ? r : w->lower(w, name, lower, sizeof(lower));
	return r ? r : append_words(w, l, " {", lower, "}");
}

/* crypt: CIPHER KEY IV_OFFSET DEVICE …; the key belongs to the device, which comes behind it. */
static int append_key(struct walk *w, struct line *l, const char *key, const char *rest)
{
	char word[DMTABLE_WORD], name[NAME_MAX + 1], stands[512];
	size_t bytes = dmtable_key_bytes(key);
	struct machine_disk lower;
	int r;

	if (!bytes)
		return append_words(w, l, " ", "-", "");
	if (dmtable_word(&rest, word) <= 0 || dmtable_word(&rest, word) <= 0 ||
	    !dmtable_is_device(word))
		return fault_set(w->f, -EINVAL, "%s: its crypt table is not understood", l->device);
	r = device_name(w, word, name, sizeof(name));
	r = r ? r : walk_find(w, name, &lower);
	r = r ? r : walk_key(w, l->device, &lower, bytes, stands, sizeof(stands));
	return r ? r : append_words(w, l, " ", stands, "");
}

/* A pool that is full says so at once, instead of waiting a minute for somebody to extend it. */
static int append_pool_end(struct walk *w, struct line *l, const char *features)
{
	char count[16], word[DMTABLE_WORD] = "0";
	const char *end = strchrnul(features, '\n');
	bool has = memmem(features, (size_t)(end - features), "error_if_no_space", 17);
	int r;

	dmtable_word(&features, word);
	snprintf(count, sizeof(count), "%lu", strtoul(word, NULL, 10) + !has);
	r = append_words(w, l, " ", count, "");
	while (!r && dmtable_word(&features, word) > 0)
		r = append_words(w, l, " ", word, "");
	return r || has ? r : append_words(w, l, " ", "error_if_no_space", "");
}

static int append_params(struct walk *w, struct line *l, const char *params)
{
	bool crypt = !strcmp(l->type, "crypt"), pool = !strcmp(l->type, "thin-pool");
	char word[DMTABLE_WORD];
	int r = 0, more = 1;

	for (int i = 0; !r && (more = dmtable_word(&params, word)) > 0; i++) {
		if (crypt && i == 0)
			r = want_cipher(w, word);
		if (r)
			break;
		if (crypt && i == 1)
			r = append_key(w, l, word, params);
		else if (dmtable_is_device(word))
			r = append_device(w, l, word);
		else if (strpbrk(word, "{}"))
			r = fault_set(w->f, -EINVAL, "%s: its table cannot stand in a config",
				      l->device);
		else
			r = append_words(w, l, " ", word, "");
		if (pool && i == 3)
			return r ? r : append_pool_end(w, l, params);
	}
	explicit_bzero(word, sizeof(word));
	if (more < 0)
		return fault_set(w->f, more, "%s: its table has too long a word", l->device);
	return r;
}

static int check_type(struct walk *w, struct line *l)
{
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		if (!strcmp(types[i].type, l->type))
			return types[i].module ? kmods_want(w->mods, types[i].module, w->f) : 0;
	}
	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		if (!strcmp(refused[i].type, l->type))
			return fault_set(w->f, -EOPNOTSUPP, "%s is %s", l->device,
					 refused[i].advice);
	}
	return fault_set(w->f, -EOPNOTSUPP,
			 "%s has a device-mapper table of type %s, which cannot be re-created; use "
			 "another device",
			 l->device, l->type);
}

/* What kdump-init will read is what was meant. */
static int check_line(struct walk *w, const struct line *l)
{
	_free_ char *copy = strdup(l->text);
	struct stackline_dm dm;

	if (!copy)
		return -ENOMEM;
	if (strpbrk(l->text, "#\"'") || stackline_dm(copy, &dm))
		return fault_set(w->f, -EINVAL, "%s: its table cannot stand in a config",
				 l->device);
	return 0;
}

static int add_line(struct walk *w, const char *device, const char *from)
{
	char start[DMTABLE_WORD], len[DMTABLE_WORD], type[DMTABLE_WORD];
	struct line l = { .device = device, .type = type };
	int r;

	if (dmtable_word(&from, start) <= 0 || dmtable_word(&from, len) <= 0 ||
	    dmtable_word(&from, type) <= 0)
		return fault_set(w->f, -EINVAL, "%s: its table is not understood", device);
	r = check_type(w, &l);
	r = r ? r : append_words(w, &l, device, " ", start);
	r = r ? r : append_words(w, &l, " ", len, " ");
	r = r ? r : append_words(w, &l, type, "", "");
	r = r ? r : append_params(w, &l, from);
	r = r ? r : check_line(w, &l);
	r = r ? r : walk_emit(w, "dm", l.text);
	return r ? r : !strcmp(type, "crypt") ? want_fast_ciphers(w) : 0;
}

int walk_dm(struct walk *w, const char *name)
{
	_cleanup_(dmtable_free) char *table = NULL;
	char device[STACKLINE_NAME_BYTES];
	int r;

	walk_read(w, name, "dm/name", device, sizeof(device));
	if (walk_has(w, "dm", device))
		return 0;
	if (stackline_check_name(device))
		return fault_set(w->f, -EINVAL, "the name of %s (%s) cannot stand in a config",
				 device, name);
	r = kmods_want(w->mods, "dm_mod", w->f);
	if (r)
		return r;
	r = dmtable_read(w->m->dm_tables, device, &table);
	if (r)
		return fault_set(w->f, r, "%s: its device-mapper table: %s%s", device,
				 r == -EBADMSG ? "the kernel's answer is not understood"
					       : strerror(-r),
				 r == -EACCES ? "; run as root" : "");
	for (const char *line = table; !r && line && *line;) {
		r = add_line(w, device, line);
		line = strchr(line, '\n');
		line += line != NULL;
	}
	return r;
}
