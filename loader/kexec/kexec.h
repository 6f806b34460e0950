/* SPDX-License-Identifier: MIT */
/*
 * Hands an image to the kernel, by one of its two calls: kexec_file_load(2), for which the kernel
 * makes everything itself, and kexec_load(2), for which we do (kexec_load.h). The latter is the
 * only one of kernels built without CONFIG_KEXEC_FILE; the former the only one under lockdown.
 */
#ifndef LOADER_KEXEC_KEXEC_H
#define LOADER_KEXEC_KEXEC_H

#include <stdbool.h>
#include <stdint.h>

#define KEXEC_WHY_BYTES 240

struct iomem;
struct kexec_arch;

/* Which of the calls may be used. */
enum kexec_call {
	KEXEC_AUTO,	/* the file call; the other one where the kernel lacks it (ENOSYS), or
			   takes other files than arch has (ENOEXEC) */
	KEXEC_FILE,	/* kexec_file_load alone */
	KEXEC_SEGMENTS, /* kexec_load alone */
	KEXEC_ANY,	/* as AUTO, also after EINVAL, ENOEXEC, EOPNOTSUPP: kexec-tools' -a */
};

struct kexec_request {
	const struct kexec_arch *arch; /* of the running kernel and of the next one */
	int root;		       /* descriptor: /proc and /sys lie below it */
	int kernel_fd;		       /* of the file; what is packed is unpacked for the call */
	int initrd_fd;		       /* -1: none, for a normal image alone; else -EBADF */
	const char *cmdline;
	enum kexec_call call;
	const char *release;	   /* of the running kernel, as uname -r */
	uint64_t elfcorehdr_bytes; /* what that wants for its ELF header; 0: it never rewrites it */
	/*
	 * The memory that a normal image is told of: NULL for this machine's. Given, the call is
	 * kexec_load, whatever call says, as the other one takes no map.
	 */
	const struct iomem *memory;
	/*
	 * Of a normal image: no part of it may lie in this kernel's own memory, whatever the map has
	 * there. The kernel needs twice the memory for what does; for the way back it has none.
	 */
	bool apart;
	/*
	 * How many calls may be made: the kernel's kexec_load_limit_panic and _reboot count each one,
	 * those that fail with EBUSY too. 0: as many as are of use.
	 */
	unsigned max_calls;
};

struct kexec_done {
	enum kexec_call call;	   /* the one that was made last: KEXEC_FILE, KEXEC_SEGMENTS */
	bool crash;		   /* it was for a panic */
	bool prepared;		   /* false: it was not made, as why says */
	char why[KEXEC_WHY_BYTES]; /* a sentence, or "" where only the errno tells */
};

/*
 * Load for a panic, or for a reboot ("normal"). Block while files are read and digested. A kexec
 * call of somebody else is waited for, two seconds at most. 0, or -errno; after most errors of
 * the kernel's what was loaded before for the same purpose is gone. *done is written in any case.
 */
int kexec_load_crash(const struct kexec_request *q, struct kexec_done *done);
int kexec_load_normal(const struct kexec_request *q, struct kexec_done *done);

struct layout;

/*
 * What kexec_load would be given for a panic; nothing is changed. layout_free(l) in any case. 0, or
 * -errno with l->why.
 */
int kexec_try_crash(const struct kexec_request *q, struct layout *l);

/*
 * Drop what is loaded, by whichever call that was; 0 also if there was nothing. root and max_calls
 * as in struct kexec_request.
 */
int kexec_unload_crash(int root, unsigned max_calls);
int kexec_unload_normal(int root, unsigned max_calls);

/* Leaves this kernel for the normal image. Returns only on failure: -errno. */
int kexec_execute(void);

#endif
