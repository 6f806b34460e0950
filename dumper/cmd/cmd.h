/* SPDX-License-Identifier: MIT */
/*
 * What the command kdump-dumper can do: one function for each enum collector_mode, which says on
 * standard error what went wrong and returns the exit status.
 */
#ifndef DUMPER_CMD_CMD_H
#define DUMPER_CMD_CMD_H

#include "lib/conf/collector.h"

/* EXIT_NOTHING: --recover found no dump on the device. */
enum { EXIT_OK, EXIT_FAILED, EXIT_USAGE, EXIT_NOTHING };

int cmd_dump(const struct collector *o);
int cmd_dmesg(const struct collector *o);
int cmd_info(const struct collector *o);
int cmd_mem_usage(const struct collector *o);
int cmd_unflatten(const struct collector *o);
int cmd_convert(const struct collector *o); /* also --reassemble, --recover of a file */
int cmd_recover(const struct collector *o);
int cmd_verify(const struct collector *o);
int cmd_list(const struct collector *o); /* dumper/cmd/list */
int cmd_help(const struct collector *o);
int cmd_version(const struct collector *o);

#endif
