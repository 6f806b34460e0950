/* SPDX-License-Identifier: MIT */
/*
 * The capture itself: from /proc/vmcore to the first target that takes it.
 */
#ifndef INIT_CAPTURE_CAPTURE_H
#define INIT_CAPTURE_CAPTURE_H

#include "init/capture/report.h"
#include "init/system/system.h"
#include "lib/conf/conf.h"

/* 0 when a vmcore lies on a target under its final name, else -EIO. Logs all of it. */
int capture_run(const struct system *s, const struct conf *conf, struct report *report);

#endif
