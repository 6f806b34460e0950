/* SPDX-License-Identifier: MIT */
/*
 * final_action kexec: the production kernel is loaded, so that system_finish() can enter it.
 */
#ifndef INIT_BACK_WAY_BACK_H
#define INIT_BACK_WAY_BACK_H

#include <stdint.h>

#include "lib/conf/conf.h"

/*
 * uptime_s: of the kernel that crashed. 0: the machine is ready for CONF_KEXEC; or -errno, and the
 * log has why the firmware must do it.
 */
int way_back(const struct conf *conf, uint64_t uptime_s);

#endif
