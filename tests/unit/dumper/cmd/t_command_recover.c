/* SPDX-License-Identifier: MIT */
/*
 * kdump-dumper on what is not whole, not there, or a folder: what it saves, and which exit status it
 * gives.
 */
#include "tests/unit/fake/command.h"

static unsigned times(const char *text, const char *part)
{
	unsigned n = 0;

	while ((text = strstr(text, part))) {
		text += strlen(part);
		n++;
	}
	return n;
}

TEST(parts_and_the_whole)
{
	struct machine m;

	machine_open(&m);
	RUN(&m, 0, "$D --split -z -d 31 $C $T/1 $T/2 $T/3");
	SAYS(m.err, "/3: ");
	RUN(&m, 0, "$D --reassemble $T/3 $T/1 $T/2 $T/a");
	holds(&m, "/a", 1536);
	RUN(&m, 0, "$D --split --json -z -d 31 $C $T/4 $T/5");
	SAYS(m.out, "[\n{");
	SAYS(m.out, "}\n,\n{");
	RUN(&m, 0, "$D --split --dry-run -z -d 31 $C $T/6 $T/7");
	CHECK(!exists(&m, "/6") && !exists(&m, "/7"));
	RUN(&m, 1, "$D --reassemble $T/1 $T/3 $T/b");
	SAYS(m.err, "parts of the split dump are missing: name all");
	CHECK(!exists(&m, "/b") && !exists(&m, "/b.partial"));
	RUN(&m, 1, "$D --convert $T/1 $T/b");
	RUN(&m, 0, "$D --recover $T/1 $T/3 $T/b && $D --info $T/b");
	SAYS(m.err, "marked incomplete");
	/* a set that does not fit is tried again as a whole */
	RUN(&m, 0, "$D --split -z -L 1M -d 0,31 $C $T/8 $T/9");
	SAYS(m.err, "next: level 31");
	RUN(&m, 0, "$D --reassemble $T/8 $T/9 $T/c");
	holds(&m, "/c", 1536);
	/* what the next level replaced is no result; what was finished before a failure is one */
	RUN(&m, 0, "$D --split --json -z -L 1200K -d 0,31 $C $T/d $T/e $T/f");
	SAYS(m.err, "next: level 31");
	CHECK_EQ(times(m.out, "\"dump\":"), 3);
	CHECK_EQ(times(m.out, "}\n,\n{"), 2);
	RUN(&m, 0, "$D --split -f -z -L 1200K -d 0,31 $C $T/d $T/e $T/f");
	CHECK_EQ(times(m.err, " pages, "), 3);
	RUN(&m, 1, "$D --split -f --json -z -L 1200K -d 0 $C $T/d $T/e $T/f");
	CHECK_EQ(times(m.out, "\"dump\":"), 2);
	SAYS(m.out, "[\n");
	SAYS(m.out, "]\n");
	machine_close(&m);
}

/* A wrong bit in a page that is stored as it is: only the chunk's checksum knows. */
TEST(a_wrong_bit_is_not_handed_on)
{
	struct machine m;

	machine_open(&m);
	RUN(&m, 0, "$D -d 31 $C $T/a && printf x | dd of=$T/a bs=1 seek=20001 conv=notrunc");
	RUN(&m, 1, "$D --verify $T/a");
	RUN(&m, 1, "$D --convert $T/a $T/b");
	SAYS(m.err, "the checksum of the ");
	SAYS(m.err, "take another copy, or what is whole with --recover");
	CHECK(!exists(&m, "/b") && !exists(&m, "/b.partial"));
	RUN(&m, 0, "$D --recover $T/a $T/b");
	SAYS(m.err, "the checksum of the ");
	CHECK(exists(&m, "/b"));
	RUN(&m, 1, "$D --verify $T/b");
	SAYS(m.err, "marked incomplete");
	/* what --recover takes is a dump and DST, or a kdump.conf */
	RUN(&m, 2, "$D --recover $T/a");
	SAYS(m.err, "no kdump.conf; what is whole of a dump goes to DST");
	machine_close(&m);
}

TEST(what_was_not_finished)
{
	struct machine m;

	machine_open(&m);
	RUN(&m, 1, "$D -z -d 0 -L 1M $C $T/a");
	RUN(&m, 1, "$D --convert $T/a.partial $T/b");
	RUN(&m, 0, "$D --recover $T/a.partial $T/c && $D --convert $T/c $T/d");
	SAYS(m.err, "incomplete");
	machine_close(&m);
}

/* How many pages --recover says it saved of the first n bytes; -1: it failed. */
static long recovered(struct machine *m, const char *file, long n, int want)
{
	char line[200];
	const char *of;

	snprintf(line, sizeof(line),
		 "head -c %ld $T/%s >$T/cut; rm -f $T/saved*; "
		 "$D --recover $T/cut $T/saved",
		 n, file);
	RUN(m, want, line);
	CHECK_EQ(exists(m, "/saved"), !want);
	CHECK(!exists(m, "/saved.partial"));
	of = strstr(m->err, "saved: ");
	return want || !of ? -1 : atol(of + 7);
}

