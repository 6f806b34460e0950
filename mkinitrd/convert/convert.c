/* SPDX-License-Identifier: MIT */
#include "mkinitrd/convert/convert.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/cleanup.h"
#include "mkinitrd/convert/shell_vars.h"

/* What the rows work on. */
struct conversion {
	const struct shell_vars *vars;
	FILE *to;
	struct fault *f;
	const struct shell_var *now;
	bool path_written;
};

typedef void converter(struct conversion *c, const char *value);

static void __attribute__((format(printf, 2, 3))) refuse(struct conversion *c, const char *fmt, ...)
{
	char why[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	fprintf(c->to, "# line %u: %s is refused: %s\n", c->now->line, c->now->name, why);
	if (!c->f->text[0])
		fault_at(c->f, c->now->line, -EINVAL, "%s: %s", c->now->name, why);
}

static void comment(struct conversion *c, const char *why)
{
	fprintf(c->to, "# line %u: %s has no meaning here: %s\n", c->now->line, c->now->name, why);
}

static bool is_yes(const char *value)
{
	return !strcasecmp(value, "yes") || !strcasecmp(value, "true") || !strcmp(value, "1") ||
	       !strcasecmp(value, "on");
}

/* ---------------------------------------------------------------- where the dump goes */

static void put_path(struct conversion *c, const char *path)
{
	if (c->path_written)
		return;
	fprintf(c->to, "path %s\n", path[0] ? path : "/");
	c->path_written = true;
}

/* "USER@HOST/PATH", of SUSE's ssh and sftp. */
static void put_login(struct conversion *c, const char *type, const char *rest)
{
	int n = (int)strcspn(rest, "/");
	const char *at = memrchr(rest, '@', (size_t)n);

	if (at && memchr(rest, ':', (size_t)(at - rest))) {
		refuse(c, "a password in the URL would lie in the image: use a key (sshkey)");
		return;
	}
	fprintf(c->to, "%s %s%.*s\n", type, at ? "" : "root@", n, rest);
	put_path(c, rest + n);
}

static void put_nfs(struct conversion *c, const char *type, const char *rest)
{
	int n = (int)strcspn(rest, "/");

	(void)type;
	fprintf(c->to, "nfs %.*s:%s\n", n, rest, rest[n] ? rest + n : "/");
	put_path(c, "/");
}

static void put_file(struct conversion *c, const char *type, const char *rest)
{
	(void)type;
	put_path(c, rest);
}

static void refuse_ftp(struct conversion *c, const char *type, const char *rest)
{
	(void)rest;
	refuse(c, "%s sends dump and password in the clear: use sftp, https or nfs", type);
}

static void refuse_cifs(struct conversion *c, const char *type, const char *rest)
{
	(void)rest;
	refuse(c, "%s needs a password in the image: use nfs, sftp or https", type);
}

static const struct {
	const char *scheme;
	void (*put)(struct conversion *c, const char *type, const char *rest);
	const char *type;
} schemes[] = {
	{ "file://", put_file, "file" },   { "nfs://", put_nfs, "nfs" },
	{ "ssh://", put_login, "ssh" },	   { "sftp://", put_login, "sftp" },
	{ "scp://", put_login, "sftp" },   { "ftp://", refuse_ftp, "ftp" },
	{ "tftp://", refuse_ftp, "tftp" }, { "cifs://", refuse_cifs, "cifs" },
	{ "smb://", refuse_cifs, "smb" },
};

static void one_savedir(struct conversion *c, const char *url)
{
	for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
		size_t n = strlen(schemes[i].scheme);

		if (!strncasecmp(url, schemes[i].scheme, n)) {
			schemes[i].put(c, schemes[i].type, url + n);
			return;
		}
	}
	if (url[0] == '/')
		put_path(c, url);
	else
		refuse(c, "'%.100s' is no place that is known", url);
}

static void savedir(struct conversion *c, const char *value)
{
	_free_ char *copy = strdup(value);
	char *rest = NULL;

	for (char *url = copy ? strtok_r(copy, " \t", &rest) : NULL; url;
	     url = strtok_r(NULL, " \t", &rest))
		one_savedir(c, url);
}

static void coredir(struct conversion *c, const char *value)
{
	put_path(c, value);
}

