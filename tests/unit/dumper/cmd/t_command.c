/* SPDX-License-Identifier: MIT */
/*
 * kdump-dumper's modes, options and exit statuses.
 */
#include "tests/unit/fake/command.h"

TEST(a_dump)
{
	struct machine m;

	machine_open(&m);
	RUN(&m, 0, "$D -d 31 -z $C $T/a");
	holds(&m, "/a", 1536);
	SAYS(m.err, "1536 of 2048 pages");
	RUN(&m, 1, "$D -d 31 $C $T/a");
	SAYS(m.err, "exists already; -f replaces it");
	RUN(&m, 0, "$D -f -d 0 $C $T/a");
	holds(&m, "/a", 2048);
	RUN(&m, 0, "$D -z -d 31 $C /dev/null");
	SAYS(m.err, "/dev/null: 1536 of 2048 pages");
	RUN(&m, 1, "$D -z -d 31 $C $T");
	SAYS(m.err, "Is a directory");
	RUN(&m, 0,
	    "mkfifo $T/p; cat $T/p >$T/q & $D -F -d 31 $C $T/p && wait && $D --convert $T/q $T/r");
	holds(&m, "/r", 1536);
	RUN(&m, 0, "$D -z --zstd-level 3 --threads 1 $C $T/b --json");
	SAYS(m.out, "\"bytes_out\": ");
	machine_close(&m);
}

TEST(lines_of_scripts)
{
	static const char *const lines[] = {
		"$D -l --message-level 7 -d 31 $C $T/dump",
		"$D -c -d 31,17 $C $T/dump",
		"$D -p -d 31 $C $T/dump",
		"$D --num-threads 4 -z -d 31 $C $T/dump",
		"$D -z -b 8 --cyclic-buffer 1024 --non-cyclic --work-dir /tmp -d 31 $C $T/dump",
		"$D -x vmlinux -d 31 --format kdump $C $T/dump",
		"$D -D --non-mmap -zd31 $C $T/dump",
	};
	struct machine m;

	machine_open(&m);
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		RUN(&m, 0, lines[i]);
		holds(&m, "/dump", 1536);
		unlink(tree_path(&m.tree, "/dump"));
	}
	RUN(&m, 0, "$D -p -d 31 $C $T/dump");
	SAYS(m.err, "-p: there is no snappy; zstd takes its place");
	machine_close(&m);
}

TEST(flattened_and_back)
{
	struct machine m;

	machine_open(&m);
	RUN(&m, 0, "$D -F -z -d 31 $C | $D -R $T/r");
	holds(&m, "/r", 1536);
	RUN(&m, 0, "$D --format flattened -d 31 $C $T/f && $D -R $T/r2 <$T/f");
	holds(&m, "/r2", 1536);
	RUN(&m, 1, "head -c 100000 $T/f | $D -R $T/r3");
	SAYS(m.err, "standard input: ");
	SAYS(m.err, "/r3.partial)");
	CHECK(!exists(&m, "/r3"));
	CHECK(exists(&m, "/r3.partial"));
	RUN(&m, 1, "$D -R $T/r4 <$T/r");
	SAYS(m.err, "standard input: ");
	RUN(&m, 1, "$D -d 31 $C - | cat; $D -d 31 $C - >$T/x");
	SAYS(m.err, "standard output: is no file; write --format flattened");
	RUN(&m, 1, "$D -R $T/r");
	SAYS(m.err, "exists already");
	machine_close(&m);
}

TEST(levels_follow_each_other_at_the_limit)
{
	struct machine m;

	machine_open(&m);
	RUN(&m, 0, "$D -d 0,16 -z -L 1M $C $T/a");
	SAYS(m.err, "no room at level 0; next: level 16");
	holds(&m, "/a", 1536);
	RUN(&m, 1, "$D -d 0,16 -z -L 100000 $C $T/b");
	SAYS(m.err, "does not fit into the 100000 bytes of -L (written so far: ");
	CHECK(!exists(&m, "/b"));
	CHECK(exists(&m, "/b.partial"));
	/* what went to a pipe cannot be taken back */
	RUN(&m, 1, "$D -d 0,16 -F -L 1M $C >$T/c");
	CHECK(!strstr(m.err, "next: level"));
	machine_close(&m);
}