/*
 * A flattened stream has bitmaps and descriptors of its first pages long before the first 4 MiB of page
 * data are full. And where nothing can be saved it is no success.
 */
TEST(what_was_cut_early)
{
	struct machine m;
	long n;

	machine_open(&m);
	RUN(&m, 0, "$D -F -d 0 $C >$T/flat && stat -c %s $T/flat");
	n = atol(m.out);
	CHECK(n > 2000000);
	CHECK(recovered(&m, "flat", n / 2, 0) > 150);
	CHECK(recovered(&m, "flat", 500000, 0) > 30);
	CHECK(recovered(&m, "flat", 12000, 1) < 0);
	SAYS(m.err, "not one page of memory is in it");
	RUN(&m, 0, "$D --format kdump-classic -z -d 0 $C $T/classic");
	recovered(&m, "classic", 5000, 1);
	/* the descriptors are there, the last pages' data are not */
	RUN(&m, 0, "stat -c %s $T/classic");
	CHECK(recovered(&m, "classic", atol(m.out) - 9000, 0) > 0);
	RUN(&m, 1, "$D --verify $T/saved");
	SAYS(m.err, "marked incomplete");
	/* the headers of an ELF core alone */
	RUN(&m, 0, "$D -E -d 0 $C $T/elf");
	recovered(&m, "elf", 4000, 1);
	SAYS(m.err, "cut off too early");
	RUN(&m, 1, "head -c 4000 $T/elf >$T/cut; $D --verify $T/cut");
	RUN(&m, 1, "rm -f $T/x; $D -d 0 $T/cut $T/x; test -e $T/x && exit 9; exit 1");
	machine_close(&m);
}

/* Modes that have nothing to do, or cannot do it. */
TEST(nothing_done_is_no_success)
{
	struct machine m;

	machine_open(&m);
	RUN(&m, 1, "$D -R $T/a </dev/null");
	/* header and end mark */
	RUN(&m, 0,
	    "$D -F -d 31 $C >$T/flat; { head -c 4096 $T/flat; tail -c 16 $T/flat; } >$T/none");
	RUN(&m, 1, "$D -R $T/a <$T/none");
	SAYS(m.err, "holds nothing");
	CHECK(!exists(&m, "/a"));
	RUN(&m, 1, "$D --info $T/none");
	/* of the cut file --convert makes nothing, and says who does */
	RUN(&m, 1,
	    "n=$(stat -c %s $T/flat); head -c $((n - 100)) $T/flat >$T/cut; "
	    "$D --convert $T/cut $T/a");
	SAYS(m.err, "--recover saves");
	CHECK(!exists(&m, "/a"));
	RUN(&m, 0, "$D --recover $T/cut $T/a");
	/* a descriptor that points outside the file */
	RUN(&m, 0,
	    "$D -c -d 31 $C $T/b && n=$(stat -c %s $T/b) && printf '\\377\\377' | "
	    "dd of=$T/b bs=1 seek=$((n - 20)) conv=notrunc 2>$T/dd");
	RUN(&m, 1, "$D --convert $T/b $T/c");
	SAYS(m.err, "damaged");
	CHECK(!exists(&m, "/c"));
	RUN(&m, 0, "$D --recover $T/b $T/c");
	machine_close(&m);
}

/* A dump's folder stands for the dump in it. */
TEST(folders)
{
	struct machine m;

	machine_open(&m);
	RUN(&m, 0,
	    "mkdir $T/d $T/e $T/f $T/g && $D -z -d 31 $C $T/d/vmcore && touch $T/d/vmcore.flat && "
	    "$D -F -z -d 31 $C >$T/e/vmcore.flat && "
	    "$D --format elf.zst -d 31 $C $T/f/vmcore.elf.zst && touch $T/g/dmesg.txt");
	RUN(&m, 0, "$D --info $T/d && $D --info $T/e/ && $D --info $T/f");
	SAYS(m.out, "release        " FAKE_RELEASE);
	RUN(&m, 0, "$D --verify $T/d $T/e $T/f");
	SAYS(m.err, "/d/vmcore: whole");
	SAYS(m.err, "/e/vmcore.flat: whole");
	SAYS(m.err, "/f/vmcore.elf.zst: whole");
	RUN(&m, 0, "$D --dump-dmesg $T/d && $D --convert $T/e $T/h && $D -z -d 31 $T/f $T/i");
	holds(&m, "/h", 1536);
	RUN(&m, 0, "mv $T/d/vmcore $T/d/vmcore.incomplete; rm $T/d/vmcore.flat; $D --info $T/d");
	RUN(&m, 1, "$D --info $T/g");
	SAYS(m.err, "/g: a folder without a vmcore");
	RUN(&m, 1, "$D --verify $T/g");
	machine_close(&m);
}
