/* SPDX-License-Identifier: MIT */
/*
 * kdump-dumper: the dumper as a command, on /proc/vmcore or on any ELF core.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "dumper/core.h"
#include "dumper/dmesg.h"
#include "dumper/dump.h"
#include "dumper/info.h"
#include "dumper/sink_file.h"
#include "lib/cleanup.h"
#include "lib/log.h"

enum { EXIT_OK, EXIT_FAILED, EXIT_USAGE };

enum mode { MODE_DUMP, MODE_DMESG, MODE_INFO };

struct options {
	enum mode mode;
	bool json, force;
	struct dump_options dump;
	const char *src, *dst;
};

static const char usage[] =
"kdump-dumper " KDUMP_VERSION ": filters and compresses the memory of a crashed kernel\n"
"\n"
"  kdump-dumper [-d LEVEL] [-z] [-f] SRC DST   SRC: /proc/vmcore or an ELF core\n"
"  kdump-dumper --dump-dmesg SRC [DST]         the dead kernel's log, to DST or standard output\n"
"  kdump-dumper --dump-dmesg --json SRC        the same as JSON on standard output\n"
"  kdump-dumper --info [--json] SRC            what crashed, and its pages by class\n"
"\n"
"  -d LEVEL          leaves out: 1 zero pages, 2 cache without private data, 4 all cache,\n"
"                    8 user memory, 16 free pages; add the numbers up (default 0)\n"
"  -z                zstd for each page; without, pages are stored as they are\n"
"  --zstd-level N    -5 (fast) to 3 (small); default: as fast as -1, nearly as small as 1\n"
"  --format kdump    the only format so far: kdump-compressed (crash, drgn, libkdumpfile)\n"
"  -f, --force       replaces DST\n"
"  --json            the result as JSON on standard output\n"
"  --help, --version\n"
"\n"
"Exit status: 0 done, 1 failed (what was written stays as DST.partial), 2 wrong usage.\n";

enum { OPT_DMESG = 256, OPT_INFO, OPT_JSON, OPT_FORMAT, OPT_ZSTD_LEVEL, OPT_HELP, OPT_VERSION };

static const struct option long_options[] = {
	{ "dump-dmesg", no_argument, NULL, OPT_DMESG },
	{ "info", no_argument, NULL, OPT_INFO },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "format", required_argument, NULL, OPT_FORMAT },
	{ "zstd-level", required_argument, NULL, OPT_ZSTD_LEVEL },
	{ "force", no_argument, NULL, 'f' },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ NULL, 0, NULL, 0 },
};

/* A whole number of [min, max], the whole text. */
static bool number(const char *text, long min, long max, long *ret)
{
	char *end;

	errno = 0;
	*ret = strtol(text, &end, 10);
	return !errno && end != text && !*end && *ret >= min && *ret <= max;
}

static int wrong(const char *what, const char *value)
{
	fprintf(stderr, "kdump-dumper: %s: %s (see --help)\n", value, what);
	return EXIT_USAGE;
}

/* -1: go on; else the exit status. */
static int take_option(struct options *o, int c)
{
	long n;

	switch (c) {
	case 'd':
		if (!number(optarg, 0, LEVEL_ALL, &n))
			return wrong("the dump level is a number from 0 to 31", optarg);
		o->dump.level = (unsigned)n;
		return -1;
	case 'z':
		o->dump.codec = DUMP_ZSTD;
		return -1;
	case 'f':
		o->force = true;
		return -1;
	case OPT_ZSTD_LEVEL:
		if (!number(optarg, -5, 3, &n) || !n)
			return wrong("the zstd level is a number from -5 to 3, without 0", optarg);
		o->dump.codec_level = (int)n;
		return -1;
	case OPT_FORMAT:
		return strcmp(optarg, "kdump") ? wrong("unknown format", optarg) : -1;
	case OPT_DMESG:
		o->mode = MODE_DMESG;
		return -1;
	case OPT_INFO:
		o->mode = MODE_INFO;
		return -1;
	case OPT_JSON:
		o->json = true;
		return -1;
	case OPT_HELP:
		fputs(usage, stdout);
		return EXIT_OK;
	case OPT_VERSION:
		puts("kdump-dumper " KDUMP_VERSION);
		return EXIT_OK;
	default:
		fputs("See kdump-dumper --help.\n", stderr);
		return EXIT_USAGE;
	}
}

