/* SPDX-License-Identifier: MIT */
/*
 * Which images are made again, on a machine made of files; a script stands for kdump-mkinitrd.
 */
#include "loader/update/update.h"

#include <signal.h>

#include "lib/cleanup.h"
#include "lib/io.h"
#include "lib/log.h"
#include "loader/check/kernels.h"
#include "loader/host.h"
#include "loader/plan.h"
#include "loader/update/outdated.h"
#include "tests/unit/fake/machine.h"
#include "tests/unit/test.h"

#define IMAGE "/" MACHINE_INITRD

static struct machine m;
static char why[400];

static void put_image(const struct fakeimage *f)
{
	struct fakeimage image = *f;

	image.release = MACHINE_RELEASE;
	image.payload = image.payload ? image.payload : "an image";
	machine_put_image(&m, MACHINE_INITRD, &image);
}

/* A machine with the kernel MACHINE_RELEASE, whose program notes its words and makes a file. */
static void begin(void)
{
	char script[512];

	m = machine_make();
	machine_put(&m, "lib/modules/" MACHINE_RELEASE "/modules.dep", "");
	machine_put(&m, "etc/kdump.conf", "path /crash\n");
	snprintf(script, sizeof(script),
		 "#!/bin/sh\necho \"$*\" >>%s/calls\n[ -e %s/refuse ] && exit 1\necho >\"%s$4\"\n",
		 m.tree.root, m.tree.root, m.tree.root);
	machine_put(&m, "mkinitrd", script);
	chmod(machine_path(&m, "mkinitrd"), 0755);
}

static void end(void)
{
	machine_remove(&m);
}

static enum outdated judge(void)
{
	static struct host h;

	why[0] = '\0';
	CHECK_EQ(host_read(m.fd, &h), 0);
	return outdated_judge(m.fd, &h, IMAGE, why, sizeof(why));
}

static int update(const char *release)
{
	char program[128];

	unlinkat(m.fd, "calls", 0);
	snprintf(program, sizeof(program), "%s", machine_path(&m, "mkinitrd"));
	return update_run(m.fd, &(struct update_options){ release, program });
}

static const char *calls(void)
{
	static char text[1024];

	return io_read_file(m.fd, "calls", text, sizeof(text), NULL) ? "" : text;
}

/* What the image was made from, as it is now. */
static struct image_input conf_input(void)
{
	static char sum[SHA256_TEXT];

	fakeimage_sum("path /crash\n", 12, sum);
	return (struct image_input){
		.kind = "conf", .path = "/etc/kdump.conf", .bytes = 12, .sha256 = sum
	};
}

TEST(why_an_image_is_outdated)
{
	struct fakeimage f = { .config = "path /crash\nvirtiofs dumps\n", .n_inputs = 1 };

	begin();
	f.input[0] = conf_input();
	put_image(&f);
	CHECK_EQ(judge(), OUTDATED_NO);
	machine_put(&m, "etc/kdump.conf", "path /dumps\n");
	CHECK_EQ(judge(), OUTDATED_YES);
	CHECK_STR(why, "the config /etc/kdump.conf has changed since the image was made");
	machine_put(&m, "etc/kdump.conf", "path /crash\n");
	CHECK_EQ(judge(), OUTDATED_NO);
	f.version = "0.0";
	put_image(&f);
	CHECK_EQ(judge(), OUTDATED_YES);
	CHECK(strstr(why, "the image was made by version 0.0, and ") && !strstr(why, "run"));
	unlinkat(m.fd, MACHINE_INITRD, 0);
	CHECK_EQ(judge(), OUTDATED_YES);
	CHECK_STR(why, "there was none");
	end();
}

