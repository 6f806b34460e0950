/* SPDX-License-Identifier: MIT */
/*
 * Devices that the dead kernel left running may still write to its memory, which the next kernel
 * takes for its own: they lose the right to (bit 2 of the command register, PCI Local Bus
 * Specification 3.0, 6.2.2).
 */
#ifndef INIT_BACK_BUS_MASTERS_H
#define INIT_BACK_BUS_MASTERS_H

/*
 * Below root all functions of /sys/bus/pci that have no driver in this kernel and are no bridges: a
 * driver's own is stopped by that driver when the kernel is left, and needs the right until then;
 * behind a bridge there may be one. Returns how many were stopped; *ret_left: how many could not be.
 */
unsigned bus_masters_stop(const char *root, unsigned *ret_left);

#endif
