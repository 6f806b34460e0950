/* SPDX-License-Identifier: MIT */
/*
 * The errno tables of kexec_file_load(2) and kexec_load(2). The kernel's log is more precise; these
 * sentences say what to do.
 */
#include "loader/check/explain.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/cleanup.h"

static const struct reason {
	int err;
	const char *text;
} reasons[] = {
	{ EPERM, "the kernel does not permit it: without a valid signature under lockdown, or by a "
		 "security module; sign the kernel with an enrolled key" },
	{ EACCES, "a security module (IMA, SELinux, AppArmor) refuses: see its log" },
	{ EBUSY, "another program was using kexec all the time; try again" },
	{ EINVAL,
	  "the kernel finds something invalid: a file that is empty, a command line that is "
	  "too long, or images larger than half of the memory" },
	{ ENOEXEC,
	  "the kernel does not recognise the image: it is damaged, or of a kind that this call "
	  "does not take" },
	{ EBADF, "the kernel could not use an open file" },
	{ ETXTBSY, "the kernel or the initrd is open for writing; try again when that is over" },
	{ EFBIG, "the kernel or the initrd is too large" },
	{ ENOMEM, "out of memory: the kernel needs about twice the size of kernel and initrd for a "
		  "moment" },
	{ EADDRNOTAVAIL, "kernel and initrd do not fit into the memory reserved by crashkernel=: "
			 "make it larger and reboot" },
	{ ENOKEY, "the kernel image is signed by a key that this system does not know: enroll the "
		  "key (MOK) or use the distribution's kernel" },
	{ EKEYREJECTED, "the signature of the kernel image is rejected: its key is not trusted "
			"here, or the image was changed after signing" },
	{ EBADMSG, "the signature of the kernel image is malformed" },
	{ ENODATA, "the kernel image is not signed, and this system takes only signed ones" },
	{ ENOPKG, "the running kernel lacks the algorithm of the image's signature" },
	{ ELIBBAD, "the kernel image's PE head is damaged, so that its signature cannot be read" },
	{ EMSGSIZE, "the kernel image's signature is cut off" },
	{ EIO, "a file could not be read from its disk" },
};

/* What means something else of kexec_load(2). */
static const struct reason segments_reasons[] = {
	{ EPERM, "the kernel does not permit it: a security module refuses; see its log" },
	{ EACCES, "a policy (IMA) wants kernels appraised, for which kexec_load gives it no file: "
		  "only kexec_file_load (-s) is left" },
	{ EINVAL, "the kernel finds something invalid: segments that overlap, or more than half of "
		  "the memory" },
	{ EADDRNOTAVAIL, "a segment lies outside of the memory reserved by crashkernel=: was that "
			 "made smaller meanwhile? try again" },
	{ EFAULT, "a file was cut while it was loaded: try again" },
	{ ENOMEM,
	  "out of memory, or no room for the kernel's page tables in the memory reserved by "
	  "crashkernel=: make it larger and reboot" },
};

static const char *find_reason(const struct reason *r, size_t n, int err)
{
	for (size_t i = 0; i < n; i++) {
		if (r[i].err == err)
			return r[i].text;
	}
	return NULL;
}

/* The kernel lacks the call. */
static void no_call(int root, const struct host *h, enum kexec_call call, char *buf, size_t size)
{
	bool segments = call == KEXEC_SEGMENTS;
	const char *option = segments ? "KEXEC" : "KEXEC_FILE";

	snprintf(buf, size, "the running kernel has no %s (CONFIG_%s%s): %s",
		 segments ? "kexec_load" : "kexec_file_load", option,
		 host_config(root, h->release, option) == 'n' ? " is not set" : "",
		 segments ? "a kernel built with it, or with CONFIG_KEXEC_FILE, is needed"
			  : "without -s kexec_load is tried");
}

const char *explain_limit(int root, bool crash)
{
	if (host_limit(root, crash) != 0)
		return NULL;
	return crash ? "kernel.kexec_load_limit_panic is 0 now: no further load or unload until "
		       "the next reboot"
		     : "kernel.kexec_load_limit_reboot is 0 now: no further load or unload until "
		       "the next reboot";
}

const char *explain_errno(int root, const struct host *h, enum kexec_call call, int err, char *buf,
			  size_t size)
{
	const char *text = NULL;

	if (err == -ENOSYS) {
		no_call(root, h, call, buf, size);
		return buf;
	}
	if (err == -EPERM && h->locked_down)
		text = call == KEXEC_SEGMENTS
			       ? "the running kernel is locked down (Secure Boot?), which forbids "
				 "kexec_load: only kexec_file_load (-s) with a signed kernel is "
				 "left"
			       : "the running kernel is locked down (Secure Boot?) and knows no "
				 "key "
				 "that signs this image: enroll the key (MOK) or use the "
				 "distribution's kernel";
	if (!text && call == KEXEC_SEGMENTS)
		text = find_reason(segments_reasons, ARRAY_LEN(segments_reasons), -err);
	if (!text)
		text = find_reason(reasons, ARRAY_LEN(reasons), -err);
	if (text)
		snprintf(buf, size, "%s", text);
	else
		snprintf(buf, size, "%s (errno %d)", strerror(-err), -err);
	return buf;
}
