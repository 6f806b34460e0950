/* SPDX-License-Identifier: MIT */
/*
 * A crash kernel without modules, as `make crash-kernel` builds it: what it can do is in the
 * configuration that it carries inside itself (CONFIG_IKCONFIG). Facts: the head of a bzImage,
 * Documentation/arch/x86/boot.rst; of an Image, Documentation/arch/arm64/booting.rst and
 * Documentation/arch/riscv/boot-image-header.rst; the marks around the configuration,
 * kernel/configs.c.
 */
#ifndef MKINITRD_KERNEL_KCONFIG_H
#define MKINITRD_KERNEL_KCONFIG_H

#include <stdbool.h>

#include "mkinitrd/fault.h"

struct kconfig {
	const char *file; /* borrowed */
	char *text;	  /* lines "CONFIG_X=y" */
	char release[65];
};

/* 0 or -errno with *f; kconfig_free() after success. file is borrowed. */
int kconfig_load(const char *file, struct kconfig *ret, struct fault *f);
/*
 * Of the running kernel, which has no modules: from /proc/config.gz, or from its file in /boot. root: ""
 * is this machine. ret->file lasts until the next call. 0 or -errno with *f.
 */
int kconfig_of_running(const char *root, const char *release, struct kconfig *ret, struct fault *f);
void kconfig_free(struct kconfig *c);

/* Is "CONFIG_X" built in? */
bool kconfig_has(const struct kconfig *c, const char *option);

/* The option that builds a module ('-' and '_' are the same); NULL: not in the table. */
const char *kconfig_option(const char *module);

/* Row i of the table of modules; NULL behind the last. */
const char *kconfig_module(unsigned i);

#endif
