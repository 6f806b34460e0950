/* SPDX-License-Identifier: MIT */
/*
 * Load, failure, rollback and unload.
 */
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "lib/cleanup.h"
#include "lib/io.h"
#include "loader/lock.h"
#include "loader/record.h"
#include "tests/unit/fake/armmachine.h"

TEST(load_and_unload)
{
	begin();
	CHECK(status_has("not armed\n"));
	CHECK_EQ(load(NULL, NULL), 0);
	CHECK(logged("armed: kernel /"));
	CHECK_EQ(m.loaded_mark, 1);
	CHECK(!strncmp(m.loaded_cmdline, "console=ttyS0 irqpoll", 21));
	CHECK(strstr(m.loaded_cmdline, "disable_cpu_apicid=4"));
	CHECK(status_has(MACHINE_KERNEL "\n"));
	CHECK_EQ(arm_unload(m.machine.fd), 0);
	CHECK(logged("no longer armed"));
	CHECK(status_has("not armed\n"));
	CHECK_EQ(m.calls, 2);
	/* nothing is loaded: no call, which would cost one of kexec_load_limit_panic */
	CHECK_EQ(arm_unload(m.machine.fd), 0);
	CHECK(logged("no crash kernel is loaded"));
	CHECK_EQ(m.calls, 2);
	end();
}

TEST(by_the_call_that_is_there)
{
	struct load_options o = { .call = KEXEC_SEGMENTS };

	begin();
	m.no_file_call = true;
	CHECK_EQ(load(NULL, NULL), 0);
	CHECK_EQ(m.asked, KEXEC_AUTO);
	CHECK(logged(", by kexec_load, about"));
	CHECK(status_has("Z by kexec_load\n"));
	machine_put_kernel(&m.machine, "boot/other", 2);
	m.refuse_mark = 2;
	m.refuse_errno = EINVAL;
	/* the pair before is loaded again by the call that took it */
	CHECK_EQ(load(machine_path(&m.machine, "boot/other"), NULL), -1);
	CHECK_EQ(m.asked, KEXEC_SEGMENTS);
	CHECK(logged("was loaded again: the machine is armed"));
	m.no_file_call = false;
	CHECK_EQ(load(NULL, NULL), 0);
	CHECK(logged(MACHINE_INITRD ", about"));
	CHECK_EQ(load(machine_path(&m.machine, "boot/other"), NULL), -1);
	CHECK_EQ(m.asked, KEXEC_FILE);
	CHECK_EQ(arm_load(m.machine.fd, &o), 0);
	CHECK_EQ(m.asked, KEXEC_SEGMENTS);
	end();
}

TEST(what_cannot_be_placed_is_not_tried)
{
	begin();
	CHECK_EQ(load(NULL, NULL), 0);
	CHECK(logged("armed:"));
	m.unprepared = "no room for the initrd";
	CHECK_EQ(load(NULL, NULL), -1);
	CHECK_EQ(m.calls, 2);
	CHECK(logged("cannot be loaded: no room for the initrd"));
	CHECK_EQ(host_armed(m.machine.fd), 1);
	end();
}

TEST(command_lines)
{
	struct load_options o = { .append = "nr_cpus=2 x" };

	begin();
	CHECK_EQ(arm_load(m.machine.fd, &o), 0);
	CHECK(strstr(m.loaded_cmdline, " nr_cpus=2 x"));
	o = (struct load_options){ .reuse_cmdline = true };
	CHECK_EQ(arm_load(m.machine.fd, &o), 0);
	CHECK_STR(m.loaded_cmdline, "root=/dev/vda1 ro console=ttyS0 quiet");
	o = (struct load_options){ .command_line = "only this" };
	CHECK_EQ(arm_load(m.machine.fd, &o), 0);
	CHECK_STR(m.loaded_cmdline, "only this");
	end();
}

TEST(second_place_of_the_kernel)
{
	begin();
	CHECK_EQ(unlinkat(m.machine.fd, MACHINE_KERNEL, 0), 0);
	CHECK_EQ(load(NULL, NULL), -1);
	CHECK(logged("no kernel found, neither /" MACHINE_KERNEL));
	machine_put_kernel(&m.machine, "lib/modules/" MACHINE_RELEASE "/vmlinuz", 2);
	CHECK_EQ(load(NULL, NULL), 0);
	CHECK_EQ(m.loaded_mark, 2);
	end();
}

TEST(no_image_names_the_maker)
{
	begin();
	CHECK_EQ(unlinkat(m.machine.fd, MACHINE_INITRD, 0), 0);
	CHECK_EQ(load(NULL, NULL), -1);
	CHECK(logged("make it with kdump-mkinitrd"));
	CHECK_EQ(m.calls, 0);
	end();
}

