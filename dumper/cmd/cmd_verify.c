/* SPDX-License-Identifier: MIT */
/*
 * --verify: each dump by itself, the parts of a split one together; as JSON an object, or an array of
 * several.
 */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "dumper/cmd/cmd.h"
#include "dumper/cmd/verify.h"
#include "dumper/read/vmcore.h"
#include "lib/json.h"
#include "lib/log.h"

#define JSON_BYTES 32768

static void progress(void *ctx, uint64_t done, uint64_t total)
{
	bool *shown = ctx;

	if (!isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\rkdump-dumper: %3" PRIu64 " %%", total ? done * 100 / total : 100);
	*shown = true;
}

static void print_json(const char *path, const struct verify_result *v, bool whole)
{
	char buf[JSON_BYTES];
	struct json j;

	json_init(&j, buf, sizeof(buf));
	json_object(&j, NULL);
	json_string(&j, "dump", path);
	json_bool(&j, "whole", whole);
	json_string(&j, "format", v->format);
	json_string(&j, "wrapping", v->wrapping);
	json_uint(&j, "parts", v->parts);
	json_uint(&j, "pages_ram", v->pages_ram);
	json_uint(&j, "pages", v->pages);
	json_uint(&j, "pages_shared", v->pages_shared);
	json_uint(&j, "pages_lost", v->pages_lost);
	json_uint(&j, "checksums", v->checksums);
	json_uint(&j, "bytes", v->bytes);
	json_uint(&j, "errors", v->errors);
	json_string(&j, "first_error", v->first[0] ? v->first : NULL);
	json_end_object(&j);
	json_finish(&j);
	fputs(buf, stdout);
}

static int verify(const struct collector *o, const char *const *paths, unsigned n)
{
	bool shown = false;
	struct verify_options opt = {
		.progress = o->messages & COLLECTOR_PROGRESS ? progress : NULL,
		.progress_ctx = &shown,
	};
	struct verify_result v = { 0 };
	int r = verify_dump(paths, n, &opt, &v);

	if (shown)
		fputc('\n', stderr);
	if (o->json)
		print_json(paths[0], &v, !r);
	if (r)
		log_err("%s: %s%s", paths[0], v.first, v.errors > 1 ? " (and more)" : "");
	else if (!o->json)
		log_info("%s: whole: %s%s%s, %" PRIu64 " of %" PRIu64 " pages, %" PRIu64
			 " lost when it was made, %" PRIu64 " checksums",
			 paths[0], v.format, v.wrapping ? ", " : "", v.wrapping ? v.wrapping : "",
			 v.pages, v.pages_ram, v.pages_lost, v.checksums);
	return r ? EXIT_FAILED : EXIT_OK;
}

/* A part says so itself, so that a set that is given as a whole is looked at as one. */
static bool are_parts(const char *const *paths, unsigned n)
{
	struct vmcore v;
	const char *why;
	bool parts;

	if (n < 2 || n > VMCORE_MAX_PARTS || vmcore_open_set(paths, n, 0, &v, &why))
		return false;
	parts = v.parts > 1;
	vmcore_close(&v);
	return parts;
}

int cmd_verify(const struct collector *o)
{
	const char *const *paths = (const char *const *)o->operands;
	bool parts = are_parts(paths, o->n_operands);
	bool array = o->json && o->n_operands > 1 && !parts;
	int r = EXIT_OK;

	if (array)
		fputs("[\n", stdout);
	if (parts)
		r = verify(o, paths, o->n_operands);
	for (unsigned i = 0; i < o->n_operands && !parts; i++) {
		if (array && i)
			fputs(",\n", stdout);
		r |= verify(o, &paths[i], 1);
	}
	if (array)
		fputs("]\n", stdout);
	return r;
}
