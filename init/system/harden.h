/* SPDX-License-Identifier: MIT */
/*
 * What a child gives away before it reads a dead kernel's memory, which nobody vouches for: the
 * watchdogs, capabilities, and the system calls that a dumper has no use for (mount, exec, module
 * loading, kexec, reboot, ptrace, …), which then fail with EPERM. Nothing here may cost a dump:
 * what this kernel cannot do is skipped, and where a filtered call turns out to be needed, the next
 * child has no filter (capture_target.c).
 */
#ifndef INIT_SYSTEM_HARDEN_H
#define INIT_SYSTEM_HARDEN_H

#include <stdbool.h>

/*
 * In a child, before its first thread and before it opens anything. filter: system calls too.
 */
void harden_child(bool filter);

#endif
