/* SPDX-License-Identifier: MIT */
#include "loader/verify/trial.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/clock.h"
#include "loader/verify/guest.h"
#include "loader/verify/ramfs.h"

#define MIB ((uint64_t)1 << 20)
#define GIB ((uint64_t)1 << 30)

/* an emulated timer fails the kernel's test of it on a busy machine */
#define NO_TIMER_CHECK " no_timer_check"

enum {
	PRODUCTION_MIB =
		640, /* beside the reservation: kernel, initramfs, a dump's worth of pages */
	CPUS = 4,
	CONSOLE_LINE = 1024,
	ENDED_MS = 10000, /* a machine that has told all may still reboot */
	QUIET_S = 120,	  /* a console on which nothing comes */
};

bool trial_serves(const struct host *h)
{
	return !strcmp(h->machine, "x86_64");
}

/* ---------------------------------------------------------------- files */

static int write_all(const struct trial *t, int self, struct ramfs *a)
{
	char settings[CMDLINE_BYTES + 64];
	int len = snprintf(settings, sizeof(settings), "%s console=ttyS0,115200%s\n%s\n",
			   t->pair->cmdline, t->has_kvm ? "" : NO_TIMER_CHECK,
			   t->call == KEXEC_SEGMENTS ? "segments" : "file");
	int r = ramfs_console(a);

	if (len >= (int)sizeof(settings))
		return -E2BIG;
	r = r ? r : ramfs_folder(a, "proc");
	r = r ? r : ramfs_folder(a, "sys");
	r = r ? r : ramfs_file(a, "init", 0755, self);
	r = r ? r : ramfs_file(a, GUEST_KERNEL, 0600, image_kernel_fd(&t->pair->kernel));
	r = r ? r : ramfs_file(a, GUEST_IMAGE, 0600, t->pair->initrd.fd);
	r = r ? r : ramfs_text(a, GUEST_SETTINGS, settings, (size_t)len);
	return r ? r : ramfs_finish(a);
}

int trial_write_initramfs(const struct trial *t, int self)
{
	char path[PATH_MAX];
	struct ramfs a = { .bytes = 0 };

	snprintf(path, sizeof(path), "%s/production.cpio", t->folder);
	a.fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (a.fd < 0)
		return -errno;
	int r = write_all(t, self, &a);

	if (close(a.fd) < 0 && !r)
		r = -errno;
	return r;
}

/* ---------------------------------------------------------------- the machine */

/*
 * The reservation as this machine has it: its sizes, and on which side of 4 GiB. Returns what RAM
 * the machine needs for it, in MiB.
 */
static uint64_t print_reservation(const struct host *h, char *buf, size_t size)
{
	uint64_t main_mib = (h->n_crash ? h->crash[0].bytes : h->crash_bytes) / MIB;
	uint64_t low_mib = h->n_crash > 1 ? h->crash[1].bytes / MIB : 0;

	if (h->n_crash && h->crash[0].start >= 4 * GIB) {
		snprintf(buf, size, "crashkernel=%" PRIu64 "M,high crashkernel=%" PRIu64 "M,low",
			 main_mib, low_mib);
		return 4096 + main_mib + PRODUCTION_MIB;
	}
	snprintf(buf, size, "crashkernel=%" PRIu64 "M", h->crash_bytes / MIB);
	return h->crash_bytes / MIB + PRODUCTION_MIB;
}

static unsigned cpus_of(const struct host *h)
{
	return !h->cpus || h->cpus > CPUS ? CPUS : h->cpus;
}

void trial_add_machine(struct trial *t)
{
	struct tool_words *w = &t->words;
	char reserve[80];
	uint64_t mib = print_reservation(t->host, reserve, sizeof(reserve));

	tool_add(w, TRIAL_QEMU);
	tool_add(w, "-machine");
	tool_add(w, "q35,accel=%s", t->has_kvm ? "kvm" : "tcg");
	tool_add(w, "-cpu");
	tool_add(w, "%s", t->has_kvm ? "host" : t->host->five_level ? "max" : "Nehalem");
	tool_add(w, "-smp");
	tool_add(w, "%u", cpus_of(t->host));
	tool_add(w, "-m");
	tool_add(w, "%" PRIu64 "M", mib);
	for (const char *const *word =
		     (const char *const[]){ "-nodefaults", "-no-user-config", "-no-reboot",
					    "-display", "none", "-serial", "stdio", "-monitor",
					    "none", NULL };
	     *word; word++)
		tool_add(w, "%s", *word);
	tool_add(w, "-kernel");
	tool_add(w, "/proc/self/fd/%d", image_kernel_fd(t->kernel));
	tool_add(w, "-initrd");
	tool_add(w, "%s/production.cpio", t->folder);
	tool_add(w, "-append");
	tool_add(w, "console=ttyS0,115200 %s rdinit=/init panic=-1%s", reserve,
		 t->has_kvm ? "" : NO_TIMER_CHECK);
}

