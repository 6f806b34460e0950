/* SPDX-License-Identifier: MIT */
/*
 * A raw target, with a file in the device's place, from the jobs that write it to the command that
 * recovers it.
 */
#include "init/target/target.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dumper/cmd/recover_raw.h"
#include "dumper/read/vmcore.h"
#include "init/capture/job_log.h"
#include "init/capture/job_vmcore.h"
#include "init/capture/jobs.h"
#include "lib/block/raw.h"
#include "lib/cleanup.h"
#include "lib/hash.h"
#include "lib/io.h"
#include "tests/unit/fake/fakecore.h"
#include "tests/unit/fake/fakelog.h"
#include "tests/unit/fake/tree.h"
#include "tests/unit/test.h"

#define SIZE   (16u << 20)
#define FOLDER "host-20261123T142005Z-0a1b2c3d"
#define OTHER  "host-20261124T000000Z-99999999"
#define NOISE  (9u << 18) /* from here on memory holds no zeros */

static struct tree tree;
static bool keep_partial;
static char dev[80], dir[80];

static struct conf conf = { .limits = { .target_timeout_s = 1 } };
static struct conf_target spec = { .kind = CONF_TARGET_RAW, .type = "raw", .where = dev };

static void begin(uint64_t size)
{
	tree = tree_make();
	snprintf(dev, sizeof(dev), "%s/dev", tree.root);
	snprintf(dir, sizeof(dir), "%s/var/crash", tree.root);
	tree_text(&tree, "/dev", "");
	CHECK_EQ(truncate(dev, (off_t)size), 0);
	spec.overwrite = keep_partial = false;
}

static void end(void)
{
	tree_remove(&tree);
}

static struct target target(const char *folder)
{
	return (struct target){
		.kind = &target_raw, .conf = &conf, .spec = &spec, .folder = folder
	};
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

static struct child_end open_target(void)
{
	struct target t = target(FOLDER);
	struct jobs_opened a = { "" };

	return run(jobs_open, &t, &a, sizeof(a));
}

static int open_dev(void)
{
	return open(dev, O_RDWR | O_CLOEXEC);
}

static struct raw_trailer trailer(void)
{
	_close_ int fd = open_dev();
	struct raw_trailer t = { .state = 0 };

	CHECK_EQ(raw_read(fd, &t), 0);
	return t;
}

static void set_trailer(struct raw_trailer t)
{
	_close_ int fd = open_dev();

	CHECK_EQ(raw_write(fd, &t), 0);
}

/* 8 MiB of kernel memory; 5 of them cannot be packed, and differ by seed. */
static void machine(struct fake *f, uint64_t seed)
{
	struct fakelog log;

	fake_open(f, &(struct fake_desc){ .kernel = FAKE_6_12 });
	fake_kernel_pages(f, 0, 2048);
	for (uint64_t i = NOISE; i < 8u << 20; i += 8) {
		uint64_t v[2] = { i, seed }, h = hash_bytes(v, sizeof(v));

		memcpy(f->mem + i, &h, sizeof(h));
	}
	fakelog_open(&log, f, 7, 13);
	fakelog_add(&log, "Kernel panic - not syncing: test", 32);
	fake_finish(f);
}

static struct child_end save_log(struct target *t, const struct fake *f, struct job_log *ret)
{
	struct job_log_order order = { .core = f->path, .target = t };

	return run(job_log_save, &order, ret, sizeof(*ret));
}

static struct child_end save_vmcore(struct target *t, const struct fake *f, const char *file,
				    struct job_vmcore *ret)
{
	struct job_vmcore_order order = { .core = f->path,
					  .target = t,
					  .file = file,
					  .quiet_fd = -1,
					  .opt = { .level = 0,
						   .codec = DUMP_ZSTD,
						   .threads = 1,
						   .keep_partial = keep_partial } };

	return run(job_vmcore_save, &order, ret, sizeof(*ret));
}

static struct child_end save(const struct fake *f, const char *folder, const char *file)
{
	struct job_vmcore vmcore = { .stats = { .incomplete = false } };
	struct job_log log = { .panic = "" };
	struct target t = target(folder);

