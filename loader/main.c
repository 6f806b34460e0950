/* SPDX-License-Identifier: MIT */
/*
 * kdump-loader: arms the machine for a crash capture.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/io.h"
#include "lib/log.h"
#include "loader/arm.h"
#include "loader/back/back_load.h"
#include "loader/estimate.h"
#include "loader/exec.h"
#include "loader/hotplug.h"
#include "loader/lock.h"
#include "loader/news/news.h"
#include "loader/options.h"
#include "loader/proof/drill.h"
#include "loader/replaced.h"
#include "loader/report/prometheus.h"
#include "loader/ssh/propagate.h"
#include "loader/status.h"
#include "loader/update/update.h"

enum exit_code { DONE = 0, FAILED = 1, USAGE = 2, NOT_ARMED = 3, STALE = 4 };

static int run_load(int root, int argc, char **argv);
static int run_reload(int root, int argc, char **argv);
static int run_unload(int root, int argc, char **argv);
static int run_hotplug(int root, int argc, char **argv);
static int run_status(int root, int argc, char **argv);
static int run_estimate(int root, int argc, char **argv);
static int run_verify(int root, int argc, char **argv);
static int run_test(int root, int argc, char **argv);
static int run_propagate(int root, int argc, char **argv);
static int run_exec(int root, int argc, char **argv);
static int run_return(int root, int argc, char **argv);
static int run_update(int root, int argc, char **argv);
static int run_news(int root, int argc, char **argv);
static int run_seen(int root, int argc, char **argv);
static int run_help(int root, int argc, char **argv);
static int run_version(int root, int argc, char **argv);

static int (*const runs[LOADER_COMMANDS])(int root, int argc, char **argv) = {
	[LOADER_LOAD] = run_load,     [LOADER_RELOAD] = run_reload,
	[LOADER_UNLOAD] = run_unload, [LOADER_HOTPLUG] = run_hotplug,
	[LOADER_STATUS] = run_status, [LOADER_ESTIMATE] = run_estimate,
	[LOADER_VERIFY] = run_verify, [LOADER_TEST] = run_test,
	[LOADER_EXEC] = run_exec,     [LOADER_RETURN] = run_return,
	[LOADER_UPDATE] = run_update, [LOADER_NEWS] = run_news,
	[LOADER_SEEN] = run_seen,     [LOADER_PROPAGATE] = run_propagate,
	[LOADER_HELP] = run_help,     [LOADER_VERSION] = run_version,
};

static int run_help(int root, int argc, char **argv)
{
	(void)root;
	(void)argc;
	(void)argv;
	puts("kdump-loader COMMAND");
	for (size_t i = 0; i < LOADER_COMMANDS; i++) {
		const struct loader_command_row *c = &loader_commands[i];
		int n = printf("  %s %s", c->name, c->args);

		options_print_text(stdout, n > 0 ? (size_t)n : 0, OPTIONS_COLUMN, c->help);
	}
	puts("Options of load and reload:");
	options_print(stdout, loader_option_rows, 1u << LOADER_LOAD);
	puts("Options of hotplug:");
	options_print(stdout, loader_option_rows, 1u << LOADER_HOTPLUG);
	puts("Options of estimate:");
	options_print(stdout, loader_option_rows, 1u << LOADER_ESTIMATE);
	puts("Options of update:");
	options_print(stdout, loader_option_rows, 1u << LOADER_UPDATE);
	puts("Options of verify:");
	options_print(stdout, loader_option_rows, 1u << LOADER_VERIFY);
	puts("Options of test:");
	options_print(stdout, loader_option_rows, 1u << LOADER_TEST);
	puts("Options of exec:");
	options_print(stdout, loader_option_rows, 1u << LOADER_EXEC);
	puts("Exit codes: 0 done (status: armed), 1 failed, 2 wrong usage, 3 status: not armed,\n"
	     "4 status: armed, but a capture would fail or be made with old files; verify: no "
	     "capture");
	return DONE;
}

static int run_version(int root, int argc, char **argv)
{
	(void)root;
	(void)argc;
	(void)argv;
	puts("kdump-loader " KDUMP_VERSION);
	return DONE;
}

static int usage(const char *fmt, const char *what)
{
	char text[200];

	snprintf(text, sizeof(text), fmt, what);
	log_err("%s; see kdump-loader help", text);
	return USAGE;
}

/*
 * The options of a command, behind which nothing may follow. OPTIONS_DONE; OPTIONS_HELP; -EINVAL
 * for what is said: by getopt_long(), and here as `wrong`.
 */
