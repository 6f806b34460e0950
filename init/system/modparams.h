/* SPDX-License-Identifier: MIT */
/*
 * What a module is loaded with: the config's `options` lines, and the words of the kernel's command
 * line that name it ("nvme_core.io_timeout=60"), which modprobe would have taken from there.
 */
#ifndef INIT_SYSTEM_MODPARAMS_H
#define INIT_SYSTEM_MODPARAMS_H

#include <stddef.h>

#include "lib/conf/conf.h"

struct modparams {
	const struct conf_options *options;
	unsigned n_options;
	const char *cmdline; /* NULL: none */
};

/*
 * The parameters for the module in file, "a=1 b=2", as init_module(2) takes them: the command
 * line's last, as the last one counts. Parameters that do not fit are dropped.
 */
void modparams_of(const struct modparams *p, const char *file, char *ret, size_t size);

#endif
