/* SPDX-License-Identifier: MIT */
/*
 * What to dump and how: the options of `core_collector makedumpfile …` in kdump.conf and of the
 * command kdump-dumper, which takes makedumpfile's place in scripts. One table for both; its help
 * and its refusals come from the same rows.
 */
#ifndef LIB_CONF_COLLECTOR_H
#define LIB_CONF_COLLECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/dump_format.h"
#include "lib/manual.h"

#define COLLECTOR_LEVELS 8
#define COLLECTOR_NOTES	 8
#define COLLECTOR_WORDS	 64 /* of a config line */
#define COLLECTOR_LABEL	 24
#define COLLECTOR_LINE	 256 /* takes whatever collector_print() prints */

enum collector_mode {
	COLLECTOR_DUMP,
	COLLECTOR_DMESG,
	COLLECTOR_INFO,
	COLLECTOR_MEM_USAGE,
	COLLECTOR_UNFLATTEN,  /* -R */
	COLLECTOR_REASSEMBLE, /* a split set into one file */
	COLLECTOR_CONVERT,
	COLLECTOR_RECOVER,
	COLLECTOR_VERIFY,
	COLLECTOR_LIST,
	COLLECTOR_HELP,
	COLLECTOR_VERSION,
	COLLECTOR_MODES
};

/* Bits of --message-level, as makedumpfile's. */
enum {
	COLLECTOR_PROGRESS = 1,
	COLLECTOR_COMMON = 2,
	COLLECTOR_ERRORS = 4,
	COLLECTOR_DEBUG = 8,
	COLLECTOR_REPORT = 16,
};

struct collector {
	enum collector_mode mode;
	unsigned levels[COLLECTOR_LEVELS]; /* dump levels, the next one when space runs out */
	unsigned n_levels;		   /* at least 1 */
	bool exclude_struct_pages;
	enum dump_codec codec;
	int zstd_level; /* -5 … 3; 0: our own */
	bool zstd_auto; /* harder or easier as the target is slow or fast */
	enum dump_format format;
	unsigned threads;  /* 0: as many as help */
	uint64_t limit;	   /* bytes of a file at most; 0: none */
	unsigned messages; /* COLLECTOR_PROGRESS … */
	bool flattened;	   /* as makedumpfile -F */
	bool split, force, json, dry_run, partial, check_only;
	/* Command line: the words that are no options, in the caller's array. */
	char **operands;
	unsigned n_operands;
	/* Options that are answered otherwise than makedumpfile does; each deserves a line. */
	const struct collector_option *notes[COLLECTOR_NOTES];
	unsigned n_notes;
};

struct collector_error {
	char text[140];
};

/* Where an option stands in the help. */
enum collector_group {
	COLLECTOR_G_FILTER,
	COLLECTOR_G_STORE,
	COLLECTOR_G_MODE,
	COLLECTOR_G_SAY,
	COLLECTOR_G_NO_EFFECT,
	COLLECTOR_G_REFUSED,
	COLLECTOR_GROUPS
};

struct collector_option {
	char letter;	      /* 0: none */
	uint8_t action;	      /* of the parser */
	uint16_t value;	      /* for it: of an enum, the largest number, an offset */
	uint8_t group;	      /* enum collector_group */
	uint8_t conf;	      /* what it is in kdump.conf, for the parser */
	const char *name;     /* without "--"; NULL: a letter alone */
	const char *arg;      /* what its value is called; NULL: takes none */
	const char *text;     /* for the help; why it has no effect or is refused */
	struct manual manual; /* args: unused */
};

/* One way of calling the command. */
struct collector_usage {
	const char *option, *operands, *text;
	unsigned min, max;    /* operands */
	struct manual manual; /* args: unused */
};

extern const struct collector_option collector_options[];
extern const size_t collector_n_options;
extern const struct collector_usage collector_usages[COLLECTOR_MODES];

/* What makedumpfile does without options: level 0, pages stored as they are. */
void collector_init(struct collector *c);

/*
 * The n words of a command line (without the program's name), on top of what *ret holds. words is
 * rearranged and lent to *ret. 0, or -EINVAL with err->text and *ret half-way.
 */
int collector_parse(char **words, unsigned n, struct collector *ret, struct collector_error *err);

/*
 * The same for the words behind the program's name in kdump.conf; the line is cut up. What makes
 * no sense there is refused.
 */
int collector_parse_line(char *line, struct collector *ret, struct collector_error *err);

/*
 * The options that collector_parse_line() turns into *c again, without those that have no effect in
 * a capture: "-d 31 -z". 0, or -ENOSPC.
 */
int collector_print(const struct collector *c, char *buf, size_t size);

/* "-x" or "--name", for messages. */
void collector_label(const struct collector_option *o, char buf[COLLECTOR_LABEL]);

#endif
