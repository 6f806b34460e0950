/* SPDX-License-Identifier: MIT */
/*
 * A table of places; the first that this system has is taken. Sources: grub-mkconfig and Debian's
 * /etc/default/grub.d, kernel-install(8), Alpine's update-extlinux, Debian's u-boot-menu,
 * U-Boot's extlinux.conf.
 */
#include "loader/bootloader.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/io.h"

#define MAX_BYTES (1u << 20)
#define WORD	  "crashkernel="

enum form {
	FORM_DROP_IN,	/* a file of our own in a folder */
	FORM_LINE,	/* the whole file is the command line */
	FORM_VARIABLE,	/* NAME="the command line" */
	FORM_DIRECTIVE, /* lines that begin with a word, and the command line behind it */
	FORM_BY_HAND,
};

static const struct place {
	const char *name;
	const char *needs; /* only where this is there, too */
	const char *path;
	enum form form;
	const char *key;
	const char *command;
} places[] = {
	{ "GRUB", "etc/default/grub.d", "etc/default/grub.d/zz-kdump-init.cfg", FORM_DROP_IN,
	  "GRUB_CMDLINE_LINUX_DEFAULT", "update-grub" },
	{ "GRUB", "usr/sbin/grubby", NULL, FORM_BY_HAND, "run grubby --update-kernel=ALL --args=%s",
	  NULL },
	{ "GRUB", "boot/grub/grub.cfg", "etc/default/grub", FORM_VARIABLE, "GRUB_CMDLINE_LINUX",
	  "grub-mkconfig -o /boot/grub/grub.cfg" },
	/* add-all came with systemd 257 */
	{ "kernel-install", NULL, "etc/kernel/cmdline", FORM_LINE, NULL, NULL },
	{ "update-extlinux", NULL, "etc/update-extlinux.conf", FORM_VARIABLE, "default_kernel_opts",
	  "update-extlinux" },
	{ "u-boot-menu", NULL, "etc/default/u-boot", FORM_VARIABLE, "U_BOOT_PARAMETERS",
	  "u-boot-update" },
	{ "extlinux", NULL, "boot/extlinux/extlinux.conf", FORM_DIRECTIVE, "append", NULL },
	{ "U-Boot", "etc/fw_env.config", NULL, FORM_BY_HAND,
	  "add %s to U-Boot's bootargs: fw_printenv bootargs, then fw_setenv bootargs", NULL },
	{ "the boot loader", NULL, NULL, FORM_BY_HAND,
	  "no known boot loader's configuration was found: add %s to the kernel command line",
	  NULL },
};

static bool exists(int root, const char *path)
{
	return !path || !faccessat(root, path, F_OK, 0);
}

static const struct place *find_place(int root)
{
	const struct place *p = places;

	/* a drop-in's folder is enough */
	while (!exists(root, p->needs) || (p->form != FORM_DROP_IN && !exists(root, p->path)))
		p++;
	return p;
}

/* A text that grows; full is seen at the end. */
struct growing {
	char *text;
	size_t len, size;
	bool full;
};

static void add_text(struct growing *g, const char *text, size_t len)
{
	g->full |= len >= g->size - g->len;
	if (g->full)
		return;
	memcpy(g->text + g->len, text, len);
	g->len += len;
	g->text[g->len] = '\0';
}

/* The words of a command line but crashkernel=, and ours as the last one. */
static void add_words(struct growing *g, const char *line, size_t len, const char *ours)
{
	const char *end = line + len;
	bool first = true;

	while (line < end) {
		size_t blanks = strspn(line, " \t"), n;

		line += blanks < (size_t)(end - line) ? blanks : (size_t)(end - line);
		n = strcspn(line, " \t\n");
		n = n < (size_t)(end - line) ? n : (size_t)(end - line);
		if (n && strncmp(line, WORD, sizeof(WORD) - 1)) {
			add_text(g, " ", !first);
			add_text(g, line, n);
			first = false;
		}
		line += n;
	}
	add_text(g, " ", !first && *ours);
	add_text(g, ours, strlen(ours));
}

/* The command line within a line of the file: false, this line has none. */
static bool find_words(const struct place *p, const char *line, size_t len, size_t *ret_at,
		       size_t *ret_len)
{
	size_t at = 0, n = p->key ? strlen(p->key) : 0;
	char quote;

	*ret_at = 0;
	*ret_len = len;
	if (p->form == FORM_LINE)
		return len;
	while (at < len && (line[at] == ' ' || line[at] == '\t'))
		at++;
	if (len - at <= n || strncasecmp(line + at, p->key, n))
		return false;
	at += n;
	if (p->form == FORM_DIRECTIVE) {
		*ret_at = at + 1;
		*ret_len = len - at - 1;
		return line[at] == ' ' || line[at] == '\t';
	}
	quote = line[at] == '=' && at + 1 < len ? line[at + 1] : '\0';
	if ((quote != '"' && quote != '\'') || line[len - 1] != quote || len - at < 3)
		return false;
	*ret_at = at + 2;
	*ret_len = len - at - 3;
	return true;
}

/* before with ours in each command line. Returns how many there were. */
static unsigned edit_lines(const struct place *p, const char *before, const char *ours,
			   struct growing *g)
{
	unsigned found = 0;

	for (const char *line = before; *line;) {
		size_t len = strcspn(line, "\n"), at, n;

		if (find_words(p, line, len, &at, &n)) {
			add_text(g, line, at);
			add_words(g, line + at, n, ours);
			add_text(g, line + at + n, len - at - n);
			found++;
		} else {
			add_text(g, line, len);
		}
		line += len;
		add_text(g, "\n", *line == '\n');
		line += *line == '\n';
	}
	return found;
}

