/* SPDX-License-Identifier: MIT */
/*
 * The nfs line of kdump.conf: SERVER:/PATH and options of mount(8), of which the kernel's client
 * gets those that it needs.
 */
#ifndef LIB_CONF_TARGET_CONF_NFS_H
#define LIB_CONF_TARGET_CONF_NFS_H

#include <stddef.h>

#include "lib/conf/conf.h"
#include "lib/conf/conf_table.h"
#include "lib/conf/conf_values.h"
#include "lib/conf/target/conf_place.h"

#define CONF_NFS_PORT 2049

/* The line `TYPE value`, as conf_parse_nfs. */
int conf_nfs_line(const char *type, char *value, struct conf_state *s, struct conf_error *err);

/* "SERVER:/PATH", an IPv6 address in brackets. 0 or -EINVAL. */
int conf_nfs_place(const struct conf_target *t, struct conf_place *ret);

/*
 * Cuts text, a list with commas, down to what the kernel is to be told: what only other programs
 * understand or has no meaning in a capture goes. strict: an option that is not known is an error;
 * otherwise it goes, too. 0, with err->note perhaps, or -EINVAL with err->text.
 */
int conf_nfs_clean(char *text, bool strict, struct conf_error *err);

/*
 * The value of an option in t->options, as "vers"; ret is cut at size. False: it is not there. An
 * option without a value has "".
 */
bool conf_nfs_option(const struct conf_target *t, const char *name, char *ret, size_t size);

enum conf_nfs_version {
	CONF_NFS_ANY, /* the newest that the server has */
	CONF_NFS_3,
	CONF_NFS_4, /* the newest 4.x */
	CONF_NFS_40,
	CONF_NFS_41,
	CONF_NFS_42,
};

/* What vers= of t->options asks for, or the name nfs4 of the directive. */
enum conf_nfs_version conf_nfs_version(const struct conf_target *t);

#endif
