/* SPDX-License-Identifier: MIT */
/*
 * The children of a capture on a fake core, with targets that are a folder, a folder that fills up,
 * and a stream.
 */
#include "init/capture/jobs.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dumper/sink/sink_file.h"
#include "init/capture/job_log.h"
#include "init/capture/job_vmcore.h"
#include "lib/cleanup.h"
#include "lib/io.h"
#include "lib/log.h"
#include "tests/unit/fake/fakecore.h"
#include "tests/unit/fake/fakelog.h"
#include "tests/unit/fake/tree.h"
#include "tests/unit/test.h"

static struct tree tree;
static int folder;		/* descriptor of the tree */
static const struct conf plain; /* nothing is sealed */

/* ---------------------------------------------------------------- targets */

static int dir_open(const struct target *t, char *what, size_t size, struct child *self)
{
	(void)t;
	snprintf(what, size, "the folder");
	child_why(self, "it is locked");
	return -EACCES;
}

static int dir_create(const struct target *t, const char *name, struct target_file *ret,
		      struct child *self)
{
	struct sink_file *f = calloc(1, sizeof(*f));

	(void)t, (void)self;
	*ret = (struct target_file){ .sink = &f->base };
	return sink_file_open(f, folder, name, false);
}

static int dir_close(const struct target *t, struct child *self)
{
	(void)t, (void)self;
	return -EIO;
}

static const struct target_kind dir_kind = { .open = dir_open,
					     .create = dir_create,
					     .close = dir_close };

/* Takes room bytes in all; make_room() adds to them, once. */
struct small {
	struct sink base;
	struct sink_file file;
};

static long room, room_to_make;

static int small_put(struct sink *s, uint64_t off, const void *buf, size_t len)
{
	struct small *m = container_of(s, struct small, base);

	if ((long)len > room)
		return -ENOSPC;
	room -= (long)len;
	return sink_put(&m->file.base, off, buf, len);
}

static int small_commit(struct sink *s)
{
	return sink_commit(&container_of(s, struct small, base)->file.base);
}

static void small_abort(struct sink *s)
{
	sink_abort(&container_of(s, struct small, base)->file.base);
}

static const char *small_error(const struct target_file *f)
{
	(void)f;
	return "server says: full";
}

static int small_create(const struct target *t, const char *name, struct target_file *ret,
			struct child *self)
{
	struct small *m = calloc(1, sizeof(*m));

	(void)t, (void)self;
	m->base = (struct sink){
		.put = small_put, .commit = small_commit, .abort = small_abort, .rewrites = true
	};
	*ret = (struct target_file){ .sink = &m->base, .error = small_error };
	return sink_file_open(&m->file, folder, name, false);
}

static int small_make_room(const struct target *t, const char *name)
{
	(void)t;
	CHECK_STR(name, "vmcore");
	room += room_to_make;
	room_to_make = 0;
	return 0;
}

static const struct target_kind small_kind = { .create = small_create,
					       .make_room = small_make_room };

/* Only what continues is taken. */
struct stream {
	struct sink base;
	struct sink_file file;
	uint64_t at;
};

static int stream_put(struct sink *s, uint64_t off, const void *buf, size_t len)
{
	struct stream *m = container_of(s, struct stream, base);

	if (off != m->at)
		return -ESPIPE;
	m->at += len;
	return sink_put(&m->file.base, off, buf, len);
}

static int stream_commit(struct sink *s)
{
	return sink_commit(&container_of(s, struct stream, base)->file.base);
}

static void stream_abort(struct sink *s)
{
	sink_abort(&container_of(s, struct stream, base)->file.base);
}

static int stream_create(const struct target *t, const char *name, struct target_file *ret,
			 struct child *self)
{
	struct stream *m = calloc(1, sizeof(*m));

	(void)t, (void)self;
	m->base =
		(struct sink){ .put = stream_put, .commit = stream_commit, .abort = stream_abort };
	*ret = (struct target_file){ .sink = &m->base };
	return sink_file_open(&m->file, folder, name, false);
}

