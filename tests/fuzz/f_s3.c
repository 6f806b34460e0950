/* SPDX-License-Identifier: MIT */
/*
 * Answers of an S3 server and of a metadata service; files of keys.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "net/s3/s3_keys.h"
#include "net/s3/s3_xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int good)
{
	if (!good)
		abort();
}

static void check_text(const char *text, size_t size)
{
	must(memchr(text, '\0', size) != NULL);
	for (; *text; text++)
		must((unsigned char)*text >= ' ' && *text != 127);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "Code", "Message", "UploadId", "Error" };
	/* of the size that it has, so that each byte behind it is seen */
	char *exact = malloc(size ? size : 1), *text = malloc(size + 1), value[32];
	struct s3_keys keys;

	memcpy(exact, data, size);
	memcpy(text, data, size);
	text[size] = '\0';
	for (int i = 0; i < 4; i++) {
		must(s3_xml_text(exact, size, names[i], value, sizeof(value)) || !value[0]);
		check_text(value, sizeof(value));
		s3_xml_is(exact, size, names[i]);
	}
	if (!s3_keys_parse(text, &keys)) {
		check_text(keys.access, sizeof(keys.access));
		check_text(keys.secret, sizeof(keys.secret));
		check_text(keys.token, sizeof(keys.token));
	}
	if (!s3_keys_parse_json(exact, size, &keys))
		check_text(keys.token, sizeof(keys.token));
	free(exact);
	free(text);
	return 0;
}
