/* SPDX-License-Identifier: MIT */
/*
 * The lines `dm` and `md` of an image's config: devices that are made before a target is opened.
 * kdump-mkinitrd writes them, kdump-init follows them.
 *
 *	dm NAME START LEN TYPE PARAMS	one line of NAME's table, as `dmsetup table` shows it; numbers of
 *					512-byte sectors. A lower device is in braces: {UUID=…}
 *					(as device_wait() takes it), {/dev/NAME}, {dm:NAME}; the key
 *					of `crypt` may be {key:FILE}, a file with the binary key
 *	md mdN VERSION UUID EVENTS NEED	an array that is assembled from the members with this
 *					UUID and at least EVENTS; it runs with NEED of them if more
 *					do not come
 */
#ifndef LIB_CONF_STACKLINE_H
#define LIB_CONF_STACKLINE_H

#include <stddef.h>
#include <stdint.h>

#define STACKLINE_NAME_BYTES 128 /* as DM_NAME_LEN */
#define STACKLINE_DM_DIR     "/dev/mapper/"

struct stackline_dm {
	const char *name, *type;
	char *params;
	uint64_t start, len; /* sectors */
};

struct stackline_md {
	const char *name; /* "md127" */
	const char *uuid;
	unsigned major, minor; /* of the superblocks: 0 90, 1 0, 1 1, 1 2 */
	unsigned need;
	uint64_t events;
};

/* text: the line without its `dm` or `md`; it is cut up and lent to *ret. 0 or -EINVAL. */
int stackline_dm(char *text, struct stackline_dm *ret);
int stackline_md(char *text, struct stackline_md *ret);

/*
 * Cuts the next piece off *rest: the text before a brace and the text inside it, which is NULL
 * behind the last one. 1, 0 at the end, -EINVAL for a brace without its partner.
 */
int stackline_next(char **rest, const char **before, const char **inside);

/* Can such a line, and /dev/mapper, have a device-mapper device of this name? */
int stackline_check_name(const char *name);

/*
 * The device that must be made before `where` is there: its kind ("dm", "md") and, copied, its name
 * ("md127" of /dev/md127p1). NULL: none, `where` is anything else.
 */
const char *stackline_maker(const char *where, char name[STACKLINE_NAME_BYTES]);

#endif
