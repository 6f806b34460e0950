/* SPDX-License-Identifier: MIT */
/*
 * The crash kernel's command line, made from the running kernel's: arguments that would hurt in a
 * small memory or on a half-dead machine are dropped, those that help there are appended. Pure
 * text.
 */
#ifndef LOADER_KEXEC_CMDLINE_H
#define LOADER_KEXEC_CMDLINE_H

#include <stdbool.h>
#include <stddef.h>

#define CMDLINE_BYTES	  4096 /* more than any architecture's COMMAND_LINE_SIZE on x86 and arm64 */
#define CMDLINE_NO_APICID (-1)

/* One argument of the line, quotes included. */
struct cmdline_arg {
	const char *text;
	size_t len;
	const char *name; /* inside text: behind a leading quote, up to the first '=' */
	size_t name_len;
};

/*
 * An argument that the crash kernel must not see. In names '-' and '_' are the same, as in the
 * kernel.
 */
struct cmdline_drop {
	const char *name; /* written with '_'; a '*' at one end matches anything */
	const char *why;
};

struct cmdline_append {
	const char *text; /* also replaces an argument of the same name in the base */
	const char *why;
};

/*
 * The next argument at *pos, with the kernel's rules: blanks end it except between double
 * quotes. False at the end and at "--", quoted or not, behind which init's own arguments follow.
 */
bool cmdline_next(const char **pos, struct cmdline_arg *ret);

/* Why the crash kernel must not see this argument; NULL: it is passed on. */
const char *cmdline_why_dropped(const struct cmdline_arg *arg);

/*
 * The line that fits most machines: base without the dropped arguments, our own, and extra
 * (NULL: none) last, so that it wins. apicid: the boot processor's APIC id for kernels before
 * 6.9, or CMDLINE_NO_APICID. 0, or -E2BIG when it does not fit into size bytes.
 */
int cmdline_derive(const char *base, const char *extra, int apicid, char *buf, size_t size);

/*
 * base with nothing but the reservation and the boot loader's marks removed, and extra behind
 * it. 0 or -E2BIG.
 */
int cmdline_reuse(const char *base, const char *extra, char *buf, size_t size);

/* The same for a kernel that takes this one's place: what base reserves stays. */
int cmdline_again(const char *base, const char *extra, char *buf, size_t size);

/* Has base an argument of this name? *ret_value, which may be NULL, points behind its '='. */
bool cmdline_has(const char *base, const char *name, const char **ret_value);

/* params_x86.c: the two tables, each ended by an entry without a name or text. */
extern const struct cmdline_drop cmdline_drops[];
extern const struct cmdline_append cmdline_appends[];

#endif
