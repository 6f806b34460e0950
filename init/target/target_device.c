/* SPDX-License-Identifier: MIT */
#include "init/target/target_device.h"

#include <errno.h>
#include <string.h>

int target_device_wait(const struct target *t, struct device *ret, struct child *self)
{
	struct device_seen seen = { "" };
	int r = device_wait("", t->spec->where, t->conf->limits.target_timeout_s, ret, &seen);

	if (r == -ETIMEDOUT)
		child_why(self, "no such device within %u s; there is: %s",
			  t->conf->limits.target_timeout_s, seen.list[0] ? seen.list : "none");
	else if (r)
		child_why(self, "%s", strerror(-r));
	return r;
}