TEST(a_finding_keeps_the_call_away)
{
	begin();
	CHECK_EQ(load(NULL, NULL), 0);
	CHECK(logged("armed:"));
	machine_put(&m.machine, "boot/bad", "#!/bin/sh");
	CHECK_EQ(load(NULL, machine_path(&m.machine, "boot/bad")), -1);
	CHECK_EQ(m.calls, 1);
	CHECK(logged("nothing was loaded: the machine is armed, as before"));
	end();
}

TEST(dry_run_changes_nothing)
{
	struct load_options o = { .dry_run = true };

	begin();
	freopen("/dev/null", "w", stdout) ? (void)0 : abort();
	CHECK_EQ(arm_load(m.machine.fd, &o), 0);
	freopen("/dev/stderr", "w", stdout) ? (void)0 : abort();
	CHECK_EQ(m.calls, 0);
	CHECK_EQ(faccessat(m.machine.fd, "run/kdump-init", F_OK, 0), -1);
	end();
}

/* What is not there is not shown, and the rest is. */
TEST(dry_run_without_an_image)
{
	struct load_options o = { .dry_run = true };
	char out[4096] = "";

	begin();
	unlinkat(m.machine.fd, MACHINE_INITRD, 0);
	freopen(machine_path(&m.machine, "out"), "w", stdout) ? (void)0 : abort();
	CHECK_EQ(arm_load(m.machine.fd, &o), -1);
	freopen("/dev/stderr", "w", stdout) ? (void)0 : abort();
	CHECK(!io_read_file(m.machine.fd, "out", out, sizeof(out), NULL));
	CHECK(strstr(out, "kernel   ") && !strstr(out, "initrd   "));
	CHECK(logged("no initrd found, there is no /" MACHINE_INITRD));
	end();
}

TEST(a_refusal_before_the_drop)
{
	begin();
	CHECK_EQ(load(NULL, NULL), 0);
	machine_put_kernel(&m.machine, "boot/other", 2);
	m.refuse_mark = 2;
	m.refuse_errno = EPERM;
	CHECK_EQ(load(machine_path(&m.machine, "boot/other"), NULL), -1);
	CHECK_EQ(m.calls, 2);
	CHECK(logged("is still loaded: the machine is armed"));
	end();
}

/* A process that loads and is ended by a signal in the middle of the call. */
static void load_and_end(int number, const char *kernel)
{
	int status = 0;
	pid_t pid;

	m.signal = number;
	pid = fork();
	if (!pid) {
		/* a shell's background jobs ignore two of them */
		signal(number, SIG_DFL);
		setrlimit(RLIMIT_CORE, &(struct rlimit){ 0 });
		load(kernel, NULL);
		_exit(0);
	}
	m.signal = 0;
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == number);
}

/* A terminal that is closed, a service that is stopped, `2>&1 | head -n 1`. */
TEST(an_end_in_the_middle)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE };
	const char *other;

	for (size_t i = 0; i < ARRAY_LEN(signals); i++) {
		begin();
		CHECK_EQ(load(NULL, NULL), 0);
		CHECK(logged("armed:"));
		machine_put_kernel(&m.machine, "boot/other", 2);
		other = machine_path(&m.machine, "boot/other");
		m.refuse_mark = 2;
		m.refuse_errno = EKEYREJECTED;
		load_and_end(signals[i], other);
		CHECK_EQ(host_armed(m.machine.fd), 1);
		CHECK(logged("was loaded again: the machine is armed"));
		m.refuse_mark = -1;
		load_and_end(signals[i], other);
		CHECK_EQ(host_armed(m.machine.fd), 1);
		/* the record is of what is loaded */
		CHECK(status_has("boot/other\n"));
		end();
	}
}

TEST(rollback_from_the_files)
{
	begin();
	CHECK_EQ(load(NULL, NULL), 0);
	machine_put_kernel(&m.machine, "boot/other", 2);
	m.refuse_mark = 2;
	m.refuse_errno = EKEYREJECTED;
	CHECK_EQ(load(machine_path(&m.machine, "boot/other"), NULL), -1);
	CHECK(logged("was loaded again: the machine is armed"));
	CHECK_EQ(m.loaded_mark, 1);
	CHECK(strstr(m.loaded_cmdline, "irqpoll"));
	CHECK(status_has(MACHINE_KERNEL "\n"));
	end();
}