TEST(dry_run_knows_the_size)
{
	struct machine m;
	char want[64];

	machine_open(&m);
	RUN(&m, 0, "$D -z -d 31 $C $T/a --threads 1 && $D -z -d 31 --dry-run $C $T/b --threads 1");
	CHECK(!exists(&m, "/b"));
	snprintf(want, sizeof(want), " %llu bytes", (unsigned long long)size_of(&m, "/a"));
	SAYS(strstr(m.err, "would hold"), want);
	RUN(&m, 0, "$D -c -d 31 -F $C >$T/f; $D -c -d 31 -F --dry-run --show-stats $C");
	snprintf(want, sizeof(want), "%llu bytes", (unsigned long long)size_of(&m, "/f"));
	SAYS(strstr(m.err, "would hold"), want);
	SAYS(m.out, "free                    512 pages\n");
	SAYS(m.out, want);
	machine_close(&m);
}

TEST(standard_output_is_not_for_two)
{
	struct machine m;

	machine_open(&m);
	RUN(&m, 0, "$D -F -z -d 31 --show-stats $C | $D -R $T/r");
	SAYS(m.err, "kernel                 1536 pages, kept");
	holds(&m, "/r", 1536);
	RUN(&m, 2, "$D -F --json $C");
	machine_close(&m);
}

TEST(standard_output_that_is_full)
{
	struct machine m;

	machine_open(&m);
	RUN(&m, 1, "$D --info --json $C >/dev/full");
	SAYS(m.err, "standard output: ");
	RUN(&m, 1, "$D --version >/dev/full");
	SAYS(m.err, "standard output: No space left on device");
	RUN(&m, 0, "$D -d 31 $C $T/full >/dev/full");
	machine_close(&m);
}

TEST(the_log)
{
	struct machine m;

	machine_open(&m);
	RUN(&m, 0, "$D --dump-dmesg $C");
	SAYS(m.out, "] before\n");
	SAYS(m.out, "] after\n");
	RUN(&m, 0, "$D --dump-dmesg $C $T/log && cat $T/log");
	SAYS(m.out, "] before\n");
	RUN(&m, 0, "$D --dump-dmesg --partial-dmesg $C -");
	SAYS(m.out, "] after\n");
	CHECK(!strstr(m.out, "before"));
	RUN(&m, 0, "$D --partial-dmesg --json $C");
	SAYS(m.out, "] after\"");
	CHECK(!strstr(m.out, "before"));
	fake_info_drop(&m.f, "SYMBOL(clear_seq)");
	fake_finish(&m.f);
	RUN(&m, 0, "$D --dump-dmesg --partial-dmesg $C");
	SAYS(m.out, "] before\n");
	SAYS(m.err, "does not tell when its log was cleared: all of it");
	machine_close(&m);
}

TEST(what_the_machine_uses)
{
	struct machine m;

	machine_open(&m);
	RUN(&m, 0, "$D --mem-usage $C");
	SAYS(m.out, "free                    512 pages         2 MiB\n");
	SAYS(m.out, "   31         1536 ");
	RUN(&m, 0, "$D --mem-usage --json $C");
	SAYS(m.out, "\"level\": 17,\n      \"pages\": 1536");
	RUN(&m, 0, "$D --info $C");
	SAYS(m.out, "free                    512 pages         2 MiB\n");
	machine_close(&m);
}

/* Each format from the core, from another dump, and back. */
TEST(every_format_becomes_every_other)
{
	static const char *const formats[] = { "kdump", "kdump-classic", "elf", "elf.zst",
					       "flattened" };
	struct machine m;
	char line[256];

	machine_open(&m);
	RUN(&m, 0, "$D -z -d 31 $C $T/first");
	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		snprintf(line, sizeof(line), "$D -d 31 --format %s $C $T/a", formats[i]);
		RUN(&m, 0, line);
		RUN(&m, 0, "$D --convert -c $T/a $T/b");
		holds(&m, "/b", 1536);
		snprintf(line, sizeof(line), "$D --convert --format %s $T/first $T/c", formats[i]);
		RUN(&m, 0, line);
		RUN(&m, 0, "$D --convert $T/c $T/d");
		holds(&m, "/d", 1536);
		RUN(&m, 0, "$D --dump-dmesg $T/c");
		SAYS(m.out, "] after\n");
		RUN(&m, 0, "rm $T/a $T/b $T/c $T/d");
	}
	machine_close(&m);
}

TEST(the_level_of_a_dump_is_handed_on)
{
	struct machine m;

	machine_open(&m);
	RUN(&m, 0,
	    "$D -z -d 17 $C $T/a && $D --convert --format kdump-classic $T/a $T/b && "
	    "od -A n -t u4 -j 4104 -N 4 $T/b");
	CHECK_EQ(atoi(m.out), 17);
	/* and a dump can be filtered further */
	RUN(&m, 0, "$D -z -d 0 $C $T/c && $D -d 16 $T/c $T/d");
	holds(&m, "/d", 1536);
	machine_close(&m);
}