/* ---------------------------------------------------------------- its run */

static volatile sig_atomic_t is_stopped;

static void stop(int signal)
{
	(void)signal;
	is_stopped = 1;
}

void trial_catch_signals(void)
{
	static const int ends[] = { SIGHUP, SIGINT, SIGTERM };

	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		sigaction(ends[i], &(struct sigaction){ .sa_handler = stop }, NULL);
}

/* What QEMU writes, line by line. */
struct console {
	int fd;
	char line[CONSOLE_LINE];
	size_t len;
	uint64_t began_ms, heard_ms;
	bool closed;
};

static _Noreturn void become_qemu(const struct trial *t, int out)
{
	int null = open("/dev/null", O_RDONLY);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* QEMU opens the kernel by its descriptor here */
	fcntl(image_kernel_fd(t->kernel), F_SETFD, 0);
	dup2(null, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	execvp(t->words.at[0], t->words.at);
	dprintf(out, "%s: %s\n", t->words.at[0], strerror(errno));
	_exit(1);
}

static void take_line(const struct trial *t, struct console *c, struct verdict *v)
{
	c->line[c->len] = '\0';
	if (t->show)
		fprintf(stderr, "%s\n", c->line);
	verdict_line(v, c->line, c->heard_ms - c->began_ms);
	c->len = 0;
}

static void take_bytes(const struct trial *t, struct console *c, struct verdict *v)
{
	char piece[4096];
	ssize_t n = read(c->fd, piece, sizeof(piece));

	c->heard_ms = clock_mono_ms();
	c->closed = n <= 0;
	for (ssize_t i = 0; i < n; i++) {
		if (piece[i] == '\n')
			take_line(t, c, v);
		else if (piece[i] != '\r' && c->len < sizeof(c->line) - 1)
			c->line[c->len++] = piece[i];
	}
	if (c->closed && c->len)
		take_line(t, c, v);
}

/* Until the console ends, the verdict is there, or time is over. */
static int follow(const struct trial *t, struct console *c, struct verdict *v)
{
	uint64_t end_ms = c->began_ms + t->limit_s * UINT64_C(1000);

	for (uint64_t now_ms; (now_ms = clock_mono_ms()) < end_ms;) {
		struct pollfd p = { .fd = c->fd, .events = POLLIN };

		if (v->ended && end_ms > now_ms + ENDED_MS)
			end_ms = now_ms + ENDED_MS;
		if (is_stopped)
			return -EINTR;
		if (poll(&p, 1, 1000) > 0)
			take_bytes(t, c, v);
		if (c->closed)
			return 0;
		if (clock_mono_ms() > c->heard_ms + QUIET_S * UINT64_C(1000))
			break;
	}
	return v->ended ? 0 : -ETIMEDOUT;
}

int trial_run(const struct trial *t, struct verdict *v)
{
	struct console c = { .began_ms = clock_mono_ms(), .heard_ms = clock_mono_ms() };
	int out[2], status = 0, r;
	pid_t pid;

	if (t->words.full)
		return -E2BIG;
	if (pipe2(out, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (!pid)
		become_qemu(t, out[1]);
	close(out[1]);
	c.fd = out[0];
	r = pid < 0 ? -errno : follow(t, &c, v);
	close(out[0]);
	if (pid > 0 && !c.closed)
		kill(pid, SIGKILL);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (is_stopped)
		return -EINTR;
	if (r || v->ended || !c.closed || !status)
		return r;
	if (WIFSIGNALED(status))
		snprintf(v->last, sizeof(v->last), "killed by signal %d (%s)", WTERMSIG(status),
			 strsignal(WTERMSIG(status)));
	return -EIO;
}
