/* SPDX-License-Identifier: MIT */
#include "seal/sealing.h"

#include <errno.h>
#include <string.h>

#include "lib/cleanup.h"

/* The bytes of the keys; how many. */
static unsigned read_keys(const struct conf_encrypt *e, uint8_t (*ret)[AGE_KEY_BYTES])
{
	unsigned n = 0;

	for (unsigned i = 0; i < e->n_keys; i++)
		n += !age_key_parse(e->keys[i], ret[n]);
	return n;
}

int sealing_open(struct sink_age *s, struct sink *below, const struct conf_encrypt *e)
{
	uint8_t keys[CONF_MAX_RECIPIENTS][AGE_KEY_BYTES];
	unsigned n = read_keys(e, keys);

	return n ? sink_age_open(s, below, keys, n) : -ENOKEY;
}

int sealing_text(const struct conf_encrypt *e, const char *text, char *buf, size_t size)
{
	uint8_t keys[CONF_MAX_RECIPIENTS][AGE_KEY_BYTES];
	_free_ struct age_secrets *secrets = malloc(sizeof(*secrets));
	unsigned n = read_keys(e, keys);
	int r;

	if (!secrets || !n)
		return n ? -ENOMEM : -ENOKEY;
	r = age_draw(secrets, n);
	r = r ? r : age_armor(keys, n, secrets, text, buf, size);
	explicit_bzero(secrets, sizeof(*secrets));
	return r;
}
