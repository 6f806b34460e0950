/* SPDX-License-Identifier: MIT */
/*
 * What is loaded once more, and what stays: reload, and the events of memory and CPUs, on a machine
 * made of files.
 */
#include <sys/file.h>
#include <sys/wait.h>

#include "lib/cleanup.h"
#include "lib/clock.h"
#include "lib/io.h"
#include "loader/arm.h"
#include "loader/check/explain.h"
#include "loader/hotplug.h"
#include "loader/lock.h"
#include "loader/record.h"
#include "loader/status.h"
#include "tests/unit/fake/logfile.h"
#include "tests/unit/fake/machine.h"
#include "tests/unit/test.h"

#define FOLLOWS_MEMORY "sys/devices/system/memory/crash_hotplug"
#define FOLLOWS_CPUS   "sys/devices/system/cpu/crash_hotplug"
#define LIMIT	       "proc/sys/kernel/kexec_load_limit_panic"
#define IOMEM_BEFORE                                                                               \
	"00100000-3ffdffff : System RAM\n  2e000000-3dffffff : Crash kernel\n"                     \
	"  30000000-31ffffff : Kernel code\n"
#define IOMEM_MORE IOMEM_BEFORE "100000000-10fffffff : System RAM\n"

static struct {
	struct machine machine;
	int log;
	int calls, err; /* err: of the next call */
	unsigned max_calls;
	enum kexec_call asked;
	bool segments;	     /* the call that is there */
	const char *watched; /* a file below the root… */
	bool during;	     /* …that was there during the last call */
	char cmdline[CMDLINE_BYTES];
} m;

int kexec_try_crash(const struct kexec_request *q, struct layout *l)
{
	(void)q;
	return layout_fail(l, -ENOSYS, "not asked for here");
}

int kexec_load_crash(const struct kexec_request *q, struct kexec_done *done)
{
	int err = m.err;

	m.calls++;
	m.during = m.watched && !faccessat(m.machine.fd, m.watched, F_OK, 0);
	m.err = 0;
	m.asked = q->call;
	m.max_calls = q->max_calls;
	snprintf(m.cmdline, sizeof(m.cmdline), "%s", q->cmdline);
	*done = (struct kexec_done){ .call = m.segments ? KEXEC_SEGMENTS : KEXEC_FILE,
				     .crash = true,
				     .prepared = true };
	machine_put(&m.machine, "sys/kernel/kexec_crash_loaded", err ? "0\n" : "1\n");
	return err;
}

int kexec_unload_crash(int root, unsigned max_calls)
{
	(void)root;
	(void)max_calls;
	return -EPERM;
}

static void begin(void)
{
	memset(&m, 0, sizeof(m));
	m.machine = machine_make();
	machine_put(&m.machine, "proc/iomem", IOMEM_BEFORE);
	machine_put(&m.machine, "sys/devices/system/cpu/present", "0-1\n");
	m.log = logfile_open(m.machine.fd);
}

static void end(void)
{
	logfile_close(m.log);
	machine_remove(&m.machine);
}

static bool logged(const char *words)
{
	return logfile_has(m.log, words);
}

static int load(struct load_options o)
{
	return arm_load(m.machine.fd, &o);
}

static int reload(struct load_options o)
{
	o.reload = true;
	return arm_load(m.machine.fd, &o);
}

static bool is_stale(const char *id)
{
	struct status s;
	bool found = false;

	CHECK_EQ(status_read(m.machine.fd, &s), 0);
	for (unsigned i = 0; i < s.findings.n; i++)
		found |= !strcmp(s.findings.item[i].id, id) &&
			 s.findings.item[i].level == FINDING_STALE;
	return found;
}

#define PLAIN                                                                                      \
	(struct load_options)                                                                      \
	{                                                                                          \
		.dry_run = false                                                                   \
	}

TEST(reload_of_the_same)
{
	begin();
	/* nothing is loaded: there is something to do */
	CHECK_EQ(reload(PLAIN), 0);
	CHECK_EQ(m.calls, 1);
	CHECK_EQ(reload(PLAIN), 0);
	CHECK(logged("nothing has changed since the crash kernel was loaded"));
	CHECK_EQ(m.calls, 1);
	/* load is what one asks for */
	CHECK_EQ(load(PLAIN), 0);
	CHECK_EQ(m.calls, 2);
	end();
}

