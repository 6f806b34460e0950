/* SPDX-License-Identifier: MIT */
#include "init/system/harden.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/test.h"

/* Runs fn in a child behind harden_child(); its return value. */
static int in_child(int (*fn)(void), bool filter)
{
	int status = 0;
	pid_t pid = fork();

	if (!pid) {
		harden_child(filter);
		_exit(fn());
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 200 + WTERMSIG(status);
}

static int no_mount(void)
{
	return mount("none", "/tmp", "tmpfs", 0, NULL) < 0 && errno == EPERM ? 0 : 1;
}

/* 1 where it may: that of false. */
static int no_exec(void)
{
	char *args[] = { (char *)"false", NULL };

	execve("/bin/false", args, args + 1);
	return errno == EPERM ? 0 : 2;
}

static int no_kexec_and_no_modules(void)
{
	if (syscall(SYS_kexec_file_load, -1, -1, 0, "", 0) != -1 || errno != EPERM)
		return 1;
	if (syscall(SYS_init_module, NULL, 0, "") != -1 || errno != EPERM)
		return 2;
	return syscall(SYS_ptrace, 0, 0, 0, 0) != -1 || errno != EPERM ? 3 : 0;
}

static int what_a_dump_does(void)
{
	char name[] = "/tmp/kdump-harden.XXXXXX", text[8];
	int fd = mkstemp(name), s;
	char *more = malloc(8 << 20);

	if (fd < 0 || !more)
		return 1;
	if (pwrite(fd, "dump", 4, 0) != 4 || pread(fd, text, 4, 0) != 4 || fsync(fd) ||
	    ftruncate(fd, 4096))
		return 2;
	free(more);
	close(fd);
	if (unlink(name))
		return 3;
	s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s < 0)
		return 4;
	close(s);
	return 0;
}

static int no_capabilities(void)
{
	/* CAP_SYS_ADMIN */
	return sethostname("x", 1) < 0 && errno == EPERM &&
			       prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1
		       ? 0
		       : 1;
}

/* QEMU's user emulation, by which tests of other architectures run, knows of no filter. */
static bool filters(void)
{
	uint32_t action = SECCOMP_RET_ALLOW;

	return !syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action);
}

TEST(what_a_dumper_has_no_use_for)
{
	CHECK_EQ(in_child(no_mount, true), 0);
	CHECK_EQ(in_child(no_capabilities, true), 0);
	if (!filters()) {
		printf("no filters of system calls here: not tested\n");
		return;
	}
	CHECK_EQ(in_child(no_exec, true), 0);
	CHECK_EQ(in_child(no_kexec_and_no_modules, true), 0);
}

TEST(what_it_does)
{
	CHECK_EQ(in_child(what_a_dump_does, true), 0);
	CHECK_EQ(in_child(what_a_dump_does, false), 0);
}

TEST(without_the_filter)
{
	CHECK_EQ(in_child(no_capabilities, false), 0);
	CHECK_EQ(in_child(no_exec, false), 1);
}
