/* SPDX-License-Identifier: MIT */
/*
 * Dumps on a machine made of files, and who is told of them.
 */
#include "loader/news/news.h"

#include <sys/socket.h>
#include <sys/un.h>

#include "lib/cleanup.h"
#include "lib/io.h"
#include "loader/news/news_state.h"
#include "tests/unit/fake/machine.h"
#include "tests/unit/test.h"

#define ONE   "var/crash/web-20261123T142005Z-00000001"
#define TWO   "var/crash/web-20261124T142005Z-00000002"
#define THREE "srv/crash/web-20261125T142005Z-00000003"
#define OTHER "var/crash/web-2-20261125T142005Z-00000004"

static struct machine m;

static void begin(void)
{
	m = machine_bare();
	machine_put(&m, "var/lib/keep", "");
	machine_put(&m, "run/keep", "");
	machine_put(&m, "proc/sys/kernel/hostname", "web\n");
	machine_put(&m, "proc/self/mountinfo",
		    "28 1 0:9 / / rw - ext4 /dev/vda1 rw\n"
		    "30 28 0:40 / /srv rw - virtiofs dumps rw\n");
}

static void end(void)
{
	machine_remove(&m);
}

static void put_dump(const char *folder, const char *panic)
{
	char path[112], text[256];

	snprintf(path, sizeof(path), "%s/kdump.json", folder);
	snprintf(text, sizeof(text),
		 "{\"state\": \"complete\", \"host\": \"web\", \"panic\": \"%s\", \"kernel\": "
		 "{\"release\": \"6.12\"}}",
		 panic);
	machine_put(&m, path, text);
}

