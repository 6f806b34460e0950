/* SPDX-License-Identifier: MIT */
/*
 * kdump-dumper as a program, from a shell as scripts call it, on a fake core.
 */
#ifndef TESTS_UNIT_FAKE_COMMAND_H
#define TESTS_UNIT_FAKE_COMMAND_H

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdarg.h>
#include <sys/wait.h>

#include "dumper/kernel/crash.h"
#include "dumper/kernel/dmesg.h"
#include "lib/block/raw.h"
#include "lib/bytes.h"
#include "lib/cleanup.h"
#include "lib/io.h"
#include "tests/unit/fake/fakelog.h"
#include "tests/unit/fake/kdumpread.h"
#include "tests/unit/fake/tree.h"
#include "tests/unit/test.h"

/* 8 sections of 256 pages; the middle ones free, the first and the last hold kernel memory. */
struct machine {
	struct fake f;
	struct fakelog log;
	struct tree tree;
	char *out, *err; /* of the last command */
};

#define CLEAR_SEQ (FAKE_IMAGE_PA + 0x900)

static inline void noise(struct machine *m, uint64_t pfn, uint64_t n)
{
	uint32_t x = (uint32_t)pfn * 2654435761u + 1;

	for (uint64_t i = 0; i < n * 4096; i++) {
		x = x * 1664525u + 1013904223u;
		m->f.mem[pfn * 4096 + i] = (uint8_t)(x >> 24);
	}
}

static inline void machine_open(struct machine *m)
{
	char path[64], self[256] = "", number[48];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 40);

	memset(m, 0, sizeof(*m));
	fake_open(&m->f, &(struct fake_desc){ .kernel = FAKE_6_12 });
	fake_kernel_pages(&m->f, 0, 2048);
	fake_free(m->f.kernel, fake_struct(&m->f, 1024), 8);
	fake_free(m->f.kernel, fake_struct(&m->f, 1280), 8);
	noise(m, 1024, 512);
	noise(m, 1600, 64);
	fakelog_open(&m->log, &m->f, 5, 12);
	fakelog_add(&m->log, "before", 6);
	fakelog_add(&m->log, "after", 5);
	fakelog_info(&m->log, m->log.head_id)[0] = 1; /* its sequence number */
	fake_info_add(&m->f, "OFFSET(printk_info.seq)=0");
	fake_info_add(&m->f, "OFFSET(latched_seq.val)=8");
	snprintf(number, sizeof(number), "SYMBOL(clear_seq)=%llx",
		 (unsigned long long)(FAKE_IMAGE_VA + CLEAR_SEQ - FAKE_IMAGE_PA));
	fake_info_add(&m->f, number);
	m->f.mem[CLEAR_SEQ + 8] = 1;
	fake_finish(&m->f);
	m->tree = tree_make();
	self[n > 0 ? n : 0] = '\0';
	dirname(self);
	/* beside the tests of dumper/cmd */
	if (!strcmp(basename(self), "list"))
		dirname(self);
	strcat(self, "/kdump-dumper");
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", getpid(), m->f.fd);
	setenv("C", path, 1);
	setenv("T", m->tree.root, 1);
	setenv("D", self, 1);
}

static inline void machine_close(struct machine *m)
{
	free(m->out);
	free(m->err);
	tree_remove(&m->tree);
	fake_close(&m->f);
}

static inline char *load(struct machine *m, const char *name)
{
	char *text = NULL;

	io_load_file(AT_FDCWD, tree_path(&m->tree, name), 64 << 20, &text, NULL);
	return text ? text : strdup("");
}

/* A shell command in which $D is the program, $C the core and $T a folder. Its exit status. */
static inline int sh(struct machine *m, const char *command)
{
	char line[512];
	int status;

	snprintf(line, sizeof(line), "{ %s; } >$T/out 2>$T/err </dev/null", command);
	status = system(line);
	free(m->out);
	free(m->err);
	m->out = load(m, "/out");
	m->err = load(m, "/err");
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

#define RUN(m, want, command)                                                                      \
	do {                                                                                       \
		int got_ = sh(m, command);                                                         \
		if (got_ != (want)) {                                                              \
			printf("%s:%d: %s: exit %d: %s%s\n", __FILE__, __LINE__, command, got_,    \
			       (m)->out, (m)->err);                                                \
			test_failures++;                                                           \
		}                                                                                  \
	} while (0)

#define SAYS(text, part)                                                                           \
	do {                                                                                       \
		if (!strstr(text, part)) {                                                         \
			printf("%s:%d: \"%s\" is not in: %s\n", __FILE__, __LINE__, part, text);   \
			test_failures++;                                                           \
		}                                                                                  \
	} while (0)

static inline bool exists(struct machine *m, const char *name)
{
	return !access(tree_path(&m->tree, name), F_OK);
}

/* Opens a kdump file and counts its pages; 0: it is none. *ret_bad: pages that differ. */
static inline uint64_t pages_of(struct machine *m, const char *name, uint64_t *ret_bad)
{
	_free_ char *file = NULL;
	struct kdumpread d;
	uint8_t page[4096];
	size_t len;

	*ret_bad = 0;
	if (io_load_file(AT_FDCWD, tree_path(&m->tree, name), 64 << 20, &file, &len) ||
	    !kdumpread_open(&d, (uint8_t *)file, len))
		return 0;
	for (uint64_t pfn = 0; pfn < d.max_mapnr; pfn++) {
		if (kdumpread_dumped(&d, pfn) &&
		    (kdumpread_page(&d, pfn, page, NULL) != KDUMPREAD_OK ||
		     memcmp(page, m->f.mem + pfn * 4096, 4096)))
			++*ret_bad;
	}
	return d.pages;
}

static inline void holds(struct machine *m, const char *name, uint64_t pages)
{
	uint64_t bad, n = pages_of(m, name, &bad);

	if (n != pages || bad) {
		printf("%s: %llu pages instead of %llu, %llu wrong\n", name, (unsigned long long)n,
		       (unsigned long long)pages, (unsigned long long)bad);
		test_failures++;
	}
}

static inline uint64_t size_of(struct machine *m, const char *name)
{
	struct stat st;

	return stat(tree_path(&m->tree, name), &st) ? 0 : (uint64_t)st.st_size;
}

#endif