/* Debian's. */
static void nfs(struct conversion *c, const char *value)
{
	const char *options = shell_vars_get(c->vars, "NFS_MOUNT_OPTS");

	fprintf(c->to, "nfs %s%s%s\n", value, options[0] ? " " : "",
		!strncmp(options, "-o", 2) ? options + 2 + strspn(options + 2, " ") : options);
}

static void ssh(struct conversion *c, const char *value)
{
	fprintf(c->to, "ssh %s\n", value);
}

static void ssh_key(struct conversion *c, const char *value)
{
	if (value[0] == '/')
		fprintf(c->to, "sshkey %s\n", value);
	else
		refuse(c, "'%.100s' is no path; write sshkey /root/.ssh/NAME", value);
}

static void refused_ftp(struct conversion *c, const char *value)
{
	refuse_ftp(c, "ftp", value);
}

static void host_key(struct conversion *c, const char *value)
{
	if (!strcmp(value, "*"))
		refuse(c, "a host key is always checked: put the server's into known_hosts");
	else
		comment(c, "the server's key is looked up in known_hosts when kdump-mkinitrd runs");
}

/* ---------------------------------------------------------------- what is saved */

static const struct {
	const char *format, *options;
} formats[] = {
	{ "compressed", "-c" },	   { "lzo", "-l" },  { "snappy", "-z" }, { "zstd", "-z" },
	{ "ELF", "--format elf" }, { "none", NULL }, { "raw", NULL },
};

static void dump_format(struct conversion *c, const char *value)
{
	const char *level = shell_vars_get(c->vars, "KDUMP_DUMPLEVEL");
	const char *more = shell_vars_get(c->vars, "MAKEDUMPFILE_OPTIONS");

	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		if (strcasecmp(formats[i].format, value))
			continue;
		if (!formats[i].options)
			fprintf(c->to, "core_collector kdump-dumper -d 0 --format elf\n");
		else
			fprintf(c->to, "core_collector makedumpfile %s -d %s%s%s\n",
				formats[i].options, level[0] ? level : "31", more[0] ? " " : "",
				more);
		return;
	}
	refuse(c, "format '%.40s' is unknown", value);
}

/* Where no format is set. */
static void dump_level(struct conversion *c, const char *value)
{
	const char *more = shell_vars_get(c->vars, "MAKEDUMPFILE_OPTIONS");

	if (!shell_vars_get(c->vars, "KDUMP_DUMPFORMAT")[0])
		fprintf(c->to, "core_collector makedumpfile -c -d %s%s%s\n", value,
			more[0] ? " " : "", more);
}

static void makedump_args(struct conversion *c, const char *value)
{
	fprintf(c->to, "core_collector makedumpfile %s\n", value);
}

static void with_dumplevel(struct conversion *c, const char *value)
{
	(void)value;
	if (!shell_vars_get(c->vars, "KDUMP_DUMPFORMAT")[0] &&
	    !shell_vars_get(c->vars, "KDUMP_DUMPLEVEL")[0])
		makedump_args(c, value);
}

/* ---------------------------------------------------------------- the rest */

static void keep(struct conversion *c, const char *value)
{
	long n = strtol(value, NULL, 10);

	if (n)
		fprintf(c->to, "keep %ld\n", n < 0 ? 1 : n);
}

/* In megabytes. */
static void min_free(struct conversion *c, const char *value)
{
	if (strtol(value, NULL, 10) > 0)
		fprintf(c->to, "min_free %ldM\n", strtol(value, NULL, 10));
}

static void continue_on_error(struct conversion *c, const char *value)
{
	fprintf(c->to, "failure_action %s\n", is_yes(value) ? "reboot" : "shell");
}

static void fail_cmd(struct conversion *c, const char *value)
{
	if (strstr(value, "reboot"))
		fprintf(c->to, "failure_action reboot\n");
	else if (strstr(value, "poweroff") || strstr(value, "halt"))
		fprintf(c->to, "failure_action %s\n", strstr(value, "halt") ? "halt" : "poweroff");
	else
		refuse(c,
		       "'%.100s' cannot be run here: write failure_action, or kdump_emergency FILE",
		       value);
}

static void immediate_reboot(struct conversion *c, const char *value)
{
	fprintf(c->to, "final_action %s\n", is_yes(value) ? "reboot" : "halt");
}

static void hook(struct conversion *c, const char *value)
{
	const char *name = strstr(c->now->name, "PRE") ? "kdump_pre" : "kdump_post";

	if (value[0] == '/' && !strpbrk(value, " \t;|&"))
		fprintf(c->to, "%s %s\n", name, value);
	else
		refuse(c, "'%.100s' is more than one program: write it into a script and name that",
		       value);
}

