/* SPDX-License-Identifier: MIT */
/*
 * list: the dumps in a folder, as a table or as JSON.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dumper/cmd/cmd.h"
#include "lib/cleanup.h"
#include "lib/conf/conf.h"
#include "lib/dumps/dump_report.h"
#include "lib/io.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/text.h"

#define CONF_MAX_BYTES (1u << 20)
#define JSON_BYTES     4096 /* holds each member of struct dump_report with its escapes */
#define NOT_KNOWN      "-"

struct listed {
	struct dump_report report;
	uint64_t bytes;
};

/* `path` of the config, as the file system of this machine has it. Lines that are wrong are no matter here. */
static void default_folder(char *ret, size_t size)
{
	static struct conf_findings found;
	static struct conf conf;
	_free_ char *text = NULL;
	size_t len;

	conf_init(&conf);
	if (!io_load_file(AT_FDCWD, CONF_IMAGE_FILE, CONF_MAX_BYTES, &text, &len))
		conf_parse(text, len, &conf, &found);
	snprintf(ret, size, "%s", conf.path);
}

/* Newest first. *ret is the caller's to free. How many, or -errno. */
static int read_dumps(int dir, struct listed **ret)
{
	_free_ struct dump_report *names = NULL;
	int max = dump_list(dir, NULL, NULL, 0), n;

	*ret = NULL;
	if (max <= 0)
		return max;
	names = calloc((size_t)max, sizeof(*names));
	*ret = calloc((size_t)max, sizeof(**ret));
	if (!names || !*ret)
		return -ENOMEM;
	/* some may have come or gone since */
	n = dump_list(dir, NULL, names, (unsigned)max);
	n = n < max ? n : max;
	for (int i = 0; i < n; i++) {
		dump_report_read(dir, names[i].name, &(*ret)[i].report);
		(*ret)[i].bytes = dump_bytes(dir, names[i].name);
	}
	return n;
}

/* Without a report the folder's name tells the host. */
static void host_of(const struct dump_report *d, char ret[DUMP_NAME_BYTES])
{
	unsigned len = 0;
	uint64_t when;

	if (*d->host) {
		snprintf(ret, DUMP_NAME_BYTES, "%s", d->host);
		return;
	}
	dump_name_parse(d->name, &when, &len);
	snprintf(ret, DUMP_NAME_BYTES, "%.*s", (int)len, d->name);
	text_make_printable(ret);
}

static const char *or_not_known(const char *text)
{
	return *text ? text : NOT_KNOWN;
}

static void print_size(uint64_t bytes, char ret[16])
{
	static const char units[] = "KMGT";
	double n = (double)bytes / 1024;
	unsigned i = 0;

	while (n >= 1024 && i < 3) {
		n /= 1024;
		i++;
	}
	snprintf(ret, 16, "%.1f %ciB", n, units[i]);
}

static int widest(int width, const char *text)
{
	int len = (int)strlen(text);

	return len > width ? len : width;
}

static void print_table(const struct listed *list, int n)
{
	char host[DUMP_NAME_BYTES], when[TEXT_UTC_BYTES], size[16];
	int hosts = 4, releases = 6;

	for (int i = 0; i < n; i++) {
		host_of(&list[i].report, host);
		hosts = widest(hosts, host);
		releases = widest(releases, list[i].report.release);
	}
	printf("%-20s  %-*s  %-*s  %-11s  %10s  %s\n", "TIME", hosts, "HOST", releases, "KERNEL",
	       "STATE", "SIZE", "FOLDER");
	for (int i = 0; i < n; i++) {
		const struct dump_report *d = &list[i].report;
		char folder[DUMP_NAME_BYTES];

		host_of(d, host);
		text_utc((int64_t)d->time_s, when);
		print_size(list[i].bytes, size);
		snprintf(folder, sizeof(folder), "%s", d->name);
		text_make_printable(folder);
		printf("%-20s  %-*s  %-*s  %-11s  %10s  %s\n", when, hosts, host, releases,
		       or_not_known(d->release), d->read ? d->state : "unfinished", size, folder);
		if (*d->panic)
			printf("    %s\n", d->panic);
	}
}

static const char *or_null(const char *text)
{
	return *text ? text : NULL;
}

static void print_json(const char *path, const struct listed *one)
{
	const struct dump_report *d = &one->report;
	char buf[JSON_BYTES], when[TEXT_UTC_BYTES], host[DUMP_NAME_BYTES];
	struct json j;

	host_of(d, host);
	text_utc((int64_t)d->time_s, when);
	json_init(&j, buf, sizeof(buf));
	json_object(&j, NULL);
	json_string(&j, "dir", path);
	json_string(&j, "folder", d->name);
	json_string(&j, "time", when);
	json_string(&j, "host", or_null(host));
	json_string(&j, "release", or_null(d->release));
	json_string(&j, "panic", or_null(d->panic));
	json_string(&j, "state", d->read ? d->state : NULL);
	json_string(&j, "vmcore", or_null(d->file));
	json_uint(&j, "bytes", one->bytes);
	json_end_object(&j);
	json_finish(&j);
	fputs(buf, stdout);
}

static void print_array(const char *path, const struct listed *list, int n)
{
	fputs("[\n", stdout);
	for (int i = 0; i < n; i++) {
		if (i)
			fputs(",\n", stdout);
		print_json(path, &list[i]);
	}
	fputs("]\n", stdout);
}

static int list_fails(const char *path, int error)
{
	log_err("%s: %s", path, strerror(error));
	return EXIT_FAILED;
}

int cmd_list(const struct collector *o)
{
	_free_ struct listed *list = NULL;
	char path[PATH_MAX];
	_close_ int dir = -1;
	int n;

	if (o->n_operands)
		snprintf(path, sizeof(path), "%s", o->operands[0]);
	else
		default_folder(path, sizeof(path));
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return list_fails(path, errno);
	n = read_dumps(dir, &list);
	if (n < 0)
		return list_fails(path, -n);
	if (o->json)
		print_array(path, list, n);
	else if (n)
		print_table(list, n);
	else
		log_info("%s: no dumps", path);
	return EXIT_OK;
}