static int plan_edit(const struct place *p, const char *ours, struct bootloader_change *ret)
{
	struct growing g = { .size = 2 * strlen(ret->before) + MAX_BYTES };

	g.text = malloc(g.size);
	if (!g.text)
		return -ENOMEM;
	g.text[0] = '\0';
	if (!edit_lines(p, ret->before, ours, &g) || g.full) {
		free(g.text);
		snprintf(ret->advice, sizeof(ret->advice),
			 "no command line was found in /%s (%s): add %s to it", p->path,
			 p->key ? p->key : "a line", *ours ? ours : WORD);
		ret->file[0] = '\0';
		return 0;
	}
	ret->after = g.text;
	return 0;
}

static int plan_drop_in(const struct place *p, const char *ours, struct bootloader_change *ret)
{
	if (!*ours)
		return 0;
	return asprintf(
		       &ret->after,
		       "# Written by kdump-loader estimate --apply; the last crashkernel= counts.\n"
		       "%s=\"$%s %s\"\n",
		       p->key, p->key, ours) < 0
		       ? -ENOMEM
		       : 0;
}

int bootloader_plan(int root, uint64_t mib, struct bootloader_change *ret)
{
	const struct place *p = find_place(root);
	char ours[40] = "";
	size_t len = 0;
	int r;

	*ret = (struct bootloader_change){ .name = p->name, .command = p->command };
	if (mib)
		snprintf(ours, sizeof(ours), WORD "%" PRIu64 "M", mib);
	if (p->form == FORM_BY_HAND) {
		snprintf(ret->advice, sizeof(ret->advice), p->key, *ours ? ours : WORD);
		return 0;
	}
	snprintf(ret->file, sizeof(ret->file), "%s", p->path);
	if (p->form == FORM_LINE)
		snprintf(ret->advice, sizeof(ret->advice),
			 "it takes effect when kernel-install add RELEASE KERNEL has run for each "
			 "installed kernel");
	r = io_load_file(root, p->path, MAX_BYTES, &ret->before, &len);
	if (r && !(r == -ENOENT && p->form == FORM_DROP_IN))
		return r;
	/* what stands behind them would be lost */
	if (ret->before && strlen(ret->before) != len) {
		snprintf(ret->advice, sizeof(ret->advice),
			 "/%s has bytes that are zero: mend it first", p->path);
		ret->file[0] = '\0';
		return 0;
	}
	return p->form == FORM_DROP_IN ? plan_drop_in(p, ours, ret) : plan_edit(p, ours, ret);
}

void bootloader_free(struct bootloader_change *c)
{
	free(c->before);
	free(c->after);
	*c = (struct bootloader_change){ .name = "" };
}

/* Is this line one of the text's? */
static bool has_line(const char *text, const char *line, size_t len)
{
	while (text && *text) {
		size_t n = strcspn(text, "\n");

		if (n == len && !memcmp(text, line, n))
			return true;
		text += n + (text[n] == '\n');
	}
	return false;
}

static void print_lines(const char *sign, const char *text, const char *other)
{
	while (text && *text) {
		size_t n = strcspn(text, "\n");

		if (!has_line(other, text, n))
			printf("%s %.*s\n", sign, (int)n, text);
		text += n + (text[n] == '\n');
	}
}

void bootloader_print(const struct bootloader_change *c)
{
	if (!*c->file) {
		printf("%s: %s\n", c->name, c->advice);
		return;
	}
	printf("%s: /%s\n", c->name, c->file);
	print_lines("-", c->before, c->after);
	print_lines("+", c->after, c->before);
	fflush(stdout);
}

/* The file that a link leads to is the one to replace. */
static void follow_link(int root, const char *file, char ret[PATH_MAX])
{
	_close_ int fd = openat(root, file, O_PATH | O_CLOEXEC);
	struct stat st;
	char self[40];
	ssize_t n = -1;

	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	if (fd >= 0 && !fstatat(root, file, &st, AT_SYMLINK_NOFOLLOW) && S_ISLNK(st.st_mode))
		n = readlink(self, ret, PATH_MAX - 1);
	if (n > 0)
		ret[n] = '\0';
	else
		snprintf(ret, PATH_MAX, "%s", file);
}

int bootloader_write(int root, const struct bootloader_change *c)
{
	char path[PATH_MAX], fresh[PATH_MAX + 16], folder[PATH_MAX];
	_close_ int fd = -1, dir = -1;
	struct stat st = { .st_mode = 0644 };
	int r;

	if (!c->after)
		return unlinkat(root, c->file, 0) < 0 && errno != ENOENT ? -errno : 0;
	follow_link(root, c->file, path);
	snprintf(fresh, sizeof(fresh), "%s.kdump-new", path);
	fstatat(root, path, &st, 0);
	fd = openat(root, fresh, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	r = io_write(fd, c->after, strlen(c->after));
	if (!r && (fchmod(fd, st.st_mode & 07777) < 0 || fsync(fd) < 0 ||
		   renameat(root, fresh, root, path) < 0))
		r = -errno;
	if (r) {
		unlinkat(root, fresh, 0);
		return r;
	}
	snprintf(folder, sizeof(folder), "%s", path);
	*strrchr(folder, '/') = '\0';
	dir = openat(root, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return dir < 0 ? -errno : io_sync_dir(dir);
}
