/* SPDX-License-Identifier: MIT */
/*
 * crashkernel= in each boot loader's configuration, as files of a tree: put in, changed, taken out.
 */
#include "loader/bootloader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>

#include "lib/cleanup.h"
#include "lib/io.h"
#include "tests/unit/fake/tree.h"
#include "tests/unit/test.h"

static struct tree t;
static int root;
static struct bootloader_change c;

static void begin(void)
{
	t = tree_make();
	root = open(t.root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void end(void)
{
	close(root);
	tree_remove(&t);
}

static void apply(uint64_t mib)
{
	CHECK_EQ(bootloader_plan(root, mib, &c), 0);
	CHECK_EQ(bootloader_write(root, &c), 0);
	bootloader_free(&c);
}

static bool file_is(const char *path, const char *want)
{
	char text[512] = "";

	if (io_read_file(root, path, text, sizeof(text), NULL))
		return !want;
	if (want && !strcmp(text, want))
		return true;
	printf("%s is \"%s\"\n", path, text);
	return false;
}

TEST(grub_with_a_folder_for_others)
{
	static const char path[] = "etc/default/grub.d/zz-kdump-init.cfg";

	begin();
	tree_text(&t, "/etc/default/grub", "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\n");
	tree_text(&t, "/etc/kernel/cmdline", "not this\n");
	tree_dir(&t, "/etc/default/grub.d");
	CHECK_EQ(bootloader_plan(root, 256, &c), 0);
	CHECK_STR(c.name, "GRUB");
	CHECK_STR(c.command, "update-grub");
	bootloader_free(&c);
	CHECK(file_is(path, NULL));
	apply(256);
	CHECK(file_is(path,
		      "# Written by kdump-loader estimate --apply; the last crashkernel= counts.\n"
		      "GRUB_CMDLINE_LINUX_DEFAULT=\"$GRUB_CMDLINE_LINUX_DEFAULT "
		      "crashkernel=256M\"\n"));
	apply(0);
	CHECK(file_is(path, NULL));
	apply(0);
	CHECK(file_is("etc/default/grub", "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\n"));
	end();
}

TEST(grub_without_one)
{
	struct stat st;

	begin();
	tree_text(&t, "/boot/grub/grub.cfg", "");
	tree_text(&t, "/etc/default/grub",
		  "# a comment\nGRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX=\"\"\n"
		  "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\n");
	CHECK_EQ(chmod(tree_path(&t, "/etc/default/grub"), 0640), 0);
	apply(512);
	CHECK(file_is("etc/default/grub", "# a comment\nGRUB_TIMEOUT=5\n"
					  "GRUB_CMDLINE_LINUX=\"crashkernel=512M\"\n"
					  "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\n"));
	CHECK(!stat(tree_path(&t, "/etc/default/grub"), &st) && (st.st_mode & 07777) == 0640);
	apply(256);
	apply(0);
	CHECK(file_is("etc/default/grub", "# a comment\nGRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX=\"\"\n"
					  "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\n"));
	end();
}

TEST(a_line_alone)
{
	begin();
	tree_text(&t, "/etc/kernel/cmdline",
		  "root=UUID=1  ro crashkernel=1G,high crashkernel=72M,low x=y");
	apply(192);
	CHECK(file_is("etc/kernel/cmdline", "root=UUID=1 ro x=y crashkernel=192M"));
	apply(0);
	CHECK(file_is("etc/kernel/cmdline", "root=UUID=1 ro x=y"));
	end();
}

TEST(variables_of_others)
{
	begin();
	tree_text(&t, "/etc/update-extlinux.conf",
		  "overwrite=1\n#default_kernel_opts=\"old\"\ndefault_kernel_opts='quiet'\n");
	apply(256);
	CHECK(file_is("etc/update-extlinux.conf",
		      "overwrite=1\n#default_kernel_opts=\"old\"\n"
		      "default_kernel_opts='quiet crashkernel=256M'\n"));
	end();
	begin();
	tree_text(&t, "/etc/default/u-boot", "U_BOOT_PARAMETERS=\"ro quiet\"\n");
	apply(256);
	CHECK(file_is("etc/default/u-boot", "U_BOOT_PARAMETERS=\"ro quiet crashkernel=256M\"\n"));
	end();
}

TEST(extlinux_itself)
{
	begin();
	tree_text(&t, "/boot/extlinux/extlinux.conf",
		  "default l0\nlabel l0\n\tlinux /vmlinuz\n\tappend root=/dev/sda1 ro\nlabel l1\n"
		  "  APPEND root=/dev/sda2 crashkernel=64M ro\nappendix x\n");
	apply(256);
	CHECK(file_is("boot/extlinux/extlinux.conf",
		      "default l0\nlabel l0\n\tlinux /vmlinuz\n"
		      "\tappend root=/dev/sda1 ro crashkernel=256M\nlabel l1\n"
		      "  APPEND root=/dev/sda2 ro crashkernel=256M\nappendix x\n"));
	end();
}

TEST(by_hand)
{
	begin();
	CHECK_EQ(bootloader_plan(root, 256, &c), 0);
	CHECK_STR(c.file, "");
	CHECK(strstr(c.advice, "add crashkernel=256M to the kernel command line"));
	bootloader_free(&c);
	tree_text(&t, "/etc/fw_env.config", "");
	CHECK_EQ(bootloader_plan(root, 256, &c), 0);
	CHECK(strstr(c.advice, "fw_setenv bootargs"));
	bootloader_free(&c);
	tree_text(&t, "/usr/sbin/grubby", "");
	CHECK_EQ(bootloader_plan(root, 256, &c), 0);
	CHECK(strstr(c.advice, "grubby --update-kernel=ALL --args=crashkernel=256M"));
	bootloader_free(&c);
	end();
	/* a file without what is looked for */
	begin();
	tree_text(&t, "/etc/default/u-boot", "U_BOOT_PARAMETERS=${x}\n");
	CHECK_EQ(bootloader_plan(root, 256, &c), 0);
	CHECK_STR(c.file, "");
	CHECK(strstr(c.advice, "no command line was found in /etc/default/u-boot"));
	bootloader_free(&c);
	end();
}

TEST(a_file_that_cannot_be_read)
{
	begin();
	tree_dir(&t, "/etc/kernel/cmdline");
	CHECK_EQ(bootloader_plan(root, 256, &c), -EISDIR);
	CHECK_STR(c.file, "etc/kernel/cmdline");
	bootloader_free(&c);
	end();
}

/* A file that is kept elsewhere stays there, and the link to it too. */
TEST(a_link_to_the_file)
{
	char to[64] = "";

	begin();
	tree_text(&t, "/srv/config/cmdline", "ro");
	tree_link(&t, "/etc/kernel/cmdline", "../../srv/config/cmdline");
	apply(256);
	CHECK(file_is("srv/config/cmdline", "ro crashkernel=256M"));
	CHECK(file_is("etc/kernel/cmdline", "ro crashkernel=256M"));
	CHECK(readlinkat(root, "etc/kernel/cmdline", to, sizeof(to) - 1) > 0);
	CHECK_STR(to, "../../srv/config/cmdline");
	apply(0);
	CHECK(file_is("srv/config/cmdline", "ro"));
	end();
}

/* As a power cut leaves some: what stands behind the zeros must not be lost. */
TEST(a_file_with_zeros)
{
	static const char text[] = "label l0\n\tappend ro\n\0\0label l1\n\tappend rw\n";
	static char got[sizeof(text) + 64];
	size_t len = 0;

	begin();
	tree_bytes(&t, "/boot/extlinux/extlinux.conf", text, sizeof(text) - 1);
	CHECK_EQ(bootloader_plan(root, 256, &c), 0);
	CHECK_STR(c.file, "");
	CHECK(strstr(c.advice, "/boot/extlinux/extlinux.conf has bytes that are zero"));
	bootloader_free(&c);
	CHECK_EQ(io_read_file(root, "boot/extlinux/extlinux.conf", got, sizeof(got), &len), 0);
	CHECK(len == sizeof(text) - 1 && !memcmp(got, text, len));
	end();
}
