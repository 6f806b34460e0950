/* SPDX-License-Identifier: MIT */
#include "init/capture/report.h"

#include <errno.h>

#include "tests/unit/test.h"

static char text[REPORT_JSON_BYTES];

/* Does python read it as JSON, and is the expression over it, d, true? */
static int json_says(const char *expression)
{
	char cmd[600];
	FILE *f;

	snprintf(cmd, sizeof(cmd),
		 "python3 -c 'import json,sys; d=json.load(sys.stdin); sys.exit(not (%s))'",
		 expression);
	f = popen(cmd, "w");
	if (!f)
		return 0;
	fputs(text, f);
	return pclose(f) == 0;
}

/* Is it as its description says? */
static int fits_schema(void)
{
	FILE *f = popen("python3 tests/qemu/lib/schema.py configs/kdump.schema.json", "w");

	if (!f)
		return 0;
	fputs(text, f);
	return pclose(f) == 0;
}

static void fill(struct report *r)
{
	*r = (struct report){ .level_wanted = 31 };
	strcpy(r->host, "web1");
	strcpy(r->id.release, "6.12.0");
	strcpy(r->id.panic, "Kernel panic - not syncing: \"quoted\" \\ \t \xff");
	r->id.crash_time_s = 1795443605;
}

TEST(empty_report_is_json)
{
	struct report r = { 0 };
	size_t len = 0;

	CHECK_EQ(report_json(&r, NULL, text, sizeof(text), &len), 0);
	CHECK_EQ(len, strlen(text));
	CHECK(fits_schema());
	CHECK(json_says(
		"d[\"state\"] == \"nothing\" and d[\"vmcore\"] is None and d[\"dmesg\"] is None"));
	CHECK(json_says("d[\"crash_time\"] is None and d[\"steps\"] == []"));
}

TEST(complete_report)
{
	struct report r;
	size_t len;

	fill(&r);
	r.have_dmesg = r.have_vmcore = true;
	r.dmesg.records = 5;
	r.level = 31;
	r.rung = "vmcore";
	r.codec = DUMP_ZSTD;
	strcpy(r.vmcore_file, "vmcore");
	r.dump = (struct dump_stats){ .pages_ram = 100,
				      .pages = { [PAGE_KEEP] = 10, [PAGE_FREE] = 90 } };
	CHECK_EQ(report_json(&r, NULL, text, sizeof(text), &len), 0);
	CHECK(fits_schema());
	CHECK(json_says(
		"d[\"state\"] == \"complete\" and d[\"crash_time\"] == \"2026-11-23T14:20:05Z\""));
	CHECK(json_says("\"quoted\" in d[\"panic\"] and d[\"kernel\"][\"release\"] == \"6.12.0\""));
	CHECK(json_says("d[\"vmcore\"][\"pages\"][\"saved\"] == 10 and "
			"d[\"vmcore\"][\"pages\"][\"free\"] == 90"));
	CHECK(json_says(
		"d[\"vmcore\"][\"compression\"] == \"zstd\" and d[\"dmesg\"][\"records\"] == 5"));
	CHECK(json_says("d[\"vmcore\"][\"warnings\"] == [] and "
			"d[\"vmcore\"][\"surplus\"][\"classes_off\"] == []"));
	r.codec = DUMP_LZO;
	CHECK_EQ(report_json(&r, NULL, text, sizeof(text), &len), 0);
	CHECK(json_says("d[\"vmcore\"][\"compression\"] == \"lzo\""));
}

/* A script finds out that there are pages which the level does not explain, and how many. */
TEST(surplus_is_a_warning)
{
	struct report r;
	size_t len;

	fill(&r);
	r.have_vmcore = true;
	r.rung = "vmcore";
	strcpy(r.vmcore_file, "vmcore");
	r.dump = (struct dump_stats){ .pages_ram = 70000,
				      .pages = { [PAGE_KEEP] = 50000 },
				      .units_unfiltered = 1,
				      .pages_whole = 32768,
				      .pages_doubt = 300,
				      .level_off = LEVEL_USER };
	r.dump.selfcheck.off = LEVEL_FREE;
	strcpy(r.dump.selfcheck.why, "free pages do not add up");
	CHECK_EQ(report_json(&r, NULL, text, sizeof(text), &len), 0);
	CHECK(fits_schema());
	CHECK(json_says("len(d[\"vmcore\"][\"warnings\"]) == 4 and "
			"d[\"vmcore\"][\"units_unfiltered\"] == 1 and "
			"\"32768 pages\" in d[\"vmcore\"][\"warnings\"][2]"));
	CHECK(json_says("d[\"vmcore\"][\"surplus\"] == {\"pages_whole\": 32768, "
			"\"pages_doubt\": 300, \"classes_off\": [\"user\", \"free\"]}"));
}

TEST(states)
{
	struct report r;

	fill(&r);
	CHECK_STR(report_state(&r), "nothing");
	r.have_dmesg = true;
	CHECK_STR(report_state(&r), "dmesg-only");
	r.have_vmcore = true;
	r.level = 1;
	CHECK_STR(report_state(&r), "fallback");
	r.level = 31;
	CHECK_STR(report_state(&r), "complete");
}

