/* SPDX-License-Identifier: MIT */
/*
 * config -> folders -> dumps of this host that are not known yet -> who is told.
 */
#include "loader/news/news.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "lib/cleanup.h"
#include "lib/conf/conf.h"
#include "lib/dumps/dump_report.h"
#include "lib/io.h"
#include "lib/log.h"
#include "lib/text.h"
#include "loader/check/dump_folders.h"
#include "loader/news/journal.h"
#include "loader/news/news_state.h"
#include "loader/news/notify.h"

#define CONF_MAX_BYTES (1u << 20)
/* configs/systemd/kdump-init.catalog explains it */
#define MESSAGE_CRASH	"7e5590cbd1d54e59b39d3702e1952d7c"
#define MOTD_FOLDER	"run/motd.d"
#define MOTD		MOTD_FOLDER "/kdump-init"
#define PATH_MAX_FOLDER (PATH_MAX + DUMP_NAME_BYTES)
#define LINE_BYTES	(PATH_MAX_FOLDER + 512)

enum {
	FOLDER_MAX = 256, /* dumps of one folder that are looked at, the newest */
	PRIORITY_CRIT = 2,
};

/* A telling under way. */
struct news {
	int root;
	struct devices devices;
	struct conf conf;
	struct news_told told;
	char host[65]; /* this machine; "": not known, and any will do */
	/* where was looked already: a target may be what `path` lies on */
	char looked[CONF_MAX_TARGETS + 1][PATH_MAX];
	unsigned n_looked;
	unsigned n_new;
	bool failed;
};

/* The newest line first, as long as there is room for it. */
static void add_unseen(struct news *n, const char *line)
{
	char before[NEWS_UNSEEN_BYTES], text[LINE_BYTES + NEWS_UNSEEN_BYTES + 2];
	int r;

	news_unseen_read(n->root, before);
	snprintf(text, sizeof(text), "%s\n%s", line, before);
	for (size_t len = strlen(text); len >= NEWS_UNSEEN_BYTES; len = strlen(text)) {
		char *last = memrchr(text, '\n', len - 1);

		text[last ? (size_t)(last - text) + 1 : NEWS_UNSEEN_BYTES - 1] = '\0';
	}
	r = news_unseen_write(n->root, text);
	if (r) {
		log_err("error: /var/lib/kdump-init: %s: a login does not tell of the crash",
			strerror(-r));
		n->failed = true;
	}
}

static void send_entry(struct news *n, const struct dump_report *d, const char *folder,
		       const char *line)
{
	char when[TEXT_UTC_BYTES];
	struct journal j;

	text_utc((int64_t)d->time_s, when);
	journal_init(&j, PRIORITY_CRIT, MESSAGE_CRASH, line);
	journal_field(&j, "KDUMP_FOLDER", folder);
	journal_field(&j, "KDUMP_TIME", when);
	journal_field(&j, "KDUMP_HOST", d->host);
	journal_field(&j, "KDUMP_RELEASE", d->release);
	journal_field(&j, "KDUMP_STATE", d->read ? d->state : "unfinished");
	journal_field(&j, "KDUMP_PANIC", d->panic);
	/* who has asked for it at a terminal is told there, too */
	if (journal_send(n->root, &j, PRIORITY_CRIT) || isatty(STDERR_FILENO))
		log_warn("%s", line);
}

static void call_notify(struct news *n, const struct dump_report *d, const char *folder,
			uint64_t bytes)
{
	const char *file = n->conf.notify;
	int status, r;

	if (!file)
		return;
	r = notify_run(file, folder, d, bytes, n->conf.limits.hook_timeout_s, &status);
	n->failed |= r < 0;
	if (r == -ETIME)
		log_err("error: notify %s: killed after %u seconds (hook_timeout)", file,
			n->conf.limits.hook_timeout_s);
	else if (r == -ECHILD && WIFEXITED(status))
		log_err("error: notify %s: exit status %d", file, WEXITSTATUS(status));
	else if (r)
		log_err("error: notify %s: %s", file,
			r == -ECHILD ? strsignal(WTERMSIG(status)) : strerror(-r));
}