TEST(streams_to_standard_output)
{
	struct machine m;

	machine_open(&m);
	RUN(&m, 0,
	    "$D -d 31 --format elf.zst --threads 1 $C - >$T/z && "
	    "$D -d 31 --format elf.zst --threads 1 $C $T/y && cmp $T/z $T/y");
	RUN(&m, 0,
	    "$D --convert --format elf.zst $T/z - | cat >$T/x; "
	    "$D --convert -F $T/x - | $D -R $T/w");
	holds(&m, "/w", 1536);
	RUN(&m, 0, "$D -F -E -d 31 $C | $D -R $T/e; $D --convert $T/e $T/k");
	holds(&m, "/k", 1536);
	machine_close(&m);
}

/*
 * Version 0.1 with --exclude struct-pages,zsmalloc,user-tables,pcp-free: of 1024 pages 128 were free,
 * 2 struct pages', 32 zsmalloc's, 8 tables, 2 on lists of CPUs.
 */
TEST(a_dump_without_classes_of_an_earlier_version)
{
	static const char *const formats[] = { "kdump", "kdump-classic", "elf", "elf.zst" };
	struct machine m;
	char line[200];

	machine_open(&m);
	setenv("E", "tests/data/dump/earlier-excluded", 1);
	RUN(&m, 0, "$D --verify $E");
	SAYS(m.err, "whole: kdump, 852 of 1024 pages");
	RUN(&m, 0, "$D --info $E");
	SAYS(m.out, "release        6.12.0-fake\n");
	SAYS(m.out, "kernel                  852 pages");
	RUN(&m, 0, "$D --dump-dmesg $E");
	SAYS(m.out, "] Kernel panic - not syncing: old\n");
	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		snprintf(line, sizeof(line),
			 "$D -f --convert --format %s $E $T/a && $D --verify $T/a", formats[i]);
		RUN(&m, 0, line);
		SAYS(m.err, "852 of 1024 pages");
	}
	/* the header still says that struct pages are left out (KDUMP_NO_VMEMMAP) */
	RUN(&m, 0, "$D -z --convert $E $T/b && od -A n -t u4 -j 424 -N 4 $T/b");
	CHECK_EQ(atoi(m.out) & 0x10, 0x10);
	machine_close(&m);
}

/* zstd alone would not see a byte that changed in a stored block. */
TEST(sums_of_zstd_frames)
{
	struct machine m;
	char line[400];

	machine_open(&m);
	RUN(&m, 0, "$D -d 0 --format elf.zst $C $T/z && $D --verify $T/z && stat -c %s $T/z");
	SAYS(m.err, " checksums");
	/* the tables behind the frames have 600 bytes */
	for (long i = 0, end = atol(m.out) - 600; i < 12; i++) {
		snprintf(line, sizeof(line),
			 "n=%ld; cp $T/z $T/y; head -c $((n + 1)) $T/z | tail -c 1 | "
			 "tr '\\000-\\377' '\\001-\\377\\000' | "
			 "dd of=$T/y bs=1 seek=$n conv=notrunc 2>$T/dd; $D --verify $T/y",
			 end * i / 11);
		RUN(&m, 1, line);
		SAYS(m.err, "/y: ");
	}
	/* without the tables there is nothing to hold the frames against, and they are read */
	RUN(&m, 0,
	    "n=$(stat -c %s $T/z); head -c $((n - 600)) $T/z >$T/y; "
	    "$D --convert $T/y $T/w 2>$T/err; $D --info $T/y >$T/info");
	machine_close(&m);
}

TEST(verified)
{
	struct machine m;

	machine_open(&m);
	RUN(&m, 0,
	    "$D -z -d 31 $C $T/a; $D -F -c -d 31 $C >$T/b; $D --format elf.zst $C $T/c; "
	    "$D --split -z -d 31 $C $T/1 $T/2");
	RUN(&m, 0, "$D --verify $T/a $T/b $T/c");
	SAYS(m.err, "/a: whole: kdump");
	SAYS(m.err, "/b: whole: kdump, flattened");
	SAYS(m.err, "/c: whole: ELF core, zstd frames");
	RUN(&m, 0, "$D --verify $T/2 $T/1");
	SAYS(m.err, "1536 of 2048 pages");
	RUN(&m, 0, "$D --verify --json $T/a");
	SAYS(m.out, "\"whole\": true");
	SAYS(m.out, "\"pages\": 1536");
	RUN(&m, 1, "head -c 100000 $T/a >$T/d; $D --verify --json $T/d $T/a");
	SAYS(m.out, "[\n");
	SAYS(m.out, "\"whole\": false");
	SAYS(m.out, "}\n,\n{");
	SAYS(m.out, "\"whole\": true");
	SAYS(m.out, "]\n");
	RUN(&m, 1, "$D --verify $T/a $T/nothing");
	SAYS(m.err, "/nothing: ");
	machine_close(&m);
}

