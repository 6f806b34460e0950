/* SPDX-License-Identifier: MIT */
/*
 * The crash command line from those of real distributions.
 */
#include <errno.h>

#include "loader/kexec/cmdline.h"
#include "tests/unit/test.h"

#define OURS                                                                                       \
	"irqpoll nr_cpus=1 reset_devices panic=10 nokaslr cgroup_disable=memory numa=off "         \
	"transparent_hugepage=never "                                                              \
	"cma=0 kfence.sample_interval=0 init_on_alloc=0 init_on_free=0 novmcoredd "                \
	"acpi_no_memhotplug hest_disable mce=off "                                                 \
	"pcie_ports=compat"

static char out[CMDLINE_BYTES];

static const struct cmdline_for debian = { .arch = CMDLINE_X86,
					   .release = CMDLINE_RELEASE(6, 1),
					   .cpus = 1,
					   .apicid = CMDLINE_NO_APICID };
static const struct cmdline_wish nothing = { .drop = NULL };

static const char *derive_with(const char *base, const struct cmdline_for *to,
			       const struct cmdline_wish *w)
{
	CHECK_EQ(cmdline_derive(base, to, w, out, sizeof(out)), 0);
	return out;
}

static const char *derive(const char *base)
{
	return derive_with(base, &debian, &nothing);
}

/* In: /proc/cmdline. Out: what stays of it in front of our own. */
static const struct distribution {
	const char *name, *in, *stays;
} distributions[] = {
	{ "Debian cloud",
	  "BOOT_IMAGE=/boot/vmlinuz-6.12.48+deb13-cloud-amd64 root=PARTUUID=0e1f4c1f-8f3e-4b3c ro "
	  "console=tty0 "
	  "console=ttyS0,115200 earlyprintk=ttyS0,115200 consoleblank=0 crashkernel=256M",
	  "console=tty0 console=ttyS0,115200 earlyprintk=ttyS0,115200 consoleblank=0 " },
	{ "Debian desktop",
	  "BOOT_IMAGE=/vmlinuz-6.1.0-18-amd64 root=/dev/mapper/vg-root ro quiet splash "
	  "resume=UUID=6d2c-11 "
	  "crashkernel=384M-:128M",
	  "" },
	{ "Fedora",
	  "BOOT_IMAGE=(hd0,gpt2)/vmlinuz-6.11.4-301.fc41.x86_64 root=UUID=bd4a ro "
	  "rootflags=subvol=root "
	  "rd.luks.uuid=luks-1c2d rhgb quiet crashkernel=2G-64G:256M,64G-:512M intel_iommu=on",
	  "intel_iommu=on " },
	{ "RHEL with tuned",
	  "BOOT_IMAGE=(hd0,msdos1)/vmlinuz root=/dev/mapper/rhel-root ro "
	  "crashkernel=1G-4G:192M,4G-64G:256M,64G-:512M "
	  "resume=/dev/mapper/rhel-swap rd.lvm.lv=rhel/root rd.lvm.lv=rhel/swap "
	  "isolcpus=managed_irq,domain,2-15 "
	  "nohz_full=2-15 rcu_nocbs=2-15 rcu_nocb_poll irqaffinity=0-1 default_hugepagesz=1G "
	  "hugepagesz=1G hugepages=32 "
	  "skew_tick=1 nmi_watchdog=0 audit=0 mitigations=off nosmt",
	  "skew_tick=1 mitigations=off nosmt " },
	{ "SUSE",
	  "BOOT_IMAGE=/boot/vmlinuz-6.4.0-150600.21-default root=UUID=2f splash=silent "
	  "mitigations=auto quiet security=apparmor "
	  "crashkernel=305M,high crashkernel=72M,low video=1024x768 preempt=full",
	  "mitigations=auto security=apparmor " },
	{ "Ubuntu on a server",
	  "BOOT_IMAGE=/boot/vmlinuz-6.8.0-45-generic root=/dev/sda2 ro panic=5 panic_on_oops=1 "
	  "softlockup_panic=1 oops=panic "
	  "memmap=64M$0x80000000 mem=32G console=ttyS1,57600n8 pci=nocrs iommu=pt efi=runtime "
	  "swiotlb=524288 log_buf_len=16M",
	  "console=ttyS1,57600n8 pci=nocrs iommu=pt efi=runtime " },
	{ "Alpine",
	  "BOOT_IMAGE=vmlinuz-lts root=UUID=e1 modules=sd-mod,usb-storage,ext4 nomodeset "
	  "rootfstype=ext4 quiet",
	  "modules=sd-mod,usb-storage,ext4 nomodeset " },
	{ "a machine that came back",
	  "console=ttyS0 memmap=640K@0 memmap=0x3ff00000@0x100000 elfcorehdr=0x3f000000 ro",
	  "console=ttyS0 " },
	{ "an EFI stub", "initrd=\\EFI\\linux\\initrd.img root=LABEL=x rw rdinit=/init bootconfig",
	  "" },
	{ "a kernel developer",
	  "kasan=on slub_debug=FZPU page_owner=on trace_event=sched:* ftrace_dump_on_oops kho=on "
	  "audit_backlog_limit=9 "
	  "ima_policy=tcb systemd.unified_cgroup_hierarchy=1 hugetlb_cma=4G reserve_mem=2M:4096:x "
	  "init=/bin/sh initcall_debug",
	  "" },
};