/* A daemon's socket below the root. */
static int listen_at(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	char keep[64];

	snprintf(keep, sizeof(keep), "%s.keep", path);
	machine_put(&m, keep, "");
	snprintf(at.sun_path, sizeof(at.sun_path), "%s", machine_path(&m, path));
	CHECK_EQ(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

/* The next datagram; "": there is none. */
static const char *next_entry(int fd)
{
	static char text[8192];
	ssize_t n = recv(fd, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

static const char *file(const char *path)
{
	static char text[8192];

	return io_read_file(m.fd, path, text, sizeof(text), NULL) ? "" : text;
}

static bool has(const char *text, const char *part)
{
	if (strstr(text, part))
		return true;
	printf("no \"%s\" in: %s\n", part, text);
	return false;
}

TEST(each_dump_once)
{
	_close_ int journal = -1;
	const char *entry;

	begin();
	journal = listen_at("run/systemd/journal/socket");
	put_dump(ONE, "old");
	put_dump(TWO, "Oops: a\\nb");
	/* what was there before the first time is old, but for the newest */
	CHECK_EQ(news_tell(m.fd), 0);
	entry = next_entry(journal);
	CHECK(has(entry,
		  "MESSAGE=this machine crashed at 2026-11-24T14:20:05Z: Oops: a?b; its dump "
		  "(complete) is in /" TWO "\n"));
	CHECK(has(entry, "\nMESSAGE_ID=7e5590cbd1d54e59b39d3702e1952d7c\nPRIORITY=2\n"));
	CHECK(has(entry,
		  "\nKDUMP_FOLDER=/" TWO "\nKDUMP_TIME=2026-11-24T14:20:05Z\nKDUMP_HOST=web\n"
		  "KDUMP_RELEASE=6.12\nKDUMP_STATE=complete\nKDUMP_PANIC=Oops: a?b\n"));
	CHECK_STR(next_entry(journal), "");
	CHECK(has(file("run/motd.d/kdump-init"), "this machine crashed at 2026-11-24T14:20:05Z"));
	CHECK(has(file("run/motd.d/kdump-init"), "\nkdump-loader seen: ends this message\n"));
	/* and no more */
	CHECK_EQ(news_tell(m.fd), 0);
	CHECK_STR(next_entry(journal), "");
	/* the next boot: a login still tells, until it was seen */
	unlinkat(m.fd, "run/motd.d/kdump-init", 0);
	put_dump(THREE, "new");
	machine_put(&m, "etc/kdump.conf", "path /crash\nvirtiofs dumps\n");
	CHECK_EQ(news_tell(m.fd), 0);
	CHECK(has(next_entry(journal), "is in /" THREE "\n"));
	CHECK(has(file("run/motd.d/kdump-init"),
		  "2026-11-25T14:20:05Z: new; its dump (complete) is in "
		  "/" THREE "\nthis machine crashed at 2026-11-24"));
	CHECK_EQ(news_seen(m.fd), 0);
	CHECK_STR(file("run/motd.d/kdump-init"), "");
	CHECK_EQ(news_tell(m.fd), 0);
	CHECK_STR(file("run/motd.d/kdump-init"), "");
	CHECK_EQ(news_seen(m.fd), 0);
	end();
}

TEST(dumps_of_other_hosts)
{
	_close_ int syslog = -1;

	begin();
	syslog = listen_at("dev/log");
	put_dump(OTHER, "theirs");
	CHECK_EQ(news_tell(m.fd), 0);
	CHECK_STR(next_entry(syslog), "");
	CHECK_STR(file("run/motd.d/kdump-init"), "");
	/* without a journal the line goes to the system log; without a report it is told all the same */
	machine_put(&m, ONE "/dmesg.txt", "a log");
	CHECK_EQ(news_tell(m.fd), 0);
	CHECK(has(next_entry(syslog), "<26>kdump-loader: this machine crashed at "
				      "2026-11-23T14:20:05Z; its dump (unfinished) is in /" ONE));
	end();
}

static void put_notify(const char *body)
{
	char text[512];

	snprintf(text, sizeof(text), "#!/bin/sh\n%s\n", body);
	machine_put(&m, "notify", text);
	chmod(machine_path(&m, "notify"), 0755);
	snprintf(text, sizeof(text), "hook_timeout 1\nnotify %s\n", machine_path(&m, "notify"));
	machine_put(&m, "etc/kdump.conf", text);
}

TEST(a_program_is_told)
{
	char body[256];

	begin();
	put_dump(ONE, "$(reboot) 'x'");
	snprintf(
		body, sizeof(body),
		"echo \"$1|$KDUMP_TIME|$KDUMP_HOST|$KDUMP_RELEASE|$KDUMP_STATE|$KDUMP_PANIC\" >>%s",
		machine_path(&m, "said"));
	put_notify(body);
	CHECK_EQ(news_tell(m.fd), 0);
	CHECK_STR(file("said"), "/" ONE "|2026-11-23T14:20:05Z|web|6.12|complete|$(reboot) 'x'\n");
	/* one that fails, hangs or is not there keeps nothing else from being told */
	put_notify("exit 3");
	put_dump(TWO, "b");
	CHECK_EQ(news_tell(m.fd), -1);
	put_notify("sleep 100 & exec sleep 100");
	put_dump("var/crash/web-20261126T142005Z-00000002", "c");
	CHECK_EQ(news_tell(m.fd), -1);
	machine_put(&m, "etc/kdump.conf", "notify /nowhere\n");
	put_dump("var/crash/web-20261127T142005Z-00000002", "d");
	CHECK_EQ(news_tell(m.fd), -1);
	CHECK(has(file("run/motd.d/kdump-init"), "2026-11-27T14:20:05Z: d"));
	CHECK_EQ(news_tell(m.fd), 0);
	end();
}

TEST(more_than_a_login_can_say)
{
	char folder[128], panic[160];

	begin();
	CHECK_EQ(news_tell(m.fd), 0);
	memset(panic, 'p', sizeof(panic));
	panic[sizeof(panic) - 1] = '\0';
	for (int i = 10; i < 60; i++) {
		snprintf(folder, sizeof(folder), "var/crash/web-202611%02dT1420%02dZ-00000002",
			 i % 20 + 10, i);
		put_dump(folder, panic);
	}
	CHECK_EQ(news_tell(m.fd), 0);
	CHECK(strlen(file("var/lib/kdump-init/unseen")) < NEWS_UNSEEN_BYTES);
	CHECK(has(file("var/lib/kdump-init/unseen"), "this machine crashed at 2026-11-29T"));
	/* whole lines */
	CHECK(strstr(file("var/lib/kdump-init/unseen") + 3000, "00000002\n"));
	CHECK_EQ(file("var/lib/kdump-init/unseen")[strlen(file("var/lib/kdump-init/unseen")) - 1],
		 '\n');
	end();
}

TEST(the_list_of_known_dumps_is_bounded)
{
	struct news_told t = { .names = NULL };
	char *big = malloc((1 << 17) + 200), *at = big;

	begin();
	while (at - big < (1 << 17) + 100)
		at += sprintf(at, "web-20261123T142005Z-%08x\n", (unsigned)(at - big));
	t.names = big;
	CHECK_EQ(news_told_add(&t, "the last one"), 0);
	CHECK_EQ(news_told_write(m.fd, &t), 0);
	news_told_free(&t);
	CHECK_EQ(news_told_read(m.fd, &t), 0);
	CHECK(!t.first && strlen(t.names) < 1 << 16);
	CHECK(news_told_has(&t, "the last one") && !news_told_has(&t, "the last"));
	CHECK_EQ(strncmp(t.names, "web-", 4), 0);
	news_told_free(&t);
	end();
}