static int parse(struct options *o, int argc, char **argv)
{
	int c, r, rest;

	while ((c = getopt_long(argc, argv, "d:zf", long_options, NULL)) != -1) {
		r = take_option(o, c);
		if (r >= 0)
			return r;
	}
	rest = argc - optind;
	if (rest < 1 || rest > 2 || (rest > 1 && (o->mode == MODE_INFO ||
						  (o->mode == MODE_DMESG && o->json))) ||
	    (o->mode == MODE_DUMP && rest < 2)) {
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
	o->src = argv[optind];
	o->dst = rest == 2 ? argv[optind + 1] : NULL;
	return -1;
}

static void progress(void *ctx, const struct dump_progress *p)
{
	bool *shown = ctx;
	uint64_t ms = p->elapsed_ms ? p->elapsed_ms : 1;

	if (!isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\rkdump-dumper: %3" PRIu64 " %%, %" PRIu64 " MB/s", p->pages_total ?
		p->pages_done * 100 / p->pages_total : 100, p->bytes_in / 1000 / ms);
	if (p->left_ms != UINT64_MAX)
		fprintf(stderr, ", %" PRIu64 " s left ", p->left_ms / 1000);
	*shown = true;
}

/* Opens the folder of path; *ret_name is what stands behind its last slash. */
static int open_folder(const char *path, const char **ret_name)
{
	const char *slash = strrchr(path, '/');
	_free_ char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
	int fd;

	*ret_name = slash ? slash + 1 : path;
	if (!folder)
		return -ENOMEM;
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* The sink for DST: a file that does not exist yet (or -f), or a device as it is. */
static int open_dst(const struct options *o, struct sink_file *ret, int *ret_dirfd)
{
	/* in a crash kernel the next thing is a reboot */
	bool durable = !strcmp(o->src, "/proc/vmcore");
	const char *name;
	struct stat st;

	if (!stat(o->dst, &st) && !S_ISREG(st.st_mode)) {
		int fd = open(o->dst, O_RDWR | O_CLOEXEC);

		if (fd < 0)
			return -errno;
		sink_file_adopt(ret, fd, durable);
		return 0;
	}
	if (!access(o->dst, F_OK) && !o->force)
		return -EEXIST;
	*ret_dirfd = open_folder(o->dst, &name);
	return *ret_dirfd < 0 ? *ret_dirfd : sink_file_open(ret, *ret_dirfd, name, durable);
}

static const char *reason(int err)
{
	switch (err) {
	case -EEXIST:
		return "exists already; -f replaces it";
	case -ENOSPC:
		return "no space left; free some, or dump at a higher level (-d 31)";
	case -EFBIG:
		return "too large for one file of this format";
	default:
		return strerror(-err);
	}
}

static int finish(struct sink_file *s, int r)
{
	if (!r)
		return sink_commit(&s->base);
	sink_abort(&s->base);
	return r;
}

static void print_result(const struct options *o, const struct dump_stats *s)
{
	uint64_t ms = s->elapsed_ms ? s->elapsed_ms : 1;

	if (o->json) {
		info_print_dump(stdout, o->dst, s);
		return;
	}
	log_info("%s: %" PRIu64 " of %" PRIu64 " pages, %" PRIu64 " zero, %" PRIu64 " bytes, %"
		 PRIu64 ".%03" PRIu64 " s, %" PRIu64 " MB/s", o->dst, s->pages[PAGE_KEEP],
		 s->pages_ram, s->pages_zero, s->bytes_out, s->elapsed_ms / 1000,
		 s->elapsed_ms % 1000, s->bytes_in / 1000 / ms);
}

static void warn_about(const char *src, const struct dump_stats *s)
{
	if (s->level_off)
		log_warn("%s: this kernel does not tell how to find the pages of level %u: kept",
			 src, s->level_off);
	if (s->units_unfiltered)
		log_warn("%s: %" PRIu64
			 " pieces of 128 MiB kept whole: their struct pages cannot be read",
			 src, s->units_unfiltered);
	if (s->pages_lost)
		log_warn("%s: %" PRIu64 " pages could not be read; the dump marks them as lost",
			 src, s->pages_lost);
}

static int do_dump(struct options *o, struct core *c)
{
	_close_ int dirfd = -1;
	struct sink_file sink;
	struct dump_stats stats;
	bool shown = false;
	int r;

	if (c->missing & CORE_NO_MEMMAP && o->dump.level > LEVEL_ZERO) {
		log_err("%s: cannot filter: %s; use -d 1 for all of it", o->src, c->why);
		return EXIT_FAILED;
	}
	r = open_dst(o, &sink, &dirfd);
	if (r) {
		log_err("%s: %s", o->dst, reason(r));
		return EXIT_FAILED;
	}
	o->dump.progress = progress;
	o->dump.progress_ctx = &shown;
	r = finish(&sink, dump_run(c, &o->dump, &sink.base, &stats));
	if (shown)
		fputc('\n', stderr);
	warn_about(o->src, &stats);
	if (r) {
		log_err("%s: %s (written so far: %s.partial)", o->dst, reason(r), o->dst);
		return EXIT_FAILED;
	}
	print_result(o, &stats);
	return EXIT_OK;
}

static int stdout_put(struct sink *s, uint64_t off, const void *buf, size_t len)
{
	(void)s, (void)off;
	return fwrite(buf, 1, len, stdout) == len ? 0 : -EIO;
}

static int do_dmesg(const struct options *o, struct core *c)
{
	struct sink out = { .put = stdout_put };
	_close_ int dirfd = -1;
	struct dmesg_stats stats;
	struct sink_file file;
	int r = 0;

	if (o->json) {
		r = info_print_dmesg(stdout, c);
	} else if (o->dst) {
		r = open_dst(o, &file, &dirfd);
		if (!r)
			r = finish(&file, dmesg_save(&c->kmem, &c->info, &file.base, &stats));
	} else {
		r = dmesg_save(&c->kmem, &c->info, &out, &stats);
		if (fflush(stdout) && !r)
			r = -errno;
	}
	if (r == -ENODATA)
		log_err("%s: no log: %s", o->src,
			c->why[0] ? c->why : "no printk ring (Linux 5.10 or later)");
	else if (r)
		log_err("%s: %s", o->dst ? o->dst : "standard output", reason(r));
	return r ? EXIT_FAILED : EXIT_OK;
}

int main(int argc, char **argv)
{
	static struct core core;
	struct options o = { .mode = MODE_DUMP };
	int r;

	log_init("kdump-dumper", LOG_INFO);
	r = parse(&o, argc, argv);
	if (r >= 0)
		return r;
	r = core_open(o.src, &core);
	if (r) {
		log_err("%s: %s", o.src, core.why);
		return EXIT_FAILED;
	}
	if (core.why[0])
		log_warn("%s: %s", o.src, core.why);
	switch (o.mode) {
	case MODE_DUMP:
		r = do_dump(&o, &core);
		break;
	case MODE_DMESG:
		r = do_dmesg(&o, &core);
		break;
	case MODE_INFO:
		info_print(stdout, &core, o.json);
		r = EXIT_OK;
		break;
	}
	core_close(&core);
	return r;
}
