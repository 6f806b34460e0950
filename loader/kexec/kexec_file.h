/* SPDX-License-Identifier: MIT */
/*
 * The back end: hands a crash image to the kernel. Implemented by kexec_file.c on
 * kexec_file_load(2).
 */
#ifndef LOADER_KEXEC_KEXEC_FILE_H
#define LOADER_KEXEC_KEXEC_FILE_H

/*
 * Loads the pair for a panic. Blocks while the kernel reads, checks and digests both files. A
 * kexec call of somebody else is waited for, two seconds at most. 0, or the kernel's -errno;
 * after most errors what was loaded before is gone.
 */
int kexec_load_crash(int kernel_fd, int initrd_fd, const char *cmdline);

/* Drops the loaded crash image; 0 also if there was none. */
int kexec_unload_crash(void);

#endif
