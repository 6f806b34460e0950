/* SPDX-License-Identifier: MIT */
#include "net/ssh/ssh_command.h"

#include <errno.h>
#include <string.h>

#include "lib/conf/conf.h"
#include "tests/unit/test.h"

TEST(plain)
{
	char c[SSH_COMMAND_BYTES];

	CHECK_EQ(ssh_command_take("/var/crash", "h-1", "vmcore.flat", c), 0);
	CHECK_STR(c, "umask 077; mkdir -p '/var/crash/h-1' && echo 'kdump-init: ready' && "
		     "exec cat >'/var/crash/h-1'/vmcore.flat.partial");
	CHECK_EQ(ssh_command_finish("/var/crash", "h-1", "vmcore.flat", c), 0);
	CHECK_STR(c, "cd '/var/crash/h-1' && { sync vmcore.flat.partial || sync; } 2>/dev/null; "
		     "[ ! -e vmcore.flat.partial ] && [ -e vmcore.flat ] || "
		     "mv -f vmcore.flat.partial vmcore.flat");
}

TEST(what_a_shell_would_take)
{
	char c[SSH_COMMAND_BYTES];

	CHECK_EQ(ssh_command_take("/a'; rm -rf $HOME `x` \"", "h", "f", c), 0);
	CHECK_STR(c, "umask 077; mkdir -p '/a'\\''; rm -rf $HOME `x` \"/h' && echo 'kdump-init: "
		     "ready' && "
		     "exec cat >'/a'\\''; rm -rf $HOME `x` \"/h'/f.partial");
}

/* kdump.conf takes no path for which there is no room, whatever is in it. */
TEST(long_paths)
{
	char path[CONF_PATH_MAX * 8 + 1], folder[160], c[SSH_COMMAND_BYTES];

	memset(path, '\'', sizeof(path));
	path[CONF_PATH_MAX] = '\0';
	memset(folder, 'f', sizeof(folder));
	folder[sizeof(folder) - 1] = '\0';
	CHECK_EQ(ssh_command_take(path, folder, "vmcore.incomplete", c), 0);
	CHECK_EQ(ssh_command_finish(path, folder, "vmcore.incomplete", c), 0);
	path[CONF_PATH_MAX] = '\'';
	path[sizeof(path) - 1] = '\0';
	CHECK_EQ(ssh_command_take(path, folder, "f", c), -ENAMETOOLONG);
	CHECK_EQ(ssh_command_finish(path, folder, "f", c), -ENAMETOOLONG);
}
