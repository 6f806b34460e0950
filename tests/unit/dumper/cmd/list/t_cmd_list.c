/* SPDX-License-Identifier: MIT */
/*
 * kdump-dumper list, on folders as captures leave them.
 */
#include "tests/unit/fake/command.h"

#define NEW  "/crash/web1-20261124T142005Z-00000002"
#define OLD  "/crash/web1-20261123T142005Z-00000001"
#define GONE "/crash/db-long-name-20261122T000000Z-0000000a"

static const char report[] =
	"{\"state\": \"complete\", \"host\": \"web1.example.org\", \"panic\": \"Kernel panic - "
	"not syncing: \\u001b[1mtest\", \"kernel\": {\"release\": \"6.12.57+deb13-amd64\"}, "
	"\"vmcore\": {\"file\": \"vmcore\", \"bytes_written\": 3000000}}";

static void begin(struct machine *m)
{
	static const char vmcore[3 << 20];

	machine_open(m);
	tree_text(&m->tree, OLD "/kdump.json", "{\"state\": \"dmesg-only\"}");
	tree_text(&m->tree, NEW "/kdump.json", report);
	tree_bytes(&m->tree, NEW "/vmcore", vmcore, sizeof(vmcore));
	tree_text(&m->tree, GONE "/dmesg.txt", "a log");
	tree_text(&m->tree, "/crash/lost+found/kdump.json", report);
}

TEST(newest_first)
{
	const char *new, *old, *gone;
	struct machine m;

	begin(&m);
	RUN(&m, 0, "$D list $T/crash");
	SAYS(m.out, "TIME                  HOST              KERNEL               STATE");
	SAYS(m.out, "2026-11-24T14:20:05Z  web1.example.org  6.12.57+deb13-amd64  complete        "
		    "3.0 MiB  web1-20261124T142005Z-00000002\n"
		    "    Kernel panic - not syncing: ?[1mtest\n");
	/* the folder's name has what the report does not tell */
	SAYS(m.out, "2026-11-23T14:20:05Z  web1              -                    dmesg-only");
	SAYS(m.out, "2026-11-22T00:00:00Z  db-long-name      -                    unfinished");
	new = strstr(m.out, "-00000002");
	old = strstr(m.out, "-00000001");
	gone = strstr(m.out, "-0000000a");
	CHECK(new &&old &&gone &&new < old &&old < gone);
	CHECK(!strstr(m.out, "lost+found"));
	CHECK_STR(m.err, "");
	machine_close(&m);
}

TEST(as_json)
{
	struct machine m;

	begin(&m);
	RUN(&m, 0, "$D list --json $T/crash");
	SAYS(m.out, "\"host\": \"web1.example.org\"");
	SAYS(m.out, "\"release\": \"6.12.57+deb13-amd64\"");
	SAYS(m.out, "\"state\": null");
	SAYS(m.out, "\"panic\": null");
	RUN(&m, 0,
	    "$D --json --list $T/crash | python3 -c 'import json, sys; l = json.load(sys.stdin); "
	    "assert len(l) == 3 and l[0][\"bytes\"] > 3 << 20 and l[2][\"host\"] == "
	    "\"db-long-name\", l'");
	RUN(&m, 0, "mkdir $T/none; $D list --json $T/none");
	CHECK_STR(m.out, "[\n]\n");
	machine_close(&m);
}

TEST(nothing_to_list)
{
	struct machine m;

	begin(&m);
	RUN(&m, 0, "mkdir $T/none; $D list $T/none");
	CHECK_STR(m.out, "");
	SAYS(m.err, "/none: no dumps");
	RUN(&m, 1, "$D list $T/nowhere");
	SAYS(m.err, "/nowhere: No such file or directory");
	RUN(&m, 2, "$D list $T/none $T/crash");
	SAYS(m.err, "is one name too many; write kdump-dumper list [DIR]");
	/* a core of this name */
	RUN(&m, 1, "cd $T && $D --info ./list");
	SAYS(m.err, "./list: cannot open: No such file");
	machine_close(&m);
}
