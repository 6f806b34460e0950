/* SPDX-License-Identifier: MIT */
/*
 * First and last things of PID 1. Nothing here can end it: each failure has a poorer successor.
 */
#include "init/system/system.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "init/system/child.h"
#include "init/system/limits.h"
#include "init/system/system_private.h"
#include "init/system/watchdog.h"
#include "lib/cleanup.h"
#include "lib/io.h"
#include "lib/log.h"

static const struct pseudo {
	const char *type, *dir;
	unsigned long flags;
	const char *data;
} pseudos[] = {
	{ "proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL },
	{ "sysfs", "/sys", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL },
	{ "devtmpfs", "/dev", MS_NOSUID | MS_NOEXEC, "mode=0755" },
	{ "tmpfs", "/run", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0700" },
};

static void write_text(const char *path, const char *text)
{
	_close_ int fd = open(path, O_WRONLY | O_CLOEXEC);

	/* a kernel without this knob goes on as it is */
	if (fd >= 0)
		io_write(fd, text, strlen(text));
}

/*
 * What a target that hangs leaves in the page cache counts against the limit of all writers: by
 * default a fifth of the free memory, and where it is reached those of a good target stop as well
 * (balance_dirty_pages), for up to 30 s as write-back by age alone would still begin. The dumper
 * bounds what it leaves (dumper/sink/sink_file.c); with half of the memory several such targets
 * fit.
 */
static void let_others_write(void)
{
	write_text("/proc/sys/vm/dirty_ratio", "50");
	write_text("/proc/sys/vm/dirty_expire_centisecs", "100");
	write_text("/proc/sys/vm/dirty_writeback_centisecs", "100");
}

void system_descriptors(void)
{
	int fd;

	/* the lowest that is free, until that is none of the three */
	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

void system_mount(struct system *s)
{
	*s = (struct system){ .core = SYSTEM_VMCORE, .copy_fd = -1 };
	umask(077);
	for (unsigned i = 0; i < ARRAY_LEN(pseudos); i++) {
		const struct pseudo *p = &pseudos[i];

		mkdir(p->dir, 0755);
		/* EBUSY: the kernel mounted /dev itself (CONFIG_DEVTMPFS_MOUNT) */
		if (mount(p->type, p->dir, p->type, p->flags, p->data) < 0 && errno != EBUSY)
			s->mount_errors |= 1u << i;
	}
	system_descriptors();
	let_others_write();
}

unsigned system_parse_consoles(char *text, const char **names, unsigned max, bool *others)
{
	unsigned n = 0;
	char *line, *rest = text;

	/* "ttyS0                -W- (EC   )    4:64": E enabled, device number if it has one */
	*others = false;
	while ((line = strsep(&rest, "\n"))) {
		char *flags = strchr(line, '('), *end = flags ? strchr(flags, ')') : NULL;

		if (!end || !memchr(flags, 'E', (size_t)(end - flags)))
			continue;
		line[strcspn(line, " \t")] = '\0';
		if (!strchr(end, ':') || n == max) {
			*others = true;
			continue;
		}
		names[n++] = line;
	}
	return n;
}

/* O_NONBLOCK: a terminal that is stopped must not stop the capture. */
static bool add_terminal(struct system *s, const char *name)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/dev/%s", name);
	fd = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return false;
	log_add(fd, LOG_TIMED);
	s->consoles[s->n_consoles++] = fd;
	return true;
}

void system_log(struct system *s)
{
	const char *names[SYSTEM_CONSOLES];
	char text[1024];
	bool others = true;
	unsigned n = 0;
	int fd;

	if (!io_read_file(AT_FDCWD, "/proc/consoles", text, sizeof(text), NULL))
		n = system_parse_consoles(text, names, SYSTEM_CONSOLES, &others);
	for (unsigned i = 0; i < n; i++) {
		if (!add_terminal(s, names[i]))
			others = true;
	}
	if (others || !s->n_consoles) {
		/* the kernel lets ten lines in five seconds pass unless told so */
		write_text("/proc/sys/kernel/printk_devkmsg", "on");
		fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
		if (fd >= 0)
			log_add(fd, LOG_KMSG);
	}
	s->copy_fd = open(SYSTEM_LOG_FILE, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (s->copy_fd >= 0)
		log_add(s->copy_fd, LOG_TIMED);
	for (unsigned i = 0; i < ARRAY_LEN(pseudos); i++) {
		if (s->mount_errors & 1u << i)
			log_err("system: %s: %s not mounted", pseudos[i].dir, pseudos[i].type);
	}
}

bool system_has_crash(void)
{
	return access(SYSTEM_VMCORE, R_OK) == 0;
}

enum { Y2020 = 1577836800ll };

bool system_clock_is_lost(void)
{
	return time(NULL) < Y2020;
}

/* For the report, which another process writes. */
static void note_clock(uint64_t before_s, uint64_t now_s, const char *by)
{
	char text[200];
	int n = snprintf(text, sizeof(text), "%" PRIu64 " %" PRIu64 " %s\n", before_s, now_s, by);
	_close_ int fd = open(SYSTEM_CLOCK_FILE, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || io_write(fd, text, (size_t)n))
		log_debug("system: %s: not written", SYSTEM_CLOCK_FILE);
}

void system_set_clock(uint64_t now_s, const char *by)
{
	const uint64_t y2100 = 4102444800ull;
	struct timespec t = { .tv_sec = (time_t)now_s };
	uint64_t before_s = (uint64_t)time(NULL);

	if (now_s < Y2020 || now_s >= y2100) {
		log_warn("system: clock: it is lost, and %s is as wrong", by);
		return;
	}
	if (clock_settime(CLOCK_REALTIME, &t) < 0) {
		log_warn("system: clock: not set: %s", strerror(errno));
		return;
	}
	log_info("system: clock: was lost, set to %s", by);
	note_clock(before_s, now_s, by);
}

void system_clock(uint64_t crash_time_s)
{
	if (system_clock_is_lost() && crash_time_s >= Y2020)
		system_set_clock(crash_time_s, "the time of the crash");
}

void system_drain(const struct system *s)
{
	for (unsigned i = 0; i < s->n_consoles; i++)
		tcdrain(s->consoles[i]);
}

/* ---------------------------------------------------------------- the end */

static const struct ending {
	const char *doing;
	int command;	   /* of reboot(2) */
	int then;	   /* when that returns; 0: nothing */
	const char *sysrq; /* when that returns; NULL: no such key */
} endings[] = {
	[CONF_REBOOT] = { "rebooting", RB_AUTOBOOT, 0, "b" },
	[CONF_HALT] = { "halting", RB_HALT_SYSTEM, 0, NULL },
	[CONF_POWEROFF] = { "powering off", RB_POWER_OFF, 0, "o" },
	[CONF_KEXEC] = { "entering the production kernel", RB_KEXEC, RB_AUTOBOOT, "b" },
};

static int do_sync(const void *ctx, void *answer, struct child *self)
{
	(void)ctx, (void)answer, (void)self;
	sync();
	return 0;
}

/* What waits in a serial line's buffer would not survive the reboot. */
static int do_drain(const void *ctx, void *answer, struct child *self)
{
	(void)answer, (void)self;
	system_drain(ctx);
	return 0;
}

static int do_reboot(const void *ctx, void *answer, struct child *self)
{
	const struct ending *e = ctx;
	int r;

	(void)answer, (void)self;
	r = reboot(e->command) < 0 ? -errno : 0;
	if (r && e->then)
		r = reboot(e->then) < 0 ? -errno : 0;
	return r;
}

static void end_step(const char *name, int (*run)(const void *, void *, struct child *),
		     const void *ctx, unsigned limit_s)
{
	struct child_job job = { .name = name, .run = run, .ctx = ctx, .limit_s = limit_s };
	struct child_end end;

	if (child_run(&job, &end))
		log_err("system: %s: %s", name, end.why);
}

_Noreturn void system_finish(const struct system *s, enum conf_action action)
{
	bool known = (size_t)action < ARRAY_LEN(endings) && endings[action].doing;
	const struct ending *e = &endings[known ? action : CONF_REBOOT];

	/* daemons of hooks, shells, children that were left behind: nothing writes any more */
	if (getpid() == 1)
		kill(-1, SIGKILL);
	/* targets are synced when they are closed: this is for what hooks have mounted */
	end_step("sync", do_sync, NULL, child_left_behind() ? LIMIT_SYNC_STUCK_S : LIMIT_SYNC_S);
	log_info("system: %s", e->doing);
	if (action == CONF_HALT)
		watchdog_stop();
	end_step("drain", do_drain, s, LIMIT_DRAIN_S);
	end_step("reboot", do_reboot, e, LIMIT_REBOOT_S);
	/* a driver hangs in its shutdown: the emergency keys ask none */
	if (e->sysrq) {
		log_err("system: still here, trying sysrq %s", e->sysrq);
		write_text("/proc/sys/kernel/sysrq", "1");
		write_text("/proc/sysrq-trigger", e->sysrq);
	}
	for (;;)
		pause();
}
