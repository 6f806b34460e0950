/* SPDX-License-Identifier: MIT */
/*
 * What the crash kernel's command line loses and gains, with the reason of each. Chosen from
 * what Fedora, SUSE and Debian do, less what only systemd and udev in an image need: the
 * capture image has neither.
 */
#include "loader/kexec/cmdline.h"

/*
 * Gone through parameter by parameter for 6.1 and 7.2 (kernel-parameters.txt, and what only the
 * source names). What looks as if it belonged here and stays is listed, with its reason too, in
 * tests/unit/loader/kexec/t_params.c.
 */
/* clang-format off */
const struct cmdline_drop cmdline_drops[] = {
	/* memory that is not the crash kernel's */
	{"crashkernel", "would reserve memory inside the reservation"},
	{"elfcorehdr", "of a former crash; the kernel adds the new one"},
	{"dmcryptkeys", "of a former crash; the kernel adds the new one"},
	{"memmap", "the crash kernel gets its memory map from the kernel that loads it"},
	{"mem", "the crash kernel gets its memory map from the kernel that loads it"},
	{"add_efi_memmap", "the crash kernel gets its memory map from the kernel that loads it"},
	{"efi_fake_mem", "the crash kernel gets its memory map from the kernel that loads it"},
	{"ramoops.*", "the dead kernel's record lies there, for the next boot"},
	{"printk.always_kmsg_dump", "the capture's end would write over what pstore has of the crash"},

	/* memory */
	{"reserve_mem", "memory"},
	{"kho*", "memory"},
	{"liveupdate", "memory"}, /* 6.19 */
	{"kernelcore", "memory zones sized for the whole machine"},
	{"movablecore", "memory zones sized for the whole machine"},
	{"movable_node", "memory zones sized for the whole machine"},
	{"*hash_entries", "hash tables sized for the whole machine"},
	{"hugepages*", "would take all memory"},
	{"default_hugepagesz", "would take all memory"},
	{"hugetlb*", "would take all memory"},
	{"transparent_hugepage_*", "memory"},
	{"thp_*", "memory"},
	{"cma_pernuma", "memory"},
	{"numa_cma", "memory"},
	{"coherent_pool", "memory"},
	{"cgroup_enable", "memory"},
	{"log_buf_len", "memory"},
	/*
	 * noforce is not set in its place: where devices of 32 bits reach all of the reservation
	 * arm64 and riscv64 make no pool anyway (mem_init()), and else such a device needs it.
	 */
	{"swiotlb", "memory, sized for the whole machine"},
	{"keepinitrd", "memory: the image would stay beside what it is unpacked to"},
	{"retain_initrd", "memory: the image would stay beside what it is unpacked to"},
	{"max_loop", "memory"},
	{"loop.*", "memory"},
	{"zswap.*", "memory"},
	{"profile", "memory and time"},
	{"slub_debug*", "memory and time"},
	{"slab_debug*", "memory and time"},
	{"kasan*", "memory and time"},
	{"kcsan.*", "memory and time"},
	{"kmsan.*", "memory and time"},
	{"kfence.*", "memory and time"},
	{"kmemleak", "memory and time"},
	{"page_owner", "memory"},
	{"early_page_ext", "memory"},
	{"stack_depot_*", "memory"},
	{"page_poison", "time"},
	{"page_table_check", "memory and time"},
	{"debug_pagealloc", "memory and time"},
	{"debug_guardpage_minorder", "memory"},
	{"debug_objects", "memory and time"},
	{"dma_debug*", "memory and time"},
	{"iommu.debug_pagealloc", "memory and time"},
	{"vm_debug", "time"},
	{"memtest", "time"},
	{"trace*", "memory and time"},
	{"tp_printk*", "memory and time"},
	{"ftrace*", "memory and time"},
	{"alloc_snapshot", "memory and time"},
	{"stacktrace*", "memory and time"},
	{"kprobe_event", "memory and time"},
	{"kunit*", "tests of the kernel's"},
	{"torture.*", "tests of the kernel's"},
	{"locktorture.*", "tests of the kernel's"},
	{"rcutorture.*", "tests of the kernel's"},
	{"scftorture.*", "tests of the kernel's"},
	{"rcuscale.*", "tests of the kernel's"},
	{"refscale.*", "tests of the kernel's"},
	{"test_suspend", "would put the machine to sleep"},
	{"failslab", "faults on purpose"},
	{"fail_*", "faults on purpose"},

	/* the running system's root and init */
	{"root*", "the capture image is the root"},
	{"nfsroot", "the capture image is the root"},
	{"ip", "the capture image brings up its own network"},
	{"nfsaddrs", "the capture image brings up its own network"},
	{"ro", "the capture image is the root"},
	{"rw", "the capture image is the root"},
	{"init", "the capture image has its own"},
	{"rdinit", "the capture image has its own"},
	{"initrd", "of the running kernel"},
	{"initrdmem", "of the running kernel"},
	{"noinitrd", "the capture system is an initrd"},
	{"initramfs_options", "of the running kernel's initrd"}, /* 6.18 */
	{"BOOT_IMAGE", "of the running kernel"},
	{"bootconfig", "of the running kernel's initrd"},
	{"resume*", "no hibernation image is wanted"},
	{"rd.*", "for an initramfs of another kind"},
	{"systemd.*", "no systemd runs"},
	{"ignition.*", "no first boot is wanted"},

	/* devices made or waited for before there is a capture */
	{"dm_mod.create", "the capture makes its own devices; this one's disks may be dead"},
	{"dm_mod.waitfor", "waits without limit for a disk that may be dead"},
	{"dm_verity.*", "waits or panics; the capture makes no such device"},
	{"md", "the capture assembles its own arrays"},
	{"raid", "the capture assembles its own arrays"},
	{"scsi_mod.scan", "'none' and 'manual' leave the disks to a program that is not there"},
	{"nvme_core.io_timeout", "a disk that hangs must fail, not be waited for"},
	{"nvme_core.admin_timeout", "a disk that hangs must fail, not be waited for"},
	{"nvme_core.shutdown_timeout", "a disk that hangs must fail, not be waited for"},
	{"nvme_core.max_retries", "a disk that hangs must fail, not be waited for"},
	{"boot_delay", "waits at each line of the log"},
	{"kgdb*", "waits for a debugger"},
	{"ekgdboc", "waits for a debugger"},

	/* modules */
	{"nomodule", "the capture's drivers are modules"},
	{"module.sig_enforce", "the image they are in is not signed; a capture may lack the keys"},

	/* the log */
	{"quiet", "the log of a capture is wanted"},
	{"splash", "the log of a capture is wanted"},
	{"rhgb", "the log of a capture is wanted"},
	{"plymouth.*", "the log of a capture is wanted"},
	{"video", "graphics drivers are not loaded"},
	{"memblock", "log flood"},
	{"debug", "log flood"},
	{"ignore_loglevel", "log flood"},
	{"initcall_debug", "log flood: half a minute of a serial line"},
	{"dyndbg", "log flood"},
	{"*.dyndbg", "log flood"},
	{"acpi.debug_*", "log flood"},
	{"drm.debug", "log flood"},
	{"sched_verbose", "log flood"},
	{"keep_bootcon", "each line twice"},

	/* CPUs */
	{"maxcpus", "replaced by nr_cpus"},
	{"possible_cpus", "replaced by nr_cpus"},
	{"isolcpus", "names CPUs that are not there"},
	{"nohz_full", "names CPUs that are not there"},
	{"rcu_nocb*", "names CPUs that are not there"},
	{"irqaffinity", "names CPUs that are not there"},
	{"workqueue.unbound_cpus", "names CPUs that are not there"}, /* after 6.1 */
	{"rcutree.*", "tuned for the whole machine"},
	{"srcutree.*", "tuned for the whole machine"},
	{"rcupdate.*", "tuned for the whole machine; a stall must not stop the capture"},
	{"preempt*", "no latency to keep"},
	{"disable_cpu_apicid", "set anew for this machine"},

	/* by which the running kernel panics or reboots */
	{"panic*", "a warning or a lockup must not stop the capture"},
	{"oops", "an oops must not stop the capture"},
	{"pause_on_oops", "an oops must not stop the capture"},
	{"nmi_watchdog", "a slow disk must not stop the capture"},
	{"watchdog_thresh", "a slow disk must not stop the capture"},
	{"softlockup*", "a slow disk must not stop the capture"},
	{"hardlockup*", "a slow disk must not stop the capture"},
	{"hung_task_*", "a slow disk must not stop the capture"},
	{"workqueue.panic_on_stall*", "a slow disk must not stop the capture"}, /* after 6.1 */
	{"workqueue.watchdog_thresh", "a slow disk must not stop the capture"},
	{"smp.panic_on_ipistall", "a slow CPU must not stop the capture"}, /* after 6.1 */
	{"sysctl.*", "the running system's settings; kdump-init makes those of a capture"},
	{"sysctl/*", "the running system's settings; kdump-init makes those of a capture"},
	{"unknown_nmi_panic", "an NMI must not stop the capture"},
	{"apic_extnmi", "an NMI must not stop the capture"},
	{"edac_core.*", "a memory error must not stop the capture"},
	{"*.pretimeout", "a watchdog's warning must not stop the capture"},
	{"ipmi_watchdog.*", "a watchdog's warning must not stop the capture"},
	{"softdog.*", "a watchdog's warning must not stop the capture"},
	{"watchdog.*", "would reset the machine where the capture opens no watchdog"},
	{"hcheck_*", "a slow disk must not stop the capture"},
	{"hangcheck_timer.*", "a slow disk must not stop the capture"},
	{"crash_kexec_post_notifiers", "for the kernel that crashes, not for the one that captures"},

	/* integrity */
	{"audit*", "no audit daemon runs"},
	{"ima_*", "measuring the capture image costs time"},
	{0},
};
/* clang-format on */

