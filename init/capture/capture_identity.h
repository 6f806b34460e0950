/* SPDX-License-Identifier: MIT */
/*
 * Who crashed: the identity of the core, the clock, the name of the dump's folder.
 */
#ifndef INIT_CAPTURE_CAPTURE_IDENTITY_H
#define INIT_CAPTURE_CAPTURE_IDENTITY_H

#include "init/capture/capture_state.h"

/*
 * Fills in the report's identity and c->folder. Asked once a target is open: that takes time which
 * a device may need. What the core does not tell stays empty, and the folder has a name all the same.
 */
void capture_identify(struct capture *c);

#endif
