/* SPDX-License-Identifier: MIT */
/*
 * The smallest test frame: TEST(name) { CHECK(…); }. Each t_*.c is one program; its last line is
 * "N passed, N failed" and it exits with 1 when anything failed.
 */
#ifndef TESTS_UNIT_TEST_H
#define TESTS_UNIT_TEST_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct test {
	const char *name;
	void (*run)(void);
	struct test *next;
};

static struct test *test_first, **test_last = &test_first;
static int test_failures; /* of the running test */

static inline void test_add(struct test *t)
{
	*test_last = t;
	test_last = &t->next;
}

#define TEST(id)                                                                                   \
	static void test_##id(void);                                                               \
	static struct test test_entry_##id = { #id, test_##id, NULL };                             \
	static void __attribute__((constructor)) test_register_##id(void)                          \
	{                                                                                          \
		test_add(&test_entry_##id);                                                        \
	}                                                                                          \
	static void test_##id(void)

#define CHECK(cond)                                                                                \
	do {                                                                                       \
		if (!(cond)) {                                                                     \
			printf("%s:%d: CHECK(%s) failed\n", __FILE__, __LINE__, #cond);            \
			test_failures++;                                                           \
		}                                                                                  \
	} while (0)

/* Compares integers and shows both. */
#define CHECK_EQ(a, b)                                                                             \
	do {                                                                                       \
		long long a_ = (long long)(a), b_ = (long long)(b);                                \
		if (a_ != b_) {                                                                    \
			printf("%s:%d: %s is %lld, not %lld\n", __FILE__, __LINE__, #a, a_, b_);   \
			test_failures++;                                                           \
		}                                                                                  \
	} while (0)

#define CHECK_STR(a, b)                                                                            \
	do {                                                                                       \
		const char *a_ = (a), *b_ = (b);                                                   \
		if (strcmp(a_, b_)) {                                                              \
			printf("%s:%d: %s is \"%s\", not \"%s\"\n", __FILE__, __LINE__, #a, a_,    \
			       b_);                                                                \
			test_failures++;                                                           \
		}                                                                                  \
	} while (0)

int main(void)
{
	int passed = 0, failed = 0;

	for (struct test *t = test_first; t; t = t->next) {
		test_failures = 0;
		t->run();
		if (test_failures) {
			failed++;
			printf("FAIL %s\n", t->name);
		} else {
			passed++;
		}
	}
	printf("%d passed, %d failed\n", passed, failed);
	return failed != 0;
}

#endif
