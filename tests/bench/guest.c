/* SPDX-License-Identifier: MIT */
/*
 * PID 1 of the guest that becomes a core, in both kernels. The first one arms the crash kernel,
 * fills the memory as its command line says (NAME=NUMBER words, which the kernel hands over as
 * environment) and crashes; the second, which has /proc/vmcore, saves the first MiB of it (the
 * headers and notes) to the disk vdb and powers off. The memory itself stays in the file that
 * backs the guest's RAM. A second kernel with COMMANDS in its image times dumps instead.
 */
#include "guest.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define HEADER_BYTES	    (1u << 20)
#define KEXEC_FILE_ON_CRASH 2 /* include/uapi/linux/kexec.h */
#define BLOCK_STATE	    "/sys/devices/system/memory/memory%zu/state"
#define PLUGGED_AT	    ((size_t)4 << 30)
#define PLUGGED_BLOCK	    (128 * MIB)

void say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	printf("bench: ");
	vprintf(fmt, ap);
	printf("\n");
	va_end(ap);
}

void end(void)
{
	sync();
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}

void fail(const char *what)
{
	say("FAILED: %s: %s", what, strerror(errno));
	end();
}

size_t setting(const char *name)
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

void wait_for(const char *path)
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
	size_t cpus = setting("capture_cpus");
	char cmdline[256];
	int kernel = open("/boot/vmlinuz", O_RDONLY), initrd = open("/boot/capture.img", O_RDONLY);

	snprintf(cmdline, sizeof(cmdline),
		 "console=ttyS0 loglevel=4 nr_cpus=%zu irqpoll "
		 "reset_devices acpi_no_memhotplug rounds=%zu",
		 cpus ? cpus : 1, setting("rounds"));
	if (syscall(SYS_kexec_file_load, kernel, initrd, strlen(cmdline) + 1, cmdline,
		    KEXEC_FILE_ON_CRASH))
		fail("kexec_file_load");
	close(kernel);
	close(initrd);
}

void write_number(const char *path, size_t n)
{
	FILE *f = fopen(path, "w");

	if (!f || fprintf(f, "%zu", n) < 0 || fclose(f))
		say("%s: %s", path, strerror(errno));
}

static void write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		say("%s: %s: %s", path, text, strerror(errno));
	close(fd);
}

static bool is_offline(const char *path)
{
	char state[16] = "";
	int fd = open(path, O_RDONLY);

	if (fd < 0 || read(fd, state, sizeof(state) - 1) < 0)
		say("%s: %s", path, strerror(errno));
	close(fd);
	return !strncmp(state, "offline", 7);
}

/*
 * Memory that the host plugs in now, at PLUGGED_AT, in blocks of 128 MiB: all are switched on, and
 * the last one, which holds nothing yet, off again.
 */
static void hotplug(size_t mib)
{
	size_t block = PLUGGED_AT / PLUGGED_BLOCK, end = block + mib * MIB / PLUGGED_BLOCK;
	char path[64];

	if (!mib)
		return;
	say("ready for memory");
	snprintf(path, sizeof(path), BLOCK_STATE, end - 1);
	wait_for(path);
	sleep(1); /* some kernels switch it on by themselves */
	for (; block < end; block++) {
		snprintf(path, sizeof(path), BLOCK_STATE, block);
		if (is_offline(path))
			write_text(path, block + 1 < end ? "online" : "online_movable");
	}
	write_text(path, "offline");
	say("%zu MiB plugged in", mib);
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

/* On the first CPU: a kernel that starts on another one cannot wake that. */
static void crash(void)
{
	int fd = open("/proc/sysrq-trigger", O_WRONLY);
	cpu_set_t first;

	CPU_ZERO(&first);
	CPU_SET(0, &first);
	sched_setaffinity(0, sizeof(first), &first);
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
	if (!access(COMMANDS, F_OK))
		time_dumps();
	if (!access("/proc/vmcore", F_OK))
		save_headers();
	hotplug(setting("hotplug_mib"));
	if (setting("live")) {
		if (setting("load"))
			load();
		live();
	}
	arm();
	say("armed");
	if (setting("load"))
		load();
	crash();
	fail("the machine did not crash");
}