	return strcmp(file, JOB_LOG_FILE) ? save_vmcore(&t, f, file, &vmcore)
					  : save_log(&t, f, &log);
}

static void check_pages(const char *file, const struct fake *f, bool all)
{
	const char *why;
	struct vmcore v;
	uint8_t page[4096];
	unsigned bad = 0, have = 0;

	CHECK_EQ(vmcore_open_set(&file, 1, 0, &v, &why), 0);
	for (uint64_t pa = 0; pa < 8u << 20; pa += 4096) {
		if (vmcore_read(&v, pa, page, sizeof(page)))
			continue;
		have++;
		bad += memcmp(page, f->mem + pa, sizeof(page)) != 0;
	}
	CHECK_EQ(bad, 0);
	CHECK(all ? have == 2048 : have > 500 && have < 2048);
	vmcore_close(&v);
}

static const char *saved(const char *name)
{
	static char path[2][200];
	static int turn;

	turn = !turn;
	snprintf(path[turn], sizeof(path[turn]), "%s/" FOLDER "/%s", dir, name);
	return path[turn];
}

static bool exists(const char *path)
{
	return !access(path, F_OK);
}

/* ---------------------------------------------------------------- whole dumps */

TEST(a_dump_and_its_recovery)
{
	char text[300] = "", head[8];
	_close_ int fd = -1;
	struct fake f;

	begin(SIZE);
	machine(&f, 1);
	CHECK_EQ(open_target().outcome, CHILD_DONE);
	CHECK_EQ(save(&f, FOLDER, "dmesg.txt").outcome, CHILD_DONE);
	CHECK_EQ(trailer().state, RAW_DUMPING);
	CHECK_EQ(trailer().file[RAW_DMESG].state, RAW_FILE_WHOLE);
	CHECK_EQ(save(&f, FOLDER, "vmcore").outcome, CHILD_DONE);
	CHECK_EQ(trailer().state, RAW_COMPLETE);
	CHECK_STR(trailer().folder, FOLDER);
	/* as any reader sees the device itself */
	check_pages(dev, &f, true);

	CHECK(recover_is_raw(dev));
	CHECK_EQ(recover_raw(dev, dir), 0);
	check_pages(saved("vmcore"), &f, true);
	CHECK_EQ(io_read_file(AT_FDCWD, saved("dmesg.txt"), text, sizeof(text), NULL), 0);
	CHECK(strstr(text, "Kernel panic - not syncing: test\n"));
	CHECK(!exists(saved("vmcore.partial")) && !exists(saved("kdump.json")));
	CHECK_EQ(trailer().state, RAW_RECOVERED);
	fd = open_dev();
	CHECK(!io_pread(fd, head, 8, 0) && !memcmp(head, "\0\0\0\0\0\0\0\0", 8));
	CHECK_EQ(recover_raw(dev, dir), -ENODATA);
	fake_close(&f);
	end();
}

TEST(what_is_there_already_is_not_written_again)
{
	struct stat before, after;
	struct fake f;

	begin(SIZE);
	machine(&f, 1);
	save(&f, FOLDER, "dmesg.txt");
	save(&f, FOLDER, "vmcore");
	{
		struct raw_trailer t = trailer();

		CHECK_EQ(recover_raw(dev, dir), 0);
		/* the power went before the device was marked */
		set_trailer(t);
	}
	CHECK_EQ(stat(saved("vmcore"), &before), 0);
	CHECK_EQ(recover_raw(dev, dir), 0);
	CHECK_EQ(stat(saved("vmcore"), &after), 0);
	CHECK_EQ(before.st_ino, after.st_ino);
	CHECK_EQ(trailer().state, RAW_RECOVERED);
	fake_close(&f);
	end();
}

/* The sink's room ends where dmesg.txt begins, and all of it can be used. */
TEST(the_last_block)
{
	struct target t = target(FOLDER);
	struct child self = { .moved = 0 };
	struct target_file out;
	uint64_t room;
	char block[4096];

	begin(SIZE + 1000);
	memset(block, 'x', sizeof(block));
	CHECK_EQ(target_raw.create(&t, "vmcore", &out, &self), 0);
	room = trailer().file[RAW_VMCORE].room;
	CHECK_EQ(sink_put(out.sink, room - 4096, block, 4096), 0);
	CHECK_EQ(sink_put(out.sink, room - 4095, block, 4096), -ENOSPC);
	CHECK_EQ(sink_put(out.sink, room, block, 1), -ENOSPC);
	CHECK_EQ(sink_commit(out.sink), 0);
	CHECK_EQ(trailer().file[RAW_VMCORE].bytes, room);
	free(out.own);
	CHECK_EQ(target_raw.create(&t, "kdump.log", &out, &self), 0);
	CHECK_EQ(sink_put(out.sink, 0, block, 100), 0);
	CHECK_EQ(sink_commit(out.sink), 0);
	free(out.own);
	/* the vmcore is untouched by it */
	CHECK_EQ(recover_raw(dev, dir), 0);
	{
		_close_ int fd = open(saved("vmcore"), O_RDONLY | O_CLOEXEC);
		char last;

		CHECK_EQ(lseek(fd, 0, SEEK_END), room);
		CHECK(!io_pread(fd, &last, 1, room - 1) && last == 'x');
	}
	end();
}

TEST(a_full_device)
{
	struct child_end e;
	struct fake f;

	begin(RAW_MIN_BYTES - 4096);
	machine(&f, 1);
	e = open_target();
	CHECK_EQ(e.error, -ENOSPC);
	CHECK_STR(e.why, "8188 KiB are too small for a dump");
	end();
	/* 5 MiB do not fit in */
	begin(RAW_MIN_BYTES);
	CHECK_EQ(open_target().outcome, CHILD_DONE);
	CHECK_EQ(save(&f, FOLDER, "dmesg.txt").outcome, CHILD_DONE);
	e = save(&f, FOLDER, "vmcore");
	CHECK_EQ(e.error, -ENOSPC);
	CHECK(e.target_at_fault);
	CHECK_EQ(trailer().file[RAW_VMCORE].state, RAW_FILE_WRITING);
	CHECK_EQ(trailer().file[RAW_DMESG].state, RAW_FILE_WHOLE);
	/* the last rung keeps what there is room for */
	keep_partial = true;
	CHECK_EQ(save(&f, FOLDER, "vmcore").outcome, CHILD_DONE);
	CHECK_EQ(trailer().file[RAW_VMCORE].state, RAW_FILE_INCOMPLETE);
	check_pages(dev, &f, false);
	CHECK_EQ(recover_raw(dev, dir), 0);
	CHECK(!exists(saved("vmcore")));
	check_pages(saved("vmcore.incomplete"), &f, false);
	fake_close(&f);
	end();
}

/* ---------------------------------------------------------------- refusals */

TEST(what_is_on_the_device_is_left_alone)
{
	struct child_end e;
	struct fake f;
	int fd;

	begin(SIZE);
	machine(&f, 1);
	fd = open_dev();
	CHECK_EQ(io_pwrite(fd, "\x53\xef", 2, 1080), 0);
	e = open_target();
	CHECK_EQ(e.error, -EEXIST);
	CHECK(strstr(e.why, "ext2, ext3 or ext4") && strstr(e.why, "overwrite"));
	spec.overwrite = true;
	CHECK_EQ(open_target().outcome, CHILD_DONE);
	CHECK_EQ(save(&f, FOLDER, "dmesg.txt").outcome, CHILD_DONE);
	CHECK_EQ(save(&f, FOLDER, "vmcore").outcome, CHILD_DONE);
	/* a dump that nobody recovered */
	spec.overwrite = false;
	e = open_target();
	CHECK_EQ(e.error, -EEXIST);
	CHECK(strstr(e.why, FOLDER) && strstr(e.why, "--recover"));
	spec.overwrite = true;
	CHECK_EQ(open_target().outcome, CHILD_DONE);
	CHECK_EQ(save(&f, OTHER, "dmesg.txt").outcome, CHILD_DONE);
	CHECK_STR(trailer().folder, OTHER);
	CHECK_EQ(trailer().file[RAW_VMCORE].bytes, 0);
	/* one that was recovered is in nobody's way */
	spec.overwrite = false;
	CHECK_EQ(recover_raw(dev, dir), 0);
	CHECK_EQ(open_target().outcome, CHILD_DONE);
	close(fd);
	fake_close(&f);
	end();
}

TEST(names_that_no_slot_has)
{
	struct target t = target(FOLDER);
	struct child self = { .moved = 0 };
	struct target_file out;

	begin(SIZE);
	CHECK_EQ(target_raw.create(&t, "vmcore.flat", &out, &self), -EINVAL);
	end();
}

/* ---------------------------------------------------------------- interrupted dumps */

/* The state in which a capture leaves the device that ends after this many bytes of vmcore. */
static void interrupt(const struct fake *f, uint64_t bytes)
{
	struct raw_trailer t;

	CHECK_EQ(save(f, FOLDER, "dmesg.txt").outcome, CHILD_DONE);
	CHECK_EQ(save(f, FOLDER, "vmcore").outcome, CHILD_DONE);
	t = trailer();
	CHECK(t.file[RAW_VMCORE].bytes > bytes);
	t.state = RAW_DUMPING;
	t.file[RAW_VMCORE].state = RAW_FILE_WRITING;
	t.file[RAW_VMCORE].bytes = bytes;
	set_trailer(t);
	{
		_close_ int fd = open_dev();
		static const char zeros[4096];

		CHECK_EQ(io_pwrite(fd, zeros, sizeof(zeros), 0), 0);
	}
}

/* The older dump's chunks stand behind the newer one's last, and are not taken for its own. */
TEST(an_interrupted_dump_is_recovered_without_the_older_ones_pages)
{
	struct fake f, old;

	begin(SIZE);
	machine(&old, 7);
	machine(&f, 1);
	CHECK_EQ(save(&old, OTHER, "dmesg.txt").outcome, CHILD_DONE);
	CHECK_EQ(save(&old, OTHER, "vmcore").outcome, CHILD_DONE);
	CHECK_EQ(recover_raw(dev, dir), 0);
	interrupt(&f, 3u << 20);
	CHECK_EQ(recover_raw(dev, dir), 0);
	CHECK(!exists(saved("vmcore")) && !exists(saved("vmcore.incomplete.partial")));
	check_pages(saved("vmcore.incomplete"), &f, false);
	CHECK(exists(saved("dmesg.txt")));
	CHECK_EQ(trailer().state, RAW_RECOVERED);
	fake_close(&f);
	fake_close(&old);
	end();
}

TEST(a_dump_that_ended_at_once_has_its_log)
{
	static const uint64_t bytes[] = { 0, 1, 4096, 8192, 20000 };
	struct fake f;

	machine(&f, 1);
	for (size_t i = 0; i < ARRAY_LEN(bytes); i++) {
		begin(SIZE);
		interrupt(&f, bytes[i]);
		CHECK_EQ(recover_raw(dev, dir), 0);
		CHECK(exists(saved("dmesg.txt")));
		CHECK(!exists(saved("vmcore")));
		CHECK_EQ(trailer().state, RAW_RECOVERED);
		end();
	}
	fake_close(&f);
}

/* ---------------------------------------------------------------- recoveries that fail */

TEST(a_device_without_a_dump)
{
	begin(SIZE);
	CHECK(!recover_is_raw(dev));
	CHECK_EQ(recover_raw(dev, dir), -ENODATA);
	CHECK(!exists(dir));
	CHECK_EQ(recover_raw("/nonexistent/device", dir), -ENOENT);
	end();
}

TEST(a_place_that_cannot_be_used_leaves_the_device_alone)
{
	struct raw_trailer before;
	struct fake f;

	begin(SIZE);
	machine(&f, 1);
	save(&f, FOLDER, "dmesg.txt");
	save(&f, FOLDER, "vmcore");
	before = trailer();
	tree_text(&tree, "/var/crash/" FOLDER, "a file in the folder's place");
	CHECK(recover_raw(dev, dir) < 0);
	CHECK_EQ(trailer().seq, before.seq);
	check_pages(dev, &f, true);
	/* a link must not lead the dump elsewhere */
	CHECK_EQ(unlink(tree_path(&tree, "/var/crash/" FOLDER)), 0);
	tree_dir(&tree, "/elsewhere");
	tree_link(&tree, "/var/crash/" FOLDER, tree_path(&tree, "/elsewhere"));
	CHECK(recover_raw(dev, dir) < 0);
	CHECK_EQ(trailer().seq, before.seq);
	fake_close(&f);
	end();
}

TEST(damage_is_noticed)
{
	struct raw_trailer before;
	struct fake f;

	begin(SIZE);
	machine(&f, 1);
	save(&f, FOLDER, "dmesg.txt");
	before = trailer();
	{
		_close_ int fd = open_dev();

		CHECK_EQ(io_pwrite(fd, "?", 1, before.file[RAW_DMESG].off + 5), 0);
	}
	CHECK_EQ(recover_raw(dev, dir), 0);
	CHECK(!exists(saved("dmesg.txt")) && exists(saved("dmesg.txt.damaged")));
	fake_close(&f);
	end();
}
