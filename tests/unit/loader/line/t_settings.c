/* SPDX-License-Identifier: MIT */
/*
 * The settings of other kdump packages: their stock files, files of machines that were set up by
 * hand, and what a shell would have to work out.
 */
#include "loader/line/settings.h"

#include "lib/cleanup.h"
#include "tests/unit/fake/machine.h"
#include "tests/unit/test.h"

static struct settings s;
static struct findings f;

static void read_as(const char *path, const char *text)
{
	struct machine m = machine_bare();

	f = (struct findings){ 0 };
	machine_put(&m, path, text);
	settings_read(m.fd, &s, &f);
	machine_remove(&m);
}

static bool told(const char *words)
{
	for (unsigned i = 0; i < f.n; i++) {
		if (strstr(f.item[i].text, words))
			return f.item[i].level == FINDING_WARNING;
	}
	return false;
}

TEST(none)
{
	struct machine m = machine_bare();

	settings_read(m.fd, &s, &f);
	CHECK(!s.file && !s.has_base && !s.has_cpus && !*s.remove && !*s.append);
	CHECK_EQ(f.n, 0);
	machine_remove(&m);
}

static const char fedora[] =
	"# Kernel Version string for the -kdump kernel, such as 2.6.13-1544.FC5kdump\n"
	"KDUMP_KERNELVER=\"\"\n\n"
	"# The kdump commandline is the command line that needs to be passed off to\n"
	"KDUMP_COMMANDLINE=\"\"\n"
	"KDUMP_COMMANDLINE_REMOVE=\"hugepages hugepagesz slub_debug quiet log_buf_len swiotlb "
	"hugetlb_cma\"\n"
	"KDUMP_COMMANDLINE_APPEND=\"irqpoll nr_cpus=1 reset_devices cgroup_disable=memory "
	"mce=off numa=off udev.children-max=2 panic=10 acpi_no_memhotplug\"\n"
	"KEXEC_ARGS=\"-s\"\n#KDUMP_BOOTDIR=\"/boot\"\nKDUMP_IMG=\"vmlinuz\"\nKDUMP_IMG_EXT=\"\"\n"
	"KDUMP_STDLOGLVL=3\n";

TEST(fedora_as_shipped)
{
	read_as("etc/sysconfig/kdump", fedora);
	CHECK_EQ(f.n, 0);
	CHECK(!s.has_base);
	CHECK_STR(s.file, "etc/sysconfig/kdump");
	CHECK_STR(s.remove,
		  "hugepages hugepagesz slub_debug quiet log_buf_len swiotlb hugetlb_cma");
	CHECK(strstr(s.append, "irqpoll nr_cpus=1 ") && strstr(s.append, " acpi_no_memhotplug"));
}

TEST(suse_as_shipped)
{
	read_as("etc/sysconfig/kdump",
		"## Type: string\nKDUMP_CPUS=\"\"\nKDUMP_COMMANDLINE=\"\"\n"
		"KDUMP_COMMANDLINE_APPEND=\"\"\nKEXEC_OPTIONS=\"\"\nMAKEDUMPFILE_OPTIONS=\"\"\n"
		"KDUMP_IMMEDIATE_REBOOT=\"yes\"\nKDUMP_TRANSFER=\"\"\nKDUMP_SAVEDIR=\"/var/"
		"crash\"\n"
		"KDUMP_KEEP_OLD_DUMPS=\"0\"\nKDUMP_DUMPLEVEL=\"31\"\n"
		"KDUMP_DUMPFORMAT=\"compressed\"\nKDUMP_CONTINUE_ON_ERROR=\"true\"\n");
	CHECK_EQ(f.n, 0);
	CHECK(!s.file && !s.has_cpus);
}