static const char *skip_blanks(const char *p)
{
	return p + strspn(p, " \t");
}

static void required_programs(struct conversion *c, const char *value)
{
	const char *lead = "extra_bins";
	int len;

	for (const char *p = skip_blanks(value); *p; p = skip_blanks(p + len)) {
		len = (int)strcspn(p, " \t");
		if (*p != '/')
			continue;
		fprintf(c->to, "%s %.*s", lead, len, p);
		lead = "";
	}
	if (!*lead)
		fputc('\n', c->to);
	for (const char *p = skip_blanks(value); *p; p = skip_blanks(p + len)) {
		len = (int)strcspn(p, " \t");
		if (*p != '/')
			refuse(c, "%.*s: write the whole path in extra_bins", len, p);
	}
}

/* "auto", or DEV:MODE with ":force" behind. */
static void netconfig(struct conversion *c, const char *value)
{
	static const struct {
		const char *mode, *word;
	} modes[] = {
		{ "dhcp", "dhcp" }, { "dhcp4", "dhcp" }, { "dhcp6", "dhcp6" }, { "auto6", "slaac" }
	};
	int n = (int)strcspn(value, ":");
	const char *mode = value[n] ? value + n + 1 : "";
	size_t len = strcspn(mode, ":");

	for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
		if (strlen(modes[i].mode) == len && !strncmp(modes[i].mode, mode, len)) {
			fprintf(c->to, "net %.*s %s\n", n, value, modes[i].word);
			return;
		}
	}
	/* auto, and static, which has the machine's own addresses */
	fprintf(c->to, "# line %u: %s: the network is taken as the running kernel has it\n",
		c->now->line, c->now->name);
}

static void net_timeout(struct conversion *c, const char *value)
{
	fprintf(c->to, "target_timeout %s\n", value);
}

