/* SPDX-License-Identifier: MIT */
/*
 * busybox, each in a session of its own with the console as its terminal, below a child that waits
 * for the first one to be left.
 */
#include "init/system/shell.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "init/system/child.h"
#include "lib/cleanup.h"
#include "lib/clock.h"
#include "lib/log.h"

enum {
	AT_ONCE_MS = 2000, /* a shell that ends sooner had no terminal to read from */
};

/* One that somebody can type on, whatever state it was left in. */
static void make_usable(int fd)
{
	struct termios t;

	if (tcgetattr(fd, &t) < 0)
		return;
	t.c_iflag |= ICRNL;
	t.c_oflag |= OPOST | ONLCR;
	t.c_cflag |= CREAD;
	t.c_lflag |= ISIG | ICANON | ECHO | ECHOE | ECHOK | IEXTEN;
	tcsetattr(fd, TCSANOW, &t);
}

/* The log's own descriptor is for writing alone. */
static int open_terminal(int console)
{
	char link[32], path[64];
	ssize_t n;
	int fd;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", console);
	n = readlink(link, path, sizeof(path) - 1);
	if (n < 0)
		return -errno;
	path[n] = '\0';
	/* an open that waits for a carrier would wait for ever */
	fd = open(path, O_RDWR | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return -errno;
	fcntl(fd, F_SETFL, O_RDWR);
	return fd;
}

static _Noreturn void become_shell(int console)
{
	char *args[] = { (char *)"sh", NULL };
	char *env[] = { (char *)"PATH=/bin:/sbin:/usr/bin:/usr/sbin", (char *)"HOME=/",
			(char *)"TERM=linux", (char *)"PS1=kdump# ", NULL };
	int fd;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setsid();
	fd = open_terminal(console);
	if (fd < 0)
		_exit(1);
	ioctl(fd, TIOCSCTTY, 1);
	make_usable(fd);
	if (dup2(fd, 0) < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0 || chdir("/") < 0)
		_exit(1);
	if (fd > 2)
		close(fd);
	execve(SHELL_PROGRAM, args, env);
	_exit(1);
}

/* ls, cat, mount, … as commands; a busybox that finds its applets by itself does without. */
static void install_applets(void)
{
	char *args[] = { (char *)"busybox", (char *)"--install", (char *)"-s", (char *)"/bin",
			 NULL };
	char *env[] = { NULL };
	pid_t pid = fork();

	if (!pid) {
		int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

		if (fd < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
			_exit(1);
		execve(SHELL_PROGRAM, args, env);
		_exit(1);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

static int run_shells(const void *ctx, void *answer, struct child *self)
{
	const struct system *s = ctx;
	uint64_t begin = clock_boot_ms();
	unsigned running = 0;

	(void)answer;
	install_applets();
	for (unsigned i = 0; i < s->n_consoles; i++) {
		pid_t pid = fork();

		if (!pid)
			become_shell(s->consoles[i]);
		running += pid > 0;
	}
	while (running--) {
		int status;

		if (wait(&status) < 0)
			break;
		if (clock_boot_ms() - begin >= AT_ONCE_MS)
			return 0;
	}
	child_why(self, "no console could be read from");
	return -ENOTTY;
}

/* A session that ends hangs its terminal up, for all who have it open: our log's lines would be lost. */
static void open_again(const struct system *s)
{
	char path[40];

	for (unsigned i = 0; i < s->n_consoles; i++) {
		_close_ int fd = -1;

		snprintf(path, sizeof(path), "/proc/self/fd/%d", s->consoles[i]);
		fd = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
		if (fd >= 0)
			dup3(fd, s->consoles[i], O_CLOEXEC);
	}
}

void shell_run(const struct system *s, const struct conf *conf)
{
	struct child_job job = {
		.name = "shell", .run = run_shells, .ctx = s, .limit_s = conf->limits.deadline_s
	};
	const char *final = conf_action_name(conf->final_action);
	struct child_end end;

	if (access(SHELL_PROGRAM, X_OK) < 0) {
		log_err("shell: no %s in the image; write failure_action shell and run "
			"kdump-mkinitrd again",
			SHELL_PROGRAM);
		return;
	}
	log_warn("shell: nothing was saved. The crashed memory is %s, the lines so far are in %s.",
		 SYSTEM_VMCORE, SYSTEM_LOG_FILE);
	log_warn("shell: `exit` leaves the shell: then, or after %u s, comes %s", job.limit_s,
		 final);
	child_run(&job, &end);
	open_again(s);
	if (end.outcome != CHILD_DONE)
		log_err("shell: %s", end.why);
	else
		log_info("shell: left");
}
