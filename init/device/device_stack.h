/* SPDX-License-Identifier: MIT */
/*
 * Devices that are made of others (LVM, LUKS, RAID): the image's dm and md lines say how. All runs
 * in a child with a deadline; what is made outlives it.
 */
#ifndef INIT_DEVICE_DEVICE_STACK_H
#define INIT_DEVICE_DEVICE_STACK_H

#include "init/system/child.h"
#include "lib/conf/conf.h"

/*
 * Makes the device `where` and all below it that is not there yet; components are waited for as
 * long as for a target. Nothing to do for a `where` that no line makes. 0, or -errno with child_why().
 */
int device_stack_make(const struct conf *conf, const char *where, struct child *self);

/* Takes them apart again, so that RAID members are clean; what is in use stays. */
void device_stack_unmake(const struct conf *conf, const char *where);

#endif