/* In the order in which their lines are written. text: why it has no meaning, where take is NULL. */
static const struct row {
	const char *name;
	converter *take;
	const char *text;
} rows[] = {
	/* SUSE */
	{ "KDUMP_SAVEDIR", savedir, NULL },
	{ "KDUMP_SSH_IDENTITY", ssh_key, NULL },
	{ "SSH_IDENTITY", ssh_key, NULL },
	{ "KDUMP_HOST_KEY", host_key, NULL },
	{ "KDUMP_DUMPFORMAT", dump_format, NULL },
	{ "KDUMP_DUMPLEVEL", dump_level, NULL },
	{ "MAKEDUMPFILE_OPTIONS", with_dumplevel, NULL },
	{ "KDUMP_KEEP_OLD_DUMPS", keep, NULL },
	{ "KDUMP_FREE_DISK_SIZE", min_free, NULL },
	{ "KDUMP_FREE_DISK_SPACE", min_free, NULL },
	{ "KDUMP_CONTINUE_ON_ERROR", continue_on_error, NULL },
	{ "KDUMP_IMMEDIATE_REBOOT", immediate_reboot, NULL },
	{ "KDUMP_PRESCRIPT", hook, NULL },
	{ "KDUMP_POSTSCRIPT", hook, NULL },
	{ "KDUMP_REQUIRED_PROGRAMS", required_programs, NULL },
	{ "KDUMP_NETCONFIG", netconfig, NULL },
	{ "KDUMP_NET_TIMEOUT", net_timeout, NULL },
	{ "KDUMP_TRANSFER", NULL,
	  "the dump is always made by kdump-init; kdump_post FILE runs after it" },
	{ "KDUMP_VERBOSE", NULL, "kdump.log always tells all" },
	{ "KDUMP_CPUS", NULL, "as many as the crash kernel has (nr_cpus= of its command line)" },
	{ "KDUMPTOOL_FLAGS", NULL, "there is no kdumptool" },
	{ "KDUMP_COPY_KERNEL", NULL, "crash finds vmlinux by its build id" },
	{ "KDUMP_SMTP_SERVER", NULL, "mail is what kdump_post or the next boot sends" },
	{ "KDUMP_SMTP_USER", NULL, "mail is what kdump_post or the next boot sends" },
	{ "KDUMP_SMTP_PASSWORD", NULL, "mail is what kdump_post or the next boot sends" },
	{ "KDUMP_NOTIFICATION_TO", NULL, "mail is what kdump_post or the next boot sends" },
	{ "KDUMP_NOTIFICATION_CC", NULL, "mail is what kdump_post or the next boot sends" },
	{ "KDUMP_CRASHKERNEL", NULL, "kdump-loader estimate --apply sets crashkernel=" },
	{ "KDUMP_UPDATE_BOOTLOADER", NULL, "kdump-loader estimate --apply sets crashkernel=" },
	{ "KDUMP_AUTO_RESIZE", NULL, "kdump-loader estimate --apply sets crashkernel=" },
	{ "KDUMP_FADUMP", NULL, "there is no fadump on this architecture" },
	{ "KDUMP_FADUMP_SHELL", NULL, "there is no fadump on this architecture" },
	{ "KDUMP_KERNELVER", NULL, "kdump-mkinitrd -k KVER" },
	{ "KDUMP_COMMANDLINE", NULL, "kdump-loader load --command-line TEXT" },
	{ "KDUMP_COMMANDLINE_APPEND", NULL, "kdump-loader load --append TEXT" },
	{ "KEXEC_OPTIONS", NULL, "kdump-loader chooses the call" },
	/* Debian */
	{ "NFS", nfs, NULL },
	{ "SSH", ssh, NULL },
	{ "SSH_KEY", ssh_key, NULL },
	{ "FTP", refused_ftp, NULL },
	{ "KDUMP_COREDIR", coredir, NULL },
	{ "MAKEDUMP_ARGS", makedump_args, NULL },
	{ "KDUMP_NUM_DUMPS", keep, NULL },
	{ "KDUMP_FAIL_CMD", fail_cmd, NULL },
	{ "NFS_MOUNT_OPTS", NULL, "taken with NFS" },
	{ "NFS_TIMEO", NULL, "stall_timeout bounds each wait" },
	{ "NFS_RETRANS", NULL, "stall_timeout bounds each wait" },
	{ "SSH_KDUMP_WAIT", NULL, "target_timeout bounds the wait for the network" },
	{ "HOSTTAG", NULL, "a dump's folder is called after the host" },
	{ "USE_KDUMP", NULL, "systemctl enable kdump-loader" },
	{ "KDUMP_SYSCTL", NULL, "configs/sysctl/90-kdump.conf" },
	{ "KDUMP_KERNEL", NULL, "kdump-loader load --kernel FILE" },
	{ "KDUMP_INITRD", NULL, "kdump-loader load --initrd FILE" },
	{ "KDUMP_DUMP_DMESG", NULL, "the log is always saved, and first" },
	{ "KDUMP_KEXEC_ARGS", NULL, "kdump-loader chooses the call" },
	{ "KDUMP_CMDLINE", NULL, "kdump-loader load --command-line TEXT" },
	{ "KDUMP_CMDLINE_APPEND", NULL, "kdump-loader load --append TEXT" },
	{ "DEBUG_KERNEL", NULL, "crash finds vmlinux by its build id" },
	{ "KDUMP_COMPRESS_OPTIONS", NULL, "core_collector says how pages are compressed" },
};

static const struct shell_var *find(const struct shell_vars *v, const char *name)
{
	for (unsigned i = 0; i < v->n; i++) {
		if (!strcmp(v->at[i].name, name))
			return &v->at[i];
	}
	return NULL;
}

static bool is_known(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (!strcmp(rows[i].name, name))
			return true;
	}
	return false;
}

int convert_settings(char *text, const char *from, FILE *to, struct fault *f)
{
	struct shell_vars vars;
	struct conversion c = { .vars = &vars, .to = to, .f = f };

	shell_vars_read(text, &vars);
	f->text[0] = '\0';
	fprintf(to, "# from %s\n", from);
	if (vars.bad_line)
		fault_at(f, vars.bad_line, -EINVAL, "this needs a shell (%s); write the value out",
			 vars.why);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		c.now = find(&vars, rows[i].name);
		if (!c.now || !c.now->value[0])
			continue;
		if (rows[i].take)
			rows[i].take(&c, c.now->value);
		else
			comment(&c, rows[i].text);
	}
	for (unsigned i = 0; i < vars.n; i++) {
		c.now = &vars.at[i];
		if (!is_known(c.now->name))
			comment(&c, "it is unknown");
	}
	return f->text[0] ? -EINVAL : 0;
}
