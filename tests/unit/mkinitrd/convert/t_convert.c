/* SPDX-License-Identifier: MIT */
#include "mkinitrd/convert/convert.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/conf/conf.h"
#include "mkinitrd/convert/shell_vars.h"
#include "tests/unit/test.h"

static struct fault fault;

/* The directives that come out, without comments; what is refused goes to fault. */
static char *converted(const char *settings)
{
	_free_ char *text = strdup(settings), *all = NULL;
	char *kept = calloc(1, 8192), *rest = NULL;
	size_t len;
	FILE *to = open_memstream(&all, &len);

	fault = (struct fault){ 0 };
	convert_settings(text, "x", to, &fault);
	fclose(to);
	for (char *line = strtok_r(all, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		if (line[0] != '#')
			strcat(strcat(kept, line), "\n");
	}
	return kept;
}

static void check(const char *settings, const char *expected)
{
	_free_ char *got = converted(settings);
	struct conf_findings found;
	struct conf conf;

	CHECK_STR(got, expected);
	CHECK_STR(fault.text, "");
	if (strstr(got, "ssh ") || strstr(got, "sftp "))
		return;
	conf_parse(got, strlen(got), &conf, &found);
	CHECK_EQ(found.n_errors, 0);
}

static void check_refused(const char *settings, unsigned line, const char *words)
{
	free(converted(settings));
	CHECK_EQ(fault.line, line);
	if (!strstr(fault.text, words)) {
		printf("reason: %s\n", fault.text);
		CHECK(!"the reason does not say what is expected");
	}
}

TEST(suse)
{
	check("## Type: string\n"
	      "KDUMP_KERNELVER=\"\"\n"
	      "KDUMP_CPUS=\"\"\n"
	      "KDUMP_COMMANDLINE_APPEND=\"nr_cpus=2\"\n"
	      "KDUMP_IMMEDIATE_REBOOT=\"yes\"\n"
	      "KDUMP_TRANSFER=\"\"\n"
	      "KDUMP_SAVEDIR=\"file:///var/crash\"\n"
	      "KDUMP_KEEP_OLD_DUMPS=5\n"
	      "KDUMP_FREE_DISK_SIZE=64\n"
	      "KDUMP_VERBOSE=3\n"
	      "KDUMP_DUMPLEVEL=31\n"
	      "KDUMP_DUMPFORMAT=\"lzo\"\n"
	      "KDUMP_CONTINUE_ON_ERROR=\"true\"\n"
	      "KDUMP_REQUIRED_PROGRAMS=\"\"\n"
	      "KDUMP_NETCONFIG=\"auto\"\n",
	      "path /var/crash\ncore_collector makedumpfile -l -d 31\nkeep 5\nmin_free 64M\n"
	      "failure_action reboot\nfinal_action reboot\n");
	check("KDUMP_SAVEDIR='nfs://nas.example.org/export/dumps'\nKDUMP_NETCONFIG=eth0:dhcp\n"
	      "KDUMP_NET_TIMEOUT=60\n",
	      "nfs nas.example.org:/export/dumps\npath /\nnet eth0 dhcp\ntarget_timeout 60\n");
	check("KDUMP_SAVEDIR=nfs://[2001:db8::1]/x\nKDUMP_NETCONFIG=eth0:auto6:force\n",
	      "nfs [2001:db8::1]:/x\npath /\nnet eth0 slaac\n");
	check("KDUMP_SAVEDIR=sftp://dump@host/in\nSSH_IDENTITY=/root/.ssh/id\n",
	      "sftp dump@host\npath /in\nsshkey /root/.ssh/id\n");
	check("KDUMP_SAVEDIR=/srv/dumps\nKDUMP_KEEP_OLD_DUMPS=-1\nKDUMP_DUMPLEVEL=17\n",
	      "path /srv/dumps\ncore_collector makedumpfile -c -d 17\nkeep 1\n");
	check("KDUMP_REQUIRED_PROGRAMS=' /usr/bin/jq  /sbin/ethtool '\n",
	      "extra_bins /usr/bin/jq /sbin/ethtool\n");
	check("KDUMP_DUMPFORMAT=raw\nKDUMP_KEEP_OLD_DUMPS=0\nKDUMP_IMMEDIATE_REBOOT=no\n"
	      "KDUMP_CONTINUE_ON_ERROR=false\nKDUMP_PRESCRIPT=/usr/local/sbin/pre\n",
	      "core_collector kdump-dumper -d 0 --format elf\nfailure_action shell\n"
	      "final_action halt\nkdump_pre /usr/local/sbin/pre\n");
}

TEST(debian)
{
	check("# kdump-tools configuration\n"
	      "USE_KDUMP=1\n"
	      "#KDUMP_KERNEL=/var/lib/kdump/vmlinuz\n"
	      "KDUMP_COREDIR=\"/var/crash\"\n"
	      "KDUMP_FAIL_CMD=\"reboot -f\"\n"
	      "MAKEDUMP_ARGS=\"-c -d 31\"\n"
	      "KDUMP_NUM_DUMPS=3\n",
	      "path /var/crash\ncore_collector makedumpfile -c -d 31\nkeep 3\nfailure_action "
	      "reboot\n");
	check("NFS=\"nas:/var/crash\"\nNFS_MOUNT_OPTS=\"-o nolock,vers=3\"\n",
	      "nfs nas:/var/crash nolock,vers=3\n");
	check("SSH=\"kdump@host\"\nSSH_KEY=\"/root/.ssh/kdump_id_rsa\"\nHOSTTAG=hostname\n",
	      "ssh kdump@host\nsshkey /root/.ssh/kdump_id_rsa\n");
}

TEST(refused_by_name)
{
	check_refused("\nKDUMP_SAVEDIR=ftp://u:p@h/x\n", 2,
		      "KDUMP_SAVEDIR: ftp sends dump and password");
	check_refused("KDUMP_SAVEDIR=cifs://h/x\n", 1, "cifs needs a password in the image");
	check_refused("KDUMP_SAVEDIR=tftp://h/x\n", 1, "tftp sends");
	check_refused("KDUMP_SAVEDIR=ssh://u:secret@h/x\n", 1, "a password in the URL");
	check_refused("KDUMP_SAVEDIR=gopher://h\n", 1, "no place that is known");
	check_refused("KDUMP_HOST_KEY='*'\n", 1, "a host key is always checked");
	check_refused("FTP=\"h:/x\"\n", 1, "FTP: ftp sends");
	check_refused("KDUMP_PRESCRIPT=\"/bin/a; /bin/b\"\n", 1, "more than one program");
	check_refused("KDUMP_FAIL_CMD=\"echo no\"\n", 1, "cannot be run here");
	check_refused("KDUMP_COREDIR=$HOME\n", 1, "it has a variable or a command in it");
	check_refused("if true; then\n", 1, "it is no assignment");
	check_refused("A='b\n", 1, "a quote is not closed");
}

/* What is refused costs itself alone. */
TEST(the_rest_is_written_all_the_same)
{
	_free_ char *got =
		converted("KDUMP_SAVEDIR=\"ftp://h/x /var/crash\"\nKDUMP_KEEP_OLD_DUMPS=2\n");

	CHECK_STR(got, "path /var/crash\nkeep 2\n");
	CHECK(strstr(fault.text, "ftp"));
	free(got);
	got = converted("SSH_KEY=$HOME\nKDUMP_REQUIRED_PROGRAMS=\"jq /bin/ip ss\"\n");
	CHECK_STR(got, "extra_bins /bin/ip\n");
}

TEST(words_of_a_shell)
{
	char text[] =
		"A=1 # one\n export B='two  words'\nC=\"a\\\"b\"\nA=2\nD=a\"b c\"d\nE=\nF='$x'\n";
	struct shell_vars v;

	shell_vars_read(text, &v);
	CHECK_EQ(v.bad_line, 0);
	CHECK_STR(shell_vars_get(&v, "A"), "2");
	CHECK_STR(shell_vars_get(&v, "B"), "two  words");
	CHECK_STR(shell_vars_get(&v, "C"), "a\"b");
	CHECK_STR(shell_vars_get(&v, "D"), "ab cd");
	CHECK_STR(shell_vars_get(&v, "E"), "");
	CHECK_STR(shell_vars_get(&v, "F"), "$x");
	CHECK_STR(shell_vars_get(&v, "G"), "");
	CHECK_EQ(v.n, 6);
}