/* A raw target's image whose dump has a log and nothing else. */
static void raw_image(const char *path, const char *log)
{
	_close_ int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct raw_trailer t;

	CHECK_EQ(ftruncate(fd, RAW_MIN_BYTES), 0);
	CHECK_EQ(raw_layout(RAW_MIN_BYTES, &t), 0);
	strcpy(t.folder, "host-1-2");
	t.file[RAW_DMESG].bytes = strlen(log);
	t.file[RAW_DMESG].state = RAW_FILE_WHOLE;
	CHECK_EQ(io_pwrite(fd, log, strlen(log), t.file[RAW_DMESG].off), 0);
	CHECK_EQ(raw_write(fd, &t), 0);
}

/* As a service calls it at each boot: 3 when there is nothing to do. */
TEST(recovery_of_raw_targets)
{
	char path[100], conf[300];
	struct machine m;

	machine_open(&m);
	snprintf(path, sizeof(path), "%s/dev", m.tree.root);
	raw_image(path, "a log\n");
	RUN(&m, 0, "$D --recover $T/dev $T/in/here && cat $T/in/here/host-1-2/dmesg.txt");
	SAYS(m.out, "a log\n");
	RUN(&m, 3, "$D --recover $T/dev $T/in/here");
	RUN(&m, 1, "$D --recover $T/absent $T/in");
	RUN(&m, 1, "truncate -s 9M $T/blank && $D --recover $T/blank $T/in");
	/* a dump in a file, as ever */
	RUN(&m, 0, "$D -z $C $T/a && $D --recover $T/a $T/b && $D --info $T/b");
	/* all of a config; none is raw, or one is absent */
	tree_text(&m.tree, "/conf", "path /var/crash\next4 /dev/vda\n");
	RUN(&m, 3, "$D --recover $T/conf");
	snprintf(conf, sizeof(conf), "path %s/saved\nraw /dev/kdump-no-such-device\n", m.tree.root);
	tree_text(&m.tree, "/conf", conf);
	RUN(&m, 1, "$D --recover $T/conf");
	SAYS(m.err, "/dev/kdump-no-such-device: No such file");
	RUN(&m, 1, "echo nonsense >$T/conf; $D --recover $T/conf");
	SAYS(m.err, "line 1 (nonsense): unknown directive");
	/* which keeps no dump on its device */
	RUN(&m, 1,
	    "printf 'nonsense\\nraw /dev/kdump-no-such-device\\n' >$T/conf; $D --recover $T/conf");
	SAYS(m.err, "/dev/kdump-no-such-device: No such file");
	SAYS(m.err, "line 1");
	RUN(&m, 1, "$D --recover $T/a $T/b $T/c");
	machine_close(&m);
}

TEST(wrong_usage)
{
	struct machine m;

	machine_open(&m);
	RUN(&m, 2, "$D");
	RUN(&m, 2, "$D --nonsense $C $T/a");
	SAYS(m.err, "kdump-dumper: option --nonsense is unknown; remove it (see --help)");
	RUN(&m, 2, "$D -E -z $C $T/a");
	RUN(&m, 2, "$D --xen-syms x $C $T/a");
	SAYS(m.err, "Xen dumps are not supported");
	RUN(&m, 0, "$D --check-params -l -d 31 $C $T/a");
	CHECK(!exists(&m, "/a"));
	RUN(&m, 2, "$D --check-params -l -d 32 $C $T/a");
	RUN(&m, 1, "$D -d 31 /nowhere $T/a");
	SAYS(m.err, "/nowhere: ");
	RUN(&m, 1, "$D -d 31 $C $T/no/folder");
	RUN(&m, 0, "$D --help");
	SAYS(m.out, "--mem-usage /proc/kcore");
	/* where scripts look what makedumpfile can */
	SAYS(m.out, "zstd support:\n  enabled\n");
	RUN(&m, 0, "$D --version");
	machine_close(&m);
}

TEST(quiet)
{
	struct machine m;

	machine_open(&m);
	RUN(&m, 0, "$D --message-level 0 -p -d 31 $C $T/a");
	CHECK_STR(m.err, "");
	CHECK_STR(m.out, "");
	RUN(&m, 1, "$D --message-level 4 -d 31 $C $T/a");
	SAYS(m.err, "exists already");
	machine_close(&m);
}
