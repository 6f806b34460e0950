/* SPDX-License-Identifier: MIT */
#include "loader/verify/tool.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/text.h"

enum { NO_PROGRAM = 127 };

void tool_add(struct tool_words *w, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (w->n == WORDS_MAX) {
		w->full = true;
		return;
	}
	va_start(ap, fmt);
	n = vasprintf(&w->at[w->n], fmt, ap);
	va_end(ap);
	if (n < 0)
		w->full = true;
	else
		w->n++;
	w->at[w->n] = NULL;
}

void tool_free(struct tool_words *w)
{
	while (w->n)
		free(w->at[--w->n]);
}

void tool_set_path(void)
{
	const char *path = getenv("PATH");
	char text[PATH_MAX];

	snprintf(text, sizeof(text),
		 "%s:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin",
		 path ? path : "");
	setenv("PATH", path ? text : text + 1, 1);
}

bool tool_is_there(const char *name)
{
	const char *path = getenv("PATH");
	char full[PATH_MAX];

	for (size_t len; path && *path; path += len + (path[len] == ':')) {
		len = strcspn(path, ":");
		snprintf(full, sizeof(full), "%.*s/%s", (int)len, path, name);
		if (!access(full, X_OK))
			return true;
	}
	return false;
}

/* The last line that has a letter. */
static void read_last_line(int fd, char *said, size_t size)
{
	_fclose_ FILE *from = fdopen(fd, "r");
	char line[256];

	if (!from) {
		close(fd);
		return;
	}
	while (fgets(line, sizeof(line), from)) {
		line[strcspn(line, "\n")] = '\0';
		if (*line)
			snprintf(said, size, "%s", line);
	}
	text_make_printable(said);
}

int tool_run(const struct tool_words *w, char *said, size_t size)
{
	int out[2], status;
	pid_t pid;

	*said = '\0';
	if (w->full || !w->n)
		return -E2BIG;
	if (pipe2(out, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (!pid) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		dup2(out[1], STDERR_FILENO);
		execvp(w->at[0], w->at);
		_exit(NO_PROGRAM);
	}
	close(out[1]);
	if (pid < 0) {
		close(out[0]);
		return -errno;
	}
	read_last_line(out[0], said, size);
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	if (!WIFEXITED(status))
		return -EIO;
	return WEXITSTATUS(status) == NO_PROGRAM ? -ENOENT : WEXITSTATUS(status) ? -EIO : 0;
}
