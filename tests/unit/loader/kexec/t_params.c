/* SPDX-License-Identifier: MIT */
/*
 * What of a production command line reaches the crash kernel: lines of machines whose capture was
 * killed or held up by them, variants of those, and what stays on purpose.
 */
#include <string.h>

#include "loader/kexec/cmdline.h"
#include "tests/unit/test.h"

/* What stays of a line; each thing left out has a reason. */
static const char *stays(const char *base)
{
	static const struct cmdline_for to = { .arch = CMDLINE_X86, .apicid = CMDLINE_NO_APICID };
	static const struct cmdline_wish nothing;
	static char out[CMDLINE_BYTES];
	struct cmdline_arg arg;
	size_t n = 0;

	out[0] = '\0';
	while (cmdline_next(&base, &arg)) {
		if (!cmdline_why_dropped(&to, &nothing, &arg))
			n += (size_t)snprintf(out + n, sizeof(out) - n, "%s%.*s", n ? " " : "",
					      (int)arg.len, arg.text);
	}
	return out;
}

struct machine {
	const char *name, *in, *stays;
};

static void check_all(const struct machine *m, size_t n)
{
	for (size_t i = 0; i < n; i++)
		CHECK_STR(stays(m[i].in), m[i].stays);
}

#define CHECK_ALL(machines) check_all(machines, sizeof(machines) / sizeof((machines)[0]))

static const struct machine inherited[] = {
	{ "as it was seen",
	  "BOOT_IMAGE=/vmlinuz root=/dev/vda1 ro console=ttyS0 hung_task_panic=1 "
	  "sysctl.kernel.hung_task_panic=1 sysctl.kernel.hung_task_timeout_secs=10 "
	  "sysctl.kernel.panic=0 sysctl.kernel.softlockup_panic=1 sysctl.vm.panic_on_oom=2 "
	  "sysctl.vm.nr_hugepages=2048 rcupdate.rcu_cpu_stall_timeout=10 "
	  "workqueue.panic_on_stall=1 nomodule dm-mod.waitfor=PARTUUID=0c0ffee0-01 "
	  "dhash_entries=33554432 sysctl.kernel.kexec_load_disabled=1 crashkernel=256M",
	  "console=ttyS0" },
	{ "with slashes", "console=ttyS0 sysctl/kernel/hung_task_panic=1 sysctl.vm/panic_on_oom=1",
	  "console=ttyS0" },
	{ "quoted",
	  "\"sysctl.kernel.core_pattern=|/bin/a b\" sysctl.kernel.printk=\"7 4 1 7\" tsc=reliable",
	  "tsc=reliable" },
	{ "dashes", "hung-task-panic=1 softlockup-panic=1 workqueue.panic-on-stall=3 tsc=reliable",
	  "tsc=reliable" },
	{ "lockups",
	  "softlockup_panic=2 softlockup_all_cpu_backtrace=1 hardlockup_all_cpu_backtrace=1 "
	  "hardlockup_panic=1 nmi_watchdog=panic,1 watchdog_thresh=5 nosoftlockup",
	  "nosoftlockup" },
	{ "oops",
	  "oops=panic panic_on_oops=1 pause_on_oops=60 panic=-1 panic_on_taint=0x20,nousertaint "
	  "panic_print=0x7f panic_sys_info=tasks,mem panic_console_replay",
	  "" },
	{ "stalls",
	  "workqueue.watchdog_thresh=10 workqueue.panic_on_stall_time=60 "
	  "rcupdate.rcu_cpu_stall_suppress=0 "
	  "smp.panic_on_ipistall=300000 rcutree.kthread_prio=1 workqueue.power_efficient=1",
	  "workqueue.power_efficient=1" },
	{ "NMIs",
	  "unknown_nmi_panic apic_extnmi=all crash_kexec_post_notifiers "
	  "nmi_backtrace.backtrace_idle=1",
	  "nmi_backtrace.backtrace_idle=1" },
	{ "watchdogs",
	  "iTCO_wdt.nowayout=1 hpwdt.pretimeout=9 softdog.soft_panic=1 watchdog.open_timeout=30 "
	  "watchdog.handle_boot_enabled=0 ipmi_watchdog.preaction=pre_int hcheck_reboot=1",
	  "iTCO_wdt.nowayout=1" },
	{ "checkers",
	  "kfence.fault=panic kasan.fault=panic kmsan.panic=1 kcsan.early_enable=1 "
	  "edac_core.edac_mc_panic_on_ue=1 kunit.enable=1 rcutorture.stall_cpu=22 "
	  "failslab=10,100,0,-1",
	  "" },
	{ "memory",
	  "mhash_entries=1 mphash_entries=1 ihash_entries=1 thash_entries=1 uhash_entries=1 "
	  "hugetlb_cma=4G numa_cma=0:1G transparent_hugepage_tmpfs=always thp_anon=16K-2M:always "
	  "coherent_pool=1G "
	  "retain_initrd max_loop=256 init_on_free=1 init_on_alloc=1 mitigations=auto",
	  "mitigations=auto" },
};