TEST(distributions)
{
	for (size_t i = 0; i < sizeof(distributions) / sizeof(distributions[0]); i++) {
		const struct distribution *d = &distributions[i];
		char want[CMDLINE_BYTES];

		snprintf(want, sizeof(want), "%s%s", d->stays, OURS);
		CHECK_STR(derive(d->in), want);
	}
}

TEST(dash_is_underscore)
{
	CHECK_STR(derive("nmi-watchdog=1 log-buf-len=1M nr-cpus=8 my-arg=1"), "my-arg=1 " OURS);
}

TEST(a_longer_name_stays)
{
	CHECK_STR(derive("memory_hotplug.online_policy=x ipv6.disable=1 romfs sysctl debugfs=off "
			 "raids=1"),
		  "memory_hotplug.online_policy=x ipv6.disable=1 romfs sysctl debugfs=off "
		  "raids=1 " OURS);
}

TEST(our_own_replace)
{
	CHECK_STR(derive("nr_cpus=64 irqpoll cgroup_disable=pressure numa=fake=4 mce=1 cma=1G "
			 "disable_cpu_apicid=7"),
		  OURS);
}

TEST(quotes)
{
	CHECK_STR(derive("acpi_osi=\"!Windows 2012\" quiet"), "acpi_osi=\"!Windows 2012\" " OURS);
	CHECK_STR(derive("\"my.arg=a b\" \"crashkernel=256M\" \"root=x y\""),
		  "\"my.arg=a b\" " OURS);
	CHECK_STR(derive("a=\"x quiet crashkernel=1G\""), "a=\"x quiet crashkernel=1G\" " OURS);
	CHECK_STR(derive("\"quiet\" b"), "b " OURS);
}

TEST(an_open_quote_does_not_swallow_ours)
{
	CHECK_STR(derive("console=ttyS0 a=\"x y"), "console=ttyS0 a=\"x y\" " OURS);
}

TEST(a_star_at_one_end)
{
	CHECK_STR(derive("hash_entries=1 rhash_entries=1 dhash-entries=1 hash_entries2=1"),
		  "hash_entries2=1 " OURS);
	CHECK_STR(derive("usbcore.dyndbg=+p dyndbg=\"file a.c +p; file b.c +p\" dyndbg2 x.dyndbg"),
		  "dyndbg2 " OURS);
	CHECK_STR(derive("hwdog.pretimeout=9 pretimeout=9"), "pretimeout=9 " OURS);
}

TEST(arguments_of_init_end_it)
{
	CHECK_STR(derive("console=ttyS0 \"--\" single"), "console=ttyS0 " OURS);
	CHECK_STR(derive("console=ttyS0 --=1 \"--=1\""), "console=ttyS0 --=1 \"--=1\" " OURS);
	CHECK_STR(derive("console=ttyS0 -- single quiet"), "console=ttyS0 " OURS);
	CHECK_STR(derive("console=ttyS0 --x"), "console=ttyS0 --x " OURS);
}

TEST(blanks)
{
	CHECK_STR(derive(""), OURS);
	CHECK_STR(derive(" \t a  b\n"), "a b " OURS);
}

/* OURS without its nr_cpus=1. */
#define OURS_BEHIND (&(OURS)[sizeof("irqpoll nr_cpus=1 ") - 1])

TEST(what_is_added_replaces_ours)
{
	const struct cmdline_wish w = { .add = { "cma=1M", NULL, "nr-cpus=4 b" } };
	struct cmdline_for to = debian;

	to.apicid = 18;
	derive_with("a nr_cpus=9", &to, &w);
	CHECK(!strncmp(out, "a irqpoll reset_devices ", 24) && !strstr(out, "cma=0") &&
	      !strstr(out, "nr_cpus="));
	CHECK(strstr(out, " pcie_ports=compat disable_cpu_apicid=18 cma=1M nr-cpus=4 b"));
}

