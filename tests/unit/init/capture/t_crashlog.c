/* SPDX-License-Identifier: MIT */
#include "init/capture/crashlog.h"

#include "tests/unit/test.h"

static struct crashlog after(const char *const *lines)
{
	struct crashlog c = { 0 };

	for (; *lines; lines++)
		CHECK_EQ(crashlog_line(&c, *lines, strlen(*lines)), 0);
	return c;
}

#define AFTER(...) after((const char *const[]){ __VA_ARGS__, NULL })

TEST(taint)
{
	struct crashlog c = AFTER(
		"[   12.1] CPU: 0 PID: 1 Comm: sh Tainted: G        W  OE      6.1.0-40 #1 Debian");

	CHECK(c.told);
	CHECK_STR(c.taint, "GWOE");
	c = AFTER("[    9.1] CPU: 0 UID: 0 PID: 1 Comm: sh Not tainted 6.12.1 #1 PREEMPT");
	CHECK(c.told);
	CHECK_STR(c.taint, "");
	/* the last one counts */
	c = AFTER("CPU: 0 PID: 1 Comm: sh Not tainted 6.1", "CPU: 0 PID: 7 Comm: a Tainted: P 6.1");
	CHECK_STR(c.taint, "P");
}

TEST(uptime)
{
	CHECK_EQ(AFTER("[    0.000000] Linux version", "[  812.5] x", "[  813.000001] y", "z")
			 .uptime_s,
		 813);
	/* printk.caller; what is no stamp; older lines of the ring behind newer ones */
	CHECK_EQ(AFTER("[   12.3][    T1] a", "[   11.9] b", "[99] c", "[x.1] d", " [77.1] e")
			 .uptime_s,
		 12);
	CHECK_EQ(AFTER("no stamps").uptime_s, 0);
}

TEST(taint_is_not_made_up)
{
	CHECK(!AFTER("", "a line", "Tainted: G", "Comm: x").told);
	CHECK(!AFTER(" Comm: ").told);
	CHECK(AFTER(" Comm:  Tainted: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").told);
}

TEST(reservation)
{
	struct crashlog c =
		AFTER("[    0.0] Reserving 96MB of memory at 2960MB for crashkernel (System "
		      "RAM: 1023MB)");

	CHECK_EQ(c.crashkernel_bytes, 96 << 20);
	c = AFTER("[0.0] crashkernel low memory reserved: 0xb0000000 - 0xb8000000 (128 MB)",
		  "[0.0] crashkernel reserved: 0x0000000118000000 - 0x0000000138000000 (512 MB)");
	CHECK_EQ(c.crashkernel_bytes, 640 << 20);
	CHECK_EQ(AFTER("Kernel command line: crashkernel=96M", "crashkernel reserved: 0x")
			 .crashkernel_bytes,
		 0);
}

TEST(any_length)
{
	static char line[5000];
	struct crashlog c = { 0 };

	memset(line, 'C', sizeof(line));
	CHECK_EQ(crashlog_line(&c, line, sizeof(line)), 0);
	memcpy(line + 380, " Comm: Tainted: G crashkernel (", 31);
	CHECK_EQ(crashlog_line(&c, line, sizeof(line)), 0);
}
