/* SPDX-License-Identifier: MIT */
/*
 * The least that /init can do before it writes: load the modules of the image's kdump.conf, mount
 * one known disk. No look at the dead kernel, no child, no search for the disk. What kdump-init's
 * start is measured by (start.py).
 */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "init/system/modules_private.h"
#include "lib/conf/conf.h"

#define DISK "/dev/vdb"

static char conf[64 << 10];
static unsigned char module[4 << 20];

static void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static void say(const char *fmt, ...)
{
	struct timespec t;
	va_list ap;

	clock_gettime(CLOCK_BOOTTIME, &t);
	printf("bare-init: %lld.%03ld ", (long long)t.tv_sec, t.tv_nsec / 1000000);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
}

/* The bytes that were read, at most size. */
static size_t read_file(const char *path, void *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t have = 0;
	ssize_t n;

	while (fd >= 0 && have < size && (n = read(fd, (char *)buf + have, size - have)) > 0)
		have += (size_t)n;
	if (fd >= 0)
		close(fd);
	return have;
}

/* Without its signature, as kdump-init does. */
static void load(const char *path)
{
	size_t len = modules_unsigned_len(module, read_file(path, module, sizeof(module)));

	if (syscall(SYS_init_module, module, len, "") < 0)
		say("%s: %m", path);
}

int main(void)
{
	static const char key[] = "module ";
	char *line, *rest = conf;

	say("main: kernel is up");
	mkdir("/dev", 0755);
	mkdir("/mnt", 0700);
	mount("devtmpfs", "/dev", "devtmpfs", MS_NOSUID | MS_NOEXEC, NULL);
	conf[read_file(CONF_IMAGE_FILE, conf, sizeof(conf) - 1)] = '\0';
	while ((line = strsep(&rest, "\n"))) {
		if (!strncmp(line, key, sizeof(key) - 1))
			load(line + sizeof(key) - 1);
	}
	if (mount(DISK, "/mnt", "ext4", MS_NOATIME, "errors=remount-ro") < 0)
		say(DISK ": %m");
	else
		say("target: " DISK ": mounted");
	for (;;)
		pause();
}