TEST(what_is_removed)
{
	struct cmdline_wish w = { .drop = "console irqpoll" };

	/* of base alone, as kdump-utils does it */
	CHECK_STR(derive_with("console=ttyS0 tsc=reliable a", &debian, &w), "tsc=reliable a " OURS);
	w = (struct cmdline_wish){ .drop_ours = "tsc=reliable irqpoll  nr_cpus" };
	derive_with("console=ttyS0 tsc=unstable a", &debian, &w);
	CHECK(!strncmp(out, "console=ttyS0 a reset_devices ", 30));
	CHECK_STR(out + 16, OURS_BEHIND);
}

/* Arguments that only some kernels and machines know. */
TEST(architecture_and_release)
{
	struct cmdline_for to = {
		.arch = CMDLINE_X86, .release = CMDLINE_RELEASE(6, 8), .cpus = 8, .apicid = 0
	};

	derive_with("", &to, &nothing);
	CHECK(strstr(out, "nr_cpus=8 ") && strstr(out, " mce=off ") &&
	      strstr(out, " disable_cpu_apicid=0") && !strstr(out, "initramfs_options"));
	to.release = CMDLINE_RELEASE(6, 9);
	CHECK(!strstr(derive_with("", &to, &nothing), "disable_cpu_apicid"));
	to.release = CMDLINE_RELEASE(6, 18);
	CHECK(strstr(derive_with("", &to, &nothing), " initramfs_options=size=90%"));
	/* what is not known may be either */
	to.release = 0;
	derive_with("", &to, &nothing);
	CHECK(strstr(out, "disable_cpu_apicid=0") && strstr(out, "initramfs_options"));
	to.arch = CMDLINE_ARM64;
	derive_with("swiotlb=65536", &to, &nothing);
	/* a board's devices may need what the crash kernel itself makes of it */
	CHECK(strstr(out, " clk_ignore_unused") && !strstr(out, "mce=off") &&
	      !strstr(out, "apicid") && !strstr(out, "irqpoll") && !strstr(out, "swiotlb"));
}

TEST(reuse)
{
	CHECK_EQ(cmdline_reuse("BOOT_IMAGE=/v root=/dev/sda1 quiet crashkernel=1G,high initrd=a "
			       "crashkernel=9M,low",
			       NULL, out, sizeof(out)),
		 0);
	CHECK_STR(out, "root=/dev/sda1 quiet");
	CHECK_EQ(cmdline_reuse("crashkernel=1G", "x y", out, sizeof(out)), 0);
	CHECK_STR(out, "x y");
	CHECK_EQ(cmdline_reuse("crashkernel=1G", NULL, out, sizeof(out)), 0);
	CHECK_STR(out, "");
}

/* Every buffer size: either the whole line, or -E2BIG and nothing written beyond the end (ASan). */
TEST(too_long)
{
	static const char base[] = "console=ttyS0 a=\"b c";
	static const struct cmdline_wish w = { .add = { "end" } };
	size_t need = strlen("console=ttyS0 a=\"b c\" " OURS " end") + 1;

	for (size_t size = 1; size <= need + 1; size++) {
		char *buf = malloc(size);
		int r = cmdline_derive(base, &debian, &w, buf, size);

		CHECK_EQ(r, size < need ? -E2BIG : 0);
		CHECK(r || strlen(buf) == need - 1);
		free(buf);
	}
}

TEST(has)
{
	const char *v;

	CHECK(cmdline_has("a crashkernel=256M,high b", "crashkernel", &v));
	CHECK(!strncmp(v, "256M,high", 9));
	CHECK(cmdline_has("quiet", "quiet", &v) && !*v);
	CHECK(!cmdline_has("nocrashkernel=1 x=\"crashkernel=1\"", "crashkernel", NULL));
	CHECK(!cmdline_has("-- crashkernel=1", "crashkernel", NULL));
}

TEST(reasons)
{
	const char *pos = "quiet console=ttyS0 nr_cpus=3";
	struct cmdline_arg a;

	CHECK(cmdline_next(&pos, &a) && cmdline_why_dropped(&debian, &nothing, &a));
	CHECK(cmdline_next(&pos, &a) && !cmdline_why_dropped(&debian, &nothing, &a));
	CHECK(cmdline_next(&pos, &a) && cmdline_why_dropped(&debian, &nothing, &a));
	CHECK(!cmdline_next(&pos, &a));
	for (const struct cmdline_drop *d = cmdline_drops; d->name; d++)
		CHECK(d->why && *d->why && !strchr(d->name, '-'));
	for (const struct cmdline_append *p = cmdline_appends; p->text; p++)
		CHECK(p->why && *p->why);
}
