/* SPDX-License-Identifier: MIT */
/*
 * /proc and /sys of several machines -> struct host.
 */
#include "loader/host.h"
#include "tests/unit/fake/machine.h"
#include "tests/unit/test.h"

static struct host h;

TEST(debian)
{
	struct machine t = machine_make();

	CHECK_EQ(host_read(t.fd, &h), 0);
	CHECK_STR(h.release, MACHINE_RELEASE);
	CHECK_STR(h.cmdline, "root=/dev/vda1 ro console=ttyS0 quiet crashkernel=256M");
	CHECK_EQ(h.armed, 0);
	CHECK_EQ(h.crash_bytes, 256 << 20);
	CHECK_EQ(h.n_crash, 1);
	CHECK_EQ(h.crash[0].start, 0x2e000000);
	CHECK_EQ(h.crash[0].bytes, 256 << 20);
	CHECK_EQ(h.ram_bytes, 2029396ull << 10);
	CHECK_EQ(h.free_bytes, 1729840ull << 10);
	CHECK_EQ(h.limit_panic, HOST_UNKNOWN);
	CHECK_EQ(h.panic_on_oops, 1);
	CHECK_EQ(h.panic_s, 10);
	CHECK_EQ(h.boot_apicid, 4);
	CHECK(h.may_boot && !h.load_disabled && !h.locked_down && !h.secure_boot && !h.crypt_keys);
	/* another processor's flag, and a longer name, do not count */
	CHECK(!h.five_level);
	machine_remove(&t);
}

TEST(new_sysfs_names_win)
{
	struct machine t = machine_make();

	machine_put(&t, "sys/kernel/kexec/crash_loaded", "1\n");
	machine_put(&t, "sys/kernel/kexec/crash_size", "536870912\n");
	machine_put(&t, "sys/kernel/kexec/crash_elfcorehdr_size", "917616\n");
	CHECK_EQ(host_read(t.fd, &h), 0);
	CHECK_EQ(h.armed, 1);
	CHECK_EQ(h.crash_bytes, 512 << 20);
	CHECK_EQ(h.elfcorehdr_bytes, 917616);
	machine_remove(&t);
}

TEST(high_and_low)
{
	struct machine t = machine_make();

	machine_put(&t, "proc/iomem",
		    "  67000000-76ffffff : Crash kernel\n  1037000000-1076ffffff : Crash kernel\n"
		    "  00000000-00000000 : Crash kernel\n");
	CHECK_EQ(host_read(t.fd, &h), 0);
	CHECK_EQ(h.n_crash, 2);
	CHECK_EQ(h.crash[0].start, 0x1037000000);
	CHECK_EQ(h.crash[1].bytes, 256 << 20);
	machine_remove(&t);
}

TEST(hidden_addresses)
{
	struct machine t = machine_make();

	machine_put(&t, "proc/iomem",
		    "00000000-00000000 : System RAM\n  00000000-00000000 : Crash kernel\n");
	CHECK_EQ(host_read(t.fd, &h), 0);
	CHECK_EQ(h.n_crash, 0);
	machine_remove(&t);
}

TEST(locked_down)
{
	struct machine t = machine_make();

	machine_put(&t, "sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
	machine_put_bytes(
		&t, "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c",
		"\6\0\0\0\1", 5);
	CHECK_EQ(host_read(t.fd, &h), 0);
	CHECK(h.locked_down && h.secure_boot);
	machine_put(&t, "sys/kernel/security/lockdown", "[none] integrity confidentiality\n");
	machine_put_bytes(
		&t, "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c",
		"\6\0\0\0\0", 5);
	CHECK_EQ(host_read(t.fd, &h), 0);
	CHECK(!h.locked_down && !h.secure_boot);
	machine_remove(&t);
}

TEST(limits_and_rights)
{
	struct machine t = machine_make();

	machine_put(&t, "proc/sys/kernel/kexec_load_disabled", "1\n");
	machine_put(&t, "proc/sys/kernel/kexec_load_limit_panic", "-1\n");
	machine_put(&t, "proc/self/status", "Name:\tx\nCapEff:\t00000000ffbfffff\n");
	machine_put(&t, "sys/kernel/config/crash_dm_crypt_keys/count", "2\n");
	CHECK_EQ(host_read(t.fd, &h), 0);
	CHECK(h.load_disabled && !h.may_boot && h.crypt_keys);
	CHECK_EQ(h.limit_panic, HOST_UNKNOWN);
	machine_put(&t, "proc/sys/kernel/kexec_load_limit_panic", "0\n");
	CHECK_EQ(host_read(t.fd, &h), 0);
	CHECK_EQ(h.limit_panic, 0);
	machine_remove(&t);
}

TEST(online_cpus)
{
	static const struct {
		const char *text;
		unsigned n;
	} lists[] = { { "0\n", 1 },   { "0-3\n", 4 },		{ "0-1,4,8-11\n", 7 }, { "\n", 0 },
		      { "3-1\n", 0 }, { "0-99999999999\n", 0 }, { "0-1,x\n", 2 } };
	struct machine t = machine_make();

	CHECK_EQ(host_read(t.fd, &h), 0);
	CHECK_EQ(h.cpus, 0);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		machine_put(&t, "sys/devices/system/cpu/online", lists[i].text);
		CHECK_EQ(host_read(t.fd, &h), 0);
		CHECK_EQ(h.cpus, lists[i].n);
	}
	machine_remove(&t);
}

