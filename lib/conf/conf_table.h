/* SPDX-License-Identifier: MIT */
/*
 * Between the table of directives, the parser of lines and the generator of kdump.conf(5).
 */
#ifndef LIB_CONF_CONF_TABLE_H
#define LIB_CONF_CONF_TABLE_H

#include "lib/conf/conf_values.h"
#include "lib/manual.h"

#define CONF_MAX_DIRECTIVES 96

/* What a row's function works on. */
struct conf_state {
	struct conf *conf;
	unsigned line;
	unsigned delay_s; /* the longest of link_delay and disk_timeout */
};

/* conf_directive.flags */
enum {
	CONF_REPEATS = 1,  /* may stand several times; any other directive once */
	CONF_IMAGE = 2,	   /* kdump-mkinitrd writes it into the image's file */
	CONF_FOREIGN = 4,  /* known to kdump-utils alone, now or once */
	CONF_NO_VALUE = 8, /* may stand without a value */
	CONF_ALIAS = 16,   /* another name of the directive in text, which stands once under both */
};

struct conf_directive;

/*
 * value: as conf_values.h says, empty with CONF_NO_VALUE alone. 0 with or without err->note, or
 * -EINVAL with err->text.
 */
typedef int conf_parser(const struct conf_directive *d, char *value, struct conf_state *s,
			struct conf_error *err);

struct conf_directive {
	const char *name;
	conf_parser *parse;
	const char *text; /* for parse: a type, a unit, why it has no effect, what to write */
	uint32_t max;	  /* of a number, of an enum */
	uint16_t member;  /* of struct conf: its offset */
	uint8_t min;
	uint8_t flags;
	struct manual manual; /* group: enum conf_group */
};

/* Headings of kdump.conf(5). */
enum conf_group {
	CONF_G_TARGETS,
	CONF_G_NETWORK,
	CONF_G_DUMP,
	CONF_G_TIME,
	CONF_G_SPACE,
	CONF_G_END,
	CONF_G_HOOKS,
	CONF_G_MACHINE,
	CONF_G_IMAGE,
	CONF_G_TAKEN,	  /* kdump-utils', with a meaning of ours */
	CONF_G_NO_EFFECT, /* and without one: text is the reason */
	CONF_G_REFUSED,	  /* text says what to write */
	CONF_GROUPS
};

extern const struct conf_directive conf_directives[];
extern const size_t conf_n_directives;

/* NULL: there is none of this name. */
const struct conf_directive *conf_find_directive(const char *name);

/* The part of a conf that the row sets. */
static inline void *conf_member(const struct conf_directive *d, struct conf *c)
{
	return (char *)c + d->member;
}

/* ---- conf_shell.c */

/* A variable of other kdump's shell configurations, and what says the same in kdump.conf. */
struct conf_variable {
	const char *name, *by;
};

extern const struct conf_variable conf_variables[];
extern const size_t conf_n_variables;

/* What says the same as NAME=…; NULL if unknown. */
const char *conf_shell_variable(const char *assignment);

/* ---- conf_dracut.c */

/* An option of dracut that dracut_args may have and that says what a capture does. */
struct conf_dracut_option {
	const char *name;
	bool is_mount;	      /* names the target, else modules to load */
	struct manual manual; /* group: 0 */
};

extern const struct conf_dracut_option conf_dracut_options[];
extern const size_t conf_n_dracut_options;

#endif