static void tell_dump(struct news *n, int dir, const char *path, const char *name)
{
	static char folder[PATH_MAX_FOLDER], line[LINE_BYTES];
	char when[TEXT_UTC_BYTES];
	struct dump_report d;

	dump_report_read(dir, name, &d);
	text_utc((int64_t)d.time_s, when);
	snprintf(folder, sizeof(folder), "%s/%s", strcmp(path, "/") ? path : "", name);
	text_make_printable(folder);
	snprintf(line, sizeof(line), "this machine crashed at %s%s%s; its dump (%s) is in %s", when,
		 *d.panic ? ": " : "", d.panic, d.read ? d.state : "unfinished", folder);
	send_entry(n, &d, folder, line);
	add_unseen(n, line);
	call_notify(n, &d, folder, dump_bytes(dir, name));
	n->n_new++;
}

/* The oldest first. Before the first time what is there is old, but the newest may be why we ask. */
static void look_into(struct news *n, const char *path)
{
	_close_ int dir = dump_folders_open(&n->devices, path);
	_free_ struct dump_report *list = calloc(FOLDER_MAX, sizeof(*list));
	int found = dir < 0 || !list ? 0 : dump_list(dir, n->host, list, FOLDER_MAX);

	for (int i = (found < FOLDER_MAX ? found : FOLDER_MAX) - 1; i >= 0; i--) {
		if (news_told_has(&n->told, list[i].name))
			continue;
		if (!n->told.first || i == 0)
			tell_dump(n, dir, path, list[i].name);
		n->failed |= news_told_add(&n->told, list[i].name) != 0;
	}
}

static void look_once(struct news *n, const char *path)
{
	for (unsigned i = 0; i < n->n_looked; i++) {
		if (!strcmp(n->looked[i], path))
			return;
	}
	snprintf(n->looked[n->n_looked++], PATH_MAX, "%s", path);
	look_into(n, path);
}

/* As init/target/folder.c writes it at the front of a dump's folder. */
static void read_host(struct news *n)
{
	char *c = n->host;

	if (io_read_file(n->root, "proc/sys/kernel/hostname", n->host, sizeof(n->host), NULL))
		n->host[0] = '\0';
	c[strcspn(c, "\n")] = '\0';
	for (; *c; c++) {
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.",
			    *c) ||
		    (*c == '.' && c == n->host))
			*c = '_';
	}
}

/* The line that pam_motd shows, and update-motd.d/60-kdump-init. */
static int show_unseen(int root)
{
	char text[NEWS_UNSEEN_BYTES];
	_close_ int fd = -1;

	news_unseen_read(root, text);
	if (!*text)
		return unlinkat(root, MOTD, 0) < 0 && errno != ENOENT ? -errno : 0;
	if (mkdirat(root, MOTD_FOLDER, 0755) < 0 && errno != EEXIST)
		return -errno;
	fd = openat(root, MOTD, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return -errno;
	return dprintf(fd, "%skdump-loader seen: ends this message\n", text) < 0 ? -errno : 0;
}

static void finish_news(struct news *n)
{
	int r = n->told.names ? news_told_write(n->root, &n->told) : 0;

	if (!r)
		r = show_unseen(n->root);
	if (!r)
		return;
	log_err("error: /var/lib/kdump-init or /run/motd.d: %s", strerror(-r));
	n->failed = true;
}

int news_tell(int root)
{
	_free_ struct news *n = calloc(1, sizeof(*n));
	_free_ struct conf_findings *found = calloc(1, sizeof(*found));
	_free_ char *text = NULL;
	char folder[PATH_MAX];
	size_t len;
	int r = n && found ? 0 : -ENOMEM;

	if (!r) {
		n->root = root;
		n->devices = devices_of(root);
		read_host(n);
		conf_init(&n->conf);
		/* what is wrong with it, kdump-mkinitrd says */
		if (!io_load_file(root, "etc/kdump.conf", CONF_MAX_BYTES, &text, &len))
			conf_parse(text, len, &n->conf, found);
		r = news_told_read(root, &n->told);
	}
	if (r) {
		log_err("error: /var/lib/kdump-init/told: %s: nothing is told", strerror(-r));
		return -1;
	}
	for (unsigned i = 0; i < n->conf.n_targets; i++) {
		if (dump_folders_of(&n->devices, &n->conf, &n->conf.targets[i], folder))
			look_once(n, folder);
	}
	look_once(n, n->conf.path);
	finish_news(n);
	news_told_free(&n->told);
	return n->failed ? -1 : 0;
}

int news_seen(int root)
{
	int r = news_unseen_write(root, "");

	return r ? r : show_unseen(root);
}