static const struct machine verity[] = {
	{ "as it was seen",
	  "BOOT_IMAGE=(hd0,gpt3)/vmlinuz root=/dev/dm-0 rootwait ro dm-mod.create=\"vroot,,,ro,0 "
	  "1884160 verity 1 PARTUUID=aaaa/PARTNROFF=1 PARTUUID=aaaa/PARTNROFF=2 4096 4096 235520 1 "
	  "sha256 c0ffee 00ff 2 restart_on_corruption ignore_zero_blocks\" "
	  "systemd.log_target=journal-or-kmsg selinux=1 enforcing=1 crashkernel=2G-:256M "
	  "net.ifnames=0 biosdevname=0 security=selinux dm_verity.error_behavior=3 "
	  "dm_verity.dev_wait=1 nvme_core.io_timeout=4294967295 module.sig_enforce=1",
	  "selinux=1 enforcing=1 net.ifnames=0 biosdevname=0 security=selinux" },
	{ "quote before the name", "\"dm-mod.create=v,,,ro,0 8 linear 254:0 0\" net.ifnames=0",
	  "net.ifnames=0" },
	{ "underscore", "dm_mod.create=\"a,,,rw, 0 1 zero; b,,,ro, 0 8 linear 8:1 0\" a=\"b c\"",
	  "a=\"b c\"" },
	{ "two of them", "dm-mod.create=\"x\" quiet dm-mod.create=\"y z\" net.ifnames=0",
	  "net.ifnames=0" },
	{ "quotes in the middle", "dm-mod.create=v,,,ro,\"0 8 zero\",x quiet net.ifnames=0",
	  "net.ifnames=0" },
	{ "words of the table look like arguments",
	  "dm-mod.create=\"v root=x console=ttyS9 -- y\" console=ttyS0", "console=ttyS0" },
	{ "never closed", "net.ifnames=0 dm-mod.create=\"v,,,ro,0 8 zero console=ttyS0",
	  "net.ifnames=0" },
	{ "waits",
	  "dm-mod.create=\"v\" dm-mod.waitfor=/dev/sda,PARTLABEL=x rootwait=30 rootdelay=60 "
	  "resumewait",
	  "" },
	{ "Amazon",
	  "root=PARTUUID=9d ro console=tty0 console=ttyS0,115200n8 nvme_core.io_timeout=4294967295 "
	  "rd.emergency=poweroff rd.shell=0 selinux=1 security=selinux quiet",
	  "console=tty0 console=ttyS0,115200n8 selinux=1 security=selinux" },
	{ "NVMe",
	  "nvme_core.admin_timeout=4294967295 nvme-core.shutdown_timeout=255 "
	  "nvme_core.max_retries=255 "
	  "nvme_core.multipath=N nvme_core.default_ps_max_latency_us=0",
	  "nvme_core.multipath=N nvme_core.default_ps_max_latency_us=0" },
	{ "arrays",
	  "md=0,/dev/sda1,/dev/sdb1 raid=noautodetect scsi_mod.scan=manual root=/dev/md0 "
	  "dm_mod.dm_mq_nr_hw_queues=4",
	  "dm_mod.dm_mq_nr_hw_queues=4" },
};