static const struct target_kind stream_kind = { .stream = true, .create = stream_create };

static int refuse_create(const struct target *t, const char *name, struct target_file *ret,
			 struct child *self)
{
	(void)t, (void)ret;
	child_why(self, "%s: the server is gone", name);
	return -ECONNREFUSED;
}

static const struct target_kind refusing_kind = { .stream = true, .create = refuse_create };

/* ---------------------------------------------------------------- the frame */

static void begin(void)
{
	tree = tree_make();
	folder = open(tree.root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void end(void)
{
	close(folder);
	tree_remove(&tree);
}

static bool exists(const char *name)
{
	return faccessat(folder, name, F_OK, 0) == 0;
}

static struct child_end run(int (*job)(const void *, void *, struct child *), const void *ctx,
			    void *answer, size_t bytes)
{
	struct child_job j = { .name = "t",
			       .run = job,
			       .ctx = ctx,
			       .answer = answer,
			       .answer_bytes = bytes,
			       .limit_s = 60,
			       .stall_s = 30 };
	struct child_end e;

	child_run(&j, &e);
	return e;
}

/* A machine with kernel pages and a log of n records. */
static void machine(struct fake *f, unsigned n)
{
	struct fakelog log;

	fake_open(f, &(struct fake_desc){ .kernel = FAKE_6_12 });
	fake_kernel_pages(f, 0, 2048);
	fakelog_open(&log, f, 7, 13);
	for (unsigned i = 0; i < n; i++) {
		char line[40];
		int len = snprintf(line, sizeof(line),
				   i + 1 < n ? "line %u" : "Kernel panic - not syncing: %u", i);

		fakelog_add(&log, line, (size_t)len);
	}
	fake_finish(f);
}

static struct child_end save_log(const struct fake *f, const struct target_kind *kind,
				 struct job_log *answer)
{
	struct target t = { .kind = kind, .conf = &plain };
	struct job_log_order order = { .core = f->path, .target = &t };

	return run(job_log_save, &order, answer, sizeof(*answer));
}

static struct child_end save_vmcore(const struct fake *f, const struct target_kind *kind,
				    const char *file, unsigned level, bool whole,
				    struct job_vmcore *answer)
{
	struct target t = { .kind = kind, .conf = &plain };
	struct job_vmcore_order order = { .core = f->path,
					  .target = &t,
					  .file = file,
					  .quiet_fd = -1,
					  .opt = { .level = level, .whole = whole } };

	return run(job_vmcore_save, &order, answer, sizeof(*answer));
}

/* Does a shell's pipe to sha256sum in the folder of the files say so? */
static void check_sum(const char *pipe, const char *sha256)
{
	char cmd[300];

	CHECK_EQ(strlen(sha256), 64);
	snprintf(cmd, sizeof(cmd), "cd %s && test \"$(%s | sha256sum)\" = '%s  -'", tree.root, pipe,
		 sha256);
	CHECK_EQ(system(cmd), 0);
}

static void check_digest(const char *file, const struct digest *d)
{
	char pipe[100];
	struct stat st;

	snprintf(pipe, sizeof(pipe), "%s/%s", tree.root, file);
	CHECK_EQ(stat(pipe, &st), 0);
	CHECK_EQ(d->head_bytes + d->body_bytes, st.st_size);
	snprintf(pipe, sizeof(pipe), "tail -c +%llu %s", (unsigned long long)d->head_bytes + 1,
		 file);
	check_sum(pipe, d->body);
	snprintf(pipe, sizeof(pipe), "head -c %llu %s", (unsigned long long)d->head_bytes, file);
	if (d->head_bytes)
		check_sum(pipe, d->head);
}

/* ---------------------------------------------------------------- the tests */

TEST(identify)
{
	struct jobs_identity a = { 0 };
	struct child_end e;
	struct fake f;

	machine(&f, 3);
	e = run(jobs_identify, f.path, &a, sizeof(a));
	CHECK_EQ(e.outcome, CHILD_DONE);
	CHECK_STR(a.id.release, FAKE_RELEASE);
	CHECK_STR(a.missing, "");
	fake_close(&f);
}

TEST(no_core)
{
	struct jobs_identity a = { 0 };
	struct child_end e = run(jobs_identify, "/nonexistent/vmcore", &a, sizeof(a));

	CHECK_EQ(e.outcome, CHILD_FAILED);
	CHECK_EQ(e.error, -ENOENT);
	CHECK(strstr(e.why, "/nonexistent/vmcore"));
	CHECK(!e.target_at_fault);
}

TEST(open_and_close_hand_on_what_the_target_says)
{
	struct conf conf = { .n_stack = 0 };
	struct conf_target spec = { .where = "/dev/vda" };
	struct target t = { .kind = &dir_kind, .conf = &conf, .spec = &spec };
	struct jobs_opened a = { "" };
	struct child_end e = run(jobs_open, &t, &a, sizeof(a));

	CHECK_EQ(e.error, -EACCES);
	CHECK_STR(e.why, "it is locked");
	CHECK_STR(a.what, "the folder");
	CHECK_EQ(run(jobs_close, &t, NULL, 0).error, -EIO);
}

static int quota_create(const struct target *t, const char *name, struct target_file *ret,
			struct child *self)
{
	(void)t, (void)name, (void)ret, (void)self;
	return -EDQUOT;
}

/* For a file that is not even begun, too. */
TEST(a_used_up_quota_is_a_full_target)
{
	static const struct target_kind quota = { .create = quota_create };
	struct job_log log = { .panic = "" };
	struct child_end e;
	struct fake f;

	begin();
	machine(&f, 3);
	e = save_log(&f, &quota, &log);
	CHECK_EQ(e.error, -ENOSPC);
	CHECK(e.target_at_fault);
	CHECK_STR(e.why, strerror(EDQUOT));
	fake_close(&f);
	end();
}

TEST(dmesg)
{
	struct job_log log = { .panic = "" };
	char text[400];
	struct fake f;

	begin();
	machine(&f, 3);
	CHECK_EQ(save_log(&f, &dir_kind, &log).outcome, CHILD_DONE);
	CHECK_EQ(log.stats.records, 3);
	CHECK_STR(log.panic, "Kernel panic - not syncing: 2");
	CHECK_EQ(io_read_file(folder, "dmesg.txt", text, sizeof(text), NULL), 0);
	CHECK(strstr(text, "line 1\n") && strstr(text, "not syncing: 2\n"));
	CHECK_EQ(log.stats.bytes, strlen(text));
	CHECK_EQ(log.digest.head_bytes, 0);
	check_digest("dmesg.txt", &log.digest);
	CHECK(!exists("dmesg.txt.partial"));
	fake_close(&f);
	end();
}

TEST(dmesg_over_a_stream)
{
	struct job_log log = { .panic = "" };
	struct fake f;

	begin();
	machine(&f, 100);
	CHECK_EQ(save_log(&f, &stream_kind, &log).outcome, CHILD_DONE);
	CHECK(exists("dmesg.txt"));
	fake_close(&f);
	end();
}

TEST(unreadable_log_leaves_no_file_and_blames_no_target)
{
	struct job_log log = { .panic = "" };
	struct child_end e;
	struct fake f;

	begin();
	machine(&f, 3);
	fake_info_drop(&f, "SYMBOL(prb)");
	fake_finish(&f);
	e = save_log(&f, &dir_kind, &log);
	CHECK_EQ(e.outcome, CHILD_FAILED);
	CHECK_EQ(e.error, -ENODATA);
	CHECK(!e.target_at_fault);
	CHECK(!exists("dmesg.txt") && !exists("dmesg.txt.partial"));
	fake_close(&f);
	end();
}

TEST(dmesg_on_a_full_target_is_the_targets_fault_in_its_words)
{
	struct job_log log = { .panic = "" };
	struct child_end e;
	struct fake f;

	begin();
	machine(&f, 3);
	room = 0;
	e = save_log(&f, &small_kind, &log);
	CHECK_EQ(e.error, -ENOSPC);
	CHECK(e.target_at_fault);
	CHECK_STR(e.why, "server says: full (after 0 bytes)");
	CHECK(!exists("dmesg.txt"));
	fake_close(&f);
	end();
}

TEST(refused_create_is_the_targets_fault)
{
	struct job_log log = { .panic = "" };
	struct child_end e;
	struct fake f;

	machine(&f, 3);
	e = save_log(&f, &refusing_kind, &log);
	CHECK_EQ(e.error, -ECONNREFUSED);
	CHECK(e.target_at_fault);
	CHECK_STR(e.why, "dmesg.txt: the server is gone");
	fake_close(&f);
}

static void check_magic(const char *file, const char *magic)
{
	char head[16] = "";
	int fd = openat(folder, file, O_RDONLY | O_CLOEXEC);

	CHECK(fd >= 0 && !io_pread(fd, head, strlen(magic), 0));
	CHECK_STR(head, magic);
	close(fd);
}

/* What kdump.json says of the size is what the target has. */
static void check_size(const char *file, uint64_t bytes)
{
	struct stat st = { .st_size = -1 };

	CHECK_EQ(fstatat(folder, file, &st, 0), 0);
	CHECK_EQ(bytes, st.st_size);
}

TEST(vmcore)
{
	struct job_vmcore dumped = { .stats = { .incomplete = false } };
	struct child_end e;
	struct fake f;

	begin();
	machine(&f, 3);
	e = save_vmcore(&f, &dir_kind, "vmcore", 31, false, &dumped);
	CHECK_EQ(e.outcome, CHILD_DONE);
	CHECK_EQ(dumped.stats.pages[PAGE_KEEP], 2048);
	CHECK(e.moved > 2048);
	check_magic("vmcore", "KDUMP   ");
	CHECK(!exists("vmcore.partial"));
	CHECK_EQ(dumped.digest.head_bytes, 4096); /* its first block came last */
	check_digest("vmcore", &dumped.digest);
	check_size("vmcore", dumped.stats.bytes_out);
	fake_close(&f);
	end();
}

TEST(stream_is_flattened)
{
	struct job_vmcore dumped = { .stats = { .incomplete = false } };
	struct fake f;

	begin();
	machine(&f, 3);
	CHECK_EQ(save_vmcore(&f, &stream_kind, "vmcore.flat", 31, false, &dumped).outcome,
		 CHILD_DONE);
	check_magic("vmcore.flat", "makedumpfile");
	CHECK_EQ(dumped.digest.head_bytes, 0);
	check_digest("vmcore.flat", &dumped.digest);
	check_size("vmcore.flat", dumped.stats.bytes_out);
	fake_close(&f);
	end();
}

TEST(vmcore_that_does_not_fit_has_no_final_name)
{
	struct job_vmcore dumped = { .stats = { .incomplete = false } };
	struct child_end e;
	struct fake f;

	begin();
	machine(&f, 3);
	room = 20000;
	e = save_vmcore(&f, &small_kind, "vmcore", 0, false, &dumped);
	CHECK_EQ(e.outcome, CHILD_FAILED);
	CHECK_EQ(e.error, -ENOSPC);
	CHECK(e.target_at_fault);
	CHECK(!exists("vmcore") && exists("vmcore.partial"));
	fake_close(&f);
	end();
}

/* core_collector -L: for the ladder it is a full target */
TEST(vmcore_that_reaches_its_limit)
{
	struct target t = { .kind = &dir_kind, .conf = &plain };
	struct job_vmcore_order save = {
		.target = &t, .file = "vmcore", .quiet_fd = -1, .limit_bytes = 20000
	};
	struct job_vmcore dumped = { .stats = { .incomplete = false } };
	struct child_end e;
	struct fake f;

	begin();
	machine(&f, 3);
	save.core = f.path;
	e = run(job_vmcore_save, &save, &dumped, sizeof(dumped));
	CHECK_EQ(e.outcome, CHILD_FAILED);
	CHECK_EQ(e.error, -ENOSPC);
	CHECK(e.target_at_fault);
	CHECK(!exists("vmcore") && exists("vmcore.partial"));
	save.limit_bytes = 1 << 30;
	e = run(job_vmcore_save, &save, &dumped, sizeof(dumped));
	CHECK_EQ(e.outcome, CHILD_DONE);
	fake_close(&f);
	end();
}

TEST(filter_without_struct_pages_is_refused_and_the_whole_is_not)
{
	struct job_vmcore dumped = { .stats = { .incomplete = false } };
	struct child_end e;
	struct fake f;

	begin();
	machine(&f, 3);
	fake_info_drop(&f, "SYMBOL(mem_section)");
	fake_finish(&f);
	e = save_vmcore(&f, &dir_kind, "vmcore", 31, false, &dumped);
	CHECK_EQ(e.error, -ENODATA);
	CHECK(!e.target_at_fault);
	CHECK(!exists("vmcore") && !exists("vmcore.partial"));
	CHECK_EQ(save_vmcore(&f, &dir_kind, "vmcore", 1, true, &dumped).outcome, CHILD_DONE);
	CHECK(exists("vmcore"));
	fake_close(&f);
	end();
}

static struct child_end save_report(const struct target_kind *kind)
{
	static const struct report report = { .level_wanted = 31 };
	static char log_file[100];
	struct target t = { .kind = kind, .conf = &plain };
	struct jobs_report j = {
		.target = &t, .report = &report, .vmcore_file = "vmcore", .log_file = log_file
	};

	tree_text(&tree, "/log", "kdump-init: 0.1 main: hello\n");
	snprintf(log_file, sizeof(log_file), "%s", tree_path(&tree, "/log"));
	return run(jobs_report, &j, NULL, 0);
}

TEST(report)
{
	char text[8000];

	begin();
	CHECK_EQ(save_report(&dir_kind).outcome, CHILD_DONE);
	CHECK_EQ(io_read_file(folder, "kdump.json", text, sizeof(text), NULL), 0);
	CHECK(strstr(text, "\"state\": \"nothing\""));
	CHECK_EQ(io_read_file(folder, "kdump.log", text, sizeof(text), NULL), 0);
	CHECK_STR(text, "kdump-init: 0.1 main: hello\n");
	end();
}

TEST(report_finds_room_on_a_full_target)
{
	begin();
	room = 10;
	room_to_make = 1 << 20;
	CHECK_EQ(save_report(&small_kind).outcome, CHILD_DONE);
	CHECK(exists("kdump.json") && exists("kdump.log"));
	end();
}

TEST(report_without_any_room_fails)
{
	begin();
	room = 10;
	room_to_make = 0;
	CHECK_EQ(save_report(&small_kind).error, -ENOSPC);
	CHECK(!exists("kdump.json"));
	end();
}

TEST(tail_has_the_last_lines)
{
	static char text[16000];
	struct system sys = { .n_consoles = 0 };
	struct job_log_tail tail = { .system = &sys };
	FILE *log = tmpfile();
	unsigned lines = 0;
	struct fake f;

	machine(&f, 100);
	tail.core = f.path;
	log_add(fileno(log), LOG_PLAIN);
	CHECK_EQ(run(job_log_tail, &tail, NULL, 0).outcome, CHILD_DONE);
	log_remove(fileno(log));
	CHECK(pread(fileno(log), text, sizeof(text) - 1, 0) > 0);
	for (const char *p = text; (p = strchr(p, '\n')); p++)
		lines++;
	CHECK_EQ(lines, JOB_LOG_TAIL_LINES);
	CHECK(!strstr(text, "line 49\n") && strstr(text, "line 50\n") &&
	      strstr(text, "not syncing: 99\n"));
	fclose(log);
	fake_close(&f);
}
