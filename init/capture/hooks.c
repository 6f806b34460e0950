/* SPDX-License-Identifier: MIT */
/*
 * PID 1 → the overseer, a child as any other → the hook. The overseer reads what the hook says
 * and ends its whole group in time; PID 1's own limit is only for an overseer that hangs.
 */
#include "init/capture/hooks.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "init/capture/hooks_private.h"
#include "init/system/limits.h"
#include "lib/cleanup.h"
#include "lib/clock.h"
#include "lib/conf/target/conf_kind.h"
#include "lib/log.h"

enum { LINE_BYTES = 200, LINES = 200, POLL_MS = 50 };

struct output {
	const char *name;
	char line[LINE_BYTES];
	size_t len;
	unsigned lines;
};

/* ---------------------------------------------------------------- what it says */

static void say_line(struct output *o)
{
	o->line[o->len] = '\0';
	if (o->lines < LINES)
		log_info("hook: %s: %s", o->name, o->line);
	else if (o->lines == LINES)
		log_warn("hook: %s: more than %d lines of output; the rest is dropped", o->name,
			 LINES);
	o->lines += o->lines <= LINES;
	o->len = 0;
}

/* A long line is cut into several; what could play with a terminal is shown as '?'. */
static void take_output(struct output *o, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '\n' || o->len == sizeof(o->line) - 1)
			say_line(o);
		if (c != '\n' && c != '\r')
			o->line[o->len++] = (char)((c < ' ' && c != '\t') || c == 0x7f ? '?' : c);
	}
}

/* Reads what is there now. False: nothing will come any more. */
static bool read_output(struct output *o, int fd)
{
	char buf[512];
	ssize_t n;

	do {
		n = read(fd, buf, sizeof(buf));
		if (n > 0)
			take_output(o, buf, (size_t)n);
	} while (n > 0 && o->lines <= LINES);
	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

/* ---------------------------------------------------------------- the hook's side */

static void put_env(char *buf, size_t size, char **env, unsigned *n, const char *name,
		    const char *value)
{
	if (!value[0])
		return;
	snprintf(buf, size, "%s=%s", name, value);
	env[(*n)++] = buf;
}

/* Tells errno through the pipe, which a successful exec closes. */
static _Noreturn void become(const struct hooks_order *o, int out, int failed)
{
	static char vars[4][1100];
	char *args[] = { (char *)o->path, (char *)o->status, NULL };
	char *env[8] = {
		(char *)"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		(char *)"HOME=/", (char *)"TERM=linux"
	};
	unsigned n = 3;
	int in;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, o->name);
	put_env(vars[0], sizeof(vars[0]), env, &n, "KDUMP_TARGET", o->target);
	put_env(vars[1], sizeof(vars[1]), env, &n, "KDUMP_DIR", o->dir);
	put_env(vars[2], sizeof(vars[2]), env, &n, "KDUMP_FOLDER", o->folder);
	put_env(vars[3], sizeof(vars[3]), env, &n, "KDUMP_STATE", o->state);
	in = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (in < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0 || chdir("/") < 0) {
		in = errno;
	} else {
		umask(022);
		execve(o->path, args, env);
		in = errno;
	}
	if (write(failed, &in, sizeof(in)) < 0)
		_exit(126);
	_exit(127);
}

/* ---------------------------------------------------------------- the overseer's side */

