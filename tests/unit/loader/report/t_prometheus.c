/* SPDX-License-Identifier: MIT */
#include "loader/report/prometheus.h"

#include <errno.h>

#include "tests/unit/test.h"

static char text[STATUS_BYTES];

static bool has_line(const char *line)
{
	for (const char *at = text; (at = strstr(at, line)); at++) {
		if ((at == text || at[-1] == '\n') && at[strlen(line)] == '\n')
			return true;
	}
	printf("no line %s in:\n%s", line, text);
	return false;
}

TEST(an_armed_machine_that_has_crashed)
{
	static struct status s = { .host = { .armed = 1, .crash_bytes = 192 << 20 },
				   .recorded = true,
				   .record.loaded_s = 1795000000,
				   .left_bytes = 77 << 20,
				   .was_verified = true };

	s.kernels.n = 2;
	strcpy(s.kernels.item[0].release, "6.1.0-1");
	s.kernels.item[0].has_image = true;
	strcpy(s.kernels.item[1].release, "6.1.0-2");
	s.last = (struct last_capture){
		.found = true,
		.dumps = 3,
		.folder = "/var/crash/h-20261124T142005Z-00000002",
		.report = { .read = true,
			    .time_s = 1795530005,
			    .host = "h",
			    .release = "6.1.0-1",
			    .state = "complete",
			    .panic = "a \"quoted\" C:\\path" },
	};
	findings_warn(&s.findings, "kernel-without-image", "there is none");
	CHECK_EQ(prometheus_text(&s, text, sizeof(text)), 0);
	CHECK(has_line("# TYPE kdump_armed gauge"));
	CHECK(has_line("kdump_armed 1"));
	CHECK(has_line("kdump_would_capture 1"));
	CHECK(has_line("kdump_stale 0"));
	CHECK(has_line("kdump_reserved_bytes 201326592"));
	CHECK(has_line("kdump_left_bytes 80740352"));
	CHECK(has_line("kdump_kernels_without_image 1"));
	CHECK(has_line("kdump_dumps 3"));
	CHECK(has_line("kdump_last_crash_timestamp_seconds 1795530005"));
	CHECK(has_line("kdump_last_crash_complete 1"));
	CHECK(has_line("kdump_last_crash_info{host=\"h\",release=\"6.1.0-1\",state=\"complete\","
		       "panic=\"a \\\"quoted\\\" C:\\\\path\","
		       "folder=\"/var/crash/h-20261124T142005Z-00000002\"} 1"));
	CHECK(has_line("kdump_verified_good 0"));
	CHECK(has_line(
		"kdump_finding{id=\"kernel-without-image\",level=\"warning\",number=\"0\"} 1"));
}

TEST(a_machine_that_is_not_armed)
{
	static struct status s = { .host = { .armed = 0 } };

	findings_error(&s.findings, "no-reservation", "no memory is reserved");
	CHECK_EQ(prometheus_text(&s, text, sizeof(text)), 0);
	CHECK(has_line("kdump_armed 0"));
	CHECK(has_line("kdump_would_capture 0"));
	CHECK(has_line("kdump_finding{id=\"no-reservation\",level=\"error\",number=\"0\"} 1"));
	/* what is not known has no value */
	CHECK(!strstr(text, "kdump_last_crash") && !strstr(text, "kdump_left_bytes"));
	CHECK_EQ(prometheus_text(&s, text, 100), -ENOSPC);
}
