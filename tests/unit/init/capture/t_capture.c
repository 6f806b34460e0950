/* SPDX-License-Identifier: MIT */
/*
 * Whole captures of a fake core onto a target that is a folder.
 */
#include "init/capture/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "dumper/sink/sink_file.h"
#include "init/target/folder.h"
#include "init/target/target.h"
#include "lib/cleanup.h"
#include "lib/log.h"
#include "tests/unit/fake/fakecore.h"
#include "tests/unit/fake/fakelog.h"
#include "tests/unit/fake/tree.h"
#include "tests/unit/test.h"

static struct tree tree;
static uint64_t free_bytes;
static struct conf conf;
static struct report report;

static int open_tree(void)
{
	return open(tree.root, O_RDONLY | O_DIRECTORY);
}

static int dir_open(const struct target *t, char *what, size_t size, struct child *self)
{
	(void)self;
	snprintf(what, size, "the folder");
	return strcmp(t->spec->where, "absent") ? 0 : -ENODEV;
}

static int dir_create(const struct target *t, const char *name, struct target_file *ret,
		      struct child *self)
{
	struct sink_file *f = calloc(1, sizeof(*f));
	int root = open_tree(), dir, r = folder_make(root, t->conf->path, t->folder);

	(void)self;
	dir = folder_open(root, t->conf->path, t->folder);
	*ret = (struct target_file){ .sink = &f->base };
	return r ? r : sink_file_open(f, dir, name, false);
}

static int dir_space(const struct target *t, uint64_t *ret, struct child *self)
{
	(void)t, (void)self;
	*ret = free_bytes;
	return 0;
}

static int dir_folder(const struct target *t)
{
	return folder_open(open_tree(), t->conf->path, ".");
}

static const struct target_kind dir_kind = { .ready = "there",
					     .open = dir_open,
					     .create = dir_create,
					     .space = dir_space,
					     .folder = dir_folder };

/* ---------------------------------------------------------------- one that writes nothing in its place */

/* A byte that is written anew takes as much as a new one, and a shorter file is a change as well. */
struct flash_sink {
	struct sink base;
	struct sink_file file;
};

static uint64_t flash_left;

static int flash_take(uint64_t bytes)
{
	if (bytes > flash_left) {
		flash_left = 0;
		return -ENOSPC;
	}
	flash_left -= bytes;
	return 0;
}

static struct sink *flash_below(struct sink *s)
{
	return &container_of(s, struct flash_sink, base)->file.base;
}

static int flash_put(struct sink *s, uint64_t off, const void *buf, size_t len)
{
	int r = flash_take(len);

	return r ? r : sink_put(flash_below(s), off, buf, len);
}

static int flash_get(struct sink *s, uint64_t off, void *buf, size_t len)
{
	return flash_below(s)->get(flash_below(s), off, buf, len);
}

static int flash_cut(struct sink *s, uint64_t off)
{
	int r = flash_take(4096);

	return r ? r : sink_cut(flash_below(s), off);
}

static int flash_commit(struct sink *s)
{
	return sink_commit(flash_below(s));
}

static void flash_abort(struct sink *s)
{
	sink_abort(flash_below(s));
}

static void flash_incomplete(struct target_file *f)
{
	container_of(f->sink, struct flash_sink, base)->file.suffix = TARGET_INCOMPLETE;
}

static int flash_create(const struct target *t, const char *name, struct target_file *ret,
			struct child *self)
{
	struct flash_sink *f = calloc(1, sizeof(*f));
	int root = open_tree(), dir, r = folder_make(root, t->conf->path, t->folder);

	(void)self;
	dir = folder_open(root, t->conf->path, t->folder);
	r = r ? r : sink_file_open(&f->file, dir, name, false);
	f->base = (struct sink){ .put = flash_put,
				 .get = flash_get,
				 .cut = flash_cut,
				 .commit = flash_commit,
				 .abort = flash_abort,
				 .rewrites = true,
				 .zeros = true };
	*ret = (struct target_file){ .sink = &f->base, .incomplete = flash_incomplete };
	return r;
}

static const struct target_kind flash_kind = { .ready = "there",
					       .out_of_place = true,
					       .open = dir_open,
					       .create = flash_create,
					       .space = dir_space,
					       .folder = dir_folder };

/* in place of the program's own */
const struct target_kind *const target_kinds[CONF_TARGET_KINDS] = {
	[CONF_TARGET_FS] = &dir_kind,
	[CONF_TARGET_UBI] = &flash_kind,
};

static void machine(struct fake *f)
{
	struct fakelog log;

	fake_open(f, &(struct fake_desc){ .kernel = FAKE_6_12 });
	fake_kernel_pages(f, 0, 2048);
	/* pages without a byte are not stored */
	for (uint32_t pfn = 1024; pfn < 2048; pfn++)
		memcpy(f->mem + ((size_t)pfn << 12), &pfn, sizeof(pfn));
	fakelog_open(&log, f, 7, 13);
	fakelog_add(&log, "Kernel panic - not syncing: x", 29);
	fake_finish(f);
}