#define X86   CMDLINE_X86
#define ARM64 CMDLINE_ARM64
#define ALL   CMDLINE_ALL
/* machines of a device tree, whose clocks, power domains and regulators Linux switches itself */
#define TREES		     (ARM64 | CMDLINE_RISCV64)
#define BEFORE(major, minor) .before = CMDLINE_RELEASE(major, minor)
#define SINCE(major, minor)  .since = CMDLINE_RELEASE(major, minor)

/* clang-format off */
const struct cmdline_append cmdline_appends[] = {
	{"irqpoll", "interrupts of devices that nobody reset are lost or shared", .arches = X86},
	{"nr_cpus=%d", "per-CPU memory and interrupt vectors: as many as help the dump and fit", .arches = ALL,
	 .value = CMDLINE_CPUS},
	{"reset_devices", "drivers reset their hardware at probe", .arches = ALL},
	{"panic=10", "a capture kernel that fails must not hang", .arches = ALL},
	{"nokaslr", "a low kernel may leave no room below 4 GiB for DMA", .arches = X86},
	{"cgroup_disable=memory", "memory", .arches = ALL},
	{"numa=off", "memory; the reservation may lie on one node only", .arches = X86},
	{"transparent_hugepage=never", "memory", .arches = ALL},
	{"cma=0", "memory", .arches = ALL},
	{"kfence.sample_interval=0", "memory", .arches = ALL},
	{"init_on_alloc=0", "time; nobody is there to hide the memory from", .arches = ALL},
	{"init_on_free=0", "time; nobody is there to hide the memory from", .arches = ALL},
	{"novmcoredd", "device dumps eat memory", .arches = ALL},
	{"acpi_no_memhotplug", "ACPI would add the whole machine's memory", .arches = X86 | ARM64},
	{"hest_disable", "error tables take up to 60 MB", .arches = X86 | ARM64},
	{"mce=off", "a second machine check must not stop the capture", .arches = X86},
	{"pcie_ports=compat", "a few CPUs' interrupt vectors run out", .arches = X86},
	{"initramfs_options=size=90%", "a large image unpacks into more than half of the memory", .arches = ALL,
	 SINCE(6, 18)},
	{"disable_cpu_apicid=%d", "the boot processor, which resets the machine when it is started again", .arches = X86,
	 .value = CMDLINE_APICID, BEFORE(6, 9)},
	{"clk_ignore_unused", "what only drivers outside of the image use would be switched off", .arches = TREES},
	{"pd_ignore_unused", "what only drivers outside of the image use would be switched off", .arches = TREES},
	{"regulator_ignore_unused", "what only drivers outside of the image use would be switched off", .arches = TREES},
	{0},
};
/* clang-format on */
