/* SPDX-License-Identifier: MIT */
/*
 * kdump-init: PID 1 of a capture kernel. A kernel panicked; this one was started in the memory set
 * aside for it, and this program is all its user space: it saves what the dead kernel left and
 * reboots. Nothing below may end PID 1: what can fail runs in a child (init/system/child.h), and all
 * roads lead to system_finish().
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "init/back/way_back.h"
#include "init/capture/capture.h"
#include "init/capture/report.h"
#include "init/config.h"
#include "init/remote/fence.h"
#include "init/system/child.h"
#include "init/system/modules.h"
#include "init/system/policy.h"
#include "init/system/shell.h"
#include "init/system/system.h"
#include "init/system/watchdog.h"
#include "lib/clock.h"
#include "lib/conf/conf.h"
#include "lib/io.h"
#include "lib/log.h"

static void greet(void)
{
	struct utsname u = { .release = "?" };

	uname(&u);
	log_info("main: kdump-init %s, kernel %s", KDUMP_VERSION, u.release);
}

static void load_modules(const struct conf *conf, struct report *report)
{
	char cmdline[4096] = "";
	const struct modparams params = { conf->options, conf->n_options, cmdline };
	struct modules_count count;
	uint64_t start_ms = clock_boot_ms();

	if (io_read_file(AT_FDCWD, "/proc/cmdline", cmdline, sizeof(cmdline), NULL))
		cmdline[0] = '\0';
	modules_load("", conf->modules, conf->n_modules, &params, &count);
	report->modules_loaded = count.loaded;
	report->modules_failed = count.failed;
	report->modules_ms = clock_boot_ms() - start_ms;
	/* that all went well stands in kdump.json: a line takes a serial console 9 ms */
	if (count.failed)
		log_info("modules: %u loaded, %u failed", count.loaded, count.failed);
}

/* On a machine that lives, a reboot is the last thing its user wants. */
static int not_for_you(void)
{
	puts("kdump-init " KDUMP_VERSION
	     ": PID 1 of a crash capture image; kdump-mkinitrd packs it");
	return 2;
}

/*
 * Reboot, halt and power-off are ends of their own; final_action follows the others. A machine with
 * which something is wrong goes through its firmware.
 */
static _Noreturn void finish_failed(const struct system *sys, const struct conf *conf)
{
	enum conf_action final =
		conf->final_action == CONF_KEXEC ? CONF_REBOOT : conf->final_action;

	if (conf->failure_action == CONF_SHELL)
		shell_run(sys, conf);
	system_finish(sys, conf->failure_action <= CONF_POWEROFF ? conf->failure_action : final);
}

static _Noreturn void finish(const struct system *sys, const struct conf *conf,
			     const struct report *report)
{
	if (conf->final_action != CONF_KEXEC)
		system_finish(sys, conf->final_action);
	system_finish(sys, way_back(conf, report->log.uptime_s) ? CONF_REBOOT : CONF_KEXEC);
}

int main(void)
{
	struct report report = { 0 };
	struct system sys;
	struct conf conf;
	char *text;

	if (getpid() != 1)
		return not_for_you();
	log_init("kdump-init", LOG_INFO);
	system_mount(&sys);
	policy_apply("", &report.policy);
	system_log(&sys);
	greet();
	policy_tell(&report.policy);
	config_load(CONF_IMAGE_FILE, &conf, &text);
	if (!system_has_crash()) {
		log_err("main: no %s: this is no capture kernel", SYSTEM_VMCORE);
		finish_failed(&sys, &conf);
	}
	if (conf.watchdog)
		watchdog_start("");
	load_modules(&conf, &report);
	fence_start(&conf);
	if (capture_run(&sys, &conf, &report))
		finish_failed(&sys, &conf);
	finish(&sys, &conf, &report);
}
