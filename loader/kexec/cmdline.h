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
#include <stdint.h>

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

/* Architectures, as bits; each has its own in struct kexec_arch. */
enum cmdline_arch { CMDLINE_X86 = 1, CMDLINE_ARM64 = 2, CMDLINE_RISCV64 = 4, CMDLINE_ALL = 7 };

#define CMDLINE_RELEASE(major, minor) ((major) << 8 | (minor))

/* What the %d of an argument's text stands for. */
enum cmdline_value { CMDLINE_NO_VALUE, CMDLINE_CPUS, CMDLINE_APICID };

struct cmdline_append {
	const char *text; /* also replaces an argument of the same name in the base */
	const char *why;
	uint8_t arches;		/* of crash kernels that it is for */
	uint8_t value;		/* enum cmdline_value */
	uint16_t since, before; /* CMDLINE_RELEASE() of those kernels; 0: any */
};

/* What the line is for. */
struct cmdline_for {
	enum cmdline_arch arch;
	unsigned
		release; /* CMDLINE_RELEASE() of the crash kernel; 0: unknown, all of the table is for it */
	unsigned cpus; /* nr_cpus= */
	int apicid;    /* of the boot processor, or CMDLINE_NO_APICID */
};

#define CMDLINE_ADDS 3

/* What the administrator wants of it; names are words with blanks between, each NULL: nothing. */
struct cmdline_wish {
	const char *drop;      /* names that base loses */
	const char *drop_ours; /* and those that our own arguments lose, too */
	const char *add
		[CMDLINE_ADDS]; /* behind the rest, the last of a name wins; also replaces ours */
};

/*
 * The next argument at *pos, with the kernel's rules: blanks end it except between double
 * quotes. False at the end and at "--", quoted or not, behind which init's own arguments follow.
 */
bool cmdline_next(const char **pos, struct cmdline_arg *ret);

/* Why the crash kernel must not see this argument of base; NULL: it is passed on. */
const char *cmdline_why_dropped(const struct cmdline_for *to, const struct cmdline_wish *w,
				const struct cmdline_arg *arg);

/* Is this argument of ours part of the line? */
bool cmdline_is_appended(const struct cmdline_for *to, const struct cmdline_wish *w,
			 const struct cmdline_append *a);

/*
 * The line that fits most machines: base without the dropped arguments, our own, and what is wished
 * for last, so that it wins. 0, or -E2BIG when it does not fit into size bytes.
 */
int cmdline_derive(const char *base, const struct cmdline_for *to, const struct cmdline_wish *w,
		   char *buf, size_t size);

/*
 * base with nothing but the reservation and the boot loader's marks removed, and extra behind
 * it. 0 or -E2BIG.
 */
int cmdline_reuse(const char *base, const char *extra, char *buf, size_t size);

/*
 * The same for a kernel that takes this one's place: what base reserves stays, and that this one was
 * returned to (loader/back/back_token.h) does not.
 */
int cmdline_again(const char *base, const char *extra, char *buf, size_t size);

/* Has base an argument of this name? *ret_value, which may be NULL, points behind its '='. */
bool cmdline_has(const char *base, const char *name, const char **ret_value);

/* params.c: the two tables, each ended by an entry without a name or text. */
extern const struct cmdline_drop cmdline_drops[];
extern const struct cmdline_append cmdline_appends[];

#endif
