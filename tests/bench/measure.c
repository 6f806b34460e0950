/* SPDX-License-Identifier: MIT */
/*
 * measure [--pipe] RESULT PROGRAM [ARG...]: runs a program and writes what it cost, as "key value"
 * lines, to RESULT. Exits as the program does. With --pipe its standard output is a pipe, which is
 * emptied here; the number of bytes becomes the line "size".
 *
 * Why not from Python: the peak of a process's memory outlives execve, so a child of a large
 * process is born with that process's peak. This one is static and small.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

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

/* Seconds that all CPUs together have worked, of all processes; 0 if unknown. */
static double all_busy(void)
{
	unsigned long long t[8] = { 0 }; /* user nice system idle iowait irq softirq steal */
	FILE *f = fopen("/proc/stat", "r");
	int n = f ? fscanf(f, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", t, t + 1, t + 2, t + 3,
			   t + 4, t + 5, t + 6, t + 7)
		  : 0;

	if (f)
		fclose(f);
	return n == 8 ? (double)(t[0] + t[1] + t[2] + t[5] + t[6] + t[7]) /
				(double)sysconf(_SC_CLK_TCK)
		      : 0;
}

/* others: CPU seconds of other processes meanwhile; count: -1 for none. */
static int report(const char *path, double wall, const struct rusage *u, double others,
		  int64_t count)
{
	FILE *f = fopen(path, "w");

	if (!f)
		return -errno;
	fprintf(f, "wall_s %.6f\nuser_s %.6f\nsys_s %.6f\nrss_bytes %ld\nfaults %ld\n", wall,
		seconds(u->ru_utime), seconds(u->ru_stime), u->ru_maxrss * 1024, u->ru_minflt);
	fprintf(f, "others %.3f\n", others > 0 ? others / wall : 0);
	if (count >= 0)
		fprintf(f, "size %lld\n", (long long)count);
	return fclose(f) ? -errno : 0;
}

static int64_t empty(int fd)
{
	static uint8_t buf[1 << 20];
	int64_t count = 0;
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0)
		count += n;
	return count;
}

/* The end to write to becomes the child's standard output, the other is ours alone. */
static pid_t start(char **argv, const int *ends)
{
	pid_t pid = vfork();

	if (pid)
		return pid;
	if (ends && dup2(ends[1], STDOUT_FILENO) < 0)
		_exit(127);
	execv(argv[0], argv);
	_exit(127);
}

int main(int argc, char **argv)
{
	bool piped = argc > 1 && !strcmp(argv[1], "--pipe");
	int64_t count = -1;
	struct rusage u;
	int status, ends[2];
	double begin, busy;
	pid_t pid;

	argv += piped;
	argc -= piped;
	if (argc < 3) {
		fputs("usage: measure [--pipe] RESULT PROGRAM [ARG...]\n", stderr);
		return 2;
	}
	if (piped && pipe2(ends, O_CLOEXEC)) {
		perror("measure");
		return 2;
	}
	begin = now();
	busy = all_busy();
	pid = start(argv + 2, piped ? ends : NULL);
	if (piped) {
		close(ends[1]);
		count = empty(ends[0]);
	}
	if (pid < 0 || wait4(pid, &status, 0, &u) != pid) {
		perror("measure");
		return 2;
	}
	busy = all_busy() - busy - seconds(u.ru_utime) - seconds(u.ru_stime);
	if (report(argv[1], now() - begin, &u, busy, count)) {
		perror(argv[1]);
		return 2;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