/* 0 or -errno of what kept it from running. */
static int start(const struct hooks_order *o, pid_t *ret_pid, int *ret_out)
{
	int out[2], failed[2], why = 0;
	ssize_t n;
	pid_t pid;

	if (pipe2(out, O_CLOEXEC) < 0)
		return -errno;
	if (pipe2(failed, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (pid < 0)
		return -errno;
	if (!pid)
		become(o, out[1], failed[1]);
	/* both sides, so that the group is there for whoever is first */
	setpgid(pid, pid);
	close(out[1]);
	close(failed[1]);
	n = read(failed[0], &why, sizeof(why));
	close(failed[0]);
	if (n == sizeof(why)) {
		waitpid(pid, NULL, 0);
		return why > 0 ? -why : -EIO;
	}
	fcntl(out[0], F_SETFL, O_NONBLOCK);
	*ret_pid = pid;
	*ret_out = out[0];
	return 0;
}

/* Until the hook itself has ended: one that left a daemon behind may never close its output. */
static bool wait_for(pid_t pid, int fd, struct output *o, uint64_t limit_ms, int *status)
{
	uint64_t begin = clock_boot_ms();
	struct pollfd p = { .fd = fd, .events = POLLIN };

	for (;;) {
		pid_t got = waitpid(pid, status, WNOHANG);

		if (got == pid)
			break;
		if (clock_boot_ms() - begin >= limit_ms)
			return false;
		if (poll(&p, 1, POLL_MS) > 0 && !read_output(o, fd))
			p.fd = -1;
	}
	read_output(o, fd);
	return true;
}

/* PID 1's limit, unless it was cut, is LIMIT_KILL_S longer than the hook's. */
static unsigned limit_of(const struct child_job *job)
{
	return job->limit_s > LIMIT_KILL_S ? job->limit_s - LIMIT_KILL_S : job->limit_s;
}

static int judge(int status, struct hooks_answer *a, struct child *self)
{
	if (WIFSIGNALED(status)) {
		child_why(self, "killed by signal %d (%s)", WTERMSIG(status),
			  strsignal(WTERMSIG(status)));
		return -EFAULT;
	}
	a->exit_status = WEXITSTATUS(status);
	if (!a->exit_status)
		return 0;
	child_why(self, "exit status %d", a->exit_status);
	return -ECANCELED;
}

/* r: what execve() said. */
static const char *why_not_run(const char *path, int r)
{
	if (r == -ENOEXEC)
		return "neither a program of this architecture nor a script that begins with #!";
	if (r == -ENOENT && !access(path, F_OK))
		return "the interpreter that it names is not in the image";
	return strerror(-r);
}

int hooks_oversee(const void *ctx, void *answer, struct child *self)
{
	const struct hooks_order *o = ctx;
	struct output said = { .name = o->name };
	unsigned limit_s = limit_of(o->job);
	int status = 0, r;
	_close_ int out = -1;
	pid_t pid = 0;
	bool ended;

	r = start(o, &pid, &out);
	if (r) {
		child_why(self, "cannot be run: %s", why_not_run(o->path, r));
		return r;
	}
	ended = wait_for(pid, out, &said, limit_s * 1000ull, &status);
	if (!ended || o->group_ends)
		kill(-pid, SIGKILL);
	if (said.len)
		say_line(&said);
	if (ended)
		return judge(status, answer, self);
	child_why(self, "not done after %u s: killed", limit_s);
	return -ETIMEDOUT;
}

/* ---------------------------------------------------------------- PID 1's side */

/* Where a dump's files are, for targets that are mounted. */
static void places(const struct target *t, char dir[32], char *folder, size_t size)
{
	if (!conf_kind(t->spec)->mounted)
		return;
	snprintf(dir, 32, TARGET_POINT, t->spec->line);
	if (t->folder[0])
		snprintf(folder, size, "%s%s/%s", dir, t->conf->path, t->folder);
}

int hooks_run(struct steps *s, enum conf_hook hook, const struct target *t, const char *status)
{
	char target[512] = "", dir[32] = "", folder[1024] = "";
	struct hooks_answer a = { 0 };
	struct child_job job = { .name = "hook",
				 .run = hooks_oversee,
				 .answer = &a,
				 .answer_bytes = sizeof(a),
				 .limit_s = s->conf->limits.hook_timeout_s + LIMIT_KILL_S };
	struct hooks_order o = { .path = s->conf->hooks[hook],
				 .name = conf_hook_name(hook),
				 .status = status,
				 .target = target,
				 .dir = dir,
				 .folder = folder,
				 .state = report_state(s->report),
				 .job = &job,
				 .group_ends = hook != CONF_HOOK_PRE };
	struct child_end end;
	int r;

	if (!o.path)
		return 0;
	if (t) {
		snprintf(target, sizeof(target), "%s %s", t->spec->type, t->spec->where);
		places(t, dir, folder, sizeof(folder));
	}
	job.ctx = &o;
	r = steps_run(s, o.name, t, &job, hook == CONF_HOOK_PRE ? BUDGET_WORK : BUDGET_CLOSING,
		      &end);
	if (!r)
		log_info("hook: %s: %s: done", o.name, o.path);
	else
		log_err("hook: %s: %s: %s", o.name, o.path, end.why);
	return a.exit_status ? a.exit_status : r;
}
