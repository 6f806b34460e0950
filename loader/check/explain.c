/* SPDX-License-Identifier: MIT */
/*
 * The errno table of kexec_file_load(2). The kernel's log is more precise; these sentences say
 * what to do.
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
	{ ENOEXEC, "the kernel does not recognise the image: it is damaged or not a bzImage" },
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

const char *explain_errno(int root, const struct host *h, int err, char *buf, size_t size)
{
	if (err == -ENOSYS) {
		snprintf(buf, size,
			 "the running kernel has no kexec_file_load (CONFIG_KEXEC_FILE%s): a "
			 "kernel built with it is needed",
			 host_config(root, h->release, "KEXEC_FILE") == 'n' ? " is not set" : "");
		return buf;
	}
	if (err == -EPERM && h->locked_down) {
		snprintf(buf, size,
			 "the running kernel is locked down (Secure Boot?) and knows no key that "
			 "signed "
			 "this image: enroll the key (MOK) or use the distribution's kernel");
		return buf;
	}
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++) {
		if (reasons[i].err == -err)
			return snprintf(buf, size, "%s", reasons[i].text), buf;
	}
	snprintf(buf, size, "%s (errno %d)", strerror(-err), -err);
	return buf;
}