TEST(reload_of_something_else)
{
	int calls = 1;

	begin();
	CHECK_EQ(load(PLAIN), 0);
	CHECK_EQ(reload((struct load_options){ .append = "x" }), 0);
	CHECK_EQ(m.calls, ++calls);
	CHECK_EQ(reload(PLAIN), 0);
	CHECK_EQ(m.calls, ++calls);
	machine_put_kernel(&m.machine, MACHINE_KERNEL, 2);
	CHECK_EQ(reload(PLAIN), 0);
	CHECK_EQ(m.calls, ++calls);
	machine_put_initrd(&m.machine, MACHINE_INITRD, "second image");
	CHECK_EQ(reload(PLAIN), 0);
	CHECK_EQ(m.calls, ++calls);
	CHECK_EQ(reload((struct load_options){ .call = KEXEC_SEGMENTS }), 0);
	CHECK_EQ(m.calls, ++calls);
	CHECK_EQ(reload((struct load_options){ .call = KEXEC_SEGMENTS }), 0);
	CHECK_EQ(m.calls, calls);
	/* what another program did to it is seen */
	machine_put(&m.machine, "sys/kernel/kexec_crash_loaded", "0\n");
	CHECK_EQ(reload((struct load_options){ .call = KEXEC_SEGMENTS }), 0);
	CHECK_EQ(m.calls, ++calls);
	end();
}

/* The new keys of dm-crypt are handed over by a load, and nobody can see that they are new. */
TEST(reload_with_keys)
{
	begin();
	machine_put(&m.machine, "sys/kernel/config/crash_dm_crypt_keys/count", "1\n");
	CHECK_EQ(load(PLAIN), 0);
	CHECK_EQ(reload(PLAIN), 0);
	CHECK_EQ(m.calls, 2);
	/* but old ones may have expired, and then nothing would be loaded at all */
	machine_put(&m.machine, "proc/iomem", IOMEM_MORE);
	CHECK_EQ(arm_refresh(m.machine.fd), -1);
	CHECK(logged("may have expired"));
	CHECK_EQ(m.calls, 2);
	end();
}

TEST(reload_after_memory_came)
{
	begin();
	CHECK_EQ(load(PLAIN), 0);
	CHECK(!is_stale("machine-changed"));
	machine_put(&m.machine, "proc/iomem", IOMEM_MORE);
	CHECK(is_stale("machine-changed"));
	/* the kernel has written it into its header */
	machine_put(&m.machine, FOLLOWS_MEMORY, "1\n");
	CHECK(!is_stale("machine-changed"));
	CHECK_EQ(reload(PLAIN), 0);
	CHECK_EQ(m.calls, 1);
	machine_put(&m.machine, FOLLOWS_MEMORY, "0\n");
	CHECK_EQ(reload(PLAIN), 0);
	CHECK_EQ(m.calls, 2);
	CHECK(!is_stale("machine-changed"));
	/* where the kernel keeps its own image is no matter */
	machine_put(&m.machine, "proc/iomem", IOMEM_MORE "  200000000-200ffffff : Kernel bss\n");
	CHECK_EQ(reload(PLAIN), 0);
	CHECK_EQ(m.calls, 2);
	end();
}

