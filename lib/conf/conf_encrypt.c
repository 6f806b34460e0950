/* SPDX-License-Identifier: MIT */
/*
 * The `encrypt` lines of kdump.conf.
 */
#include <string.h>

#include "lib/conf/conf_parse.h"
#include "lib/conf/words.h"
#include "lib/keys/age_key.h"

_Static_assert(CONF_MAX_RECIPIENTS == AGE_KEYS_MAX, "as many as one file can be sealed to");

static int add_file(const char *file, struct conf_encrypt *e, struct conf_error *err)
{
	if (e->n_files == CONF_MAX_KEY_FILES)
		return conf_fail(err, "encrypt: more than %u files; put their keys into one",
				 CONF_MAX_KEY_FILES);
	e->files[e->n_files++] = file;
	return 0;
}

/* A key that stands there twice is meant once. */
static int add_key(const char *key, struct conf_encrypt *e, struct conf_error *err)
{
	uint8_t bytes[AGE_KEY_BYTES];
	const char *wrong = age_key_parse(key, bytes);

	/* not even the beginning of a secret belongs into a log */
	if (wrong && !strncmp(key, AGE_SECRET, sizeof(AGE_SECRET) - 1))
		return conf_fail(err, "encrypt: this %s", wrong);
	if (wrong)
		return conf_fail(err, "encrypt: '%.70s' %s", key, wrong);
	for (unsigned i = 0; i < e->n_keys; i++) {
		if (!strcmp(e->keys[i], key))
			return 0;
	}
	if (e->n_keys == CONF_MAX_RECIPIENTS)
		return conf_fail(err, "encrypt: more than %u keys; remove some",
				 CONF_MAX_RECIPIENTS);
	e->keys[e->n_keys++] = key;
	return 0;
}

int conf_parse_encrypt(const struct conf_directive *d, char *value, struct conf_state *s,
		       struct conf_error *err)
{
	struct conf_encrypt *e = &s->conf->encrypt;
	char *word;
	int r = 0;

	(void)d;
	e->line = e->wanted ? e->line : s->line;
	e->wanted = true;
	while (!r && (word = words_next(&value)))
		r = word[0] == '/' ? add_file(word, e, err) : add_key(word, e, err);
	return r;
}