TEST(what_is_not_ours_stays)
{
	struct fakeimage f = { .config = "path /crash\nvirtiofs dumps\n", .generic = true };

	begin();
	machine_put(&m, MACHINE_INITRD, "another program's");
	CHECK_EQ(judge(), OUTDATED_FOREIGN);
	CHECK_STR(why, "kdump-mkinitrd did not make it");
	put_image(&f);
	CHECK_EQ(judge(), OUTDATED_FOREIGN);
	f.generic = false;
	f.other_root = true;
	put_image(&f);
	CHECK_EQ(judge(), OUTDATED_FOREIGN);
	CHECK_STR(why, "it was made from another root");
	CHECK_EQ(update(NULL), -1); /* nothing is armed, and this machine takes no call */
	CHECK_STR(calls(), "");
	end();
}

TEST(each_kernel_has_an_image)
{
	struct fakeimage f = { .config = "path /crash\nvirtiofs dumps\n", .n_inputs = 1 };

	begin();
	f.input[0] = conf_input();
	put_image(&f);
	machine_put(&m, "sys/kernel/kexec_crash_loaded", "1\n");
	machine_put(&m, "lib/modules/6.9/modules.dep", "");
	machine_put(&m, "boot/vmlinuz-6.9", "kernel");
	machine_put(&m, "lib/modules/6.8/modules.dep", "");
	CHECK_EQ(update(NULL), 0);
	CHECK_STR(calls(), "-k 6.9 -o /boot/kdump-init-6.9.img\n");
	CHECK(!faccessat(m.fd, "boot/kdump-init-6.9.img", F_OK, 0));
	/* it is the script's, and no image of ours */
	CHECK_EQ(update(NULL), 0);
	CHECK_STR(calls(), "");
	/* one alone */
	machine_put(&m, "lib/modules/6.10/modules.dep", "");
	machine_put(&m, "boot/vmlinuz-6.10", "kernel");
	unlinkat(m.fd, "boot/kdump-init-6.9.img", 0);
	CHECK_EQ(update("6.10"), 0);
	CHECK_STR(calls(), "-k 6.10 -o /boot/kdump-init-6.10.img\n");
	end();
}

/* Build systems of boards put one kernel into /boot, whose name has no release: it is the one that runs. */
TEST(a_board_has_one_kernel)
{
	static const char *const places[] = { "boot/Image", "boot/Image.gz", "boot/bzImage",
					      "boot/vmlinuz" };

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		struct image img;

		begin();
		unlinkat(m.fd, MACHINE_KERNEL, 0);
		unlinkat(m.fd, MACHINE_INITRD, 0);
		machine_put(&m, "lib/modules/6.9/modules.dep", "");
		CHECK(!kernels_has(m.fd, MACHINE_RELEASE));
		machine_put(&m, places[i], "kernel");
		CHECK(kernels_has(m.fd, MACHINE_RELEASE) && !kernels_has(m.fd, "6.9"));
		CHECK_EQ(update(NULL), -1); /* what the program made is no image to load */
		CHECK(strstr(calls(), "-k " MACHINE_RELEASE) && !strstr(calls(), "6.9"));
		CHECK_EQ(plan_open_kernel(m.fd, MACHINE_RELEASE, &img), 0);
		image_close(&img);
		end();
	}
}

/* /boot/vmlinuz may be a link to the newest one, or stay from another system. */
TEST(a_name_with_the_release_comes_first)
{
	struct image img;

	begin();
	unlinkat(m.fd, MACHINE_KERNEL, 0);
	machine_put(&m, "boot/vmlinuz", "another kernel");
	machine_put(&m, "boot/vmlinux-" MACHINE_RELEASE, "kernel");
	CHECK_EQ(plan_open_kernel(m.fd, MACHINE_RELEASE, &img), 0);
	CHECK_EQ(img.id.bytes, strlen("kernel"));
	image_close(&img);
	end();
}

