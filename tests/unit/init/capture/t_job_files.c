/* SPDX-License-Identifier: MIT */
/*
 * Jobs of a capture whose config has `encrypt`: into a folder and onto a raw device, opened by
 * stock age.
 */
#include "init/capture/job_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dumper/cmd/recover_raw.h"
#include "dumper/cmd/verify.h"
#include "dumper/sink/sink_file.h"
#include "init/capture/job_log.h"
#include "init/capture/job_vmcore.h"
#include "init/capture/jobs.h"
#include "lib/block/raw.h"
#include "lib/cleanup.h"
#include "lib/dumps/json_read.h"
#include "lib/io.h"
#include "tests/unit/fake/fakecore.h"
#include "tests/unit/fake/fakelog.h"
#include "tests/unit/fake/tree.h"
#include "tests/unit/test.h"

#define PANIC  "Kernel panic - not syncing: a secret"
#define FOLDER "host-20261123T142005Z-0a1b2c3d"

static struct tree tree;
static int folder;
static struct conf conf;
static char conf_text[512];

static int run_line(const char *fmt, ...)
{
	char line[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	return WEXITSTATUS(system(line));
}

static int dir_create(const struct target *t, const char *name, struct target_file *ret,
		      struct child *self)
{
	struct sink_file *f = calloc(1, sizeof(*f));

	(void)t, (void)self;
	*ret = (struct target_file){ .sink = &f->base, .own = f };
	return sink_file_open(f, folder, name, false);
}

static const struct target_kind dir_kind = { .create = dir_create };

static void begin(void)
{
	struct conf_findings found;
	size_t n;

	tree = tree_make();
	folder = open(tree.root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CHECK_EQ(run_line("age-keygen -o %s/key 2>/dev/null && (printf 'encrypt '; age-keygen -y "
			  "%s/key) >%s/conf",
			  tree.root, tree.root, tree.root),
		 0);
	CHECK_EQ(io_read_file(folder, "conf", conf_text, sizeof(conf_text), &n), 0);
	CHECK_EQ(conf_parse(conf_text, n, &conf, &found), 0);
	conf.limits.target_timeout_s = 1;
}

static void end(void)
{
	close(folder);
	tree_remove(&tree);
}

static void machine(struct fake *f)
{
	struct fakelog log;

	fake_open(f, &(struct fake_desc){ .kernel = FAKE_6_12 });
	fake_kernel_pages(f, 0, 2048);
	fakelog_open(&log, f, 7, 13);
	fakelog_add(&log, PANIC, sizeof(PANIC) - 1);
	fake_finish(f);
}

static struct child_end run(int (*job)(const void *, void *, struct child *), const void *ctx,
			    void *answer, size_t bytes)
{
	struct child_job j = { .name = "t",
			       .run = job,
			       .ctx = ctx,
			       .answer = answer,
			       .answer_bytes = bytes,
			       .limit_s = 60 };
	struct child_end e;

	child_run(&j, &e);
	return e;
}

static struct child_end save_log(const struct target *t, const struct fake *f, struct job_log *ret)
{
	struct job_log_order order = { .core = f->path, .target = t };

	return run(job_log_save, &order, ret, sizeof(*ret));
}

static struct child_end save_vmcore(const struct target *t, const struct fake *f,
				    uint64_t limit_bytes, struct job_vmcore *ret)
{
	struct job_vmcore_order order = {
		.core = f->path,
		.target = t,
		.file = "vmcore.flat.age",
		.limit_bytes = limit_bytes,
		.quiet_fd = -1,
		.opt = { .codec = DUMP_ZSTD, .threads = 1, .keep_partial = true }
	};

	return run(job_vmcore_save, &order, ret, sizeof(*ret));
}

static struct child_end save_report(const struct target *t)
{
	static struct report report = { .level_wanted = 31 };
	struct jobs_report j = { .target = t,
				 .report = &report,
				 .vmcore_file = "vmcore.flat.age",
				 .log_file = tree_path(&tree, "/said") };

	tree_text(&tree, "/said", "crash: " PANIC "\n");
	strcpy(report.id.panic, PANIC);
	return run(jobs_report, &j, NULL, 0);
}

/* FROM of the tree becomes the file TO, or age refuses. */
static bool age_opens(const char *from, const char *to)
{
	return !run_line("age -d -i %s/key %s/%s >%s/%s", tree.root, tree.root, from, tree.root,
			 to);
}

static bool names_secret(const char *path)
{
	return !run_line("grep -rqa 'a secret' %s/%s", tree.root, path);
}

static bool exists(const char *name)
{
	return !faccessat(folder, name, F_OK, 0);
}

static void check_dump(const char *path)
{
	struct verify_result v = { 0 };

	CHECK_EQ(verify_dump(&path, 1, NULL, &v), 0);
	CHECK_EQ(v.pages, 2048);
	CHECK_STR(v.wrapping, "flattened");
}

TEST(log_vmcore_and_report)
{
	struct target t = { .kind = &dir_kind, .conf = &conf };
	struct job_vmcore vmcore = { .stats = { .incomplete = false } };
	struct job_log log = { .panic = "" };
	char json[16384], text[8192];
	struct stat st;
	struct fake f;
	size_t n;

	begin();
	machine(&f);
	CHECK_EQ(save_log(&t, &f, &log).outcome, CHILD_DONE);
	CHECK_STR(log.panic, PANIC);
	CHECK(age_opens("dmesg.txt.age", "dmesg.txt"));
	CHECK(names_secret("dmesg.txt") && !names_secret("dmesg.txt.age"));
	CHECK_EQ(run_line("test $(sha256sum <%s/dmesg.txt.age | cut -d' ' -f1) = %s", tree.root,
			  log.digest.body),
		 0);
	CHECK_EQ(save_vmcore(&t, &f, 0, &vmcore).outcome, CHILD_DONE);
	CHECK(!names_secret("vmcore.flat.age"));
	CHECK_EQ(fstatat(folder, "vmcore.flat.age", &st, 0), 0);
	CHECK_EQ(vmcore.stats.bytes_out, st.st_size);
	CHECK_EQ(vmcore.digest.head_bytes, 0);
	CHECK_EQ(vmcore.digest.body_bytes, st.st_size);
	CHECK(age_opens("vmcore.flat.age", "vmcore.flat"));
	check_dump(tree_path(&tree, "/vmcore.flat"));
	CHECK_EQ(save_report(&t).outcome, CHILD_DONE);
	CHECK(!names_secret("kdump.json") && !names_secret("kdump.log.age"));
	CHECK(age_opens("kdump.log.age", "kdump.log") && names_secret("kdump.log"));
	CHECK_EQ(io_read_file(folder, "kdump.json", json, sizeof(json), &n), 0);
	CHECK_EQ(json_read_string(json, n, "panic", text, sizeof(text)), -ENOENT);
	CHECK_EQ(json_read_string(json, n, "sealed.to[0]", text, sizeof(text)), 0);
	CHECK_STR(text, conf.encrypt.keys[0]);
	CHECK_EQ(json_read_string(json, n, "sealed.panic", text, sizeof(text)), 0);
	tree_text(&tree, "/panic.age", text);
	CHECK(age_opens("panic.age", "panic") && names_secret("panic"));
	fake_close(&f);
	end();
}

/* A config whose only key was mistyped, as an image made by hand may have it. */
TEST(without_a_key_nothing_is_saved)
{
	struct target t = { .kind = &dir_kind, .conf = &conf };
	struct job_vmcore vmcore;
	struct job_log log;
	struct child_end e;
	struct stat st;
	struct fake f;

	begin();
	machine(&f);
	conf.encrypt.n_keys = 0;
	e = save_log(&t, &f, &log);
	CHECK_EQ(e.error, -ENOKEY);
	CHECK_STR(e.why, "it cannot be sealed: the config's encrypt lines name no usable key");
	CHECK_EQ(save_vmcore(&t, &f, 0, &vmcore).error, -ENOKEY);
	CHECK(!exists("dmesg.txt.age") && !exists("vmcore.flat.age"));
	CHECK(fstatat(folder, "dmesg.txt.age.partial", &st, 0) || !st.st_size);
	CHECK_EQ(save_report(&t).error, -ENOKEY);
	CHECK(!names_secret("kdump.json"));
	fake_close(&f);
	end();
}

/* What was written before can be opened up to the last whole chunk. */
TEST(a_full_target_leaves_what_can_be_opened)
{
	struct target t = { .kind = &dir_kind, .conf = &conf };
	struct job_vmcore vmcore;
	struct child_end e;
	struct stat st;
	struct fake f;

	begin();
	machine(&f);
	for (uint64_t i = 1 << 20, x = 1; i < 8u << 20; i++, x = x * 6364136223846793005u + 1)
		f.mem[i] = (uint8_t)(x >> 56);
	e = save_vmcore(&t, &f, 3 << 20, &vmcore);
	CHECK_EQ(e.error, -ENOSPC);
	CHECK(e.target_at_fault);
	CHECK(!exists("vmcore.flat.age"));
	age_opens("vmcore.flat.age.partial", "vmcore.flat");
	CHECK_EQ(fstatat(folder, "vmcore.flat", &st, 0), 0);
	CHECK(st.st_size > 2 << 20);
	fake_close(&f);
	end();
}

/* ---------------------------------------------------------------- a raw device */

TEST(a_raw_device_and_its_recovery)
{
	static char dev[80];
	static struct conf_target spec = { .kind = CONF_TARGET_RAW, .type = "raw", .where = dev };
	struct target t = { .kind = &target_raw, .conf = &conf, .spec = &spec, .folder = FOLDER };
	struct job_vmcore vmcore = { .stats = { .incomplete = false } };
	struct jobs_opened opened = { "" };
	struct raw_trailer trailer;
	struct job_log log;
	struct fake f;
	int fd;

	begin();
	machine(&f);
	snprintf(dev, sizeof(dev), "%s/dev", tree.root);
	tree_text(&tree, "/dev", "");
	CHECK_EQ(truncate(dev, 16 << 20), 0);
	CHECK_EQ(run(jobs_open, &t, &opened, sizeof(opened)).outcome, CHILD_DONE);
	CHECK_EQ(save_log(&t, &f, &log).outcome, CHILD_DONE);
	CHECK_EQ(save_vmcore(&t, &f, 0, &vmcore).outcome, CHILD_DONE);
	CHECK_EQ(save_report(&t).outcome, CHILD_DONE);
	CHECK(!names_secret("dev"));
	fd = open(dev, O_RDWR | O_CLOEXEC);
	CHECK_EQ(raw_read(fd, &trailer), 0);
	CHECK_EQ(trailer.state, RAW_COMPLETE);
	CHECK_EQ(recover_raw(dev, tree_path(&tree, "/saved")), 0);
	CHECK(age_opens("saved/" FOLDER "/vmcore.flat.age", "vmcore.flat"));
	check_dump(tree_path(&tree, "/vmcore.flat"));
	CHECK(age_opens("saved/" FOLDER "/dmesg.txt.age", "dmesg.txt") &&
	      names_secret("dmesg.txt"));
	CHECK(age_opens("saved/" FOLDER "/kdump.log.age", "kdump.log"));
	CHECK(exists("saved/" FOLDER "/kdump.json"));

	/* the power went in the middle of the vmcore: what there is of it is copied */
	trailer.state = RAW_DUMPING;
	trailer.file[RAW_VMCORE].state = RAW_FILE_WRITING;
	trailer.file[RAW_VMCORE].sum = 0;
	trailer.file[RAW_VMCORE].bytes /= 2;
	CHECK_EQ(raw_write(fd, &trailer), 0);
	close(fd);
	CHECK_EQ(recover_raw(dev, tree_path(&tree, "/again")), 0);
	CHECK(exists("again/" FOLDER "/vmcore.flat.age.incomplete"));
	fake_close(&f);
	end();
}