/* The record of the way back has the digests of what production boots with. */
TEST(reload_after_production_was_replaced)
{
	static char text[STATUS_BYTES];
	struct status s;

	begin();
	machine_put_boot_disk(&m.machine);
	machine_put(&m.machine, "boot/initrd.img-" MACHINE_RELEASE, "070701 production");
	machine_put_image(&m.machine, MACHINE_INITRD,
			  &(struct fakeimage){ .release = MACHINE_RELEASE,
					       .payload = "the payload",
					       .config = "path /crash\next4 UUID=1\n"
							 "final_action kexec\n"
							 "kexec_disk ext4 UUID=" MACHINE_BOOT_UUID
							 "\n",
					       .n_modules = 3 });
	CHECK_EQ(load(PLAIN), 0);
	CHECK(logged("the running kernel is entered again without the firmware"));
	CHECK_EQ(status_read(m.machine.fd, &s), 0);
	CHECK_EQ(status_text(&s, text, sizeof(text)), 0);
	CHECK(strstr(text, "\nafter a dump  production again, by kexec\n"));
	CHECK_EQ(reload(PLAIN), 0);
	CHECK_EQ(m.calls, 1);
	machine_put(&m.machine, "boot/initrd.img-" MACHINE_RELEASE, "070701 made anew");
	CHECK_EQ(reload(PLAIN), 0);
	CHECK_EQ(m.calls, 2);
	end();
}

/* The kernel's own header has those that are there, before 6.6. */
TEST(cpus_matter_to_an_old_kernel)
{
	begin();
	CHECK_EQ(load(PLAIN), 0);
	machine_put(&m.machine, "sys/devices/system/cpu/present", "0-3\n");
	machine_put(&m.machine, "proc/sys/kernel/osrelease", "6.6.0\n");
	CHECK(!is_stale("machine-changed"));
	machine_put(&m.machine, "proc/sys/kernel/osrelease", "6.5.13-x\n");
	CHECK(is_stale("machine-changed"));
	machine_put(&m.machine, "proc/sys/kernel/osrelease", MACHINE_RELEASE "\n");
	CHECK_EQ(arm_refresh(m.machine.fd), 0);
	CHECK_EQ(m.calls, 2);
	CHECK(logged("as the machine's CPUs changed"));
	CHECK_EQ(arm_refresh(m.machine.fd), 0);
	CHECK_EQ(m.calls, 2);
	end();
}

/* Since then it has all CPUs that can ever be there. */
TEST(cpus_matter_to_kexec_load)
{
	begin();
	CHECK_EQ(load(PLAIN), 0);
	machine_put(&m.machine, "sys/devices/system/cpu/present", "0-3\n");
	machine_put(&m.machine, "proc/sys/kernel/osrelease", "6.12.9\n");
	CHECK_EQ(arm_refresh(m.machine.fd), 0);
	CHECK_EQ(m.calls, 1);
	machine_put(&m.machine, "proc/sys/kernel/osrelease", MACHINE_RELEASE "\n");
	m.segments = true;
	CHECK_EQ(load((struct load_options){ .append = "y" }), 0);
	machine_put(&m.machine, "sys/devices/system/cpu/present", "0-1\n");
	CHECK(is_stale("machine-changed"));
	CHECK_EQ(arm_refresh(m.machine.fd), 0);
	CHECK_EQ(m.calls, 3);
	CHECK(logged("as the machine's CPUs changed"));
	/* what was loaded, by the call that took it */
	CHECK_EQ(m.asked, KEXEC_SEGMENTS);
	CHECK(strstr(m.cmdline, " y"));
	CHECK_EQ(arm_refresh(m.machine.fd), 0);
	CHECK_EQ(m.calls, 3);
	end();
}

TEST(refresh_from_the_copies)
{
	struct record rec;
	int folder;

	begin();
	CHECK_EQ(load(PLAIN), 0);
	/* an upgrade is for reload to take, not for an event */
	machine_put_kernel(&m.machine, MACHINE_KERNEL, 2);
	machine_put(&m.machine, "proc/iomem", IOMEM_MORE);
	CHECK_EQ(arm_refresh(m.machine.fd), 0);
	CHECK_EQ(m.calls, 2);
	folder = record_folder(m.machine.fd, false);
	CHECK_EQ(record_read(folder, &rec), 0);
	CHECK(strstr(rec.pair.kernel.path, MACHINE_KERNEL));
	CHECK(is_stale("kernel-replaced"));
	unlinkat(folder, "kernel", 0);
	close(folder);
	machine_put(&m.machine, "proc/iomem", IOMEM_BEFORE);
	CHECK_EQ(arm_refresh(m.machine.fd), -1);
	CHECK(logged("was replaced and no copy was kept"));
	CHECK_EQ(m.calls, 2);
	end();
}

