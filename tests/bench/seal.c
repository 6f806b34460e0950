/* SPDX-License-Identifier: MIT */
/*
 * seal KEY <IN >OUT - a file sealed by the sink that a capture has, to be compared with `age -r
 * KEY`.
 */
#include <stdio.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "seal/sink_age.h"

static int out_put(struct sink *s, uint64_t off, const void *buf, size_t len)
{
	(void)s, (void)off;
	return write(STDOUT_FILENO, buf, len) == (ssize_t)len ? 0 : -1;
}

static int out_commit(struct sink *s)
{
	(void)s;
	return 0;
}

static void out_abort(struct sink *s)
{
	(void)s;
}

int main(int argc, char **argv)
{
	static struct sink out = { .put = out_put, .commit = out_commit, .abort = out_abort };
	static char buf[256 << 10];
	uint8_t key[1][AGE_KEY_BYTES];
	static struct sink_age s;
	uint64_t off = 0;
	ssize_t n;

	if (argc != 2 || age_key_parse(argv[1], key[0]) || sink_age_open(&s, &out, key, 1))
		return 2;
	while ((n = read(STDIN_FILENO, buf, sizeof(buf))) > 0) {
		if (sink_put(&s.base, off, buf, (size_t)n))
			return 1;
		off += (uint64_t)n;
	}
	return n < 0 || sink_commit(&s.base);
}
