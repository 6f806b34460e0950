/* SPDX-License-Identifier: MIT */
/*
 * In the capture kernel: dumpers that write /proc/vmcore to the same disk in turn. A line of
 * COMMANDS is the words of one, of which the last is the file; each goes through all of them
 * "rounds" times. The result is "dump LINE WALL_S USER_S SYS_S RSS_KIB BYTES", where the wall
 * time has what the disk needs until all is written.
 */
#include "guest.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_WORDS 32
#define TARGET	  "/target"

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

/* The words of a line, in place; NULL behind the last. */
static size_t split(char *line, char **words)
{
	size_t n = 0;

	for (char *w = strtok(line, " \n"); w && n < MAX_WORDS - 1; w = strtok(NULL, " \n"))
		words[n++] = w;
	words[n] = NULL;
	return n;
}

static pid_t start(char **words)
{
	pid_t pid = vfork();
	int quiet;

	if (pid)
		return pid;
	quiet = open("/tmp/output", O_WRONLY | O_CREAT | O_TRUNC, 0600);
	dup2(quiet, STDOUT_FILENO);
	dup2(quiet, STDERR_FILENO);
	execv(words[0], words);
	_exit(127);
}

static void show_output(void)
{
	char line[512];
	FILE *f = fopen("/tmp/output", "r");

	while (f && fgets(line, sizeof(line), f))
		say("output: %s", strtok(line, "\n"));
	if (f)
		fclose(f);
}

static void time_dump(unsigned which, char **words, const char *out)
{
	struct rusage u;
	struct stat st;
	int status = 0;
	double begin;
	pid_t pid;

	unlink(out);
	sync();
	write_number("/proc/sys/vm/drop_caches", 3);
	begin = now();
	pid = start(words);
	if (pid < 0 || wait4(pid, &status, 0, &u) != pid)
		fail(words[0]);
	sync();
	if (status)
		show_output();
	say("dump %u %.3f %.3f %.3f %ld %lld%s", which, now() - begin, seconds(u.ru_utime),
	    seconds(u.ru_stime), u.ru_maxrss, stat(out, &st) ? 0LL : (long long)st.st_size,
	    status ? " failed" : "");
}

void time_dumps(void)
{
	char *words[MAX_WORDS], line[1024];
	size_t n;

	mkdir(TARGET, 0755);
	if (mount("/dev/vdb", TARGET, "ext4", 0, NULL))
		fail("mounting " TARGET);
	say("%ld CPUs", sysconf(_SC_NPROCESSORS_ONLN));
	for (size_t turn = 0; turn < setting("rounds"); turn++) {
		FILE *f = fopen(COMMANDS, "r");

		for (unsigned i = 0; f && fgets(line, sizeof(line), f); i++) {
			n = split(line, words);
			if (n)
				time_dump(i, words, words[n - 1]);
		}
		if (f)
			fclose(f);
	}
	end();
}