static const struct machine micro[] = {
	{ "as it was seen",
	  "console=ttyS0 reboot=k panic=1 pci=off nomodule i8042.noaux random.trust_cpu=on "
	  "root=/dev/vda rw virtio_mmio.device=4K@0xd0000000:5 virtio_mmio.device=4K@0xd0001000:6 "
	  "init=/sbin/app -- --app-flag 3",
	  "console=ttyS0 reboot=k pci=off i8042.noaux random.trust_cpu=on "
	  "virtio_mmio.device=4K@0xd0000000:5 virtio_mmio.device=4K@0xd0001000:6" },
	{ "Firecracker's default",
	  "reboot=k panic=1 pci=off nomodule 8250.nr_uarts=0 i8042.noaux "
	  "i8042.nomux i8042.nopnp i8042.dumbkbd",
	  "reboot=k pci=off 8250.nr_uarts=0 i8042.noaux i8042.nomux i8042.nopnp i8042.dumbkbd" },
	{ "the kernel brings up the network",
	  "console=ttyS0 ip=10.0.0.2::10.0.0.1:255.255.255.0::eth0:off "
	  "nfsaddrs=x carrier_timeout=60 root=/dev/nfs nfsroot=10.0.0.1:/x",
	  "console=ttyS0 carrier_timeout=60" },
	{ "Cloud Hypervisor", "console=hvc0 root=/dev/vda1 rw systemd.show_status=no",
	  "console=hvc0" },
	{ "crosvm",
	  "noacpi reboot=k pci=off panic=-1 console=ttyS0 init=/init root=/dev/vda ro "
	  "virtio_mmio.device=4K@0xd0000000:5",
	  "noacpi reboot=k pci=off console=ttyS0 virtio_mmio.device=4K@0xd0000000:5" },
	{ "kata",
	  "tsc=reliable no_timer_check rcupdate.rcu_expedited=1 i8042.direct=1 i8042.noaux=1 "
	  "noreplace-smp reboot=k cryptomgr.notests net.ifnames=0 pci=lastbus=0 root=/dev/pmem0p1 "
	  "rootflags=dax,ro "
	  "console=hvc0 debug panic=1 nr_cpus=8 selinux=0 systemd.unit=kata-containers.target "
	  "agent.log=debug",
	  "tsc=reliable no_timer_check i8042.direct=1 i8042.noaux=1 noreplace-smp reboot=k "
	  "cryptomgr.notests "
	  "net.ifnames=0 pci=lastbus=0 console=hvc0 selinux=0 agent.log=debug" },
	{ "QEMU microvm",
	  "earlyprintk=ttyS0,keep console=ttyS0 acpi=off reboot=t panic=-1 nomodule",
	  "earlyprintk=ttyS0,keep console=ttyS0 acpi=off reboot=t" },
	{ "arguments of init with quotes",
	  "console=ttyS0 init=/sbin/app -- \"console=ttyS1 x\" nomodule", "console=ttyS0" },
	{ "two dashes, quoted", "console=ttyS0 \"--\" reboot=k", "console=ttyS0" },
	{ "a debugger",
	  "console=ttyS0 kgdboc=ttyS1,115200 kgdbwait kgdbcon ekgdboc=kbd kgdboc_earlycon=uart8250",
	  "console=ttyS0" },
	{ "a developer",
	  "console=ttyS0 initcall_debug ignore_loglevel debug boot_delay=100 usbcore.dyndbg=+p "
	  "tp_printk "
	  "trace_instance=boot_map@0x1000000 drm.debug=0x1ff acpi.debug_level=0xffffffff "
	  "keep_bootcon test_suspend=mem",
	  "console=ttyS0" },
};

