/* SPDX-License-Identifier: MIT */
/*
 * kexec_file_load(2): the kernel itself parses the image, verifies its signature and builds the
 * ELF header, so this is all there is to do.
 */
#include "loader/kexec/kexec_file.h"

#include <errno.h>
#include <linux/kexec.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { BUSY_TRIES = 10 };

/* EBUSY: another kexec call holds the kernel's lock, and nothing was changed. */
static int file_load(int kernel_fd, int initrd_fd, const char *cmdline, size_t len,
		     unsigned long flags)
{
	long r = -1;

	for (int i = 0; i < BUSY_TRIES; i++) {
		if (i)
			nanosleep(&(struct timespec){ .tv_nsec = 200000000 }, NULL);
		r = syscall(SYS_kexec_file_load, kernel_fd, initrd_fd, len, cmdline, flags);
		if (!r || errno != EBUSY)
			break;
	}
	return r < 0 ? -errno : 0;
}

int kexec_load_crash(int kernel_fd, int initrd_fd, const char *cmdline)
{
	return file_load(kernel_fd, initrd_fd, cmdline, strlen(cmdline) + 1, KEXEC_FILE_ON_CRASH);
}

int kexec_unload_crash(void)
{
	return file_load(-1, -1, NULL, 0, KEXEC_FILE_UNLOAD | KEXEC_FILE_ON_CRASH);
}
