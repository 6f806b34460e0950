/* SPDX-License-Identifier: MIT */
/*
 * Tables of the running machine's device-mapper devices, as `dmsetup table --showkeys` prints them.
 */
#ifndef MKINITRD_HOST_DMTABLE_H
#define MKINITRD_HOST_DMTABLE_H

#include <stddef.h>

#define DMTABLE_WORD 512

/*
 * The lines "START LEN TYPE PARAMS\n" of a device, which the caller gives to dmtable_free(), for
 * there may be a key in them. From the kernel, or from the file `folder`/`name` if folder is not
 * NULL. 0 or -errno.
 */
int dmtable_read(const char *folder, const char *name, char **ret);
void dmtable_free(char **table);

/* Copies the next word of *rest, which moves on: 1, 0 at the end, -E2BIG. */
int dmtable_word(const char **rest, char word[DMTABLE_WORD]);

/* Is it "MAJOR:MINOR"? */
int dmtable_is_device(const char *word);

/* Bytes of the key in the word of a crypt table: ":64:logon:…", hexadecimal digits or "-". */
size_t dmtable_key_bytes(const char *word);

#endif
