/* SPDX-License-Identifier: MIT */
/*
 * A file of shell assignments, as /etc/sysconfig and /etc/default have them, read without a shell: what
 * would have to be run or looked up is an error of its line.
 */
#ifndef MKINITRD_CONVERT_SHELL_VARS_H
#define MKINITRD_CONVERT_SHELL_VARS_H

#define SHELL_VARS 128

struct shell_var {
	const char *name, *value;
	unsigned line;
};

struct shell_vars {
	struct shell_var at[SHELL_VARS];
	unsigned n;
	/* the first line that is none, and why; 0 */
	unsigned bad_line;
	const char *why;
};

/* Cuts text up, which ends with a NUL and lends its bytes to *ret. A later value replaces one before. */
void shell_vars_read(char *text, struct shell_vars *ret);

/* "" where it is not there. */
const char *shell_vars_get(const struct shell_vars *v, const char *name);

#endif