static int parse_options(enum loader_command c, int argc, char **argv, const char *wrong,
			 struct loader_options *ret)
{
	int r = options_parse(loader_option_rows, 1u << c, argc, argv, ret);

	if (r < 0)
		usage("%s", wrong);
	if (r || optind == argc)
		return r;
	usage("unexpected argument %s", argv[optind]);
	return -EINVAL;
}

static int check_command_line(const char *whole, const char *append, bool reuse)
{
	if (whole && (append || reuse))
		return usage("%s", "--command-line is the whole line: it goes with neither "
				   "--append nor --reuse-cmdline");
	if ((whole && strchr(whole, '\n')) || (append && strchr(append, '\n')))
		return usage("%s", "a command line has no line breaks");
	return DONE;
}

/* -s, -c and -a into *ret. */
static int check_call_options(const struct loader_options *o, enum kexec_call *ret)
{
	if (o->file_call + o->segments_call + o->any_call > 1)
		return usage("%s", "-s, -c and -a exclude each other");
	*ret = o->file_call	  ? KEXEC_FILE
	       : o->segments_call ? KEXEC_SEGMENTS
	       : o->any_call	  ? KEXEC_ANY
				  : KEXEC_AUTO;
	return DONE;
}

static int load(int root, int argc, char **argv, bool reload)
{
	struct loader_options o = { .load.reload = reload };
	int r = parse_options(LOADER_LOAD, argc, argv, "wrong option", &o);
	const struct load_options *l = &o.load;

	if (r == OPTIONS_HELP)
		return run_help(root, argc, argv);
	if (r || check_command_line(l->command_line, l->append, l->reuse_cmdline) ||
	    check_call_options(&o, &o.load.call))
		return USAGE;
	return arm_load(root, &o.load) ? FAILED : DONE;
}

static int run_load(int root, int argc, char **argv)
{
	return load(root, argc, argv, false);
}

static int run_reload(int root, int argc, char **argv)
{
	return load(root, argc, argv, true);
}

static int run_hotplug(int root, int argc, char **argv)
{
	struct loader_options o = { .json = false };
	int r = parse_options(LOADER_HOTPLUG, argc, argv, "wrong option", &o);

	if (r == OPTIONS_HELP)
		return run_help(root, argc, argv);
	if (r)
		return USAGE;
	return hotplug_run(root, o.background) ? FAILED : DONE;
}

static int run_unload(int root, int argc, char **argv)
{
	struct loader_options o = { .json = false };
	int r = parse_options(LOADER_UNLOAD, argc, argv, "unload has no options", &o);

	if (r == OPTIONS_HELP)
		return run_help(root, argc, argv);
	if (r)
		return USAGE;
	return arm_unload(root) ? FAILED : DONE;
}

static int run_estimate(int root, int argc, char **argv)
{
	struct loader_options o = { .json = false };
	int r = parse_options(LOADER_ESTIMATE, argc, argv, "wrong option", &o);
	struct estimate_options e = {
		.load = o.load, .json = o.json, .apply = o.apply, .remove = o.remove
	};

	if (r == OPTIONS_HELP)
		return run_help(root, argc, argv);
	if (r)
		return USAGE;
	if (o.apply && o.remove)
		return usage("%s", "--apply and --remove exclude each other");
	return estimate_run(root, &e) ? FAILED : DONE;
}

/* The folder that this program lies in, with the slash behind it. */
static void find_self(char *ret, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", ret, size - 1);

	ret[n > 0 ? n : 0] = '\0';
	if (strrchr(ret, '/'))
		strrchr(ret, '/')[1] = '\0';
}

/* A program of its own: it is no part of a capture image, which has this one. */
static int run_verify(int root, int argc, char **argv)
{
	char self[PATH_MAX], path[PATH_MAX + 40];
	static const char *const places[] = { "%skdump-verify",
					      "%s../lib/kdump-init/kdump-verify" };

	(void)root, (void)argc;
	find_self(self, sizeof(self));
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		snprintf(path, sizeof(path), places[i], self);
		execv(path, argv);
	}
	log_err("error: %s: %s: run make install again", path, strerror(errno));
	return FAILED;
}

