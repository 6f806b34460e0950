/* SPDX-License-Identifier: MIT */
/*
 * net/ from the command line, for the tests beside this file:
 *
 *	net-driver up WORDS-OF-A-NET-LINE... TIMEOUT RESOLV_CONF
 *	net-driver put URL CA_FILE FILE PUT_BYTES CONNECT_S STALL_S commit|abort|gap
 *
 * Prints what came out as key=value lines, "result" last: 0 or the negative errno.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "net/https_private.h"
#include "net/link/net.h"

#ifdef WRAP_TIME
/* The clock of a machine whose battery is empty; linked with -Wl,--wrap=time. */
time_t __wrap_time(time_t *ret);
time_t __real_time(time_t *ret);

time_t __wrap_time(time_t *ret)
{
	const char *fake = getenv("FAKE_TIME");
	time_t t = fake ? (time_t)atoll(fake) : __real_time(NULL);

	if (ret)
		*ret = t;
	return t;
}
#endif

static const char *or_null(const char *s)
{
	return strcmp(s, "-") ? s : NULL;
}

static int up(int argc, char **argv)
{
	char text[1024] = "net", say[CONF_SAY_BYTES];
	struct conf_findings found;
	struct net_state s;
	struct conf conf;
	int r;

	for (int i = 0; i < argc - 2; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), " %s", argv[i]);
	if (conf_parse(text, strlen(text), &conf, &found)) {
		conf_say(conf_first_error(&found), say);
		fprintf(stderr, "%s\n", say);
		return 2;
	}
	r = net_up(&conf, &conf.nets[0], (unsigned)atoi(argv[argc - 2]), or_null(argv[argc - 1]),
		   &s);
	printf("ifname=%s\naddress=%s\ngateway=%s\ndns=%s\nwhy=%s\nnote=%s\nresult=%d\n", s.ifname,
	       s.address, s.gateway, s.dns, s.why, s.note, r);
	return r != 0;
}

/* The peak of this program's own memory; getrusage()'s begins with the parent's. */
static long peak_kib(void)
{
	_fclose_ FILE *f = fopen("/proc/self/status", "re");
	char line[128];
	long kib = -1;

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "VmHWM: %ld", &kib) == 1)
			break;
	}
	return kib;
}

/* Puts the file in pieces; where it stopped goes to *ret_off. */
static int put_file(struct sink *s, const char *file, size_t piece, uint64_t gap, uint64_t *ret_off)
{
	_close_ int fd = open(file, O_RDONLY | O_CLOEXEC);
	_free_ char *buf = malloc(piece);

	if (fd < 0 || !buf)
		return -errno;
	for (;;) {
		ssize_t n = read(fd, buf, piece);
		int r;

		if (n <= 0)
			return n < 0 ? -errno : 0;
		r = sink_put(s, *ret_off + gap, buf, (size_t)n);
		if (r < 0)
			return r;
		/* the buffer is the caller's again */
		memset(buf, 0xee, (size_t)n);
		*ret_off += (uint64_t)n;
	}
}

static int put(char **argv)
{
	struct rusage use;
	struct https *h = NULL;
	uint64_t off = 0;
	const char *end = argv[6], *stage = "open";
	int r = https_open(argv[0], argv[1], (unsigned)atoi(argv[4]), (unsigned)atoi(argv[5]), &h);

	if (!r) {
		struct sink *s = https_sink(h);

		stage = "put";
		r = put_file(s, argv[2], (size_t)atol(argv[3]), strcmp(end, "gap") ? 0 : 1, &off);
		if (r < 0 || !strcmp(end, "abort")) {
			sink_abort(s);
		} else {
			stage = "commit";
			r = sink_commit(s);
		}
	}
	getrusage(RUSAGE_SELF, &use);
	printf("stage=%s\nbytes=%llu\nerror=%s\npeak_kib=%ld\ncpu_ms=%ld\nresult=%d\n", stage,
	       (unsigned long long)off, h ? https_error(h) : "", peak_kib(),
	       use.ru_utime.tv_sec * 1000 + use.ru_utime.tv_usec / 1000 +
		       use.ru_stime.tv_sec * 1000 + use.ru_stime.tv_usec / 1000,
	       r);
	https_free(h);
	return r != 0;
}

int main(int argc, char **argv)
{
	if (argc >= 6 && !strcmp(argv[1], "up"))
		return up(argc - 2, argv + 2);
	if (argc == 9 && !strcmp(argv[1], "put"))
		return put(argv + 2);
	fprintf(stderr, "usage: see the top of tests/net/driver.c\n");
	return 2;
}
