/* SPDX-License-Identifier: MIT */
#include "init/capture/capture_identity.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "init/capture/jobs.h"
#include "init/system/memory.h"
#include "init/target/folder.h"
#include "lib/io.h"
#include "lib/log.h"

/* The kernel's own name for a machine that was given none says nothing. */
static const char *host_of(const struct capture *c)
{
	if (c->steps.conf->host)
		return c->steps.conf->host;
	return strcmp(c->steps.report->id.nodename, "(none)") ? c->steps.report->id.nodename : "";
}

static void name_folder(struct capture *c)
{
	struct report *rep = c->steps.report;
	const char *host = host_of(c);
	uint64_t when = rep->id.crash_time_s ? rep->id.crash_time_s : (uint64_t)time(NULL);

	snprintf(rep->host, sizeof(rep->host), "%s", host);
	if (io_read_file(AT_FDCWD, "/proc/sys/kernel/random/boot_id", rep->boot_id,
			 sizeof(rep->boot_id), NULL))
		snprintf(rep->boot_id, sizeof(rep->boot_id), "00000000");
	rep->boot_id[strcspn(rep->boot_id, "\n")] = '\0';
	folder_name(host, when, rep->boot_id, c->folder, sizeof(c->folder));
}

void capture_identify(struct capture *c)
{
	struct jobs_identity a = { 0 };
	struct report *rep = c->steps.report;
	struct child_job job = { .name = "identify",
				 .run = jobs_identify,
				 .ctx = c->steps.system->core,
				 .answer = &a,
				 .answer_bytes = sizeof(a) };
	struct child_end end;

	rep->crash_ram_bytes = memory_crashkernel();
	if (steps_run(&c->steps, "identify", NULL, &job, BUDGET_WORK, &end)) {
		log_err("crash: %s", end.why);
	} else {
		rep->id = a.id;
		snprintf(rep->missing, sizeof(rep->missing), "%s", a.missing);
		log_info("crash: %s: %" PRIu64 " MiB, %u CPUs",
			 a.id.release[0] ? a.id.release : "unknown kernel", a.id.ram_bytes >> 20,
			 a.id.cpus);
		if (a.missing[0])
			log_warn("crash: not understood: %s", a.missing);
	}
	system_clock(rep->id.crash_time_s);
	name_folder(c);
	log_info("capture: folder %s", c->folder);
}