static bool is_meant(void)
{
	char answer[16] = "";

	fputs("This machine crashes now: all programs end, and what is not on a disk is lost. "
	      "Write "
	      "yes to go on: ",
	      stderr);
	return fgets(answer, sizeof(answer), stdin) && !strcmp(answer, "yes\n");
}

/* A crash that would not be captured teaches nothing. */
static bool would_capture(int root)
{
	static struct status s;
	int r = status_read(root, &s);

	if (r)
		log_err("error: /proc cannot be read: %s", strerror(-r));
	else if (s.host.armed != 1)
		log_err("error: the machine is not armed; kdump-loader status says why");
	for (unsigned i = 0; i < s.findings.n && s.host.armed == 1; i++) {
		if (s.findings.item[i].level == FINDING_ERROR)
			log_err("error: %s", s.findings.item[i].text);
	}
	return !r && s.host.armed == 1 && !s.findings.fatal;
}

static int run_test(int root, int argc, char **argv)
{
	struct loader_options o = { .json = false };
	int r = parse_options(LOADER_TEST, argc, argv, "wrong option", &o);

	if (r == OPTIONS_HELP)
		return run_help(root, argc, argv);
	if (r)
		return USAGE;
	if (!o.yes && !isatty(STDIN_FILENO))
		return usage("%s", "test crashes this machine: write test --yes");
	if (!would_capture(root) || (!o.yes && !is_meant())) {
		log_err("the machine was not crashed");
		return FAILED;
	}
	r = drill_mark(root);
	if (r) {
		log_err("error: /var/lib/kdump-init: %s: status could not tell of the test: the "
			"machine was not crashed",
			strerror(-r));
		return FAILED;
	}
	r = drill_crash("/proc/sysrq-trigger");
	log_err("error: /proc/sysrq-trigger: %s: the machine was not crashed", strerror(-r));
	return FAILED;
}

static int check_exec_options(const struct loader_options *o)
{
	const struct exec_options *e = &o->exec;

	if (!e->kernel && (e->initrd || e->append || e->command_line || e->memory || e->load_only ||
			   o->reuse_again))
		return usage("%s", "these options need --kernel");
	if (o->unload && e->kernel)
		return usage("%s", "--unload goes with no other option");
	if (e->memory && o->file_call)
		return usage("%s", "kexec_file_load (-s) takes no --memory-map");
	return check_command_line(e->command_line, e->append, o->reuse_again);
}

static int run_exec(int root, int argc, char **argv)
{
	struct loader_options o = { .json = false };
	int r = parse_options(LOADER_EXEC, argc, argv, "wrong option", &o);

	if (r == OPTIONS_HELP)
		return run_help(root, argc, argv);
	if (r || check_exec_options(&o) || check_call_options(&o, &o.exec.call))
		return USAGE;
	return (o.unload ? exec_unload(root) : exec_run(root, &o.exec)) ? FAILED : DONE;
}

static int run_return(int root, int argc, char **argv)
{
	_close_ int lock = -1;
	_close_ int folder = -1;
	struct loader_options o = { .uptime = "0" };
	int r = parse_options(LOADER_RETURN, argc, argv, "wrong option", &o);

	if (r == OPTIONS_HELP)
		return run_help(root, argc, argv);
	if (r)
		return USAGE;
	if (!o.folder)
		return usage("%s", "return needs --folder");
	folder = lock_folder(root, "return", &lock);
	if (folder == -EAGAIN)
		return FAILED;
	return back_load(root, o.folder, strtoull(o.uptime, NULL, 10)) ? FAILED : DONE;
}

static int run_propagate(int root, int argc, char **argv)
{
	struct loader_options o = { .json = false };
	int r = parse_options(LOADER_PROPAGATE, argc, argv, "wrong option", &o);

	if (r == OPTIONS_HELP)
		return run_help(root, argc, argv);
	if (r)
		return USAGE;
	return propagate_run("") ? FAILED : DONE;
}

