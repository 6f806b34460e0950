/* SPDX-License-Identifier: MIT */
/*
 * VMCOREINFO where no note of the file has it: QEMU and libvirt write one only for a guest with
 * -device vmcoreinfo. The kernel keeps it in its memory, as the note it would hand to a crash kernel.
 */
#ifndef DUMPER_KERNEL_VMCOREINFO_SEARCH_H
#define DUMPER_KERNEL_VMCOREINFO_SEARCH_H

#include "dumper/kernel/vmcoreinfo.h"

/*
 * Looks through all memory until a note is found whose kernel is the one that ran: its symbols lead
 * through the page tables to the same release, and so do the CPUs' own page tables, where QEMU's
 * notes have them. One of an earlier boot may still lie about. The note is put behind those of the
 * file (vmcore_add_note) and read into *vi, which vmcoreinfo_read() has tried before. 0; -ENODATA:
 * there is none; -ENOMEM. Slow: reads up to all of memory.
 */
int vmcoreinfo_search(struct vmcore *v, struct vmcoreinfo *vi);

#endif
