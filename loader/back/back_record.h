/* SPDX-License-Identifier: MIT */
/*
 * How to get back to the production kernel (final_action kexec): recorded when the machine is armed,
 * and handed to the capture as one more file behind its image. Text, a fact a line:
 *
 *	kdump-return 1
 *	kernel BYTES SHA256 PATH	in the file system that the image's kexec_disk names
 *	initrd BYTES SHA256 PATH	missing: none
 *	release TEXT			of that kernel, as uname -r
 *	first_cpu N			APIC id of the processor that the firmware booted; missing: not known
 *	cpus N				that production has
 *	returned N			how often since the firmware, this time included
 *	min_uptime SECONDS		of a kernel that was returned to, for another return
 *	cmdline TEXT
 *	memory				the last one: lines of /proc/iomem's format follow
 *
 * Kernel and initrd are not packed: they would take several times the image's memory from the
 * reservation, for as long as the machine runs. They are read when the dump is safe and its memory
 * free again; their digests tell whether the disk still has what production was.
 */
#ifndef LOADER_BACK_BACK_RECORD_H
#define LOADER_BACK_BACK_RECORD_H

#include <limits.h>

#include "lib/sha256.h"
#include "loader/kexec/cmdline.h"
#include "loader/kexec/iomem.h"

#define BACK_FILE      "etc/kdump-return"
#define BACK_MAX_BYTES (1u << 20)

struct back_file {
	char path[PATH_MAX]; /* absolute, in its file system; "": none */
	uint64_t bytes;
	char sha256[SHA256_TEXT];
};

struct back_record {
	struct back_file kernel, initrd;
	char release[65];
	char cmdline[CMDLINE_BYTES];
	int first_cpu; /* CMDLINE_NO_APICID: not known */
	unsigned cpus, returned, min_uptime_s;
	struct iomem memory; /* back_record_free() */
};

/* The text, which the caller frees. 0; -EINVAL: a path or a line with a line break; -ENOMEM. */
int back_record_write(const struct back_record *b, char **ret, size_t *ret_len);

/* Cuts text up. 0; -EBADMSG; -ENOMEM. back_record_free(ret) in any case. */
int back_record_parse(char *text, struct back_record *ret);
void back_record_free(struct back_record *b);

/* The size and digest of an open file into f, whose path is left alone. 0 or -errno. */
int back_record_digest(int fd, struct back_file *f);

#endif
