/* SPDX-License-Identifier: MIT */
/*
 * What fills the guest's memory: page cache, tmpfs, processes, huge pages, swap, slab, pipes.
 */
#include "guest.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <unistd.h>

#define MAX_NAMES (64 * 1024)
#define GIB_PAGES (30 << 26) /* MAP_HUGE_1GB */

/*
 * The tree of files below CONTENT, in the order of the walk: a folder comes before what it
 * holds.
 */
static struct name {
	char *path; /* behind CONTENT */
	off_t size;
	bool folder;
} names[MAX_NAMES];
static unsigned n_names;
static unsigned next_file; /* where fill() goes on */

static int add_name(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)ftw;
	if ((type == FTW_F || type == FTW_D) && n_names < MAX_NAMES) {
		names[n_names++] =
			(struct name){ strdup(path + strlen(CONTENT)), st->st_size, type == FTW_D };
	}
	return 0;
}

/* What a heap looks like: pieces of text and programs, behind each other, with small gaps. */
static void fill(uint8_t *p, size_t len)
{
	char path[4096];
	size_t at = 0;

	while (at < len) {
		const struct name *n = &names[next_file++ % n_names];
		ssize_t got;
		int fd;

		if (n->folder || !n->size)
			continue;
		snprintf(path, sizeof(path), CONTENT "%s", n->path);
		fd = open(path, O_RDONLY);
		got = fd < 0 ? 0 : read(fd, p + at, len - at < 4 * MIB ? len - at : 4 * MIB);
		close(fd);
		at += got > 0 ? ((size_t)got + 24) / 16 * 16 : 0;
	}
}

static void *memory(size_t mib, int flags)
{
	void *p = mmap(NULL, mib * MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags,
		       -1, 0);

	if (p == MAP_FAILED)
		fail("mmap");
	return p;
}

/* count processes that hold mib MiB each: what they filled, and an eighth of it untouched zeros. */
static void processes(size_t count, size_t mib, int advice)
{
	for (size_t i = 0; i < count && mib; i++) {
		next_file += 977;
		if (fork())
			continue;
		uint8_t *p = memory(mib, 0);

		madvise(p, mib * MIB, advice);
		fill(p, mib * MIB - mib * MIB / 8);
		for (size_t at = mib * MIB - mib * MIB / 8; at < mib * MIB; at += 4096)
			((volatile uint8_t *)p)[at] = 0;
		for (;;)
			pause();
	}
}

static void huge_pages(size_t mib, size_t gib)
{
	if (mib)
		write_number("/proc/sys/vm/nr_hugepages", mib / 2);
	if (mib)
		fill(memory(mib, MAP_HUGETLB), mib * MIB);
	if (gib)
		write_number("/sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages", gib);
	if (gib)
		fill(memory(gib << 10, MAP_HUGETLB | GIB_PAGES), gib << 30);
}

/* Memory that is swapped out to compressed memory: zram, and zswap before it if that is on. */
static void swapped_out(size_t mib)
{
	static uint8_t head[4096]; /* include/linux/swap.h, union swap_header */
	uint32_t version_and_last[2] = { 1, (uint32_t)(mib * 256 - 1) };
	uint8_t *p;
	int fd;

	if (!mib)
		return;
	write_number("/sys/block/zram0/disksize", mib * MIB);
	memcpy(head + 1024, version_and_last, sizeof(version_and_last));
	memcpy(head + sizeof(head) - 10, "SWAPSPACE2", 10);
	fd = open("/dev/zram0", O_WRONLY);
	if (fd < 0 || write(fd, head, sizeof(head)) != sizeof(head) || fsync(fd) ||
	    swapon("/dev/zram0", 0))
		fail("swap on zram");
	close(fd);
	p = memory(mib / 2, 0);
	fill(p, mib / 2 * MIB);
	if (madvise(p, mib / 2 * MIB, MADV_PAGEOUT))
		say("MADV_PAGEOUT: %s", strerror(errno));
}

/* A page that the kernel knows as broken; not every kernel has this. Its owner gets SIGBUS. */
static void broken_page(void)
{
	uint8_t *p;

	if (fork())
		return;
	p = memory(1, 0);
	fill(p, MIB);
	if (madvise(p + 16 * 4096, 4096, MADV_HWPOISON))
		say("MADV_HWPOISON: %s", strerror(errno));
	_exit(0);
}