TEST(refresh_that_the_kernel_refuses)
{
	begin();
	CHECK_EQ(load(PLAIN), 0);
	machine_put(&m.machine, "proc/iomem", IOMEM_MORE);
	m.err = -ENOMEM;
	CHECK_EQ(arm_refresh(m.machine.fd), -1);
	CHECK_EQ(m.calls, 3);
	CHECK(logged("was loaded again: the machine is armed"));
	end();
}

/* A load that fails takes a second call to undo it. */
TEST(within_the_limit)
{
	begin();
	CHECK_EQ(load(PLAIN), 0);
	CHECK_EQ(m.max_calls, 0);
	machine_put(&m.machine, LIMIT, "3\n");
	CHECK_EQ(load(PLAIN), 0);
	CHECK_EQ(m.max_calls, 2);
	machine_put(&m.machine, LIMIT, "1\n");
	CHECK_EQ(reload((struct load_options){ .append = "x" }), -1);
	CHECK(logged("stays until the next reboot, or until load takes the last one"));
	CHECK_EQ(m.calls, 2);
	machine_put(&m.machine, "proc/iomem", IOMEM_MORE);
	CHECK_EQ(arm_refresh(m.machine.fd), -1);
	CHECK_EQ(m.calls, 2);
	/* nothing changes by this one */
	machine_put(&m.machine, "proc/iomem", IOMEM_BEFORE);
	CHECK_EQ(reload(PLAIN), 0);
	CHECK_EQ(load((struct load_options){ .append = "x" }), 0);
	CHECK(logged("if the kernel refuses this load nothing can be loaded again"));
	CHECK_EQ(m.calls, 3);
	CHECK_EQ(m.max_calls, 1);
	machine_put(&m.machine, "sys/kernel/kexec_crash_loaded", "0\n");
	CHECK_EQ(reload(PLAIN), 0);
	CHECK_EQ(m.calls, 4);
	end();
}

/* The last load failed, and the call that would have undone it was not there any more. */
TEST(the_limit_was_used_up)
{
	begin();
	CHECK_EQ(load(PLAIN), 0);
	machine_put(&m.machine, LIMIT, "0\n");
	CHECK(explain_limit(m.machine.fd, true) != NULL);
	CHECK(explain_limit(m.machine.fd, false) == NULL);
	CHECK_EQ(load(PLAIN), -1);
	CHECK(logged("kexec_load_limit_panic is 0"));
	CHECK_EQ(m.calls, 1);
	end();
}

static void add_memory(unsigned i)
{
	char text[400];

	snprintf(text, sizeof(text), IOMEM_BEFORE "100000000-1%01xfffffff : System RAM\n", i);
	machine_put(&m.machine, "proc/iomem", text);
}

/* The load has looked at the machine before: udev must not pass over what comes meanwhile. */
TEST(an_event_during_the_first_load)
{
	static char rules[4096], file[128];
	char *at;

	CHECK_EQ(io_read_file(AT_FDCWD, "configs/udev/98-kdump.rules", rules, sizeof(rules), NULL),
		 0);
	at = strstr(rules, "TEST!=\"/run/kdump-init/");
	CHECK(at);
	if (!at)
		return;
	snprintf(file, sizeof(file), "%.*s", (int)strcspn(at + 8, "\""), at + 8);
	begin();
	m.watched = file;
	CHECK_EQ(faccessat(m.machine.fd, file, F_OK, 0), -1);
	CHECK_EQ(load(PLAIN), 0);
	CHECK(m.during);
	m.during = false;
	CHECK_EQ(load(PLAIN), 0);
	CHECK(m.during);
	end();
}

/* As a device manager does it: a process that is back at once. */
static void event(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(hotplug_run(m.machine.fd, true));
	CHECK_EQ(waitpid(pid, NULL, 0), pid);
}

static unsigned count_logged(const char *words)
{
	char text[16384] = "";
	unsigned n = 0;

	if (pread(m.log, text, sizeof(text) - 1, 0) < 0)
		abort();
	for (const char *at = text; (at = strstr(at, words)); at++)
		n++;
	return n;
}

