/* SPDX-License-Identifier: MIT */
/*
 * kdump-mkinitrd as a program: what it says of words that name nothing.
 */
#include <fcntl.h>
#include <libgen.h>

#include "lib/cleanup.h"
#include "lib/io.h"
#include "tests/unit/fake/fakeimage.h"
#include "tests/unit/fake/tree.h"
#include "tests/unit/test.h"

/* $M is the program, $T a folder. The exit status has to be this; what it wrote has to contain `says`. */
static void ran(struct tree *t, const char *words, int status, const char *says)
{
	char self[256] = "", line[512];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 20);
	_free_ char *out = NULL;

	self[n > 0 ? n : 0] = '\0';
	dirname(self);
	strcat(self, "/kdump-mkinitrd");
	setenv("M", self, 1);
	setenv("T", t->root, 1);
	snprintf(line, sizeof(line), "$M %s >$T/out 2>&1 </dev/null", words);
	CHECK_EQ(system(line), status << 8);
	CHECK_EQ(io_load_file(AT_FDCWD, tree_path(t, "/out"), 1 << 16, &out, NULL), 0);
	if (out && strstr(out, says))
		return;
	printf("%s: \"%s\" is not in: %s\n", words, says, out ? out : "");
	test_failures++;
}

static void refused(struct tree *t, const char *words, const char *says)
{
	ran(t, words, 1, says);
}

TEST(roots_that_hold_no_kernel)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	refused(&t, "-r $T/none -o $T/x", "-r /tmp/kdump-test.");
	refused(&t, "-r $T/none -k 6.12 -l", "/none: No such file or directory");
	refused(&t, "-r $T/none/ -k 6.12 -l", "/none: No such file or directory");
	refused(&t, "-r $T/out -l", "/out: Not a directory");
	refused(&t, "-r $T -l",
		"/lib/modules has no kernel; one without modules is named by its file");
	tree_text(&t, "/lib/modules/6.12/modules.dep", "");
	refused(&t, "-r $T -l", "/lib/modules has no kernel; one without modules");
	refused(&t, "-r $T -k 6.11 -l", "one without modules by its file with -K");
	tree_text(&t, "/lib/modules/6.12/modules.builtin", "");
	tree_text(&t, "/lib/modules/6.13/modules.builtin", "");
	refused(&t, "-r $T -l", "/lib/modules has 2 kernels; choose one with -k");
	CHECK(access(tree_path(&t, "/x"), F_OK));
}

/* A root that an image builder has not given the link of /lib. */
TEST(modules_below_usr_alone)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	tree_text(&t, "/usr/lib/modules/6.12/modules.builtin",
		  "kernel/fs/ext4/ext4.ko\nkernel/drivers/block/virtio_blk.ko\n");
	tree_text(&t, "/conf", "ext4 LABEL=dumps\nextra_modules virtio_blk\n");
	ran(&t, "-r $T -c $T/conf --check", 1, "kdump-init is neither in");
}

TEST(a_machines_part_without_files)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	struct fakeimage f = { .release = "6.12", .payload = "drivers", .generic = true };
	size_t len;
	_free_ char *image = fakeimage_make(&f, &len);

	tree_bytes(&t, "/generic", image, len);
	tree_text(&t, "/lib/modules/6.12/modules.builtin",
		  "kernel/fs/ext4/ext4.ko\nkernel/drivers/block/virtio_blk.ko\n");
	tree_text(&t, "/lib/modules/6.12/modules.dep", "");
	tree_text(&t, "/conf", "ext4 LABEL=dumps\nextra_modules virtio_blk\n");
	ran(&t, "-r $T -c $T/conf --host $T/generic -o $T/x", 0, "KiB unpacked");
	CHECK_EQ(access(tree_path(&t, "/x"), F_OK), 0);
	refused(&t, "-r $T -c $T/conf --host $T/x -o $T/y", "has a machine's part already");
}
