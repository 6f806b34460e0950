/* SPDX-License-Identifier: MIT */
/*
 * net/ from the command line, for the tests beside this file:
 *
 *	net-driver up WORDS-OF-A-NET-LINE... TIMEOUT RESOLV_CONF
 *	net-driver put URL CA_FILE FILE PUT_BYTES CONNECT_S STALL_S commit|abort|gap [OPTION...]
 *	net-driver s3 ENDPOINT CA_FILE KEYS_FILE BUCKET KEY FILE PUT_BYTES STALL_S commit|abort|kill NOTES_FILE [PARTS
 *		OBJECT_MOST PART_MOST]
 *	net-driver sftp USER HOST PORT CLIENT HOME KEY DIR NAME FILE PUT_BYTES STALL_S
 *	net-driver sweep ENDPOINT CA_FILE KEYS_FILE BUCKET NOTES_FILE
 *
 * OPTION: post, cert=FILE, key=FILE, or a header. KEYS_FILE "instance": the machine's metadata service.
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
#include "net/s3/s3.h"
#include "net/ssh/sftp.h"

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

static void read_options(char **word, struct https_options *o, const char **headers)
{
	for (; *word; word++) {
		if (!strcmp(*word, "post"))
			o->post = true;
		else if (!strncmp(*word, "cert=", 5))
			o->cert_file = *word + 5;
		else if (!strncmp(*word, "key=", 4))
			o->key_file = *word + 4;
		else if (o->n_headers < 8)
			headers[o->n_headers++] = *word;
	}
}

/* The file as a dump is written: its first block last, a piece of it read back. */
static int put_object(struct s3 *s, const char *file, size_t piece, uint64_t *ret_off)
{
	struct sink *sink = s3_sink(s);
	_close_ int fd = open(file, O_RDONLY | O_CLOEXEC);
	_free_ char *kept = malloc(piece), *again = malloc(piece);
	_free_ char *buf = malloc(piece);
	uint64_t off = 4096;
	ssize_t n;
	int r = 0;

	if (fd < 0 || !buf || !kept || !again)
		return -errno;
	while (!r && (n = pread(fd, buf, piece, (off_t)off)) > 0) {
		/* the second one must be read back */
		bool keep = off == 4096 + piece;

		r = keep ? sink_keep(sink, off, buf, (size_t)n)
			 : sink_put(sink, off, buf, (size_t)n);
		if (!r && keep) {
			memcpy(kept, buf, (size_t)n);
			r = sink->get(sink, off, again, (size_t)n);
			r = r ? r : memcmp(kept, again, (size_t)n) ? -EBADMSG : 0;
		}
		off += (uint64_t)n;
		*ret_off = off;
	}
	n = pread(fd, buf, 4096, 0);
	return r ? r : n > 0 ? sink_put(sink, 0, buf, (size_t)n) : 0;
}

static int s3(char **argv)
{
	const struct s3_note notes[] = { { "release", "6.1" },
					 { "panic", " a  b\n" },
					 { "level", "" } };
	const char *lanes = getenv("S3_LANES");
	struct s3_place place = { .endpoint = argv[0],
				  .region = "us-east-1",
				  .bucket = argv[3],
				  .keys_file = strcmp(argv[2], "instance") ? argv[2] : NULL,
				  .ca_file = argv[1],
				  .connect_timeout_s = 5,
				  .stall_s = (unsigned)atoi(argv[7]),
				  .notes_file = argv[9],
				  .parts = argv[10] ? (unsigned)atoi(argv[10]) : 0,
				  .object_most = argv[10] ? (uint64_t)atoll(argv[11]) : 0,
				  .part_most = argv[10] ? (uint64_t)atoll(argv[12]) : 0,
				  .lanes = lanes ? (unsigned)atoi(lanes) : S3_LANES_MAX };
	const char *end = argv[8];
	struct s3 *s = NULL;
	uint64_t off = 0;
	int r = s3_open(&place, argv[4], notes, 3, true, &s);

	if (!r) {
		r = put_object(s, argv[5], (size_t)atol(argv[6]), &off);
		if (!strcmp(end, "kill"))
			_exit(9);
		if (r || !strcmp(end, "abort"))
			sink_abort(s3_sink(s));
		else
			r = sink_commit(s3_sink(s));
	}
	printf("bytes=%llu\nerror=%s\npeak_kib=%ld\nresult=%d\n", (unsigned long long)off,
	       s3_error(s), peak_kib(), r);
	s3_free(s);
	return r != 0;
}

