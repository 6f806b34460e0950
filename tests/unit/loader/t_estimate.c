/* SPDX-License-Identifier: MIT */
/*
 * What estimate says and changes on a machine made of files.
 */
#include "loader/estimate.h"

#include "lib/io.h"
#include "lib/log.h"
#include "loader/proof/verified.h"
#include "loader/record.h"
#include "tests/unit/fake/machine.h"
#include "tests/unit/test.h"

static struct machine m;
static char said[8192];

static void begin(void)
{
	m = machine_make();
	log_init("test", LOG_ERR);
}

/* Runs it; what goes to standard output is in said. */
static int estimate(struct estimate_options o)
{
	int old, fd = openat(m.fd, "said", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), r;
	ssize_t n;

	fflush(stdout);
	old = dup(STDOUT_FILENO);
	if (fd < 0 || old < 0 || dup2(fd, STDOUT_FILENO) < 0)
		abort();
	r = estimate_run(m.fd, &o);
	fflush(stdout);
	dup2(old, STDOUT_FILENO);
	n = pread(fd, said, sizeof(said) - 1, 0);
	said[n > 0 ? n : 0] = '\0';
	close(old);
	close(fd);
	return r;
}

static bool says(const char *words)
{
	if (strstr(said, words))
		return true;
	printf("not said, \"%s\":\n%s", words, said);
	return false;
}

/* 52 + 0 + 2 + 8 + 52/3 = 79 MiB, and a quarter */
TEST(the_sum)
{
	begin();
	CHECK_EQ(estimate((struct estimate_options){ .json = false }), 0);
	CHECK(says("crashkernel=128M\n"));
	CHECK(says("the kernel while it unpacks itself               52 MiB"));
	CHECK(says("the image, unpacked, and its modules loaded       2 MiB"));
	CHECK(says("drivers, tables, processes                       26 MiB"));
	CHECK(says("reserved now: 256 MiB"));
	CHECK_EQ(estimate((struct estimate_options){ .json = true }), 0);
	CHECK(says("\"crashkernel_bytes\": 134217728"));
	CHECK(says("\"peak_bytes\": 0"));
	machine_remove(&m);
}

TEST(what_a_capture_used)
{
	static unsigned char disk[8192];

	begin();
	memcpy(disk + 1024 + 56, "\x53\xef", 2);
	memcpy(disk + 1024 + 120, "dumps", 5);
	machine_put_bytes(&m, "dev/vdb", disk, sizeof(disk));
	tree_dir(&m.tree, "/sys/class/block/vdb");
	machine_put(&m, "proc/self/mountinfo", "28 1 0:9 / / rw - ext4 /dev/vdb rw\n");
	machine_put(&m, "crash/h-20261123T142005Z-00000001/kdump.json",
		    "{\"state\": \"complete\", \"capture\": {\"ram_bytes\": 268435456,"
		    "\"least_available_bytes\": 100663296}}");
	machine_put_image(&m, MACHINE_INITRD,
			  &(struct fakeimage){ .release = MACHINE_RELEASE,
					       .payload = "x",
					       .config = "path /crash\next4 LABEL=dumps\n",
					       .unpacked_bytes = 1 << 20 });
	CHECK_EQ(estimate((struct estimate_options){ .json = false }), 0);
	CHECK(says("crashkernel=224M\n"));
	CHECK(says("the last capture's peak, and a quarter more     200 MiB"));
	machine_remove(&m);
}

/* Of this image, as long as it is this one. */
TEST(what_a_verification_used)
{
	struct verified v = { .good = true, .used_bytes = 180ull << 20 };
	struct image img;
	int folder;

	begin();
	CHECK_EQ(image_open(m.fd, MACHINE_INITRD, &img), 0);
	v.initrd = img.id;
	image_close(&img);
	folder = record_folder(m.fd, true);
	CHECK_EQ(verified_save(folder, &v), 0);
	CHECK_EQ(estimate((struct estimate_options){ .json = false }), 0);
	CHECK(says("crashkernel=256M\n"));
	CHECK(says("the verification's peak, and a quarter more     225 MiB"));
	v.initrd.mtime_ns++;
	CHECK_EQ(verified_save(folder, &v), 0);
	CHECK_EQ(estimate((struct estimate_options){ .json = true }), 0);
	CHECK(says("\"verified_peak_bytes\": 0"));
	close(folder);
	machine_remove(&m);
}

TEST(into_the_boot_loader)
{
	char text[128] = "";

	begin();
	machine_put(&m, "etc/default/u-boot", "U_BOOT_PARAMETERS=\"ro\"\n");
	/* its command is not there: the file is written, and that is said */
	CHECK_EQ(setenv("PATH", m.tree.root, 1), 0);
	CHECK_EQ(estimate((struct estimate_options){ .apply = true }), -1);
	CHECK(says("u-boot-menu: /etc/default/u-boot\n- U_BOOT_PARAMETERS=\"ro\"\n"
		   "+ U_BOOT_PARAMETERS=\"ro crashkernel=128M\"\n"));
	CHECK_EQ(io_read_file(m.fd, "etc/default/u-boot", text, sizeof(text), NULL), 0);
	CHECK_STR(text, "U_BOOT_PARAMETERS=\"ro crashkernel=128M\"\n");
	machine_put(&m, "u-boot-update", "#!/bin/sh\nexit 0\n");
	CHECK_EQ(chmod(machine_path(&m, "u-boot-update"), 0755), 0);
	CHECK_EQ(estimate((struct estimate_options){ .remove = true }), 0);
	CHECK_EQ(io_read_file(m.fd, "etc/default/u-boot", text, sizeof(text), NULL), 0);
	CHECK_STR(text, "U_BOOT_PARAMETERS=\"ro\"\n");
	machine_remove(&m);
	/* and one without a command */
	begin();
	machine_put(&m, "boot/extlinux/extlinux.conf", "append ro\n");
	CHECK_EQ(estimate((struct estimate_options){ .apply = true }), 0);
	CHECK(says("+ append ro crashkernel=128M\n"));
	/* a program that reads JSON gets nothing else */
	CHECK_EQ(estimate((struct estimate_options){ .apply = true, .json = true }), 0);
	CHECK(said[0] == '{' && strstr(said, "\n}\n") && !strstr(said, "\n}\n")[3]);
	machine_remove(&m);
}

TEST(nothing_to_go_by)
{
	begin();
	CHECK_EQ(unlinkat(m.fd, MACHINE_INITRD, 0), 0);
	CHECK_EQ(estimate((struct estimate_options){ .apply = true }), -1);
	CHECK_STR(said, "");
	machine_remove(&m);
}
