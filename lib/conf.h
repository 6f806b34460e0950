/* SPDX-License-Identifier: MIT */
/*
 * kdump.conf: the language of Fedora's kdump-utils with our additions, one parser for the user's
 * file on the host and for the resolved file in the image. kdump-mkinitrd writes the second from
 * the first: the same directives with `auto` and device names replaced by what was found
 * (file-system type, UUID=, MAC), plus the directives marked "image" below.
 *
 *	path DIR			folder for dumps; default /var/crash
 *	ext4|xfs|btrfs|vfat|auto DEV	target: /dev/NAME, UUID=U, LABEL=L
 *	https URL			target: PUT of <URL>/<dump folder>/<file>
 *	https_ca FILE			CA certificates for https targets (PEM)
 *	net IFACE dhcp			IFACE: name, MAC address, or auto
 *	net IFACE ADDR/LEN [gateway ADDR] [dns ADDR]	IPv4
 *	core_collector makedumpfile|kdump-dumper [OPTIONS]
 *		the options of collector.h; as with makedumpfile a line without -d means level 0 and
 *		one without a compression none; without the directive it is -d 31 -z.
 *	target_timeout SECONDS		wait for a device or a link; default 30
 *	failure_action reboot|halt|poweroff
 *	final_action reboot|halt|poweroff
 *	extra_modules NAME...
 * image:
 *	module FILE			loaded in this order; a path inside the image
 *	host NAME			the host's name, part of the dump folder's name
 *
 * A value ends at the first '#'; quotes around it are removed. Several targets are a fallback
 * chain, tried in the order of the file, and several `module` lines one list; any other directive
 * may stand once. ext2 and ext3 are taken as ext4.
 */
#ifndef LIB_CONF_H
#define LIB_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/collector.h"

#define CONF_MAX_TARGETS	8
#define CONF_MAX_MODULES	256
#define CONF_MAX_EXTRA		64
#define CONF_CA_FILE		"/etc/ca.pem"	/* where the image keeps https_ca */
#define CONF_IMAGE_FILE		"/etc/kdump.conf"
#define CONF_DEFAULT_PATH	"/var/crash"
#define CONF_DEFAULT_TIMEOUT_S	30

enum conf_target_kind { CONF_TARGET_FS, CONF_TARGET_HTTPS };

struct conf_target {
	enum conf_target_kind kind;
	const char *type;	/* the directive: "ext4", …, "auto", "https" */
	const char *where;	/* device or URL */
	unsigned line;
};

enum conf_net_mode { CONF_NET_NONE, CONF_NET_DHCP, CONF_NET_STATIC };

struct conf_net {
	enum conf_net_mode mode;
	const char *iface;	/* as written: name, MAC, "auto" */
	const char *address;	/* static: "192.0.2.7/24" */
	const char *gateway;	/* NULL: none */
	const char *dns;	/* NULL: none (DHCP brings its own) */
};

enum conf_action { CONF_REBOOT, CONF_HALT, CONF_POWEROFF };

struct conf {
	struct conf_target targets[CONF_MAX_TARGETS];
	unsigned n_targets;
	const char *path;
	const char *https_ca;	/* NULL: the system's bundle */
	struct conf_net net;
	struct collector collector;
	unsigned target_timeout_s;
	enum conf_action failure_action, final_action;
	const char *extra_modules[CONF_MAX_EXTRA];
	unsigned n_extra_modules;
	/* of the image */
	const char *modules[CONF_MAX_MODULES];
	unsigned n_modules;
	const char *host;	/* NULL in a user's file */
	bool resolved;		/* an image directive was seen */
	uint32_t seen;		/* set of directives that stood in the file, for the parser */
};

struct conf_error {
	unsigned line;		/* 1-based; 0: the file as a whole */
	char text[160];		/* what is wrong, without file name and line */
};

/* The defaults, as an empty file would give. */
void conf_init(struct conf *c);

/*
 * Parses len bytes at text, which must be followed by a NUL. The text is cut up in place and
 * lent to *ret for as long as *ret is used. 0; -EINVAL with *err filled in (and *ret as far as
 * it was read, so that a capture can go on with the good lines before the bad one); a NUL byte
 * inside the text is such an error.
 */
int conf_parse(char *text, size_t len, struct conf *ret, struct conf_error *err);

const char *conf_action_name(enum conf_action a);

#endif