TEST(steps_tell_what_failed)
{
	struct child_end failed = {
		.outcome = CHILD_FAILED, .why = "no space", .started_ms = 1500, .elapsed_ms = 20
	};
	struct child_end done = { .outcome = CHILD_DONE };
	struct report r;
	size_t len;

	fill(&r);
	report_step(&r, "vmcore", "UUID=1", &failed);
	report_step(&r, "identify", NULL, &done);
	CHECK_EQ(report_json(&r, NULL, text, sizeof(text), &len), 0);
	CHECK(json_says(
		"d[\"steps\"][0] == {\"step\": \"vmcore\", \"target\": \"UUID=1\", \"start\": 1.5, "
		"\"seconds\": 0.02, \"outcome\": \"failed\", \"why\": \"no space\"}"));
	CHECK(json_says("\"target\" not in d[\"steps\"][1] and \"why\" not in d[\"steps\"][1]"));
}

static const struct conf_target first = { .where = "UUID=1", .type = "ext4" };
static const struct conf_target second = { .where = "https://x/", .type = "https" };

TEST(targets_tell_what_became_of_them)
{
	struct child_end failed = { .outcome = CHILD_STALLED, .why = "stalled" };
	struct report r;
	size_t len;

	fill(&r);
	report_target(&r, &first);
	report_step(&r, "vmcore", "UUID=1", &failed);
	report_target(&r, &second);
	r.have_dmesg = r.have_vmcore = true;
	r.rung = "vmcore";
	CHECK_EQ(report_json(&r, NULL, text, sizeof(text), &len), 0);
	CHECK(fits_schema());
	CHECK(json_says("d[\"targets\"][0] == {\"target\": \"UUID=1\", \"type\": \"ext4\", "
			"\"outcome\": \"failed\", \"failed_step\": \"vmcore\", "
			"\"why\": \"stalled\"}"));
	CHECK(json_says("d[\"targets\"][1][\"outcome\"] == \"saved\" and "
			"d[\"targets\"][1][\"why\"] is None"));
}

/* One that took a part is not said to have taken nothing by the report that another one has. */
TEST(a_part_on_an_earlier_target_is_told)
{
	struct report r;
	size_t len;

	fill(&r);
	report_target(&r, &first);
	r.have_dmesg = r.have_vmcore = r.dump.incomplete = true;
	report_target(&r, &second);
	r.dump.incomplete = false;
	CHECK_EQ(report_json(&r, NULL, text, sizeof(text), &len), 0);
	CHECK(fits_schema());
	CHECK(json_says("[t[\"outcome\"] for t in d[\"targets\"]] == [\"partial\", \"failed\"]"));
}

TEST(crash_loop)
{
	struct retention_gone gone = { .dumps = 2, .bytes = 100 };
	struct report r;
	size_t len;

	fill(&r);
	report_target(&r, &first);
	r.crash_loop = r.have_dmesg = true;
	r.fit = (struct space_fit){ .verdict = SPACE_LOOP, .recent = 4 };
	r.log = (struct crashlog){ .told = true, .taint = "GW" };
	report_removed(&r, &gone);
	report_removed(&r, &gone);
	CHECK_EQ(report_json(&r, NULL, text, sizeof(text), &len), 0);
	CHECK(fits_schema());
	CHECK(json_says("d[\"state\"] == \"crash-loop\" and d[\"taint\"] == \"GW\" and "
			"d[\"room\"][\"recent_crashes\"] == 4 and "
			"d[\"room\"][\"removed_dumps\"] == 4"));
	/* the next target knows nothing of it */
	report_target(&r, &second);
	CHECK_STR(report_state(&r), "nothing");
	CHECK_EQ(r.removed.dumps, 0);
}

TEST(line_for_a_console)
{
	struct child_end failed = { .outcome = CHILD_FAILED, .why = "no such device" };
	struct report r;
	char line[200];

	fill(&r);
	report_target(&r, &first);
	report_step(&r, "open", "UUID=1", &failed);
	report_line(&r, line, sizeof(line));
	CHECK(strstr(line, "state nothing; kernel 6.12.0; Kernel panic"));
	CHECK(strstr(line, "; UUID=1: open: no such device"));
	/* what was full took what there was room for, and no step failed */
	strcpy(r.vmcore_file, "vmcore.incomplete");
	r.dump.incomplete = true;
	r.n_steps = 0;
	report_line(&r, line, sizeof(line));
	CHECK(strstr(line, "; UUID=1: vmcore.incomplete: no more room"));
	report_line(&r, line, 30);
	CHECK_EQ(strlen(line), 29);
}

TEST(largest_report_fits)
{
	static struct report r;
	struct child_end end = { .outcome = CHILD_STALLED };
	static char target[400];
	size_t len;

	memset(end.why, 'w', sizeof(end.why) - 1);
	memset(target, 't', sizeof(target) - 1);
	fill(&r);
	for (int i = 0; i < REPORT_MAX_STEPS + 5; i++)
		report_step(&r, "smallest vmcore of all of them", target, &end);
	CHECK_EQ(r.n_steps, REPORT_MAX_STEPS);
	for (r.policy.n = 0; r.policy.n < POLICY_MAX; r.policy.n++)
		r.policy.changes[r.policy.n] =
			(struct policy_change){ .setting = "workqueue.panic_on_stall_time",
						.found = "123456789012345",
						.now = "123456789012345" };
	CHECK_EQ(report_json(&r, NULL, text, sizeof(text), &len), 0);
	CHECK(fits_schema());
	CHECK(json_says("d[\"capture\"][\"policy\"][31][\"now\"] == \"123456789012345\""));
	CHECK(json_says("len(d[\"steps\"]) == 40"));
}

TEST(too_small_a_buffer_is_told)
{
	struct report r;
	size_t len;

	fill(&r);
	CHECK_EQ(report_json(&r, NULL, text, 200, &len), -ENOSPC);
}