TEST(hangs_that_do_not_panic)
{
	struct machine t = machine_make();

	CHECK_EQ(host_read(t.fd, &h), 0);
	CHECK_EQ(h.hangs_off, 0);
	machine_put(&t, host_hangs[2].path, "0\n");
	machine_put(&t, host_hangs[3].path, "1\n");
	CHECK_EQ(host_read(t.fd, &h), 0);
	CHECK_EQ(h.hangs_off, 1 << 2);
	machine_remove(&t);
}

TEST(five_levels)
{
	struct machine t = machine_make();

	machine_put(&t, "proc/cpuinfo",
		    "processor\t: 0\nflags\t\t: fpu la57 rdpid\napicid\t\t: 2\n\nprocessor\t: "
		    "1\napicid\t\t: 3\n");
	CHECK_EQ(host_read(t.fd, &h), 0);
	CHECK(h.five_level);
	CHECK_EQ(h.boot_apicid, 2);
	machine_remove(&t);
}

TEST(encryption)
{
	static const struct {
		const char *flags, *cmdline, *config;
		bool encrypted;
	} hosts[] = {
		{ "fpu sme sev", "quiet mem_encrypt=on\n", "", true },
		{ "fpu sme", "mem_encrypt=on quiet\n", "", true },
		{ "fpu sme", "mem_encrypt=only\n", "", false },
		{ "fpu sme", "mem_encrypt\n", "", false },
		{ "fpu smep", "mem_encrypt=on\n", "", false },
		{ "fpu sme", "quiet\n", "", false },
		{ "fpu sme", "\n", "\nCONFIG_AMD_MEM_ENCRYPT_ACTIVE_BY_DEFAULT=y\n", true },
		{ "fpu sme", "mem_encrypt=off\n", "\nCONFIG_AMD_MEM_ENCRYPT_ACTIVE_BY_DEFAULT=y\n",
		  false },
	};
	struct machine t = machine_make();

	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		char text[128];

		snprintf(text, sizeof(text), "processor\t: 0\nflags\t\t: %s\n", hosts[i].flags);
		machine_put(&t, "proc/cpuinfo", text);
		machine_put(&t, "proc/cmdline", hosts[i].cmdline);
		machine_put(&t, "boot/config-" MACHINE_RELEASE, hosts[i].config);
		CHECK_EQ(host_read(t.fd, &h), 0);
		CHECK_EQ(h.encrypted, hosts[i].encrypted);
	}
	machine_remove(&t);
}

TEST(nearly_nothing)
{
	struct machine t = machine_bare();

	CHECK_EQ(host_read(t.fd, &h), -ENOENT);
	machine_put(&t, "proc/sys/kernel/osrelease", "6.6.0\n");
	machine_put(&t, "proc/cmdline", "");
	CHECK_EQ(host_read(t.fd, &h), 0);
	CHECK_EQ(h.armed, HOST_UNKNOWN);
	CHECK_EQ(h.crash_bytes, 0);
	CHECK_EQ(h.boot_apicid, CMDLINE_NO_APICID);
	machine_remove(&t);
}

TEST(broken_files)
{
	struct machine t = machine_make();

	machine_put(&t, "proc/iomem",
		    "zz-yy : Crash kernel\n5 : Crash kernel\n9-5 : Crash kernel\n- : Crash kernel");
	machine_put(&t, "proc/cpuinfo", "flags");
	machine_put(&t, "proc/meminfo", "MemTotal");
	machine_put(&t, "proc/self/status", "CapEff:");
	machine_put(&t, "sys/kernel/kexec_crash_size", "many\n");
	CHECK_EQ(host_read(t.fd, &h), 0);
	CHECK_EQ(h.n_crash, 0);
	CHECK_EQ(h.crash_bytes, 0);
	CHECK(!h.may_boot);
	machine_remove(&t);
}

TEST(config)
{
	struct machine t = machine_bare();

	machine_put(&t, "boot/config-6.1",
		    "# x\nCONFIG_KEXEC=y\n# CONFIG_KEXEC_FILE is not set\nCONFIG_CRASH=m\n");
	CHECK_EQ(host_config(t.fd, "6.1", "KEXEC"), 'y');
	CHECK_EQ(host_config(t.fd, "6.1", "KEXEC_FILE"), 'n');
	CHECK_EQ(host_config(t.fd, "6.1", "CRASH"), 'm');
	CHECK_EQ(host_config(t.fd, "6.2", "CRASH"), '?');
	machine_remove(&t);
}
