/* SPDX-License-Identifier: MIT */
/*
 * status -> metrics in the text format of Prometheus, as the textfile collector of its
 * node_exporter reads them.
 */
#ifndef LOADER_REPORT_PROMETHEUS_H
#define LOADER_REPORT_PROMETHEUS_H

#include "loader/status.h"

/* Into buf, ended by NUL; 0 or -ENOSPC. STATUS_BYTES hold any status. */
int prometheus_text(const struct status *s, char *buf, size_t size);

#endif
