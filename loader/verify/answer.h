/* SPDX-License-Identifier: MIT */
/*
 * What a verification comes to, for a person and for a program.
 */
#ifndef LOADER_VERIFY_ANSWER_H
#define LOADER_VERIFY_ANSWER_H

#include "loader/verify/verdict.h"

#define ANSWER_NOTES 16

enum answer_result { ANSWER_UNKNOWN, ANSWER_YES, ANSWER_NO };

struct answer {
	enum answer_result result;
	char why[3000]; /* NO: reasons, one a line; UNKNOWN: the reason */
	struct verdict verdict;
	bool has_kvm;
	uint64_t reserved_mib;
	char notes[ANSWER_NOTES][400]; /* what was not shown, and what is old */
	unsigned n_notes;
};

/* A reason more for which it is no. */
void answer_no(struct answer *a, const char *why);
/* No, as the verdict says. */
void answer_no_capture(struct answer *a, bool timeout);
void answer_unknown(struct answer *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void answer_note(struct answer *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* To standard output. */
void answer_print(const struct answer *a, bool json);

#endif
