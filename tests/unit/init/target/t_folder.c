/* SPDX-License-Identifier: MIT */
#include "init/target/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/test.h"

static const char *name(const char *host, uint64_t time_s, const char *boot_id)
{
	static char buf[160];

	folder_name(host, time_s, boot_id, buf, sizeof(buf));
	return buf;
}

TEST(name_has_host_time_and_boot_id)
{
	CHECK_STR(name("web1", 1795443605, "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"),
		  "web1-20261123T142005Z-0a1b2c3d");
}

TEST(name_stays_inside_its_folder)
{
	CHECK_STR(name("../a b/\xc3\xa4\n", 0, "0a1b2c3d"), "_._a_b____-19700101T000000Z-0a1b2c3d");
	CHECK_STR(name("..", 0, "0"), "_.-19700101T000000Z-0");
	CHECK_STR(name("", 0, "0"), "unknown-19700101T000000Z-0");
	CHECK_STR(name(NULL, 0, "0"), "unknown-19700101T000000Z-0");
}

TEST(name_takes_any_time)
{
	CHECK_STR(name("h", UINT64_MAX, "0"), "h-19700101T000000Z-0");
	CHECK_STR(name("h", INT64_MAX, "0"), "h-19700101T000000Z-0");
	CHECK_STR(name("h", 253402300800ull, "0"), "h-19700101T000000Z-0");
}

TEST(name_cuts_a_long_host)
{
	char host[300];

	memset(host, 'x', sizeof(host) - 1);
	host[sizeof(host) - 1] = '\0';
	CHECK_EQ(strlen(name(host, 0, "12345678")), 64 + 1 + 16 + 1 + 8);
}

/* An empty folder below the build folder's place; its descriptor. */
static int make_root(char *path)
{
	strcpy(path, "/tmp/t_folder.XXXXXX");
	CHECK(mkdtemp(path));
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void remove_tree(const char *path)
{
	char cmd[64];

	snprintf(cmd, sizeof(cmd), "rm -rf %s", path);
	CHECK(!system(cmd));
}

TEST(make_and_open)
{
	char path[32];
	int root = make_root(path), fd;
	struct stat st;

	CHECK_EQ(folder_make(root, "/var/crash", "dump"), 0);
	CHECK_EQ(folder_make(root, "/var/crash", "dump"), 0);
	CHECK(!fstatat(root, "var/crash/dump", &st, 0) && S_ISDIR(st.st_mode));
	CHECK_EQ(st.st_mode & 0777, 0700);
	fd = folder_open(root, "/var/crash", "dump");
	CHECK(fd >= 0);
	close(fd);
	CHECK_EQ(folder_make(root, "//a//./b/", "dump"), 0);
	CHECK(!fstatat(root, "a/b/dump", &st, 0));
	CHECK_EQ(folder_make(root, "/", "top"), 0);
	CHECK(!fstatat(root, "top", &st, 0));
	close(root);
	remove_tree(path);
}

TEST(links_lead_inside_the_root)
{
	char path[32];
	int root = make_root(path);
	struct stat st;

	CHECK(!mkdirat(root, "data", 0755));
	CHECK(!symlinkat("/data", root, "var"));
	CHECK_EQ(folder_make(root, "/var/crash", "dump"), 0);
	CHECK(!fstatat(root, "data/crash/dump", &st, 0));
	/* above the root is the root */
	CHECK_EQ(folder_make(root, "../../up", "dump"), 0);
	CHECK(!fstatat(root, "up/dump", &st, 0));
	close(root);
	remove_tree(path);
}

TEST(errors)
{
	char path[32], huge[5000];
	int root = make_root(path), fd;

	fd = openat(root, "file", O_WRONLY | O_CREAT, 0600);
	close(fd);
	CHECK_EQ(folder_make(root, "/file", "dump"), -ENOTDIR);
	CHECK_EQ(folder_open(root, "/none", "dump"), -ENOENT);
	memset(huge, 'x', sizeof(huge) - 1);
	huge[sizeof(huge) - 1] = '\0';
	CHECK_EQ(folder_make(root, huge, "dump"), -ENAMETOOLONG);
	close(root);
	remove_tree(path);
}