/* Nor need it have modules; then its file has to be there, and it has to be the one that runs. */
TEST(a_board_without_modules)
{
	begin();
	unlinkat(m.fd, MACHINE_INITRD, 0);
	CHECK(!renameat(m.fd, "lib/modules", m.fd, "lib/other"));
	machine_put(&m, "proc/modules", "virtio_blk 24576 2 - Live 0x0\n");
	CHECK(!kernels_has(m.fd, MACHINE_RELEASE));
	machine_put(&m, "proc/modules", "");
	CHECK(kernels_has(m.fd, MACHINE_RELEASE) && !kernels_has(m.fd, "6.9"));
	unlinkat(m.fd, "proc/modules", 0);
	CHECK(kernels_has(m.fd, MACHINE_RELEASE));
	CHECK_EQ(update(NULL), -1); /* what the program made is no image to load */
	CHECK_STR(calls(), "-k " MACHINE_RELEASE " -o /boot/kdump-init-" MACHINE_RELEASE ".img\n");
	unlinkat(m.fd, MACHINE_KERNEL, 0);
	CHECK(!kernels_has(m.fd, MACHINE_RELEASE));
	end();
}

/* A word that is mistyped, and more kernels than a list holds. */
TEST(the_kernel_that_is_named)
{
	char path[80];

	begin();
	machine_put(&m, "sys/kernel/kexec_crash_loaded", "1\n");
	CHECK_EQ(update("6.99"), -1);
	CHECK_EQ(update("../boot"), -1);
	CHECK_EQ(update(""), -1);
	CHECK_STR(calls(), "");
	for (unsigned i = 0; i < 2 * KERNELS_MAX; i++) {
		snprintf(path, sizeof(path), "lib/modules/6.%u/vmlinuz", i);
		machine_put(&m, path, "kernel");
	}
	for (unsigned i = 0; i < 2 * KERNELS_MAX; i++) {
		snprintf(path, sizeof(path), "6.%u", i);
		CHECK_EQ(update(path), 0);
		CHECK(strstr(calls(), path));
	}
	end();
}

TEST(an_image_that_cannot_be_made)
{
	begin();
	machine_put(&m, "sys/kernel/kexec_crash_loaded", "1\n");
	unlinkat(m.fd, MACHINE_INITRD, 0);
	machine_put(&m, "refuse", "");
	CHECK_EQ(update(NULL), -1);
	CHECK_STR(calls(), "-k " MACHINE_RELEASE " -o " IMAGE "\n");
	end();
}

/* Whose fault it is that there is no image: the program's, by its name. */
TEST(a_program_that_cannot_be_run)
{
	char said[1024];
	FILE *log = tmpfile();
	size_t n;

	begin();
	machine_put(&m, "sys/kernel/kexec_crash_loaded", "1\n");
	unlinkat(m.fd, MACHINE_INITRD, 0);
	machine_put(&m, "mkinitrd", "");
	log_add(fileno(log), LOG_PLAIN);
	CHECK_EQ(update(NULL), -1);
	log_remove(fileno(log));
	rewind(log);
	n = fread(said, 1, sizeof(said) - 1, log);
	said[n] = '\0';
	fclose(log);
	CHECK(strstr(said, "/mkinitrd: Permission denied") ||
	      strstr(said, "/mkinitrd: Exec format error"));
	end();
}

/* Started by who ignores the ends of children: that one was made is not to be said of none. */
TEST(an_end_that_is_not_told)
{
	begin();
	machine_put(&m, "lib/modules/6.9/vmlinuz", "kernel");
	machine_put(&m, "refuse", "");
	signal(SIGCHLD, SIG_IGN);
	CHECK_EQ(update("6.9"), -1);
	signal(SIGCHLD, SIG_DFL);
	CHECK_STR(calls(), "-k 6.9 -o /boot/kdump-init-6.9.img\n");
	end();
}

/* Without a reservation the image is made, and the load waits for the next boot. */
TEST(nothing_reserved_yet)
{
	begin();
	machine_put(&m, "sys/kernel/kexec_crash_size", "0\n");
	machine_put(&m, "proc/iomem", "");
	unlinkat(m.fd, MACHINE_INITRD, 0);
	CHECK_EQ(update(NULL), 0);
	CHECK_STR(calls(), "-k " MACHINE_RELEASE " -o " IMAGE "\n");
	end();
}
