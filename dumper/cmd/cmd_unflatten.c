/* SPDX-License-Identifier: MIT */
/*
 * -R: the flattened stream on standard input becomes the file it stands for.
 */
#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

#include "dumper/cmd/cmd.h"
#include "dumper/cmd/output.h"
#include "dumper/cmd/unflatten.h"
#include "lib/log.h"

static bool is_streams_fault(int r)
{
	return r == -ENOEXEC || r == -ENODATA || r == -EBADMSG;
}

int cmd_unflatten(const struct collector *o)
{
	struct unflatten_stats stats = { 0 };
	struct collector plain = *o;
	const char *why = "";
	struct output out;
	int r;

	plain.format = DUMP_KDUMP;
	plain.flattened = false;
	if (output_open(&out, &plain, o->operands[0], false))
		return EXIT_FAILED;
	r = output_close(&out, unflatten(STDIN_FILENO, out.top, &stats, &why));
	if (is_streams_fault(r))
		log_err("standard input: %s (at byte %" PRIu64 "; what was there: %s.partial)", why,
			stats.bytes_in, out.name);
	else if (r)
		output_failed(&out, r);
	else
		log_info("%s: %" PRIu64 " bytes from %" PRIu64 " records", out.name, stats.size,
			 stats.records);
	return r ? EXIT_FAILED : EXIT_OK;
}
