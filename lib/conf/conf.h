/* SPDX-License-Identifier: MIT */
/*
 * kdump.conf: the language of Fedora's kdump-utils with our additions, one parser for the user's
 * file on the host and for the resolved file in the image. kdump-mkinitrd writes the second from
 * the first: the same directives with `auto` and device names replaced by what was found
 * (file-system type, UUID=, MAC), plus the rows of the table with CONF_IMAGE.
 *
 * conf_table.c has the directives, a row each, with their syntax and meaning; kdump.conf(5) is made
 * of it.
 *
 * A value ends at the first '#'; quotes around it are removed. Several targets are a fallback
 * chain, tried in the order of the file; `luks_key`, `options`, `encrypt`, `module`, `dm` and
 * `md` may also stand several times; any other directive once. ext2 and ext3 are taken as ext4.
 *
 * kdump-utils' other directives, of all its versions: what means the same under another name is
 * taken as that (`default`, `link_delay`, `disk_timeout`, --add-drivers in `dracut_args`), what has
 * no meaning here is taken (`auto_reset_crashkernel`, `force_rebuild`, …), each with a note; what
 * would send the dump elsewhere is an error (`minix`, --mount in `dracut_args`).
 */
#ifndef LIB_CONF_CONF_H
#define LIB_CONF_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/conf/collector.h"

#define CONF_MAX_NETS	    4
#define CONF_MAX_LINKS	    8
#define CONF_NET_ADDRESSES  8
#define CONF_NET_ROUTES	    16
#define CONF_MAX_NTP	    4
#define CONF_NET_DNS	    3 /* as many as resolv.conf takes */
#define CONF_LINK_PORTS	    8
#define CONF_MAX_TARGETS    8
#define CONF_MAX_MODULES    256
#define CONF_MAX_EXTRA	    64
#define CONF_MAX_LUKS_KEYS  8
#define CONF_MAX_STACK	    64
#define CONF_MAX_OPTIONS    16
#define CONF_MAX_NODES	    32
#define CONF_MAX_HEADERS    8
#define CONF_MAX_BEACONS    4
#define CONF_MAX_FINDINGS   32
#define CONF_PATH_MAX	    300 /* bytes of `path`: a shell over ssh has room for it, whatever is in it */
#define CONF_MAX_RECIPIENTS 32
#define CONF_MAX_KEY_FILES  8
#define CONF_CA_FILE	    "/etc/ca.pem"     /* where the image keeps https_ca */
#define CONF_CERT_FILE	    "/etc/client.pem" /* and https_cert, https_key */
#define CONF_CERT_KEY	    "/etc/client.key"
#define CONF_IMAGE_FILE	    "/etc/kdump.conf"
#define CONF_DEFAULT_PATH   "/var/crash"

enum conf_target_kind {
	CONF_TARGET_FS,
	CONF_TARGET_SHARE, /* 9p, virtiofs */
	CONF_TARGET_UBI,   /* ubifs */
	CONF_TARGET_RAW,
	CONF_TARGET_HTTPS,
	CONF_TARGET_NFS,
	CONF_TARGET_SSH,
	CONF_TARGET_SFTP,
	CONF_TARGET_S3,
	CONF_TARGET_KINDS
};

struct conf_target {
	enum conf_target_kind kind;
	const char *type;  /* the directive: "ext4", …, "auto", "https" */
	const char *where; /* device, tag, volume (lib/ubi_name.h), URL or SERVER:/PATH */
	unsigned line;
	const char *subvol;	  /* btrfs; NULL: the default one */
	const char *options;	  /* nfs: of the mount, those that the kernel gets; NULL: none */
	bool overwrite;		  /* raw */
	const char *query;	  /* https: secret, not in where; NULL: none */
	const struct conf_s3 *s3; /* s3 */
};

struct conf_route {
	const char *to;	 /* "192.0.2.0/24"; NULL: the default route */
	const char *via; /* NULL: on the link */
};

