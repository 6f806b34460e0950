/* SPDX-License-Identifier: MIT */
#include "loader/tell.h"

#include <errno.h>

#include "lib/log.h"
#include "loader/check/explain.h"
#include "loader/kmsg.h"

enum { KERNEL_LINES = 16 }; /* shown of the kernel's log after a failure */

void tell_findings(const struct findings *f)
{
	for (unsigned i = 0; i < f->n; i++)
		log_line(f->item[i].level == FINDING_ERROR ? LOG_ERR : LOG_WARN, "%s: %s",
			 findings_level_name(f->item[i].level), f->item[i].text);
}

void tell_failure(int root, const struct host *h, const struct kexec_done *done, int err, int kmsg,
		  const char *what)
{
	const char *limit;
	char text[512];

	if (!done->prepared) {
		log_err("error: %s: %s", what, done->why);
		return;
	}
	limit = err == -EPERM ? explain_limit(root, done->crash) : NULL;
	log_err("error: %s: %s", what,
		limit ? limit : explain_errno(root, h, done->call, err, text, sizeof(text)));
	for (int i = 0; i < KERNEL_LINES && kmsg_next(kmsg, text, sizeof(text)); i++)
		log_err("kernel: %s", text);
}
