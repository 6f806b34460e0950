/* SPDX-License-Identifier: MIT */
/*
 * --dump-dmesg, --info.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "dumper/cmd/cmd.h"
#include "dumper/cmd/messages.h"
#include "dumper/info.h"
#include "dumper/kernel/dmesg.h"
#include "lib/log.h"

/* A ring without a record is no log; since the last clearing there may be none. */
static int empty(int r, const struct dmesg_stats *stats, uint64_t from)
{
	return !r && !stats->records && !from ? -ENODATA : r;
}

static int save_text(const struct collector *o, struct crash *c, uint64_t from)
{
	struct collector plain = *o;
	struct dmesg_stats stats;
	struct sink_stream tty;
	struct output out;
	int r;

	if (o->n_operands < 2 || !strcmp(o->operands[1], "-")) {
		sink_stream_init(&tty, STDOUT_FILENO);
		r = empty(dmesg_save_from(&c->kmem, &c->info, from, &tty.base, &stats), &stats,
			  from);
		if (r && r != -ENODATA)
			log_err("standard output: %s", strerror(-r));
		return r;
	}
	/* text goes into anything that takes bytes in order */
	plain.format = DUMP_ELF_ZST;
	plain.flattened = false;
	if (output_open(&out, &plain, o->operands[1], !strcmp(o->operands[0], "/proc/vmcore")))
		return -EIO;
	r = dmesg_save_from(&c->kmem, &c->info, from, out.top, &stats);
	r = output_close(&out, empty(r, &stats, from));
	if (r && r != -ENODATA)
		output_failed(&out, r);
	return r;
}

int cmd_dmesg(const struct collector *o)
{
	static struct crash core;
	const char *src = o->operands[0];
	uint64_t from = 0;
	int r = say_open(o->operands, 1, 0, &core);

	if (r)
		return EXIT_FAILED;
	if (o->partial && dmesg_cleared(&core.kmem, &core.info, &from))
		log_warn("%s: this kernel does not tell when its log was cleared: all of it", src);
	r = o->json ? info_print_dmesg(stdout, &core, from) : save_text(o, &core, from);
	if (r == -ENODATA)
		log_err("%s: no log: %s", src,
			core.why[0] ? core.why : "no printk ring (Linux 5.10 or later)");
	crash_close(&core);
	return r ? EXIT_FAILED : EXIT_OK;
}

int cmd_info(const struct collector *o)
{
	static struct crash core;

	if (say_open(o->operands, 1, 0, &core))
		return EXIT_FAILED;
	info_print(stdout, &core, o->json);
	crash_close(&core);
	return EXIT_OK;
}
