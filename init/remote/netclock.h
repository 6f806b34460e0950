/* SPDX-License-Identifier: MIT */
/*
 * A machine whose clock has lost the time of day, and whose dead kernel did not know it either, takes
 * it from the network before a certificate is judged or a request is signed.
 */
#ifndef INIT_REMOTE_NETCLOCK_H
#define INIT_REMOTE_NETCLOCK_H

#include "lib/conf/conf.h"

/*
 * Sets the clock if it stands before 2020: by SNTP from the config's `ntp` servers, else by the Date of
 * url's server (NULL: none). The network is up. What was done, or not, is logged, and told to
 * kdump.json (init/capture/report.h) by SYSTEM_CLOCK_FILE. Takes some seconds at most; its
 * failure is none of the target's.
 */
void netclock_need(const struct conf *conf, const char *url);

#endif