TEST(suse_by_hand)
{
	read_as("etc/sysconfig/kdump",
		"KDUMP_CPUS=\"0\"\nKDUMP_COMMANDLINE_APPEND='console=ttyS1 x'\n"
		"KDUMP_SAVEDIR=\"nfs://server/dumps\"\nKDUMP_DUMPLEVEL=1\n");
	CHECK(s.has_cpus && s.cpus == 0);
	CHECK_STR(s.append, "console=ttyS1 x");
	CHECK_EQ(f.n, 2);
	CHECK(told("/etc/sysconfig/kdump: KDUMP_SAVEDIR has no effect here: write in kdump.conf "
		   "`path DIR`"));
	CHECK(told("KDUMP_DUMPLEVEL has no effect here: write in kdump.conf `core_collector "));
	read_as("etc/sysconfig/kdump", "KDUMP_CPUS=many\n");
	CHECK(!s.has_cpus && told("KDUMP_CPUS is no number of CPUs"));
	read_as("etc/sysconfig/kdump", "KDUMP_CPUS=4\n");
	CHECK(s.has_cpus && s.cpus == 4 && !f.n);
}

TEST(debian)
{
	read_as("etc/default/kdump-tools",
		"USE_KDUMP=1\n#KDUMP_SYSCTL=\"kernel.panic_on_oops=1\"\n"
		"KDUMP_COREDIR=\"/var/crash\"\nKDUMP_CMDLINE=\"console=ttyS0 root=/dev/sda1\"\n"
		"KDUMP_CMDLINE_APPEND=\"reset_devices nr_cpus=1 irqpoll\" # as before\n"
		"export KDUMP_KERNEL=/boot/vmlinuz-kdump\nSSH=\"dump@server\"\n");
	CHECK(s.has_base);
	CHECK_STR(s.base, "console=ttyS0 root=/dev/sda1");
	CHECK_STR(s.append, "reset_devices nr_cpus=1 irqpoll");
	CHECK_EQ(f.n, 2);
	CHECK(told("KDUMP_KERNEL has no effect here: write kdump-loader load --kernel FILE"));
	CHECK(told("/etc/default/kdump-tools: SSH has no effect here"));
}

TEST(a_shells_words)
{
	read_as("etc/sysconfig/kdump",
		"KDUMP_COMMANDLINE_APPEND=\"a \\\n b=\\\"c d\\\"\n  e\\x\"\nKDUMP_CPUS=2 # two\n"
		"  KDUMP_COMMANDLINE_REMOVE=quiet\\ splash\n");
	CHECK_STR(s.append, "a  b=\"c d\"   e\\x");
	CHECK_STR(s.remove, "quiet splash");
	CHECK(s.cpus == 2 && !f.n);
	/* the last one of a name counts */
	read_as("etc/sysconfig/kdump", "KDUMP_COMMANDLINE_APPEND=a\nKDUMP_COMMANDLINE_APPEND=b\n");
	CHECK_STR(s.append, "b");
}

TEST(what_only_a_shell_can_tell)
{
	static const char *const values[] = { "\"$OTHER x\"", "`cat /x`", "$(cat /x)", "\"open",
					      "'open" };
	char text[120];

	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		snprintf(text, sizeof(text), "KDUMP_CPUS=3\nKDUMP_COMMANDLINE_APPEND=%s\n",
			 values[i]);
		read_as("etc/sysconfig/kdump", text);
		CHECK(!*s.append && s.cpus == 3);
		CHECK(told("KDUMP_COMMANDLINE_APPEND is not a plain value"));
	}
	/* names of nobody are nobody's business */
	read_as("etc/sysconfig/kdump", "OTHER=$(x)\nfunction x {\n echo }\nif [ a = b ]; then\n");
	CHECK_EQ(f.n, 0);
	read_as("etc/sysconfig/kdump", "KDUMP_COMMANDLINE_APPEND='$x'\n");
	CHECK_STR(s.append, "$x");
}

TEST(too_long)
{
	static char text[CMDLINE_BYTES + 100] = "KDUMP_COMMANDLINE_APPEND=";

	memset(text + strlen(text), 'x', CMDLINE_BYTES);
	read_as("etc/sysconfig/kdump", text);
	CHECK(!*s.append && told("or too long"));
}
