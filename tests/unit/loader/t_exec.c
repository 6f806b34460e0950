/* SPDX-License-Identifier: MIT */
/*
 * exec on a machine made of files; the kernel is played by the functions of loader/kexec/kexec.h
 * below.
 */
#include "loader/exec.h"

#include "loader/kexec/cmdline.h"
#include "loader/kexec/iomem.h"
#include "loader/lock.h"
#include "loader/record.h"
#include "tests/unit/fake/logfile.h"
#include "tests/unit/fake/machine.h"
#include "tests/unit/test.h"

static struct {
	struct machine machine;
	int log;
	int err; /* of the next load */
	int loads, executions;
	enum kexec_call asked;
	bool initrd, map;
	unsigned max_calls;
	char cmdline[CMDLINE_BYTES];
} m;

int kexec_load_normal(const struct kexec_request *q, struct kexec_done *done)
{
	m.loads++;
	m.asked = q->call;
	m.initrd = q->initrd_fd >= 0;
	m.map = q->memory != NULL;
	m.max_calls = q->max_calls;
	snprintf(m.cmdline, sizeof(m.cmdline), "%s", q->cmdline);
	*done = (struct kexec_done){ .call = q->call == KEXEC_SEGMENTS ? KEXEC_SEGMENTS
								       : KEXEC_FILE,
				     .prepared = true };
	if (!m.err)
		machine_put(&m.machine, "sys/kernel/kexec_loaded", "1\n");
	return m.err;
}

int kexec_unload_normal(int root, unsigned max_calls)
{
	(void)root;
	m.max_calls = max_calls;
	machine_put(&m.machine, "sys/kernel/kexec_loaded", "0\n");
	return 0;
}

int kexec_execute(void)
{
	m.executions++;
	return -EINVAL;
}

