/* SPDX-License-Identifier: MIT */
/*
 * kdump-loader: arms the machine for a crash capture.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/log.h"
#include "loader/arm.h"
#include "loader/replaced.h"
#include "loader/status.h"

enum exit_code { DONE = 0, FAILED = 1, USAGE = 2, NOT_ARMED = 3, STALE = 4 };

static int run_load(int root, int argc, char **argv);
static int run_reload(int root, int argc, char **argv);
static int run_unload(int root, int argc, char **argv);
static int run_status(int root, int argc, char **argv);
static int run_help(int root, int argc, char **argv);
static int run_version(int root, int argc, char **argv);

static const struct command {
	const char *name, *args, *help;
	int (*run)(int root, int argc, char **argv);
} commands[] = {
	{ "load", "[OPTIONS]", "check everything, then load the crash kernel", run_load },
	{ "reload", "[OPTIONS]", "the same, when a file has changed", run_reload },
	{ "unload", "", "drop the loaded crash kernel", run_unload },
	{ "status", "[--json]", "is the machine armed, and with what?", run_status },
	{ "help", "", "show this", run_help },
	{ "version", "", "show the version", run_version },
};

enum {
	OPT_KERNEL = 1,
	OPT_INITRD,
	OPT_APPEND,
	OPT_COMMAND_LINE,
	OPT_REUSE,
	OPT_FOREIGN,
	OPT_DRY_RUN,
	OPT_JSON,
	OPT_HELP
};

/* The options of load, in the order of the help; an option without a value has no arg. */
static const struct load_option {
	const char *name, *arg, *help;
	int id;
} load_options[] = {
	{ "kernel", "FILE",
	  "bzImage; else /boot/vmlinuz-RELEASE, /lib/modules/RELEASE/vmlinuz, /boot/vmlinuz",
	  OPT_KERNEL },
	{ "initrd", "FILE", "capture image; else /boot/kdump-init-RELEASE.img", OPT_INITRD },
	{ "append", "TEXT", "behind the command line made from the running kernel's", OPT_APPEND },
	{ "command-line", "TEXT", "the whole command line, instead", OPT_COMMAND_LINE },
	{ "reuse-cmdline", NULL,
	  "the running kernel's, less only crashkernel= and the boot loader's", OPT_REUSE },
	{ "foreign-initrd", NULL, "the initrd is meant though kdump-mkinitrd did not make it so",
	  OPT_FOREIGN },
	{ "dry-run", NULL, "check, show what would be loaded, change nothing", OPT_DRY_RUN },
};