static enum conf_target_kind kind;

static int capture(const char *where)
{
	struct system s = { .copy_fd = -1 };
	struct fake f;
	int r;

	machine(&f);
	s.core = f.path;
	report = (struct report){ .missing = "" };
	conf.targets[conf.n_targets++] =
		(struct conf_target){ .kind = kind, .type = "ext4", .where = where, .line = 1 };
	r = capture_run(&s, &conf, &report);
	fake_close(&f);
	return r;
}

static void begin(void)
{
	conf_init(&conf);
	conf.path = "/crash";
	conf.host = "web1";
	conf.limits.deadline_s = UINT32_MAX; /* this machine was booted long ago */
	tree = tree_make();
	free_bytes = 1 << 30;
	kind = CONF_TARGET_FS;
}

/* The name of the dump's folder that has the file. */
static int find(const char *file)
{
	char cmd[300];

	snprintf(cmd, sizeof(cmd), "test -s %s/crash/web1-*-*/%s", tree.root, file);
	return system(cmd) == 0;
}

static int fits_schema(void)
{
	char cmd[300];

	snprintf(cmd, sizeof(cmd),
		 "python3 tests/qemu/lib/schema.py configs/kdump.schema.json "
		 "<$(echo %s/crash/web1-*-*/kdump.json)",
		 tree.root);
	return system(cmd) == 0;
}

TEST(a_dump)
{
	begin();
	CHECK_EQ(capture("here"), 0);
	CHECK_STR(report_state(&report), "complete");
	CHECK_STR(report.id.panic, "Kernel panic - not syncing: x");
	CHECK_EQ(report.fit.verdict, SPACE_FITS);
	CHECK(report.vmcore_digest.head[0] && report.dmesg_digest.body[0]);
	CHECK(find("vmcore") && find("dmesg.txt") && find("kdump.json"));
	CHECK(fits_schema());
	tree_remove(&tree);
}

TEST(the_level_is_raised_to_what_fits)
{
	begin();
	conf.collector.levels[0] = 0;
	conf.collector.codec = DUMP_STORED;
	free_bytes = 1000;
	CHECK_EQ(capture("here"), 0);
	CHECK_EQ(report.fit.verdict, SPACE_TOO_SMALL);
	CHECK_EQ(report.level, 31);
	CHECK_STR(report_state(&report), "fallback");
	tree_remove(&tree);
}

/* It is not filled up: what is there already could not be put right then. */
TEST(a_dump_ends_where_a_full_target_could_not_be_changed)
{
	begin();
	kind = CONF_TARGET_UBI;
	conf.collector.codec = DUMP_STORED;
	free_bytes = 3 << 20;
	flash_left = 4 << 20;
	/* another target might have taken it whole */
	CHECK_EQ(capture("here"), -EIO);
	CHECK_EQ(report.fit.verdict, SPACE_TOO_SMALL);
	CHECK_STR(report_state(&report), "partial");
	CHECK(report.dump.pages_saved > 100);
	CHECK(find("vmcore.incomplete") && find("kdump.json") && find("dmesg.txt"));
	CHECK(fits_schema());
	tree_remove(&tree);
}

/* Of several targets the line says which. */
TEST(a_target_that_is_full_before_is_named)
{
	char text[2000] = "";
	int fd;

	begin();
	kind = CONF_TARGET_UBI;
	flash_left = 0;
	fd = openat(open_tree(), "log", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	log_add(fd, LOG_PLAIN);
	CHECK_EQ(capture("here"), -EIO);
	log_remove(fd);
	CHECK(pread(fd, text, sizeof(text) - 1, 0) > 0);
	close(fd);
	CHECK(strstr(text,
		     "target: the folder: dmesg.txt: No space left on device (after 0 bytes)\n"));
	CHECK_STR(report_state(&report), "nothing");
	tree_remove(&tree);
}

TEST(absent_target_is_told_and_the_next_one_takes_it)
{
	begin();
	conf.targets[conf.n_targets++] =
		(struct conf_target){ .type = "ext4", .where = "absent", .line = 2 };
	CHECK_EQ(capture("here"), 0);
	CHECK_EQ(report.n_targets, 2);
	CHECK(find("vmcore") && fits_schema());
	tree_remove(&tree);
}

TEST(crash_loop_saves_the_log_alone)
{
	begin();
	conf.keep.loop_crashes = 1;
	conf.keep.loop_minutes = 5;
	CHECK_EQ(capture("here"), 0);
	CHECK_STR(report_state(&report), "crash-loop");
	CHECK(find("dmesg.txt") && find("kdump.json") && !find("vmcore"));
	CHECK(fits_schema());
	tree_remove(&tree);
}

TEST(no_time_no_step)
{
	begin();
	conf.limits.deadline_s = 1;
	CHECK(capture("here") < 0);
	CHECK_EQ(report.n_targets, 0);
	tree_remove(&tree);
}

TEST(no_target_takes_it)
{
	begin();
	CHECK(capture("absent") < 0);
	CHECK_STR(report_state(&report), "nothing");
	tree_remove(&tree);
}
