/* SPDX-License-Identifier: MIT */
/*
 * The program that `notify` of kdump.conf names, for one dump.
 */
#ifndef LOADER_NEWS_NOTIFY_H
#define LOADER_NEWS_NOTIFY_H

#include "lib/dumps/dump_report.h"

/*
 * Runs file with the dump's folder as its argument, and what d tells in its environment; it is killed
 * with all it has started when limit_s are over. 0; -ETIME; -ECHILD with how it ended in
 * *ret_status, as waitpid() tells it; -errno: it could not be run.
 */
int notify_run(const char *file, const char *folder, const struct dump_report *d, uint64_t bytes,
	       unsigned limit_s, int *ret_status);

#endif