static int run_help(int root, int argc, char **argv)
{
	(void)root;
	(void)argc;
	(void)argv;
	puts("kdump-loader COMMAND");
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		printf("  %-7s %-10s %s\n", commands[i].name, commands[i].args, commands[i].help);
	puts("Options of load and reload:");
	for (size_t i = 0; i < ARRAY_LEN(load_options); i++)
		printf("  --%-14s %-5s %s\n", load_options[i].name,
		       load_options[i].arg ? load_options[i].arg : "", load_options[i].help);
	puts("Exit codes: 0 done (status: armed), 1 failed, 2 wrong usage, 3 status: not armed,\n"
	     "4 status: armed, but a capture would fail or be made with old files");
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

/* getopt_long has told about a wrong option; what is left over must be nothing. */
static int no_more(int argc, char **argv)
{
	return optind < argc ? usage("unexpected argument %s", argv[optind]) : DONE;
}

static void take(struct load_options *o, int id, const char *value)
{
	switch (id) {
	case OPT_KERNEL:
		o->kernel = value;
		break;
	case OPT_INITRD:
		o->initrd = value;
		break;
	case OPT_APPEND:
		o->append = value;
		break;
	case OPT_COMMAND_LINE:
		o->command_line = value;
		break;
	case OPT_REUSE:
		o->reuse_cmdline = true;
		break;
	case OPT_FOREIGN:
		o->foreign_initrd = true;
		break;
	case OPT_DRY_RUN:
		o->dry_run = true;
		break;
	}
}

static int run_load(int root, int argc, char **argv)
{
	struct option longs[ARRAY_LEN(load_options) + 2] = { 0 };
	struct load_options o = { 0 };
	int id;

	for (size_t i = 0; i < ARRAY_LEN(load_options); i++)
		longs[i] = (struct option){ load_options[i].name,
					    load_options[i].arg ? required_argument : no_argument,
					    NULL, load_options[i].id };
	longs[ARRAY_LEN(load_options)] = (struct option){ "help", no_argument, NULL, OPT_HELP };
	while ((id = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (id == OPT_HELP)
			return run_help(root, argc, argv);
		if (id == '?')
			return usage("%s", "wrong option");
		take(&o, id, optarg);
	}
	if (no_more(argc, argv))
		return USAGE;
	if (o.command_line && (o.append || o.reuse_cmdline))
		return usage("%s", "--command-line is the whole line: it goes with neither "
				   "--append nor --reuse-cmdline");
	if ((o.command_line && strchr(o.command_line, '\n')) ||
	    (o.append && strchr(o.append, '\n')))
		return usage("%s", "a command line has no line breaks");
	return arm_load(root, &o) ? FAILED : DONE;
}

/* All is read and loaded once more. */
static int run_reload(int root, int argc, char **argv)
{
	return run_load(root, argc, argv);
}

static int run_unload(int root, int argc, char **argv)
{
	static const struct option longs[] = { { "help", no_argument, NULL, OPT_HELP }, { 0 } };
	int id = getopt_long(argc, argv, "", longs, NULL);

	if (id == OPT_HELP)
		return run_help(root, argc, argv);
	if (id != -1)
		return usage("%s", "unload has no options");
	if (no_more(argc, argv))
		return USAGE;
	return arm_unload(root) ? FAILED : DONE;
}

static int run_status(int root, int argc, char **argv)
{
	static const struct option longs[] = { { "json", no_argument, NULL, OPT_JSON },
					       { "help", no_argument, NULL, OPT_HELP },
					       { 0 } };
	static char text[STATUS_BYTES];
	static struct status s;
	bool json = false;
	int id, r;

	while ((id = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (id == '?')
			return usage("%s", "wrong option");
		if (id == OPT_HELP)
			return run_help(root, argc, argv);
		json = true;
	}
	if (no_more(argc, argv))
		return USAGE;
	r = status_read(root, &s);
	if (!r)
		r = json ? status_json(&s, text, sizeof(text))
			 : status_text(&s, text, sizeof(text));
	if (r) {
		log_err("error: /proc cannot be read: %s", strerror(-r));
		return FAILED;
	}
	if (fputs(text, stdout) < 0 || fflush(stdout)) {
		log_err("error: standard output: %s", strerror(errno));
		return FAILED;
	}
	if (s.host.armed != 1)
		return NOT_ARMED;
	return s.findings.fatal || s.findings.stale ? STALE : DONE;
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		if (!strcmp(name, commands[i].name) ||
		    (!strncmp(name, "--", 2) && !strcmp(name + 2, commands[i].name)))
			return &commands[i];
	}
	return NULL;
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
	const struct command *c = argc > 1 ? find_command(argv[1]) : NULL;

	log_init("kdump-loader", LOG_INFO);
	/* tells that a lease is broken, and the lease only asks for writers of a file */
	signal(SIGIO, SIG_IGN);
	if (root < 0) {
		log_err("error: /: %s", strerror(errno));
		return FAILED;
	}
	if (!c)
		return argc > 1 ? no_command(argv[1]) : usage("%s", "a command is missing");
	/* getopt's messages begin with it */
	argv[1] = (char[]){ "kdump-loader" };
	return c->run(root, argc - 1, argv + 1);
}
