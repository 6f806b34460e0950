/* SPDX-License-Identifier: MIT */
/*
 * Who crashed: the identity of the core, the clock, the name of the dump's folder.
 */
#ifndef INIT_CAPTURE_CAPTURE_IDENTITY_H
#define INIT_CAPTURE_CAPTURE_IDENTITY_H

#include "init/capture/capture_state.h"

/*
 * Fills in the report's identity and c->folder. Called once a target is open, so that devices have
 * that time to appear. A field that the core does not have stays empty; the folder has a name in
 * every case.
 */
void capture_identify(struct capture *c);

#endif
