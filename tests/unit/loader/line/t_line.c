/* SPDX-License-Identifier: MIT */
/*
 * Who has a say in the crash kernel's command line, and how many CPUs it gets.
 */
#include "loader/line/line.h"

#include <errno.h>

#include "tests/unit/fake/machine.h"
#include "tests/unit/test.h"

#define MIB (1024 * 1024ull)

static struct line l;
static char out[CMDLINE_BYTES];

static const struct kernel_head debian = { .cmdline_bytes = 2047,
					   .init_bytes = 56 * MIB,
					   .align_bytes = 2 * MIB,
					   .major = 6,
					   .minor = 12 };
static const struct fit image = { .initrd_bytes = 452 << 10, .unpacked_bytes = 962 << 10 };

static struct host host_of(unsigned cpus, uint64_t mib)
{
	struct host h = {
		.arch = &kexec_arch_x86_64, .crash_bytes = mib * MIB, .cpus = cpus, .boot_apicid = 0
	};

	strcpy(h.machine, "x86_64");
	strcpy(h.cmdline, "console=ttyS0 quiet tsc=reliable crashkernel=1G");
	return h;
}

static unsigned cpus_of(unsigned cpus, uint64_t mib)
{
	struct host h = host_of(cpus, mib);

	line_fit(&l, &h, &debian, &image);
	return l.to.cpus;
}

TEST(as_many_cpus_as_help_and_fit)
{
	l = (struct line){ 0 };
	CHECK_EQ(cpus_of(0, 1024), 1); /* unknown */
	CHECK_EQ(cpus_of(1, 1024), 1);
	CHECK_EQ(cpus_of(2, 1024), 2);
	CHECK_EQ(cpus_of(64, 1024), 8);
	CHECK_EQ(cpus_of(64, 256), 8);
	CHECK_EQ(cpus_of(64, 88), 1);
	CHECK(cpus_of(64, 104) > 1 && cpus_of(64, 104) < 8);
	CHECK_EQ(cpus_of(64, 32), 1);
	for (uint64_t mib = 32; mib < 300; mib++)
		CHECK(cpus_of(64, mib) <= cpus_of(64, mib + 1));
}

TEST(cpus_of_an_image_that_is_not_known)
{
	const struct fit foreign = { .initrd_bytes = 20 * MIB };
	struct host h = host_of(16, 1024);

	l = (struct line){ 0 };
	line_fit(&l, &h, &debian, &foreign);
	CHECK_EQ(l.to.cpus, 1);
}

TEST(cpus_as_suse_says)
{
	l = (struct line){ .settings = { .has_cpus = true, .cpus = 32 } };
	CHECK_EQ(cpus_of(64, 1024), 32);
	CHECK_EQ(cpus_of(16, 1024), 16);
	CHECK(cpus_of(64, 128) < 16);
	l.settings.cpus = 0;
	CHECK_EQ(cpus_of(64, 1024), 64);
}

TEST(each_has_a_say)
{
	static char config[] = "path /x\ncmdline_remove tsc mce\ncmdline_append b=2 panic=30\n";
	static struct conf_findings found;
	static struct conf c;
	struct machine m = machine_bare();
	struct host h = host_of(1, 256);
	struct findings f = { 0 };

	machine_put(&m, "etc/sysconfig/kdump",
		    "KDUMP_COMMANDLINE_REMOVE=console\nKDUMP_COMMANDLINE_APPEND='a=1 numa=on'\n");
	l = (struct line){ 0 };
	line_read_settings(m.fd, &l, &f);
	CHECK_EQ(conf_parse(config, strlen(config), &c, &found), 0);
	line_read_config(&l, &c);
	line_fit(&l, &h, &debian, &image);
	CHECK_EQ(line_make(&l, &h, "c=3", out, sizeof(out)), 0);
	CHECK(!strncmp(out, "irqpoll nr_cpus=1 reset_devices nokaslr ", 40));
	CHECK(strstr(out, " a=1 numa=on b=2 panic=30 c=3"));
	CHECK(!strstr(out, "mce=") && !strstr(out, "numa=off") && !strstr(out, "panic=10"));
	machine_put(&m, "etc/sysconfig/kdump", "KDUMP_COMMANDLINE='console=ttyS1 root=/dev/x'\n");
	line_read_settings(m.fd, &l, &f);
	CHECK_EQ(line_make(&l, &h, NULL, out, sizeof(out)), 0);
	CHECK(!strncmp(out, "console=ttyS1 irqpoll ", 22));
	CHECK_EQ(f.n, 0);
	machine_remove(&m);
}

TEST(too_long)
{
	struct host h = host_of(1, 256);

	l = (struct line){ .to = { .arch = CMDLINE_X86, .cpus = 1 } };
	memset(l.append, 'x', sizeof(l.append) - 1);
	CHECK_EQ(line_make(&l, &h, NULL, out, sizeof(out)), -E2BIG);
}
