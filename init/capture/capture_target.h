/* SPDX-License-Identifier: MIT */
/*
 * One target of a capture, from open to close. For capture.c.
 */
#ifndef INIT_CAPTURE_CAPTURE_TARGET_H
#define INIT_CAPTURE_CAPTURE_TARGET_H

#include <stdbool.h>

#include "init/capture/capture_state.h"

/* True: what is to be saved lies on this target, and no other one is tried. */
bool capture_target(struct capture *c, const struct conf_target *spec);

/* To the beacons, once for the beginning and once for the end; spec: where to, NULL: nowhere. */
void capture_tell(struct capture *c, const struct conf_target *spec, bool end);

#endif