TEST(inherited_panics)
{
	CHECK_ALL(inherited);
}

TEST(devices_made_early)
{
	CHECK_ALL(verity);
}

TEST(micro_machines)
{
	CHECK_ALL(micro);
}

/* What one might think is left out, and is not. */
static const struct kept {
	const char *arg, *why;
} kept[] = {
	{ "console=ttyS0,115200", "where the capture speaks" },
	{ "earlyprintk=ttyS0,keep", "each line twice, but a death before the console is heard" },
	{ "earlycon=uart8250,io,0x3f8", "the same" },
	{ "loglevel=3", "how loud that console may be" },
	{ "netconsole=@/eth0,@10.0.0.1/", "waits at most 4 s for a carrier" },
	{ "printk.devkmsg=on", "kdump-init sets it as it needs it" },
	{ "module_blacklist=mlx5_core", "a driver that hangs or takes the memory" },
	{ "modprobe.blacklist=nouveau", "the kernel does not read it" },
	{ "initcall_blacklist=hpwdt_init", "what hangs at boot hangs in a capture too" },
	{ "pci=off", "the machine has none, or none that works" },
	{ "pci=nocrs", "a quirk of the machine" },
	{ "reboot=k", "how the machine reboots" },
	{ "acpi=off", "a quirk of the machine" },
	{ "virtio_mmio.device=4K@0xd0000000:5", "its disks are found by nothing else" },
	{ "i8042.noaux", "half a second less" },
	{ "libata.force=1.5G", "a quirk of a disk" },
	{ "nvme_core.multipath=N", "names of disks" },
	{ "net.ifnames=0", "names of interfaces" },
	{ "blkdevparts=mmcblk0:1G(data)", "partitions that a target may be on" },
	{ "mtdparts=x:1M(a)", "partitions that a target may be on" },
	{ "usb-storage.delay_use=5", "a disk that needs it" },
	{ "usbcore.quirks=0781:5580:bk", "a quirk of a disk" },
	{ "intel_iommu=on", "devices are mapped as they were" },
	{ "iommu=pt", "devices are mapped as they were" },
	{ "mem_encrypt=on", "the dump cannot be read without" },
	{ "acpi_rsdp=0x7f000000", "where the tables are after a kexec" },
	{ "efi=noruntime", "a quirk of the machine" },
	{ "nr_uarts=8", "the console's port" },
	{ "nowatchdog", "no lockups are looked for: none can panic" },
	{ "nosoftlockup", "no lockups are looked for: none can panic" },
	{ "idle=poll", "a quirk of the machine" },
	{ "clocksource=hpet", "a quirk of the machine" },
	{ "tsc=unstable", "a quirk of the machine" },
	{ "noapic", "a quirk of the machine" },
	{ "no_timer_check", "a quirk of the machine" },
	{ "mitigations=off", "its speed" },
	{ "lockdown=integrity", "the administrator's rule; what is captured is not touched by it" },
	{ "fips=1", "the administrator's rule; modules are then loaded with their signature" },
	{ "selinux=1", "without a policy it forbids nothing" },
	{ "lsm=landlock,yama", "without a policy they forbid nothing" },
	{ "random.trust_cpu=on", "TLS need not wait" },
	{ "hostname=db1", "whose dump it is" },
	{ "deferred_probe_timeout=30", "bounded, and beside the boot" },
	{ "driver_async_probe=*", "faster, not slower" },
	{ "sysrq_always_enabled", "a way to end it by hand" },
	{ "kvm.nx_huge_pages=off", "nothing reads it" },
};

TEST(kept_on_purpose)
{
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		CHECK_STR(stays(kept[i].arg), kept[i].arg);
}

TEST(no_row_twice)
{
	for (const struct cmdline_drop *d = cmdline_drops; d->name; d++) {
		for (const struct cmdline_drop *e = d + 1; e->name; e++)
			CHECK(strcmp(d->name, e->name));
	}
}
