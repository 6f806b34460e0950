/* SPDX-License-Identifier: MIT */
#include "loader/kexec/kexec_file.h"

#include <errno.h>
#include <linux/kexec.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int kexec_file_load(const struct kexec_request *q, bool crash)
{
	unsigned long flags = (crash ? KEXEC_FILE_ON_CRASH : 0) |
			      (q->initrd_fd < 0 ? KEXEC_FILE_NO_INITRAMFS : 0);
	long r = syscall(SYS_kexec_file_load, q->kernel_fd, q->initrd_fd, strlen(q->cmdline) + 1,
			 q->cmdline, flags);

	return r < 0 ? -errno : 0;
}

int kexec_file_unload(bool crash)
{
	unsigned long flags = KEXEC_FILE_UNLOAD | (crash ? KEXEC_FILE_ON_CRASH : 0);

	return syscall(SYS_kexec_file_load, -1, -1, 0, NULL, flags) < 0 ? -errno : 0;
}
