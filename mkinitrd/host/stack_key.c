/* SPDX-License-Identifier: MIT */
/*
 * The volume key of an encrypted device: from a file that luks_key names, or from the kernel's
 * keyring, which the crashed kernel hands over.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/cleanup.h"
#include "lib/io.h"
#include "lib/log.h"
#include "mkinitrd/host/stack_walk.h"

enum { KEY_MAX_BYTES = 512 };

#define KEYRING	      "keyring"
#define KEYRING_BYTES (sizeof(KEYRING) - 1)

static bool is_for(struct walk *w, const struct conf_luks_key *k, const struct machine_disk *lower)
{
	struct machine_disk named;

	if (k->device[0] != '/')
		return blockname_fits(k->device, &lower->fs, &lower->names);
	return !machine_find_disk(w->m, k->device, &named, w->f) &&
	       !strcmp(named.name, lower->name);
}

/* "keyring" or "keyring:DESCRIPTION"; the former as Fedora's kdump calls the key. */
static int key_of_ring(struct walk *w, const struct conf_luks_key *k,
		       const struct machine_disk *lower, size_t bytes, char *ret, size_t size)
{
	const char *name = k->file + KEYRING_BYTES;
	char made[80];

	snprintf(made, sizeof(made), "kdump-cryptsetup:vk-%s", lower->fs.uuid);
	name = *name ? name + 1 : made;
	if (strpbrk(name, "{}#\"' "))
		return fault_set(w->f, -EINVAL, "luks_key: '%s' cannot be the name of a key", name);
	snprintf(ret, size, ":%zu:user:%s", bytes, name);
	return 0;
}

static int key_of_file(struct walk *w, const struct conf_luks_key *k, size_t bytes, char *ret,
		       size_t size)
{
	struct stack_key *key = &w->s->key[w->s->n_keys];
	char path[PATH_MAX];
	struct stat st;
	int r;

	snprintf(path, sizeof(path), "%s%s", w->m->root, k->file);
	r = io_load_file(AT_FDCWD, path, KEY_MAX_BYTES, &key->data, &key->len);
	if (r)
		return fault_set(w->f, r, "luks_key %s: %s", k->file,
				 r == -EFBIG ? "too long for a volume key" : strerror(-r));
	if (!stat(path, &st) && st.st_mode & 077)
		log_warn("line %u: %s is readable by others; chmod 0600", k->line, k->file);
	snprintf(key->file, sizeof(key->file), "/etc/keys/%u", w->s->n_keys);
	w->s->n_keys++;
	if (key->len != bytes)
		return fault_set(
			w->f, -EINVAL,
			"luks_key %s has %zu bytes, the device's volume key has %zu: write "
			"it with `cryptsetup luksDump --dump-volume-key --volume-key-file "
			"FILE DEV`",
			k->file, key->len, bytes);
	snprintf(ret, size, "{key:%s}", key->file);
	return 0;
}

int walk_key(struct walk *w, const char *name, const struct machine_disk *lower, size_t bytes,
	     char *ret, size_t size)
{
	const struct conf *c = w->conf;

	for (unsigned i = 0; i < c->n_luks_keys; i++) {
		const struct conf_luks_key *k = &c->luks_keys[i];

		if (!is_for(w, k, lower))
			continue;
		w->s->keys_used |= 1u << i;
		return !strncmp(k->file, KEYRING, KEYRING_BYTES)
			       ? key_of_ring(w, k, lower, bytes, ret, size)
			       : key_of_file(w, k, bytes, ret, size);
	}
	return fault_set(w->f, -ENOKEY,
			 "%s is encrypted: add a line `luks_key %s%s FILE` with its volume key, "
			 "which `cryptsetup luksDump --dump-volume-key --volume-key-file FILE DEV` "
			 "writes; it will be in the image",
			 name, lower->fs.uuid[0] ? "UUID=" : "/dev/",
			 lower->fs.uuid[0] ? lower->fs.uuid : lower->name);
}
