/* SPDX-License-Identifier: MIT */
/*
 * collector_parse over any words; what is accepted must hold what collector.h promises, and what
 * kdump.conf accepts must be printed and read again.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/conf/collector.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int good)
{
	if (!good)
		abort();
}

static void look_at(const struct collector *c)
{
	must(c->mode < COLLECTOR_MODES && c->n_levels >= 1 && c->n_levels <= COLLECTOR_LEVELS);
	for (unsigned i = 0; i < c->n_levels; i++)
		must(c->levels[i] <= 31);
	must(c->zstd_level >= -5 && c->zstd_level <= 3);
	must(c->codec <= DUMP_ZSTD && c->format <= DUMP_ELF_ZST);
	must(c->n_notes <= COLLECTOR_NOTES && c->messages <= 31);
}

static void as_command(char *text, size_t size)
{
	char *words[256];
	unsigned n = 0;
	struct collector_error err;
	struct collector c;

	for (char *at = text; at < text + size && n < 256; at += strlen(at) + 1)
		words[n++] = at;
	collector_init(&c);
	if (collector_parse(words, n, &c, &err)) {
		must(err.text[0] != '\0');
		return;
	}
	look_at(&c);
	must(c.n_operands <= n);
	if (c.mode < COLLECTOR_HELP)
		must(c.n_operands >= collector_usages[c.mode].min && (!c.split || c.n_operands >= 3));
}

static void as_line(char *text)
{
	char first[COLLECTOR_LINE], again[COLLECTOR_LINE];
	struct collector_error err;
	struct collector c;

	collector_init(&c);
	if (collector_parse_line(text, &c, &err)) {
		must(err.text[0] != '\0');
		return;
	}
	look_at(&c);
	must(c.mode == COLLECTOR_DUMP && !c.split && !c.dry_run && !c.n_operands);
	must(!collector_print(&c, first, sizeof(first)));
	strcpy(again, first);
	collector_init(&c);
	must(!collector_parse_line(again, &c, &err));
	must(!collector_print(&c, again, sizeof(again)));
	must(!strcmp(first, again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	as_line(text);
	memcpy(text, data, size);
	as_command(text, size);
	free(text);
	return 0;
}
