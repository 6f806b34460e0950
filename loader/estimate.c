/* SPDX-License-Identifier: MIT */
#include "loader/estimate.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/json.h"
#include "lib/log.h"
#include "loader/bootloader.h"
#include "loader/check/check_fit.h"
#include "loader/check/last_capture.h"
#include "loader/proof/verified.h"
#include "loader/record.h"

#define MIB	    ((uint64_t)1 << 20)
#define MIB_OF(b)   (((b) + MIB - 1) / MIB)
#define JSON_BYTES  4096
#define LINE_FORMAT "  %-44s %6" PRIu64 " MiB\n"

/* What a capture with this image has taken at its peak: really, or in a virtual machine. */
struct peaks {
	uint64_t captured, verified; /* bytes; 0: unknown */
};

static struct peaks find_peaks(int root, const struct plan *p)
{
	struct peaks ret = { .captured = last_capture_peak(&p->last) };
	_close_ int folder = record_folder(root, false);
	struct verified v;

	if (folder >= 0 && !verified_read(folder, &v) && image_same(&v.initrd, &p->pair.initrd.id))
		ret.verified = v.used_bytes;
	return ret;
}

static void print_sum(const struct plan *p, const struct fit_sum *s, const struct peaks *peaks)
{
	printf("crashkernel=%" PRIu64 "M\n", s->suggest_mib);
	printf(LINE_FORMAT,
	       p->head.unpacks_itself ? "the kernel while it unpacks itself" : "the kernel",
	       MIB_OF(s->kernel_bytes));
	printf(LINE_FORMAT, "the image, packed", MIB_OF(s->packed_bytes));
	printf(LINE_FORMAT, "the image, unpacked, and its modules loaded",
	       MIB_OF(s->unpacked_bytes));
	printf(LINE_FORMAT, "drivers, tables, processes", MIB_OF(s->rest_bytes));
	printf(LINE_FORMAT, "together, and a quarter more", MIB_OF(s->sum_bytes / 4 * 5));
	if (peaks->captured)
		printf(LINE_FORMAT, "the last capture's peak, and a quarter more",
		       MIB_OF(peaks->captured / 4 * 5));
	if (peaks->verified)
		printf(LINE_FORMAT, "the verification's peak, and a quarter more",
		       MIB_OF(peaks->verified / 4 * 5));
	if (p->host.crash_bytes)
		printf("reserved now: %" PRIu64 " MiB\n", p->host.crash_bytes / MIB);
	else
		puts("reserved now: nothing");
	fflush(stdout);
}

static void print_json(const struct plan *p, const struct fit_sum *s, const struct peaks *peaks)
{
	char text[JSON_BYTES];
	struct json j;

	json_init(&j, text, sizeof(text));
	json_object(&j, NULL);
	json_uint(&j, "crashkernel_bytes", s->suggest_mib * MIB);
	json_uint(&j, "reserved_bytes", p->host.crash_bytes);
	json_uint(&j, "kernel_bytes", s->kernel_bytes);
	json_uint(&j, "packed_bytes", s->packed_bytes);
	json_uint(&j, "unpacked_bytes", s->unpacked_bytes);
	json_uint(&j, "rest_bytes", s->rest_bytes);
	json_uint(&j, "peak_bytes", s->peak_bytes);
	json_uint(&j, "captured_peak_bytes", peaks->captured);
	json_uint(&j, "verified_peak_bytes", peaks->verified);
	json_end_object(&j);
	if (!json_finish(&j))
		fputs(text, stdout);
	fflush(stdout);
}

/* A command with blanks between its words, by PATH. */
static int run_command(const char *command)
{
	char words[128], *argv[8], *save = NULL;
	int n = 0, status;
	pid_t pid;

	snprintf(words, sizeof(words), "%s", command);
	for (char *w = strtok_r(words, " ", &save); w && n < 7; w = strtok_r(NULL, " ", &save))
		argv[n++] = w;
	argv[n] = NULL;
	pid = fork();
	if (pid < 0)
		return -errno;
	if (!pid) {
		dup2(STDERR_FILENO, STDOUT_FILENO);
		execvp(argv[0], argv);
		_exit(127);
	}
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	return WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : -EIO;
}

/* The change was printed; the boot loader takes it over when its command has run. */
static int apply_change(int root, const struct bootloader_change *c)
{
	int r;

	if (!*c->file) {
		log_err("error: nothing was changed: %s", c->advice);
		return -1;
	}
	r = bootloader_write(root, c);
	if (r) {
		log_err("error: /%s: %s", c->file, strerror(-r));
		return -1;
	}
	if (*c->advice)
		log_info("%s", c->advice);
	if (!c->command)
		return 0;
	log_info("running %s", c->command);
	r = run_command(c->command);
	if (r)
		log_err("error: %s failed: /%s is written, and takes effect when that has run",
			c->command, c->file);
	return r ? -1 : 0;
}

static int change_bootloader(int root, uint64_t mib, bool json)
{
	_cleanup_(bootloader_free) struct bootloader_change c = { .before = NULL };
	int r = bootloader_plan(root, mib, &c);

	if (r) {
		log_err("error: /%s: %s", c.file, strerror(-r));
		return -1;
	}
	/* standard output is for one JSON text alone */
	if (!json)
		bootloader_print(&c);
	if (apply_change(root, &c))
		return -1;
	log_info("%s with the next boot", mib ? "the reservation changes" : "nothing is reserved");
	return 0;
}

int estimate_run(int root, const struct estimate_options *o)
{
	struct fit_sum sum;
	struct plan p;
	int r = -1;

	if (o->remove)
		return change_bootloader(root, 0, o->json);
	plan_make(root, &o->load, &p);
	if (!p.head.init_bytes || p.pair.initrd.fd < 0) {
		for (unsigned i = 0; i < p.findings.n; i++) {
			if (p.findings.item[i].level == FINDING_ERROR)
				log_err("error: %s", p.findings.item[i].text);
		}
		log_err("no estimate without a kernel and its image");
	} else {
		const struct peaks peaks = find_peaks(root, &p);

		check_fit_sum(&p.host.arch->fit, &p.head, &p.need,
			      peaks.captured > peaks.verified ? peaks.captured : peaks.verified,
			      &sum);
		if (o->json)
			print_json(&p, &sum, &peaks);
		else
			print_sum(&p, &sum, &peaks);
		r = o->apply ? change_bootloader(root, sum.suggest_mib, o->json) : 0;
	}
	plan_close(&p);
	return r;
}
