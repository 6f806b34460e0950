/* SPDX-License-Identifier: MIT */
/*
 * A capture image is two archives, one behind the other, which a kernel unpacks in their order: the
 * head, a small cpio that is not compressed, and the payload, a compressed cpio with all else. So
 * whoever has to judge an image (kdump-loader, before it arms a machine with it) reads what it is
 * and what it was made from without unpacking anything.
 *
 *	/etc			a folder
 *	/etc/kdump-image	the manifest: text, see below
 *	/etc/kdump.conf		the resolved config, which kdump-init reads
 *	TRAILER!!!, then zeros up to a multiple of IMAGE_HEAD_ALIGN: there the payload begins
 *
 * An image for many machines is generic, and a machine's own part comes behind it, at the next multiple
 * of IMAGE_HEAD_ALIGN: a head and a payload once more, whose files the kernel unpacks over the first
 * ones. Its manifest is about the whole: release and modules are the generic part's, unpacked is the
 * sum; payload and inputs are its own.
 *
 * The manifest, a line for each fact; a reader passes over words that it does not know:
 *
 *	kdump-image FORMAT		the first line
 *	version TEXT			of the kdump-mkinitrd that made it
 *	release TEXT			of the crash kernel
 *	modules N			of that release are inside; 0: any kernel will do that has all built in
 *	payload BYTES SHA256
 *	unpacked BYTES			of the payload's archive
 *	config BYTES SHA256		of /etc/kdump.conf
 *	root other			made for another root (-r): its paths may not exist where it is used
 *	generic				for any machine: a host part with its config follows, or is to be made
 *	input KIND BYTES SHA256 PATH	a file it was made from; PATH "-": not of the root it is for
 *	seal SHA256			the last line, over all lines before it
 *
 * Facts: Documentation/driver-api/early-userspace/buffer-format.rst.
 */
#ifndef LIB_IMAGE_HEAD_H
#define LIB_IMAGE_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/sha256.h"

#define IMAGE_FORMAT	     1u
#define IMAGE_HEAD_ALIGN     512u
#define IMAGE_HEAD_MAX_BYTES (1u << 20)
#define IMAGE_INPUTS_MAX     512
#define IMAGE_FOLDER	     "etc"
#define IMAGE_MANIFEST	     "etc/kdump-image"
#define IMAGE_CONFIG	     "etc/kdump.conf"

/* A file that the image was made from; kind is one word. */
struct image_input {
	const char *kind, *path;
	uint64_t bytes;
	const char *sha256;
};

struct image_head {
	unsigned format;
	const char *version, *release;
	unsigned n_modules;
	uint64_t payload_bytes, unpacked_bytes;
	const char *payload_sha256;
	bool other_root;
	bool generic;
	struct image_input input[IMAGE_INPUTS_MAX];
	unsigned n_inputs;
	char *config; /* ended by NUL */
	size_t config_bytes;
	uint64_t bytes; /* of the head: where the payload begins */
};

/*
 * The bytes of the head that h describes (h->format and h->bytes are ignored), which the caller
 * frees. 0; -EINVAL: a text has a line break, or a word a blank; -E2BIG: too much for a
 * reader; -ENOMEM.
 */
int image_head_write(const struct image_head *h, char **ret, size_t *ret_len);

/*
 * Reads the first len bytes of an image, of which IMAGE_HEAD_MAX_BYTES hold any head. buf is cut up
 * in place and lent to *ret. 0; -ENOENT: not the head of a capture image; -EBADMSG: one that is cut
 * or damaged; -EPROTO: of another format, of which *ret has ret->format alone.
 */
int image_head_read(char *buf, size_t len, struct image_head *ret);

#endif
