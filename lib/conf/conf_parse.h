/* SPDX-License-Identifier: MIT */
/*
 * The functions that rows of the table name, conf_directive.parse: a value → struct conf.
 */
#ifndef LIB_CONF_CONF_PARSE_H
#define LIB_CONF_CONF_PARSE_H

#include "lib/conf/conf_table.h"

/* ---- conf_parse.c: what of a row goes into its member */

conf_parser conf_parse_number;	  /* unsigned, min to max; text: "seconds" */
conf_parser conf_parse_size;	  /* uint64_t */
conf_parser conf_parse_yes_no;	  /* bool */
conf_parser conf_parse_action;	  /* enum conf_action, up to max */
conf_parser conf_parse_file;	  /* const char *, a file of the host */
conf_parser conf_parse_path;	  /* const char * */
conf_parser conf_parse_arguments; /* const char *, of a kernel's command line */

/* and those of one directive, or two */
conf_parser conf_parse_failure_action;
conf_parser conf_parse_final_action;
conf_parser conf_parse_kexec_initrd;
conf_parser conf_parse_collector;
conf_parser conf_parse_crash_loop;
conf_parser conf_parse_extra_bins;
conf_parser conf_parse_extra_modules;
conf_parser conf_parse_options;
conf_parser conf_parse_luks_key;
conf_parser conf_parse_module;
conf_parser conf_parse_host;
conf_parser conf_parse_stack;
conf_parser conf_parse_delay;
conf_parser conf_parse_no_effect; /* text: why */
conf_parser conf_parse_refused;	  /* text: "not supported: …" */

/* ---- target/conf_target.c: text is the type if the directive's name is another */

conf_parser conf_parse_fs;
conf_parser conf_parse_share;
conf_parser conf_parse_ubifs;
conf_parser conf_parse_raw;
conf_parser conf_parse_mtd;
conf_parser conf_parse_https;
conf_parser conf_parse_nfs; /* target/conf_nfs.c */
conf_parser conf_parse_kexec_disk;
conf_parser conf_parse_https_method; /* conf_https.c */
conf_parser conf_parse_https_header;
conf_parser conf_parse_s3; /* conf_s3.c */
conf_parser conf_parse_s3_endpoint;
conf_parser conf_parse_s3_region;
conf_parser conf_parse_s3_style;
conf_parser conf_parse_s3_credentials;
conf_parser conf_parse_beacon; /* conf_beacon.c */
conf_parser conf_parse_ssh;    /* conf_ssh.c; sftp too */

/* ---- conf_net.c, conf_fence.c, conf_dracut.c, conf_encrypt.c */

conf_parser conf_parse_net;
conf_parser conf_parse_link;
conf_parser conf_parse_ntp;
conf_parser conf_parse_fence_nodes;
conf_parser conf_parse_fence_args;
conf_parser conf_parse_dracut_args;
conf_parser conf_parse_encrypt;

#endif
