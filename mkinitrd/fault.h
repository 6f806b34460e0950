/* SPDX-License-Identifier: MIT */
/*
 * Why something failed, in one line that names the object and says what to do. The parts fill it
 * in, main prints it.
 */
#ifndef MKINITRD_FAULT_H
#define MKINITRD_FAULT_H

struct fault {
	unsigned line; /* of the config; 0: not about one */
	char text[560];
};

/* Returns r, a negative errno, for `return fault_set(…)`. */
int fault_set(struct fault *f, int r, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
int fault_at(struct fault *f, unsigned line, int r, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

#endif
