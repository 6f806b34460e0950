/* SPDX-License-Identifier: MIT */
/*
 * Private keys of SSH, and public ones of age.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/keys/age_key.h"
#include "mkinitrd/ssh/ssh_key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t key[SSH_KEY_BYTES], point[AGE_KEY_BYTES];
	char *exact = malloc(size ? size : 1), *text = malloc(size + 1);
	const char *wrong;
	size_t len = 1;

	memcpy(exact, data, size);
	memcpy(text, data, size);
	text[size] = '\0';
	wrong = ssh_key_convert(exact, size, key, &len);
	if (wrong ? len != 0 : !len || len > sizeof(key))
		abort();
	age_key_parse(text, point);
	free(exact);
	free(text);
	return 0;
}