/* Reads a file of the content; to: also copies it there. */
static void read_file(const char *path, const char *to)
{
	static char buf[64 << 10];
	int in, out = to ? open(to, O_WRONLY | O_CREAT, 0600) : -1;
	char full[4096];
	ssize_t n;

	snprintf(full, sizeof(full), CONTENT "%s", path);
	in = open(full, O_RDONLY);
	while ((n = read(in, buf, sizeof(buf))) > 0) {
		if (to && write(out, buf, (size_t)n) != n)
			fail("copy to tmpfs");
	}
	close(in);
	close(out);
}

/* Page cache and tmpfs: everything is read, and copied again and again as far as mib goes. */
static void read_and_copy(size_t mib)
{
	size_t left = mib * MIB, before = SIZE_MAX;
	char to[64];

	for (unsigned turn = 0; left < before; turn++) {
		before = left;
		for (unsigned i = 0; i < n_names; i++) {
			bool fits = left > (size_t)names[i].size;

			if (names[i].folder || (turn && !fits))
				continue;
			snprintf(to, sizeof(to), "/tmp/copy-%u-%u", turn, i);
			read_file(names[i].path, fits ? to : NULL);
			left -= fits ? (size_t)names[i].size : 0;
		}
	}
}

/* Free memory that was in use: blocks of every order. */
static void remove_some(void)
{
	char path[64];

	for (unsigned i = 0; i < n_names; i += 3) {
		snprintf(path, sizeof(path), "/tmp/copy-0-%u", i);
		unlink(path);
	}
}

/* Inodes and directory entries: the tree without its content, again and again. */
static void empty_trees(size_t count, size_t seed)
{
	char path[4096];

	for (size_t t = 0; t < count; t++) {
		for (unsigned i = 0; i < n_names; i++) {
			snprintf(path, sizeof(path), "/tmp/tree-%zu-%zu%s", seed, t, names[i].path);
			if (names[i].folder)
				mkdir(path, 0755);
			else
				close(open(path, O_WRONLY | O_CREAT, 0644));
		}
		if (t % 10 == 9)
			say("%zu trees made", t + 1);
	}
}

/* Bytes that are on their way through the kernel. */
static void pipes_and_sockets(size_t count)
{
	struct rlimit files = { count * 4 + 64, count * 4 + 64 };
	static uint8_t buf[60 << 10];

	setrlimit(RLIMIT_NOFILE, &files);
	for (size_t i = 0; i < count; i++) {
		int p[2], s[2];

		if (pipe(p) || socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, s))
			fail("pipe");
		fill(buf, sizeof(buf));
		if (write(p[1], buf, sizeof(buf)) < 0 || write(s[1], buf, sizeof(buf) / 2) < 0)
			fail("filling a pipe");
	}
}

static void wait_until_ready(size_t children)
{
	char line[256];
	size_t free_kib = 0;

	/* the children say nothing: quiet is when free memory no longer shrinks */
	for (size_t last = SIZE_MAX, calm = 0; children && calm < 3;) {
		FILE *f = fopen("/proc/meminfo", "r");

		while (f && fgets(line, sizeof(line), f))
			sscanf(line, "MemFree: %zu", &free_kib);
		if (f)
			fclose(f);
		calm = free_kib + 1024 > last ? calm + 1 : 0;
		last = free_kib;
		sleep(2);
	}
}

void load(void)
{
	size_t trees = setting("trees"), anon = setting("anon_mib");

	if (mount("/dev/vda", CONTENT, "ext4", MS_RDONLY, NULL))
		fail("mounting " CONTENT);
	nftw(CONTENT, add_name, 32, FTW_PHYS);
	say("%u names", n_names);
	read_and_copy(setting("tmpfs_mib"));
	say("files read");
	huge_pages(setting("huge_mib"), setting("huge_gib"));
	say("huge pages filled");
	swapped_out(setting("zram_mib"));
	broken_page();
	processes(6, anon / 6, MADV_HUGEPAGE);
	processes(200, setting("small_mib") / 200, MADV_NOHUGEPAGE);
	if (trees && !fork()) {
		empty_trees(trees / 2, 1);
		for (;;)
			pause();
	}
	empty_trees(trees - trees / 2, 2);
	pipes_and_sockets(setting("pipes"));
	wait_until_ready(anon + trees);
	remove_some();
}
