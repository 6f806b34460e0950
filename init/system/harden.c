/* SPDX-License-Identifier: MIT */
/*
 * prctl, capset, seccomp. The filter is a list of what libc, libcurl, mbedtls and the dumper
 * call; it is a classic BPF program over struct seccomp_data (seccomp(2)).
 */
#include "init/system/harden.h"

#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "init/system/watchdog.h"
#include "lib/cleanup.h"
#include "lib/log.h"

#if defined(__x86_64__)
#define OUR_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OUR_ARCH AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define OUR_ARCH AUDIT_ARCH_RISCV64
#else
/* not known: no filter */
#define OUR_ARCH 0
#endif

/* The most frequent ones first. */
static const uint16_t allowed[] = {
	/* pages and files */
	__NR_pread64,
	__NR_pwrite64,
	__NR_write,
	__NR_read,
	__NR_writev,
	__NR_readv,
	__NR_pwritev,
	__NR_preadv,
	__NR_mmap,
	__NR_munmap,
	__NR_mremap,
	__NR_mprotect,
	__NR_madvise,
	__NR_brk,
	__NR_msync,
	__NR_openat,
	__NR_openat2,
	__NR_close,
	__NR_close_range,
	__NR_fstat,
	__NR_newfstatat,
	__NR_statx,
	__NR_statfs,
	__NR_fstatfs,
	__NR_faccessat,
	__NR_faccessat2,
	__NR_lseek,
	__NR_ftruncate,
	__NR_fallocate,
	__NR_fadvise64,
	__NR_fsync,
	__NR_fdatasync,
	__NR_syncfs,
	__NR_sync_file_range,
#ifdef __NR_renameat
	__NR_renameat,
#endif
	__NR_renameat2,
	__NR_unlinkat,
	__NR_mkdirat,
	__NR_getdents64,
	__NR_readlinkat,
	__NR_fchmod,
	__NR_umask,
	__NR_getcwd,
	__NR_ioctl,
	__NR_fcntl,
	__NR_flock,
	__NR_dup,
	__NR_dup3,
	__NR_pipe2,
	__NR_memfd_create,
	__NR_copy_file_range,
	__NR_sendfile,
	__NR_splice,
	/* threads, time, signals, itself */
	__NR_futex,
	__NR_clone,
	__NR_clone3,
	__NR_set_robust_list,
	__NR_set_tid_address,
	__NR_rseq,
	__NR_membarrier,
	__NR_sched_yield,
	__NR_sched_getaffinity,
	__NR_sched_setaffinity,
	__NR_getcpu,
	__NR_exit,
	__NR_exit_group,
	__NR_clock_gettime,
	__NR_clock_getres,
	__NR_clock_nanosleep,
	__NR_nanosleep,
	__NR_gettimeofday,
	__NR_rt_sigaction,
	__NR_rt_sigprocmask,
	__NR_rt_sigreturn,
	__NR_rt_sigtimedwait,
	__NR_sigaltstack,
	__NR_restart_syscall,
	__NR_tgkill,
	__NR_tkill,
	__NR_gettid,
	__NR_getpid,
	__NR_getppid,
	__NR_getuid,
	__NR_geteuid,
	__NR_getgid,
	__NR_getegid,
	__NR_getrandom,
	__NR_uname,
	__NR_sysinfo,
	__NR_getrusage,
	__NR_times,
	__NR_getrlimit,
	__NR_prlimit64,
	__NR_prctl,
	/* waiting, and the network */
	__NR_ppoll,
	__NR_pselect6,
	__NR_epoll_create1,
	__NR_epoll_ctl,
	__NR_epoll_pwait,
	__NR_eventfd2,
	__NR_timerfd_create,
	__NR_timerfd_settime,
	__NR_socket,
	__NR_socketpair,
	__NR_connect,
	__NR_bind,
	__NR_sendto,
	__NR_recvfrom,
	__NR_sendmsg,
	__NR_recvmsg,
	__NR_sendmmsg,
	__NR_recvmmsg,
	__NR_shutdown,
	__NR_setsockopt,
	__NR_getsockopt,
	__NR_getsockname,
	__NR_getpeername,
	__NR_setitimer,
#ifdef __NR_open
	/* what newer architectures never had */
	__NR_open,
	__NR_stat,
	__NR_lstat,
	__NR_access,
	__NR_rename,
	__NR_unlink,
	__NR_mkdir,
	__NR_rmdir,
	__NR_readlink,
	__NR_dup2,
	__NR_pipe,
	__NR_time,
	__NR_arch_prctl,
	__NR_poll,
	__NR_select,
	__NR_epoll_wait,
	__NR_alarm,
#endif
};

enum { N_ALLOWED = ARRAY_LEN(allowed) };

/* a jump in BPF reaches 255 instructions */
_Static_assert(N_ALLOWED < 250, "the filter's list is too long for one jump");

/* What root still may in a child: files of others on the target, and their reserved space. */
#define CAP_KEEP                                                                                   \
	(1u << CAP_CHOWN | 1u << CAP_DAC_OVERRIDE | 1u << CAP_DAC_READ_SEARCH | 1u << CAP_FOWNER | \
	 1u << CAP_FSETID | 1u << CAP_SYS_RESOURCE)

static void drop_capabilities(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };

	/* what is not there cannot be kept */
	if (syscall(SYS_capget, &head, data) < 0)
		return;
	data[0].effective &= CAP_KEEP;
	data[0].permitted &= CAP_KEEP;
	data[0].inheritable = 0;
	data[1] = (struct __user_cap_data_struct){ 0 };
	if (syscall(SYS_capset, &head, data) < 0)
		log_debug("harden: capabilities stay");
}

static void filter_calls(void)
{
	struct sock_filter code[N_ALLOWED + 7];
	struct sock_fprog prog = { .filter = code };
	unsigned n = 0;

	code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
						 offsetof(struct seccomp_data, arch));
	code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OUR_ARCH, 1, 0);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 1);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
						 offsetof(struct seccomp_data, nr));
	for (unsigned i = 0; i < N_ALLOWED; i++)
		code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, allowed[i],
							 N_ALLOWED - i, 0);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 1);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	prog.len = (unsigned short)n;
	/* without the flag kernels before 5.16 slow the child down against speculation */
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &prog))
		log_debug("harden: no filter of system calls");
}

void harden_child(bool filter)
{
	bool no_new_privs = !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);

	/* PID 1 has none but these and the log's */
	watchdog_forget();
	drop_capabilities();
	if (filter && no_new_privs && OUR_ARCH != 0)
		filter_calls();
}