/* Sixteen pieces of memory in two seconds, an event each: one load, after the last. */
TEST(a_burst)
{
	uint64_t begin_ms;

	begin();
	CHECK_EQ(load(PLAIN), 0);
	for (unsigned i = 0; i < 16; i++) {
		add_memory(i);
		event();
		nanosleep(&(struct timespec){ .tv_nsec = 125000000 }, NULL);
	}
	begin_ms = clock_mono_ms();
	while (is_stale("machine-changed") && clock_mono_ms() - begin_ms < 30000)
		nanosleep(&(struct timespec){ .tv_nsec = 100000000 }, NULL);
	/* the record is written before the last words, and these before the mark is looked for */
	nanosleep(&(struct timespec){ .tv_sec = 1 }, NULL);
	/* another process made the call, so that only its record and its words tell */
	CHECK(!is_stale("machine-changed"));
	CHECK_EQ(faccessat(m.machine.fd, "run/kdump-init/hotplug", F_OK, 0), -1);
	CHECK_EQ(count_logged("loaded again, as the machine's memory changed"), 1);
	CHECK_EQ(hotplug_run(m.machine.fd, false), 0);
	CHECK_EQ(m.calls, 1);
	end();
}

/* A process that loads: for 0.4 s the kernel has no image and the record is away. */
static pid_t load_elsewhere(void)
{
	int ready[2];
	pid_t pid;
	char c;

	CHECK_EQ(pipe(ready), 0);
	pid = fork();
	if (!pid) {
		_close_ int folder = record_folder(m.machine.fd, false);
		struct lock_holder holder;

		if (lock_take(folder, "load", 0, &holder) < 0 ||
		    renameat(folder, "armed", folder, "away"))
			_exit(1);
		machine_put(&m.machine, "sys/kernel/kexec_crash_loaded", "0\n");
		close(ready[0]);
		close(ready[1]);
		nanosleep(&(struct timespec){ .tv_nsec = 400000000 }, NULL);
		machine_put(&m.machine, "sys/kernel/kexec_crash_loaded", "1\n");
		_exit(renameat(folder, "away", folder, "armed") != 0);
	}
	close(ready[1]);
	CHECK_EQ(read(ready[0], &c, 1), 0);
	close(ready[0]);
	return pid;
}

TEST(while_another_loads)
{
	static struct status s;
	int status;
	pid_t pid;

	begin();
	CHECK_EQ(load(PLAIN), 0);
	pid = load_elsewhere();
	CHECK_EQ(status_read(m.machine.fd, &s), 0);
	CHECK(s.recorded);
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK_EQ(status, 0);
	/* what comes meanwhile is seen, though nothing says that the machine is ours */
	machine_put(&m.machine, "proc/iomem", IOMEM_MORE);
	pid = load_elsewhere();
	CHECK_EQ(hotplug_run(m.machine.fd, false), 0);
	CHECK_EQ(m.calls, 2);
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK_EQ(status, 0);
	end();
}

TEST(an_event_that_is_none_of_ours)
{
	begin();
	/* nothing is loaded, and there is not even the folder */
	CHECK_EQ(hotplug_run(m.machine.fd, false), 0);
	CHECK_EQ(faccessat(m.machine.fd, "run/kdump-init", F_OK, 0), -1);
	CHECK_EQ(load(PLAIN), 0);
	machine_put(&m.machine, "proc/iomem", IOMEM_MORE);
	/* the kernel follows by itself: nobody waits */
	machine_put(&m.machine, FOLLOWS_MEMORY, "1\n");
	machine_put(&m.machine, FOLLOWS_CPUS, "1\n");
	CHECK_EQ(hotplug_run(m.machine.fd, false), 0);
	CHECK_EQ(m.calls, 1);
	/* loaded by another program */
	machine_put(&m.machine, FOLLOWS_MEMORY, "0\n");
	CHECK_EQ(unlinkat(m.machine.fd, "run/kdump-init/armed", 0), 0);
	CHECK_EQ(hotplug_run(m.machine.fd, false), 0);
	CHECK_EQ(arm_refresh(m.machine.fd), 0);
	CHECK_EQ(m.calls, 1);
	end();
}
