/* SPDX-License-Identifier: MIT */
#include "mkinitrd/image/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <time.h>

#include "lib/cleanup.h"
#include "lib/io.h"
#include "tests/unit/fake/tree.h"
#include "tests/unit/test.h"

static void check_file(const struct tree *t, const char *path, const char *text)
{
	struct stat st;
	char got[64];

	CHECK_EQ(stat(tree_path(t, path), &st), 0);
	CHECK_EQ(st.st_mode, S_IFREG | 0600);
	CHECK_EQ(io_read_file(AT_FDCWD, tree_path(t, path), got, sizeof(got), NULL), 0);
	CHECK_STR(got, text);
}

TEST(replaces_and_leaves_nothing_beside)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	struct fault f = { 0 };

	tree_text(&t, "/image", "old");
	tree_text(&t, "/image.partial", "left by a run that was ended");
	CHECK_EQ(outfile_write(tree_path(&t, "/image"), "new", 3, &f), 0);
	check_file(&t, "/image", "new");
	CHECK(access(tree_path(&t, "/image.partial"), F_OK));
}

TEST(in_the_current_folder)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	struct fault f = { 0 };
	char *before = getcwd(NULL, 0);

	CHECK_EQ(chdir(t.root), 0);
	CHECK_EQ(outfile_write("image", "text", 4, &f), 0);
	CHECK_EQ(chdir(before), 0);
	check_file(&t, "/image", "text");
	free(before);
}

TEST(failures_name_the_file)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	struct fault f = { 0 };

	CHECK_EQ(outfile_write(tree_path(&t, "/absent/image"), "x", 1, &f), -ENOENT);
	CHECK(strstr(f.text, "/absent/image: No such file"));
	/* a folder stands where the image should go */
	tree_dir(&t, "/image");
	CHECK(outfile_write(tree_path(&t, "/image"), "x", 1, &f) < 0);
	CHECK(access(tree_path(&t, "/image.partial"), F_OK));
	/* another's link is not followed */
	tree_link(&t, "/b.partial", "elsewhere");
	CHECK_EQ(outfile_write(tree_path(&t, "/b"), "x", 1, &f), -ELOOP);
	CHECK(access(tree_path(&t, "/elsewhere"), F_OK));
}

/* Two that write one image: the second begins when the first is in its middle. */
TEST(two_at_once)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	struct fault f = { 0 };
	char image[256], partial[300];
	pid_t pid;
	int fd;

	snprintf(image, sizeof(image), "%s", tree_path(&t, "/image"));
	snprintf(partial, sizeof(partial), "%s.partial", image);
	fd = open(partial, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	CHECK(fd >= 0 && !flock(fd, LOCK_EX));
	CHECK_EQ(io_write(fd, "the fir", 7), 0);
	pid = fork();
	if (!pid) {
		close(fd);
		_exit(outfile_write(image, "second", 6, &f) != 0);
	}
	nanosleep(&(struct timespec){ .tv_nsec = 300000000 }, NULL);
	CHECK_EQ(io_write(fd, "st one", 6), 0);
	CHECK_EQ(rename(partial, image), 0);
	check_file(&t, "/image", "the first one");
	close(fd);
	CHECK_EQ(waitpid(pid, &fd, 0), pid);
	CHECK_EQ(fd, 0);
	check_file(&t, "/image", "second");
	CHECK(access(partial, F_OK));
}
