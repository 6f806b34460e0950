/* SPDX-License-Identifier: MIT */
/*
 * The disk that has the production kernel is mounted for reading alone, kdump-loader loads what was
 * recorded when the machine was armed, and what may still write to memory is stopped. Each step is
 * a child with a limit; the first that fails leaves the rest to the firmware.
 */
#include "init/back/way_back.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "init/back/bus_masters.h"
#include "init/system/child.h"
#include "init/system/limits.h"
#include "init/system/watchdog.h"
#include "init/target/target.h"
#include "lib/cleanup.h"
#include "lib/io.h"
#include "lib/log.h"
#include "lib/text.h"

#define LOADER	    "/sbin/kdump-loader"
#define LOADER_SAYS "/run/kdump-loader.log"

enum { SAYS_BYTES = 8192 };

struct order {
	const struct target *disk;
	uint64_t uptime_s;
};

static int run_step(const char *name, int (*run)(const void *, void *, struct child *),
		    const struct order *o, unsigned limit_s)
{
	struct child_job job = { .name = name, .run = run, .ctx = o, .limit_s = limit_s };
	struct child_end end;
	int r = child_run(&job, &end);

	if (r)
		log_err("back: %s: %s", name, end.why);
	return r;
}

static int do_open(const void *ctx, void *answer, struct child *self)
{
	const struct order *o = ctx;
	char what[sizeof(o->disk->what)];

	(void)answer;
	return o->disk->kind->open(o->disk, what, sizeof(what), self);
}

static int do_close(const void *ctx, void *answer, struct child *self)
{
	const struct order *o = ctx;

	(void)answer;
	return o->disk->kind->close(o->disk, self);
}

/* ---------------------------------------------------------------- kdump-loader */

static _Noreturn void become_loader(const struct order *o)
{
	char folder[32], uptime[24];
	char *args[] = { (char *)"kdump-loader",
			 (char *)"return",
			 (char *)"--folder",
			 folder,
			 (char *)"--uptime",
			 uptime,
			 NULL };
	int out = open(LOADER_SAYS, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(folder, sizeof(folder), TARGET_POINT, o->disk->spec->line);
	snprintf(uptime, sizeof(uptime), "%" PRIu64, o->uptime_s);
	if (out >= 0 && dup2(out, 1) >= 0 && dup2(out, 2) >= 0)
		execv(LOADER, args);
	_exit(127);
}

/* Its words become lines of this log. */
static void say_its_words(void)
{
	char text[SAYS_BYTES], *line, *rest = text;

	if (io_read_file(AT_FDCWD, LOADER_SAYS, text, sizeof(text), NULL))
		return;
	while ((line = strsep(&rest, "\n"))) {
		if (!*line)
			continue;
		text_make_printable(line);
		log_info("back: %s", line);
	}
}

static int do_load(const void *ctx, void *answer, struct child *self)
{
	pid_t pid = fork();
	int status;

	(void)answer;
	if (pid < 0)
		return -errno;
	if (!pid)
		become_loader(ctx);
	if (waitpid(pid, &status, 0) < 0)
		return -errno;
	say_its_words();
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		child_why(self, "%s cannot be run", LOADER);
	else
		child_why(self, "the production kernel is not loaded");
	return -ECANCELED;
}

/* ---------------------------------------------------------------- devices */

static int do_stop_devices(const void *ctx, void *answer, struct child *self)
{
	unsigned left, stopped = bus_masters_stop("", &left);

	(void)ctx, (void)answer;
	if (stopped)
		log_info("back: %u devices without a driver may not write to memory any more",
			 stopped);
	if (left)
		child_why(self, "%u devices could not be kept from writing to memory", left);
	return left ? -EIO : 0;
}

int way_back(const struct conf *conf, uint64_t uptime_s)
{
	struct target disk = { .kind = &target_fs,
			       .conf = conf,
			       .spec = &conf->kexec.disk,
			       .folder = "",
			       .read_only = true };
	struct order o = { .disk = &disk, .uptime_s = uptime_s };
	unsigned step_s = conf->limits.step_timeout_s;
	int r = -ENOENT;

	if (!conf->kexec.disk.type)
		log_err("back: the image does not say where the production kernel is");
	else
		r = run_step("open", do_open, &o, conf->limits.target_timeout_s + step_s);
	if (r)
		return r;
	r = run_step("load", do_load, &o, step_s);
	/* a mount that stays hurts nobody: it is for reading */
	run_step("close", do_close, &o, LIMIT_SYNC_S);
	r = r ? r : run_step("devices", do_stop_devices, &o, LIMIT_REBOOT_S);
	if (!r)
		watchdog_leave();
	return r;
}
