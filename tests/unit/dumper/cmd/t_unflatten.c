/* SPDX-License-Identifier: MIT */
/*
 * Flattened streams → files: any order, through a pipe, cut anywhere.
 */
#include "dumper/cmd/unflatten.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/fake/fakedump.h"
#include "tests/unit/fake/memsink.h"
#include "tests/unit/test.h"

static int run(const struct fakedump_bytes *s, struct memsink *m, struct unflatten_stats *st)
{
	const char *why = NULL;
	char path[40];
	int fd = fakedump_file(s, path), r;

	lseek(fd, 0, SEEK_SET);
	memsink_open(m, true);
	r = unflatten(fd, &m->base, st, &why);
	CHECK(why && (!r || why[0]));
	close(fd);
	return r;
}

static void make(struct fakedump_bytes *file)
{
	*file = (struct fakedump_bytes){ 0 };
	fakedump_put(file, NULL, 1500000);
	for (size_t i = 0; i < file->len; i++)
		file->p[i] = (i / 50000) % 3 ? (uint8_t)(i * 31 + i / 256) : 0;
}

TEST(the_file_again)
{
	for (unsigned i = 0; i < 6; i++) {
		static const size_t pieces[] = { 10000, 99999, 1 << 20 };
		struct fakedump_bytes file, s;
		struct unflatten_stats st;
		struct memsink m;

		make(&file);
		fakedump_flatten(&s, &file, pieces[i / 2], i & 1);
		CHECK_EQ(run(&s, &m, &st), 0);
		CHECK_EQ(m.len, file.len);
		CHECK_EQ(st.size, file.len);
		CHECK_EQ(st.bytes_in, s.len);
		CHECK(m.len == file.len && !memcmp(m.buf, file.p, file.len));
		/* what no record holds stays a hole */
		CHECK(pieces[i / 2] != 10000 || !m.written[5]);
		CHECK(!m.committed && !m.aborted);
		memsink_close(&m);
		fakedump_free(&s);
		fakedump_free(&file);
	}
}

TEST(through_a_pipe)
{
	struct fakedump_bytes file, s;
	struct unflatten_stats st;
	struct memsink m;
	const char *why;
	int fds[2];
	pid_t pid;

	make(&file);
	fakedump_flatten(&s, &file, 4321, false);
	CHECK_EQ(pipe(fds), 0);
	pid = fork();
	if (!pid) {
		for (size_t at = 0; at < s.len; at += 7777)
			if (write(fds[1], s.p + at, s.len - at < 7777 ? s.len - at : 7777) < 0)
				break;
		_exit(0);
	}
	close(fds[1]);
	memsink_open(&m, true);
	CHECK_EQ(unflatten(fds[0], &m.base, &st, &why), 0);
	CHECK(m.len == file.len && !memcmp(m.buf, file.p, file.len));
	close(fds[0]);
	waitpid(pid, NULL, 0);
	memsink_close(&m);
	fakedump_free(&s);
	fakedump_free(&file);
}

TEST(cut_anywhere)
{
	struct fakedump_bytes file = { 0 }, s;
	size_t whole;

	fakedump_put(&file, "0123456789abcdefghij", 20);
	fakedump_flatten(&s, &file, 7, false);
	whole = s.len;
	for (s.len = 0; s.len < whole; s.len += s.len == 100 ? 3900 : 1) {
		size_t rest = s.len < 4096 ? 0 : s.len - 4096, want = rest / 23 * 7;
		struct unflatten_stats st;
		struct memsink m;

		want += rest % 23 > 16 ? rest % 23 - 16 : 0;
		want = want < 20 ? want : 20;
		CHECK_EQ(run(&s, &m, &st), s.len < 4096 ? -ENOEXEC : -ENODATA);
		CHECK_EQ(m.len, want);
		CHECK_EQ(st.size, want);
		CHECK(!want || !memcmp(m.buf, file.p, want));
		memsink_close(&m);
	}
	fakedump_free(&s);
	fakedump_free(&file);
}

TEST(what_is_no_stream)
{
	static const uint64_t heads[][2] = {
		{ 0, 0 }, { ~0ull, 1 }, { 1, ~0ull }, { 1ull << 63, 1 }, { INT64_MAX, 1 }
	};
	struct fakedump_bytes s = { 0 }, nothing = { 0 };
	struct unflatten_stats st;
	struct memsink m;

	fakedump_put(&s, NULL, 5000);
	CHECK_EQ(run(&s, &m, &st), -ENOEXEC);
	memsink_close(&m);
	fakedump_free(&s);
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		uint64_t head[2] = { __builtin_bswap64(heads[i][0]),
				     __builtin_bswap64(heads[i][1]) };

		fakedump_flatten(&s, &nothing, 1, false);
		s.len = 4096;
		fakedump_put(&s, head, 16);
		fakedump_put(&s, "some bytes", 10);
		CHECK_EQ(run(&s, &m, &st), -EBADMSG);
		memsink_close(&m);
		fakedump_free(&s);
	}
}

TEST(errors_of_the_sink)
{
	struct fakedump_bytes file, s;
	struct unflatten_stats st;
	struct memsink m;
	const char *why;
	char path[40];
	int fd;

	make(&file);
	fakedump_flatten(&s, &file, 10000, false);
	fd = fakedump_file(&s, path);
	for (unsigned i = 0; i < 2; i++) {
		lseek(fd, 0, SEEK_SET);
		memsink_open(&m, true);
		m.fail_put = i ? 0 : 3;
		m.base.rewrites = !i;
		CHECK_EQ(unflatten(fd, &m.base, &st, &why), i ? -EINVAL : -ENOSPC);
		memsink_close(&m);
	}
	close(fd);
	fakedump_free(&s);
	fakedump_free(&file);
}