/* How one interface is set up. All but iface may come from several sources at once. */
struct conf_net {
	const char *iface;	 /* as written: name, MAC, "auto", or the name of a conf_link */
	bool dhcp, dhcp6, slaac; /* slaac: what routers announce */
	const char *addresses[CONF_NET_ADDRESSES]; /* "192.0.2.7/24", "2001:db8::7/64" */
	struct conf_route routes[CONF_NET_ROUTES];
	const char *dns[CONF_NET_DNS]; /* before those that DHCP and routers bring */
	unsigned n_addresses, n_routes, n_dns;
	unsigned mtu;  /* 0: as it is */
	unsigned line; /* targets behind it use it, until the next one */
};

enum conf_link_kind { CONF_LINK_VLAN, CONF_LINK_BOND };

/* An interface that is made of others, which are named as in conf_net or by their own link. */
struct conf_link {
	enum conf_link_kind kind;
	const char *name;
	const char *lower[CONF_LINK_PORTS];
	unsigned n_lower;
	unsigned vlan_id;
	const char
		*options; /* bond: "mode=802.3ad miimon=100", as files of sysfs have them; NULL */
	unsigned line;
};

/* What goes along with the requests of https targets. */
struct conf_https {
	bool post;			       /* POST instead of PUT */
	const char *cert, *key;		       /* PEM files; NULL: none */
	const char *headers[CONF_MAX_HEADERS]; /* "Name: value"; secret */
	unsigned n_headers;
};

enum conf_s3_style { CONF_S3_AUTO, CONF_S3_PATH, CONF_S3_HOST };

struct conf_s3 {
	const char *endpoint, *region; /* NULL: AWS'; us-east-1 */
	enum conf_s3_style style;
	const char *keys_file; /* NULL: none */
	bool instance;	       /* keys of the machine's metadata service */
};

enum conf_action {
	CONF_REBOOT,
	CONF_HALT,
	CONF_POWEROFF,
	/* of failure_action alone; the final action follows them */
	CONF_SHELL,
	CONF_DUMP_TO_ROOTFS,
	/* of final_action alone */
	CONF_KEXEC,
};

/* final_action kexec: the way back without the firmware. */
struct conf_kexec {
	const char *kernel; /* files of the host; NULL: where its distribution puts them */
	const char *initrd; /* "none": the kernel has all built in */
	unsigned min_uptime_s;
	struct conf_target disk; /* where both lie; of the image. type NULL: not known */
};

struct conf_limits {
	unsigned target_timeout_s, step_timeout_s, stall_timeout_s, hook_timeout_s;
	unsigned target_deadline_s, deadline_s;
};

/* 0: not asked for */
struct conf_keep {
	unsigned dumps;
	uint64_t bytes, min_free;
	unsigned loop_crashes, loop_minutes;
};

enum conf_hook { CONF_HOOK_PRE, CONF_HOOK_POST, CONF_HOOK_EMERGENCY, CONF_HOOKS };

struct conf_luks_key {
	const char *device, *file;
	unsigned line;
};

struct conf_options {
	const char *module, *params; /* "loop", "max_loop=1 hw_queue_depth=4" */
	unsigned line;
};

/*
 * To whom everything that holds memory is sealed. wanted stays set where a line was wrong, so that
 * nothing is saved as it is by mistake.
 */
struct conf_encrypt {
	bool wanted;
	const char *keys[CONF_MAX_RECIPIENTS]; /* "age1…" */
	unsigned n_keys;
	const char *files[CONF_MAX_KEY_FILES]; /* lists of keys; none in an image's file */
	unsigned n_files;
	unsigned line; /* the first */
};

enum conf_family { CONF_FAMILY_AUTO, CONF_FAMILY_IPV4, CONF_FAMILY_IPV6 };

/* fence_kdump's receivers. */
struct conf_fence {
	const char *nodes[CONF_MAX_NODES]; /* names or addresses */
	unsigned n_nodes, nodes_line;
	unsigned port, interval_s;
	unsigned count; /* of messages to each; 0: until the end */
	enum conf_family family;
};

