/* SPDX-License-Identifier: MIT */
/*
 * Consoles of machines that crashed: those that captured, and those that did not.
 */
#include "loader/verify/verdict.h"

#include "tests/unit/test.h"

static struct verdict v;
static char why[400];

/* Reads lines, one each 100 ms. */
static void hear(const char *console)
{
	char line[512];
	uint64_t at_ms = 0;

	v = (struct verdict){ .stage = VERDICT_STARTED };
	for (const char *s = console; *s; s += strcspn(s, "\n"), s += *s == '\n') {
		snprintf(line, sizeof(line), "%.*s", (int)strcspn(s, "\n"), s);
		at_ms += 100;
		if (!v.ended)
			verdict_line(&v, line, at_ms);
	}
	verdict_reason(&v, false, why);
}

#define UP                                                                                         \
	"[    0.000000] Linux version 6.12\n"                                                      \
	"kdump-verify: production kernel 6.12\nkdump-verify: armed: console=ttyS0\n"               \
	"[    3.1] sysrq: Trigger a crash\n"                                                       \
	"[    3.2] Kernel panic - not syncing: sysrq triggered crash\n"

TEST(one_that_captured)
{
	hear(UP
	     "[    0.000000] Linux version 6.12\n"
	     "kdump-init: 1.201 main: kdump-init 0.1, kernel 6.12\n"
	     "kdump-init: 1.402 target: UUID=aa (/dev/vda): mounted\n"
	     "kdump-init: 1.502 capture: dmesg.txt: saved (400 records, 30000 bytes)\n"
	     "kdump-init: 1.602 crash: Kernel panic - not syncing: sysrq triggered crash\n"
	     "kdump-init: 2.602 capture: vmcore: saved (9000 pages, 9 bytes, 90 MB/s)\n"
	     "kdump-init: 2.702 capture: kdump.json, kdump.log: saved, state complete, 61 MiB of "
	     "memory used at most\nkdump-init: 2.7 system: rebooting\n");
	CHECK(verdict_is_good(&v) && v.ended);
	CHECK_EQ(v.used_mib, 61);
	CHECK_STR(v.target, "UUID=aa (/dev/vda)");
	CHECK_STR(v.state, "complete");
	CHECK(v.at_ms[VERDICT_CRASHED] < v.at_ms[VERDICT_CAPTURE] &&
	      v.at_ms[VERDICT_DMESG] < v.at_ms[VERDICT_VMCORE]);
	CHECK_STR(v.why, "");
}

static const struct {
	const char *console;
	enum verdict_stage stage;
	const char *why;
} bad[] = {
	{ "kdump-verify: production kernel 6.12\nkdump-verify: failed: the kernel refuses the "
	  "crash "
	  "kernel: it is not signed\n",
	  VERDICT_PRODUCTION, "the kernel refuses the crash kernel: it is not signed" },
	{ "[ 1.0] Kernel panic - not syncing: No working init found.\n", VERDICT_STARTED,
	  "the production kernel of the virtual machine panicked: No working init found." },
	{ UP "[ 0.9] Kernel panic - not syncing: VFS: Unable to mount root fs on \"\"\n",
	  VERDICT_CRASHED, "the crash kernel panicked: VFS: Unable to mount root fs on \"\"" },
	{ UP "[ 0.9] swapper invoked oom-killer: order=0\n[ 0.9] Out of memory: Killed process 1\n"
	     "[ 1.0] Kernel panic - not syncing: System is deadlocked on memory\n",
	  VERDICT_CRASHED, "the crash kernel ran out of memory: the reservation is too small" },
	{ UP "[ 0.5] Initramfs unpacking failed: ZSTD-compressed data is truncated\n"
	     "[ 0.9] Kernel panic - not syncing: VFS: Unable to mount root fs\n",
	  VERDICT_CRASHED, "the crash kernel panicked: VFS: Unable" },
	{ UP "kdump-init: 1.2 main: kdump-init\nkdump-init: 1.3 modules: "
	     "/lib/modules/virtio_blk.ko: Exec format error\n"
	     "kdump-init: 31.0 target: UUID=aa: no such device after 30 s\n"
	     "kdump-init: 31.1 capture: no vmcore was saved: state nothing; kernel 6.12; no panic "
	     "line; UUID=aa: open: no such device after 30 s\n",
	  VERDICT_CAPTURE,
	  "state nothing; kernel 6.12; no panic line; UUID=aa: open: no such device" },
	{ UP "kdump-init: 1.2 main: kdump-init\nkdump-init: 1.3 target: UUID=aa: mounted\n"
	     "kdump-init: 31.1 capture: no whole vmcore was saved: state partial; kernel 6.12; no "
	     "panic line; UUID=aa: vmcore.incomplete: no more room\n",
	  VERDICT_TARGET,
	  "state partial; kernel 6.12; no panic line; UUID=aa: vmcore.incomplete: no more room" },
	{ UP
	  "kdump-init: 1.2 main: kdump-init\nkdump-init: 1.3 target: UUID=aa: mounted\n"
	  "kdump-init: 1.4 capture: kdump.json, kdump.log: saved, state partial, 40 MiB of memory "
	  "used at most\n",
	  VERDICT_SAVED, "not all was saved: the dump's state is partial" },
	{ UP "[ 0.1] Linux version 6.12\n", VERDICT_CRASHED,
	  "the crash kernel did not come up to kdump-init ([ 0.1] Linux version 6.12): it ended" },
	{ "", VERDICT_STARTED, "the virtual machine started, and nothing that counts came" },
};

TEST(those_that_did_not)
{
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		hear(bad[i].console);
		CHECK(!verdict_is_good(&v));
		CHECK_EQ(v.stage, bad[i].stage);
		if (!strstr(why, bad[i].why))
			printf("%s\n  wanted %s\n", why, bad[i].why);
		CHECK(strstr(why, bad[i].why));
	}
}

/* What a dead kernel's log may hold is no word of ours. */
TEST(lines_before_the_crash_do_not_count)
{
	hear("kdump-init: 1.0 capture: kdump.json: saved, state complete\n"
	     "[ 1.0] Out of memory: Killed process 7\n");
	CHECK_EQ(v.stage, VERDICT_STARTED);
	CHECK(!verdict_is_good(&v));
}

TEST(a_console_is_anything)
{
	hear(UP "kdump-init: \nkdump-init: 1.0 capture: \x1b[2Jsaved, state \xff\n\x01\x02\n");
	CHECK(!verdict_is_good(&v));
	CHECK(!strpbrk(why, "\x1b\x01\x02"));
}