TEST(rollback_from_the_copies)
{
	begin();
	CHECK_EQ(load(NULL, NULL), 0);
	/* an upgrade replaces both in place */
	machine_put_kernel(&m.machine, MACHINE_KERNEL, 2);
	machine_put_initrd(&m.machine, MACHINE_INITRD, "other image");
	CHECK(status_has("has changed since it was loaded"));
	m.refuse_mark = 2;
	m.refuse_errno = EBADMSG;
	CHECK_EQ(load(NULL, NULL), -1);
	CHECK(logged("was loaded again: the machine is armed"));
	CHECK_EQ(m.loaded_mark, 1);
	CHECK_STR(m.loaded_initrd, "first image");
	/* and once more, from the same copies */
	m.loaded_mark = 0;
	CHECK_EQ(load(NULL, NULL), -1);
	CHECK_EQ(m.loaded_mark, 1);
	end();
}

TEST(no_copies_on_a_small_machine)
{
	begin();
	machine_put(&m.machine, "proc/meminfo", "MemTotal: 150 kB\n");
	CHECK_EQ(load(NULL, NULL), 0);
	CHECK_EQ(faccessat(m.machine.fd, "run/kdump-init/kernel", F_OK, 0), -1);
	CHECK_EQ(faccessat(m.machine.fd, "run/kdump-init/initrd", F_OK, 0), 0);
	machine_put_kernel(&m.machine, MACHINE_KERNEL, 2);
	m.refuse_mark = 2;
	m.refuse_errno = ENOEXEC;
	CHECK_EQ(load(NULL, NULL), -1);
	CHECK_EQ(m.calls, 2);
	CHECK(logged("was replaced and no copy was kept"));
	end();
}

TEST(rollback_fails_too)
{
	begin();
	CHECK_EQ(load(NULL, NULL), 0);
	m.refuse_mark = 1;
	m.refuse_errno = ENOMEM;
	CHECK_EQ(load(NULL, NULL), -1);
	CHECK_EQ(m.calls, 3);
	CHECK(logged("the machine is NOT ARMED"));
	/* when the reason is gone the pair is still known: a later failure returns to it */
	machine_put_kernel(&m.machine, "boot/other", 2);
	m.refuse_mark = 2;
	CHECK_EQ(load(machine_path(&m.machine, "boot/other"), NULL), -1);
	CHECK(logged("was loaded again: the machine is armed"));
	end();
}

TEST(somebody_elses_kernel_is_lost)
{
	begin();
	machine_put(&m.machine, "sys/kernel/kexec_crash_loaded", "1\n");
	CHECK(status_has("by another program"));
	m.refuse_mark = 1;
	m.refuse_errno = ENOEXEC;
	CHECK_EQ(load(NULL, NULL), -1);
	CHECK(logged("was not loaded by kdump-loader"));
	end();
}

TEST(without_run)
{
	begin();
	CHECK_EQ(unlinkat(m.machine.fd, "run/keep", 0), 0);
	CHECK_EQ(unlinkat(m.machine.fd, "run", AT_REMOVEDIR), 0);
	CHECK_EQ(load(NULL, NULL), 0);
	CHECK(logged("no record of what is loaded"));
	CHECK(status_has("armed\n"));
	end();
}

TEST(damaged_record)
{
	static const char *const texts[] = {
		"",
		"kernel\n",
		"kernel /a",
		"kernel /a\ninitrd /b\n",
		"kernel_id 1 2 3\n",
		"kernel_id 1 2 3 x\n",
		"kernel /a\ninitrd /b\nkernel_id 1 2 3 4 5\nloaded_s 7\n",
		"\n",
	};
	struct record rec;
	int folder;

	begin();
	CHECK_EQ(load(NULL, NULL), 0);
	folder = record_folder(m.machine.fd, false);
	CHECK(folder >= 0);
	CHECK_EQ(record_read(folder, &rec), 0);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		machine_put(&m.machine, "run/kdump-init/armed", texts[i]);
		CHECK_EQ(record_read(folder, &rec), -EBADMSG);
	}
	CHECK(status_has("the record was lost"));
	/* a key of a later version is passed over */
	machine_put(&m.machine, "run/kdump-init/armed",
		    "kernel /a\ninitrd /b\ncmdline x  y\nfuture 1\nback 1\nloaded_s 7\n");
	CHECK_EQ(record_read(folder, &rec), 0);
	CHECK_STR(rec.pair.cmdline, "x  y");
	CHECK_STR(rec.back, "1");
	close(folder);
	end();
}

TEST(only_one_at_a_time)
{
	char words[80];
	int folder, lock;

	begin();
	folder = record_folder(m.machine.fd, true);
	lock = lock_take(folder, "unload", 0, NULL);
	CHECK(lock >= 0);
	CHECK_EQ(load(NULL, NULL), -1);
	snprintf(words, sizeof(words), "at work (unload, process %d, for 10 s)", (int)getpid());
	CHECK(logged(words));
	CHECK_EQ(m.calls, 0);
	close(lock);
	CHECK_EQ(load(NULL, NULL), 0);
	close(folder);
	end();
}