static void begin(void)
{
	memset(&m, 0, sizeof(m));
	m.machine = machine_make();
	machine_put(&m.machine, "sys/kernel/kexec_loaded", "0\n");
	machine_put(
		&m.machine, "proc/cmdline",
		"BOOT_IMAGE=/vmlinuz root=/dev/vda1 crashkernel=256M initrd=x elfcorehdr=0x1\n");
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

/* Options with the machine's kernel; the path lives in *buf. */
static struct exec_options with_kernel(char *buf, size_t size)
{
	snprintf(buf, size, "%s", machine_path(&m.machine, MACHINE_KERNEL));
	return (struct exec_options){ .kernel = buf };
}

TEST(in_one_step)
{
	char path[PATH_MAX];
	struct exec_options o;

	begin();
	o = with_kernel(path, sizeof(path));
	/* this kernel's execution fails, so that it comes back */
	CHECK_EQ(exec_run(m.machine.fd, &o), -1);
	CHECK_EQ(m.loads, 1);
	CHECK_EQ(m.executions, 1);
	CHECK(!m.initrd && !m.map);
	CHECK_EQ(m.asked, KEXEC_AUTO);
	CHECK_EQ(m.max_calls, 0);
	/* the reservation is for the next kernel as well */
	CHECK_STR(m.cmdline, "root=/dev/vda1 crashkernel=256M");
	CHECK(logged("does not give way"));
	end();
}

TEST(in_two_steps)
{
	char path[PATH_MAX];
	struct exec_options o;

	begin();
	CHECK_EQ(exec_run(m.machine.fd, &(struct exec_options){ 0 }), -1);
	CHECK(logged("no kernel is loaded"));
	o = with_kernel(path, sizeof(path));
	o.load_only = true;
	o.call = KEXEC_SEGMENTS;
	o.append = "single";
	o.initrd = machine_path(&m.machine, MACHINE_INITRD);
	CHECK_EQ(exec_run(m.machine.fd, &o), 0);
	CHECK_EQ(m.executions, 0);
	CHECK(m.initrd);
	CHECK_EQ(m.asked, KEXEC_SEGMENTS);
	CHECK_STR(m.cmdline, "root=/dev/vda1 crashkernel=256M single");
	CHECK(logged(", by kexec_load"));
	CHECK_EQ(exec_run(m.machine.fd, &(struct exec_options){ 0 }), -1);
	CHECK_EQ(m.executions, 1);
	CHECK_EQ(m.loads, 1);
	CHECK_EQ(exec_unload(m.machine.fd), 0);
	CHECK_EQ(exec_run(m.machine.fd, &(struct exec_options){ 0 }), -1);
	CHECK_EQ(m.executions, 1);
	end();
}

/* What is wrong with the request is told before the call, which would drop what is loaded. */
TEST(refused)
{
	static char line[3000];
	char path[PATH_MAX], map[PATH_MAX];
	struct exec_options o, good;

	begin();
	good = o = with_kernel(path, sizeof(path));
	o.kernel = "/nonexistent";
	CHECK_EQ(exec_run(m.machine.fd, &o), -1);
	CHECK(logged("kernel /nonexistent: No such file"));
	o = good;
	o.initrd = path;
	machine_put(&m.machine, "boot/text", "#!/bin/sh");
	o.initrd = machine_path(&m.machine, "boot/text");
	CHECK_EQ(exec_run(m.machine.fd, &o), -1);
	CHECK(logged("is neither a cpio archive"));
	o = good;
	memset(line, 'x', sizeof(line) - 1);
	o.command_line = line;
	CHECK_EQ(exec_run(m.machine.fd, &o), -1);
	CHECK(logged("command line is longer than the 2047 bytes"));
	o = good;
	machine_put(&m.machine, "boot/map", "00001000-0009ffff : Reserved\n");
	snprintf(map, sizeof(map), "%s", machine_path(&m.machine, "boot/map"));
	o.memory = map;
	CHECK_EQ(exec_run(m.machine.fd, &o), -1);
	CHECK(logged("has no System RAM"));
	machine_put(&m.machine, "proc/sys/kernel/kexec_load_limit_reboot", "0\n");
	CHECK_EQ(exec_run(m.machine.fd, &good), -1);
	CHECK(logged("kexec_load_limit_reboot is 0"));
	CHECK_EQ(m.loads, 0);
	CHECK_EQ(m.executions, 0);
	end();
}

TEST(given_map)
{
	char path[PATH_MAX], map[PATH_MAX];
	struct exec_options o;

	begin();
	machine_put(&m.machine, "boot/map", "00100000-3fffffff : System RAM\n");
	snprintf(map, sizeof(map), "%s", machine_path(&m.machine, "boot/map"));
	o = with_kernel(path, sizeof(path));
	o.memory = map;
	o.load_only = true;
	CHECK_EQ(exec_run(m.machine.fd, &o), 0);
	CHECK(m.map);
	end();
}

TEST(within_the_limit_and_the_lock)
{
	struct exec_options o;
	char path[PATH_MAX];
	int folder, lock;

	begin();
	o = with_kernel(path, sizeof(path));
	o.load_only = true;
	machine_put(&m.machine, "proc/sys/kernel/kexec_load_limit_reboot", "3\n");
	CHECK_EQ(exec_run(m.machine.fd, &o), 0);
	CHECK_EQ(m.max_calls, 3);
	CHECK_EQ(exec_unload(m.machine.fd), 0);
	CHECK_EQ(m.max_calls, 3);
	folder = record_folder(m.machine.fd, false);
	lock = lock_take(folder, "reload", 0, NULL);
	CHECK(lock >= 0);
	CHECK_EQ(exec_run(m.machine.fd, &o), -1);
	CHECK(logged("another kdump-loader is at work (reload, process"));
	CHECK_EQ(m.loads, 1);
	close(lock);
	close(folder);
	end();
}

TEST(refused_by_the_kernel)
{
	char path[PATH_MAX];
	struct exec_options o;

	begin();
	o = with_kernel(path, sizeof(path));
	m.err = -EKEYREJECTED;
	CHECK_EQ(exec_run(m.machine.fd, &o), -1);
	CHECK(logged("refused the new one: the signature of the kernel image is rejected"));
	CHECK_EQ(m.executions, 0);
	end();
}
