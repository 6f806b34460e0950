/* SPDX-License-Identifier: MIT */
/*
 * Dumps of the running machine, "live" of them one after the other, while "churn" processes take
 * memory and give it back. Each goes to its slot of the disk vdb, for the host to read; every tenth
 * and the last is made by one thread, to be compared with. The result is
 * "live NUMBER STATUS VERIFY_STATUS BYTES MILLISECONDS JSON", STATUS of wait(2).
 */
#include "guest.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define DUMPER	   "/bin/kdump-dumper"
#define DUMP	   "/tmp/live.dump"
#define ANSWER	   "/tmp/live.json"
#define SLOT_BYTES (64 * MIB)

/* ---------------------------------------------------------------- what changes memory */

static void touch_memory(size_t bytes)
{
	uint8_t *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	for (size_t at = 0; p != MAP_FAILED && at < bytes; at += 4096)
		p[at] = (uint8_t)at;
	munmap(p, bytes);
}

/* Page cache that comes, is cut and goes. */
static void touch_file(unsigned who, size_t bytes)
{
	static uint8_t buf[256 << 10];
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/tmp/churn-%u", who);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	for (size_t at = 0; fd >= 0 && at < bytes; at += sizeof(buf)) {
		if (write(fd, buf, sizeof(buf)) < 0)
			break;
	}
	if (fd >= 0 && ftruncate(fd, (off_t)bytes / 2))
		say("%s: cannot be cut", path);
	close(fd);
	unlink(path);
}

/* A process: its page tables, its kernel stack, its copies of what the parent has. */
static void touch_process(size_t bytes)
{
	pid_t pid = fork();

	if (!pid) {
		touch_memory(bytes);
		_exit(0);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

static void churn(unsigned who)
{
	if (fork())
		return;
	for (unsigned turn = who;; turn++) {
		size_t bytes = MIB << turn % 5;

		if (turn % 3 == 0)
			touch_memory(bytes);
		else if (turn % 3 == 1)
			touch_file(who, bytes);
		else
			touch_process(bytes);
	}
}

/* ---------------------------------------------------------------- the dumps */

static int run(const char *const *words)
{
	pid_t pid = fork();
	int status = -1, out;

	if (!pid) {
		out = open(ANSWER, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		dup2(out, STDOUT_FILENO);
		execv(words[0], (char *const *)words);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	return status;
}

/* The answer in one line. */
static void read_answer(char *text, size_t size)
{
	int fd = open(ANSWER, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, text, size - 1);

	text[n < 0 ? 0 : n] = '\0';
	for (char *p = text; *p; p++)
		*p = *p == '\n' ? ' ' : *p;
	close(fd);
}

static size_t copy_out(unsigned slot)
{
	static uint8_t buf[1 << 20];
	int in = open(DUMP, O_RDONLY), out = open("/dev/vdb", O_WRONLY);
	size_t done = 0;
	ssize_t n;

	lseek(out, (off_t)(slot * SLOT_BYTES), SEEK_SET);
	while ((n = read(in, buf, sizeof(buf))) > 0 && done + (size_t)n <= SLOT_BYTES) {
		if (write(out, buf, (size_t)n) != n)
			fail("writing a dump to the disk");
		done += (size_t)n;
	}
	if (in < 0 || out < 0 || n || fsync(out))
		fail("a dump's way to the disk");
	close(in);
	close(out);
	unlink(DUMP);
	return done;
}

static void dump(unsigned i, bool alone)
{
	const char *const words[] = { DUMPER,	     "--json", "-f",	    "-z",
				      "-d",	     "31",     "--threads", alone ? "1" : "0",
				      "/proc/kcore", DUMP,     NULL };
	const char *const verify[] = { DUMPER, "--verify", DUMP, NULL };
	static char text[16384];
	struct timespec a, b;
	int status, whole;

	clock_gettime(CLOCK_MONOTONIC, &a);
	status = run(words);
	clock_gettime(CLOCK_MONOTONIC, &b);
	read_answer(text, sizeof(text));
	whole = status ? -1 : run(verify);
	say("live %u %d %d %zu %ld %s", i, status, whole, status ? 0 : copy_out(i),
	    (b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000, text);
}

/* Where the kernel's own text lies. */
static void say_code(void)
{
	FILE *f = fopen("/proc/iomem", "r");
	unsigned long long first, last;
	char line[256];

	while (f && fgets(line, sizeof(line), f)) {
		if (strstr(line, ": Kernel code") && sscanf(line, " %llx-%llx", &first, &last) == 2)
			say("code %llx %llx", first, last);
	}
	if (f)
		fclose(f);
}

/*
 * Free pages on the lists of the CPUs look like pages in use, and with 6.7 and later these lists grow with the
 * load, to an eighth of the memory: two dumps in a row would differ by a third.
 */
static void keep_lists_short(void)
{
	write_number("/proc/sys/vm/percpu_pagelist_high_fraction", 10000);
}

void live(void)
{
	unsigned n = (unsigned)setting("live"), k = (unsigned)setting("churn");

	say_code();
	keep_lists_short();
	/* the first is of a machine at rest but for what it was loaded with */
	for (unsigned i = 0; i <= n; i++) {
		for (unsigned who = 0; i == 1 && who < k; who++)
			churn(who);
		dump(i, i % 10 == 0 || i == n);
	}
	end();
}
