/* SPDX-License-Identifier: MIT */
/*
 * PID 1 of the virtual machine in which a crash is tried out: loads the pair that lies beside it in
 * the initramfs, and crashes the kernel.
 */
#ifndef LOADER_VERIFY_GUEST_H
#define LOADER_VERIFY_GUEST_H

/* Names in that initramfs. The settings are two lines: the command line, and "file" or "segments". */
#define GUEST_KERNEL   "kernel"
#define GUEST_IMAGE    "image"
#define GUEST_SETTINGS "settings"

_Noreturn void guest_run(void);

#endif
