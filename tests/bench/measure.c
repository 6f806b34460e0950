/* SPDX-License-Identifier: MIT */
/*
 * measure RESULT PROGRAM [ARG...]: runs a program and writes what it cost, as "key value"
 * lines, to RESULT. Exits as the program does.
 *
 * Why not from Python: the peak of a process's memory outlives execve, so a child of a large
 * process is born with that process's peak. This one is static and small.
 */
#include <errno.h>
#include <stdio.h>
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

static int report(const char *path, double wall, const struct rusage *u)
{
	FILE *f = fopen(path, "w");

	if (!f)
		return -errno;
	fprintf(f, "wall_s %.6f\nuser_s %.6f\nsys_s %.6f\nrss_bytes %ld\nfaults %ld\n", wall,
		seconds(u->ru_utime), seconds(u->ru_stime), u->ru_maxrss * 1024, u->ru_minflt);
	return fclose(f) ? -errno : 0;
}

int main(int argc, char **argv)
{
	struct rusage u;
	double begin;
	int status;
	pid_t pid;

	if (argc < 3) {
		fputs("usage: measure RESULT PROGRAM [ARG...]\n", stderr);
		return 2;
	}
	begin = now();
	pid = vfork();
	if (!pid) {
		execv(argv[2], argv + 2);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &u) != pid) {
		perror("measure");
		return 2;
	}
	if (report(argv[1], now() - begin, &u)) {
		perror(argv[1]);
		return 2;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
