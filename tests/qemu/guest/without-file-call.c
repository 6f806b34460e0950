/* SPDX-License-Identifier: MIT */
/*
 * without-file-call [--segments] PROGRAM ARGUMENT...: runs it as on a kernel that was built without
 * CONFIG_KEXEC_FILE, or with --segments without CONFIG_KEXEC: the system call answers ENOSYS.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int segments = argc > 1 && !strcmp(argv[1], "--segments");
	struct sock_filter f[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, segments ? SYS_kexec_load : SYS_kexec_file_load,
			 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog p = { sizeof(f) / sizeof(f[0]), f };

	argc -= segments;
	argv += segments;
	if (argc < 2)
		return 2;
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &p) == 0)
		execv(argv[1], argv + 1);
	perror("without-file-call");
	return 1;
}