static int run_update(int root, int argc, char **argv)
{
	struct loader_options o = { .json = false };
	int r = parse_options(LOADER_UPDATE, argc, argv, "wrong option", &o);
	char self[PATH_MAX], program[PATH_MAX + 40];

	if (r == OPTIONS_HELP)
		return run_help(root, argc, argv);
	if (r)
		return USAGE;
	find_self(self, sizeof(self));
	snprintf(program, sizeof(program), "%skdump-mkinitrd", self);
	return update_run(root, &(struct update_options){ o.release, program }) ? FAILED : DONE;
}

static int run_news(int root, int argc, char **argv)
{
	struct loader_options o = { .json = false };
	int r = parse_options(LOADER_NEWS, argc, argv, "news has no options", &o);

	if (r == OPTIONS_HELP)
		return run_help(root, argc, argv);
	if (r)
		return USAGE;
	return news_tell(root) ? FAILED : DONE;
}

static int run_seen(int root, int argc, char **argv)
{
	struct loader_options o = { .json = false };
	int r = parse_options(LOADER_SEEN, argc, argv, "seen has no options", &o);

	if (r == OPTIONS_HELP)
		return run_help(root, argc, argv);
	if (r)
		return USAGE;
	r = news_seen(root);
	if (r)
		log_err("error: /var/lib/kdump-init: %s", strerror(-r));
	return r ? FAILED : DONE;
}

/* What was printed counts as much as what was done; it is said once. */
static int close_output(int status)
{
	int r = io_flush(stdout);

	if (!r)
		return status;
	if (!status)
		log_err("error: standard output: %s", strerror(-r));
	return status ? status : FAILED;
}

static int run_status(int root, int argc, char **argv)
{
	struct loader_options o = { .json = false };
	static char text[STATUS_BYTES];
	static struct status s;
	int r = parse_options(LOADER_STATUS, argc, argv, "wrong option", &o);

	if (r == OPTIONS_HELP)
		return run_help(root, argc, argv);
	if (r)
		return USAGE;
	if (o.json && o.prometheus)
		return usage("%s", "--json and --prometheus exclude each other");
	r = status_read(root, &s);
	if (!r)
		r = o.json	   ? status_json(&s, text, sizeof(text))
		    : o.prometheus ? prometheus_text(&s, text, sizeof(text))
				   : status_text(&s, text, sizeof(text));
	if (r) {
		log_err("error: /proc cannot be read: %s", strerror(-r));
		return FAILED;
	}
	fputs(text, stdout);
	if (close_output(DONE) != DONE)
		return FAILED;
	/* an administrator has read of it; a monitor has not */
	if (s.last.found && !o.json && !o.prometheus && !geteuid() && isatty(STDOUT_FILENO))
		news_seen(root);
	if (s.host.armed != 1)
		return NOT_ARMED;
	return s.findings.fatal || s.findings.stale ? STALE : DONE;
}

/* "load" or "--load"; LOADER_COMMANDS: there is none of this name. */
static enum loader_command find_command(const char *name)
{
	enum loader_command c = 0;

	while (c < LOADER_COMMANDS && strcmp(name, loader_commands[c].name) &&
	       (strncmp(name, "--", 2) || strcmp(name + 2, loader_commands[c].name)))
		c++;
	return c;
}

static int no_command(const char *name)
{
	const char *by = replaced_by(name);
	char text[160];

	snprintf(text, sizeof(text), "%.30s%s%s", name, by ? ": " : "", by ? by : "");
	return usage("no command %s", text);
}

int main(int argc, char **argv)
{
	_close_ int root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum loader_command c = argc > 1 ? find_command(argv[1]) : LOADER_COMMANDS;

	log_init("kdump-loader", LOG_INFO);
	/* tells that a lease is broken, and the lease only asks for writers of a file */
	signal(SIGIO, SIG_IGN);
	/* who started this may ignore it, and then no child's end is told */
	signal(SIGCHLD, SIG_DFL);
	if (root < 0) {
		log_err("error: /: %s", strerror(errno));
		return FAILED;
	}
	if (c == LOADER_COMMANDS)
		return argc > 1 ? no_command(argv[1]) : usage("%s", "a command is missing");
	/* getopt's messages begin with it */
	argv[1] = (char[]){ "kdump-loader" };
	return close_output(runs[c](root, argc - 1, argv + 1));
}