/* As the dump is written: its first block last. */
static int put_tail(struct sink *s, const char *file, size_t piece, uint64_t *ret_off)
{
	_close_ int fd = open(file, O_RDONLY | O_CLOEXEC);
	_free_ char *buf = malloc(piece);
	uint64_t off = 4096;
	ssize_t n;
	int r = 0;

	if (fd < 0 || !buf)
		return -errno;
	while (!r && (n = pread(fd, buf, piece, (off_t)off)) > 0) {
		r = sink_put(s, off, buf, (size_t)n);
		off += (uint64_t)n;
	}
	*ret_off = off;
	n = pread(fd, buf, piece < 4096 ? piece : 4096, 0);
	return r ? r : n > 0 ? sink_put(s, 0, buf, (size_t)n) : 0;
}

static int sftp(char **argv)
{
	struct ssh_server server = { .user = argv[0],
				     .at = { .port = (unsigned)atoi(argv[2]) },
				     .client = argv[3],
				     .home = argv[4],
				     .key = argv[5],
				     .connect_timeout_s = 5 };
	struct sftp *s = NULL;
	uint64_t off = 0;
	struct ssh ssh;
	int r;

	snprintf(server.at.host, sizeof(server.at.host), "%s", argv[1]);
	r = ssh_start(&server, &ssh);
	r = r ? r : sftp_open(&ssh, argv[6], argv[7], (unsigned)atoi(argv[10]), &s);
	if (!r) {
		r = put_tail(sftp_sink(s), argv[8], (size_t)atol(argv[9]), &off);
		if (r)
			sink_abort(sftp_sink(s));
		else
			r = sink_commit(sftp_sink(s));
	}
	printf("bytes=%llu\nerror=%s\nresumed=%u\npeak_kib=%ld\nresult=%d\n",
	       (unsigned long long)off, sftp_error(s), s ? sftp_resumed(s) : 0, peak_kib(), r);
	sftp_free(s);
	ssh_stop(&ssh);
	return r != 0;
}

static int sweep(char **argv)
{
	struct s3_place place = { .endpoint = argv[0],
				  .region = "us-east-1",
				  .bucket = argv[3],
				  .keys_file = argv[2],
				  .ca_file = argv[1],
				  .connect_timeout_s = 5,
				  .stall_s = 5,
				  .notes_file = argv[4] };
	char why[S3_HTTP_WHY_BYTES];
	int r = s3_sweep(&place, why);

	printf("error=%s\nresult=%d\n", why, r);
	return r != 0;
}

static int put(char **argv)
{
	struct rusage use;
	struct https *h = NULL;
	uint64_t off = 0;
	const char *end = argv[6], *stage = "open", *headers[8];
	struct https_options o = { .ca_file = argv[1],
				   .connect_timeout_s = (unsigned)atoi(argv[4]),
				   .stall_s = (unsigned)atoi(argv[5]),
				   .headers = headers };
	int r;

	read_options(argv + 7, &o, headers);
	r = https_open(argv[0], &o, &h);

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
	if ((argc == 12 || argc == 15) && !strcmp(argv[1], "s3"))
		return s3(argv + 2);
	if (argc == 13 && !strcmp(argv[1], "sftp"))
		return sftp(argv + 2);
	if (argc == 7 && !strcmp(argv[1], "sweep"))
		return sweep(argv + 2);
	if (argc >= 9 && !strcmp(argv[1], "put"))
		return put(argv + 2);
	fprintf(stderr, "usage: see the top of tests/net/driver.c\n");
	return 2;
}
