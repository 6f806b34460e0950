/* SPDX-License-Identifier: MIT */
/*
 * PID 1 of the guest that becomes a core, in both kernels. The first one arms the crash kernel,
 * fills the memory as its command line says (NAME=NUMBER words, which the kernel hands over as
 * environment) and crashes; the second, which has /proc/vmcore, saves the first MiB of it (the
 * headers and notes) to the disk vdb and powers off. The memory itself stays in the file that
 * backs the guest's RAM.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define HEADER_BYTES	(1u << 20)
#define MIB		((size_t)1 << 20)
#define CONTENT		"/content"
#define MAX_NAMES	(64 * 1024)
#define KEXEC_FILE_ON_CRASH	2	/* include/uapi/linux/kexec.h */

/*
 * The tree of files below CONTENT, in the order of the walk: a folder comes before what it
 * holds.
 */
static struct name {
	char *path;	/* behind CONTENT */
	off_t size;
	bool folder;
} names[MAX_NAMES];
static unsigned n_names;
static unsigned next_file;	/* where fill() goes on */

static void say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	printf("bench: ");
	vprintf(fmt, ap);
	printf("\n");
	va_end(ap);
}

static void end(void)
{
	sync();
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}

static void fail(const char *what)
{
	say("FAILED: %s: %s", what, strerror(errno));
	end();
}

static size_t setting(const char *name)
{
	const char *v = getenv(name);

	return v ? strtoul(v, NULL, 10) : 0;
}

static int load_module(const char *path)
{
	int fd = open(path, O_RDONLY);
	long r = fd < 0 ? -1 : syscall(SYS_finit_module, fd, "", 0);

	if (r && errno != EEXIST)
		say("%s: %s", path, strerror(errno));
	return fd < 0 ? -1 : close(fd);
}

static void load_modules(void)
{
	struct dirent **list;
	char path[512];
	int n = scandir("/mods", &list, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		if (list[i]->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "/mods/%s", list[i]->d_name);
		load_module(path);
	}
}

static void wait_for(const char *path)
{
	for (int i = 0; access(path, F_OK); i++) {
		if (i == 1000)
			fail(path);
		usleep(20000);
	}
}

/* ---------------------------------------------------------------- the second kernel */

static void save_headers(void)
{
	static char buf[HEADER_BYTES];
	int in = open("/proc/vmcore", O_RDONLY), out = open("/dev/vdb", O_WRONLY);
	size_t n = 0;

	while (in >= 0 && n < sizeof(buf)) {
		ssize_t r = read(in, buf + n, sizeof(buf) - n);

		if (r <= 0)
			fail("/proc/vmcore");
		n += (size_t)r;
	}
	if (in < 0 || out < 0 || write(out, buf, n) != (ssize_t)n || fsync(out))
		fail("saving the headers");
	say("headers saved");
	end();
}

/* ---------------------------------------------------------------- the first kernel */

static void arm(void)
{
	static const char cmdline[] = "console=ttyS0 loglevel=4 nr_cpus=1 irqpoll reset_devices";
	int kernel = open("/boot/vmlinuz", O_RDONLY), initrd = open("/boot/capture.img", O_RDONLY);

	if (syscall(SYS_kexec_file_load, kernel, initrd, sizeof(cmdline), cmdline,
		    KEXEC_FILE_ON_CRASH))
		fail("kexec_file_load");
	close(kernel);
	close(initrd);
}

static int add_name(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)ftw;
	if ((type == FTW_F || type == FTW_D) && n_names < MAX_NAMES) {
		names[n_names++] = (struct name){ strdup(path + strlen(CONTENT)), st->st_size,
						  type == FTW_D };
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

static void write_number(const char *path, size_t n)
{
	FILE *f = fopen(path, "w");

	if (!f || fprintf(f, "%zu", n) < 0 || fclose(f))
		say("%s: %s", path, strerror(errno));
}

static void huge_pages(size_t mib)
{
	if (!mib)
		return;
	write_number("/proc/sys/vm/nr_hugepages", mib / 2);
	fill(memory(mib, MAP_HUGETLB), mib * MIB);
}

/* Page cache and tmpfs: everything is read, and copied as far as mib goes. */
static void read_and_copy(size_t mib)
{
	static char buf[64 << 10];
	char path[4096];
	size_t left = mib * MIB;

	for (unsigned i = 0; i < n_names; i++) {
		int in, out = -1;
		ssize_t n;

		if (names[i].folder)
			continue;
		snprintf(path, sizeof(path), CONTENT "%s", names[i].path);
		in = open(path, O_RDONLY);
		if (left > (size_t)names[i].size) {
			snprintf(path, sizeof(path), "/tmp/copy-%u", i);
			out = open(path, O_WRONLY | O_CREAT, 0600);
			left -= (size_t)names[i].size;
		}
		while ((n = read(in, buf, sizeof(buf))) > 0) {
			if (out >= 0 && write(out, buf, (size_t)n) != n)
				fail("copy to tmpfs");
		}
		close(in);
		close(out);
	}
}

/* Free memory that was in use: blocks of every order. */
static void remove_some(void)
{
	char path[64];

	for (unsigned i = 0; i < n_names; i += 3) {
		snprintf(path, sizeof(path), "/tmp/copy-%u", i);
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

static void show_memory(void)
{
	static const char *const keys[] = { "MemFree:",	      "Cached:",  "Shmem:", "AnonPages:",
					    "AnonHugePages:", "Hugetlb:", "Slab:",  "PageTables:" };
	FILE *f = fopen("/proc/meminfo", "r");
	char line[256], text[256] = "";
	size_t kib;

	while (f && fgets(line, sizeof(line), f)) {
		for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
			size_t at = strlen(text);

			if (!strncmp(line, keys[i], strlen(keys[i])) &&
			    sscanf(line + strlen(keys[i]), "%zu", &kib) == 1)
				snprintf(text + at, sizeof(text) - at, " %s %zu", keys[i],
					 kib >> 10);
		}
	}
	if (f)
		fclose(f);
	say("MiB:%s", text);
}

static void load(void)
{
	size_t trees = setting("trees"), anon = setting("anon_mib");

	if (mount("/dev/vda", CONTENT, "ext4", MS_RDONLY, NULL))
		fail("mounting " CONTENT);
	nftw(CONTENT, add_name, 32, FTW_PHYS);
	say("%u names", n_names);
	read_and_copy(setting("tmpfs_mib"));
	say("files read");
	huge_pages(setting("huge_mib"));
	say("huge pages filled");
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

static void crash(void)
{
	int fd = open("/proc/sysrq-trigger", O_WRONLY);

	show_memory();
	say("crash now");
	sleep(1);
	if (write(fd, "c", 1) != 1)
		fail("sysrq");
}

int main(void)
{
	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	mkdir("/dev", 0755);
	mkdir("/tmp", 0755);
	mkdir(CONTENT, 0755);
	mount("proc", "/proc", "proc", 0, NULL);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	mount("tmpfs", "/tmp", "tmpfs", 0, "size=90%,nr_inodes=0");
	setvbuf(stdout, NULL, _IOLBF, 0);
	load_modules();
	wait_for("/dev/vdb");
	if (!access("/proc/vmcore", F_OK))
		save_headers();
	arm();
	say("armed");
	if (setting("load"))
		load();
	crash();
	fail("the machine did not crash");
}
