/* SPDX-License-Identifier: MIT */
#include "init/system/memory_private.h"

#include "tests/unit/test.h"

TEST(the_worst_sample_stays)
{
	struct memory m = { 0 };

	memory_parse("MemTotal:         1000 kB\nMemFree: 1 kB\nMemAvailable:    500 kB\n", &m);
	memory_parse("MemTotal:         1000 kB\nMemFree: 1 kB\nMemAvailable:    200 kB\n", &m);
	memory_parse("MemTotal:         1000 kB\nMemFree: 1 kB\nMemAvailable:    400 kB\n", &m);
	CHECK_EQ(m.total, 1000 << 10);
	CHECK_EQ(m.available, 400 << 10);
	CHECK_EQ(m.least, 200 << 10);
	memory_parse("", &m);
	CHECK_EQ(m.least, 200 << 10);
}

TEST(ram)
{
	CHECK_EQ(memory_ram("00000000-00000fff : Reserved\n"
			    "00001000-0009ffff : System RAM\n"
			    "b9000000-beffffff : System RAM\n"
			    "  ba000000-bb000000 : Kernel code\n"
			    "  bc000000-bc0fffff : System RAM\n"),
		 0x9f000 + 0x6000000);
	CHECK_EQ(memory_ram(""), 0);
	CHECK_EQ(memory_ram("x\n\n-\n1-\n2-1 : System RAM\n"), 0);
	CHECK_EQ(memory_ram("00001000-0009ffff : System RAM"), 0);
}