struct conf_stack {
	const char *kind; /* "dm" or "md" */
	const char *text; /* the rest of the line */
	unsigned line;	  /* targets of this line and later ones may stand on it */
};

struct conf {
	struct conf_target targets[CONF_MAX_TARGETS];
	unsigned n_targets;
	const char *path;
	const char *https_ca; /* NULL: the system's bundle */
	struct conf_net nets[CONF_MAX_NETS];
	unsigned n_nets;
	struct conf_link links[CONF_MAX_LINKS];
	unsigned n_links;
	const char *ntp[CONF_MAX_NTP]; /* who tells the time of day; names or addresses */
	unsigned n_ntp;
	struct conf_https https;
	struct conf_s3 s3;
	const char *beacons[CONF_MAX_BEACONS]; /* URLs */
	unsigned n_beacons;
	const char *ssh_key; /* NULL: one of the usual files */
	struct conf_encrypt encrypt;
	struct collector collector;
	struct conf_limits limits;
	struct conf_keep keep;
	enum conf_action failure_action, final_action;
	struct conf_kexec kexec;
	bool watchdog;
	const char *hooks[CONF_HOOKS]; /* NULL: none */
	const char *notify;	       /* of kdump-loader news; NULL: none */
	const char *extra_bins[CONF_MAX_EXTRA];
	unsigned n_extra_bins;
	struct conf_luks_key luks_keys[CONF_MAX_LUKS_KEYS];
	unsigned n_luks_keys;
	const char *extra_modules[CONF_MAX_EXTRA];
	unsigned n_extra_modules;
	const char *hint_modules[CONF_MAX_EXTRA]; /* packed if the kernel has them */
	unsigned n_hint_modules;
	struct conf_options options[CONF_MAX_OPTIONS];
	unsigned n_options;
	struct conf_fence fence;
	const char *cmdline_remove, *cmdline_append; /* for kdump-loader; NULL: nothing */
	/* of the image */
	const char *modules[CONF_MAX_MODULES];
	unsigned n_modules;
	struct conf_stack stack[CONF_MAX_STACK]; /* in the order in which they are made */
	unsigned n_stack;
	const char *host; /* NULL in a user's file */
	bool resolved;	  /* an image directive was seen */
};

struct conf_finding {
	unsigned line;	/* 1-based */
	bool is_note;	/* the line was taken */
	char said[80];	/* the line of the file, cut and printable */
	char text[720]; /* what is wrong with it, or how it is understood */
};

/* Errors and notes of a file, by line. */
struct conf_findings {
	struct conf_finding at[CONF_MAX_FINDINGS];
	unsigned n, n_errors; /* errors that no room was left for are counted in n_errors alone */
};

#define CONF_SAY_BYTES 880

/* The defaults, as an empty file would give. */
void conf_init(struct conf *c);

/*
 * Parses len bytes at text, which must be followed by a NUL. The text is cut up in place and
 * lent to *ret for as long as *ret is used. A bad line costs itself alone: *ret has all good ones.
 * 0, or -EINVAL when found->n_errors is not 0.
 */
int conf_parse(char *text, size_t len, struct conf *ret, struct conf_findings *found);

/* The first error; NULL: there is none. */
const struct conf_finding *conf_first_error(const struct conf_findings *found);
/* "line 3 (minix /dev/sda1): minix is not supported: …", for the log. */
void conf_say(const struct conf_finding *f, char ret[CONF_SAY_BYTES]);

/*
 * The net line that a target uses: the last one above it, else the first; of a target NULL the first.
 * NULL: there is none.
 */
const struct conf_net *conf_net_of(const struct conf *c, const struct conf_target *t);
/* The link line that makes this interface; NULL: none, it is the machine's. */
const struct conf_link *conf_link_find(const struct conf *c, const char *iface);

const char *conf_action_name(enum conf_action a);
/* The directive: "kdump_pre", … */
const char *conf_hook_name(enum conf_hook h);

#endif
