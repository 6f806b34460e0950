/* SPDX-License-Identifier: MIT */
#include "loader/back/back_make.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/block/mounts.h"
#include "lib/cleanup.h"
#include "lib/conf/conf.h"
#include "lib/image_head.h"
#include "lib/io.h"
#include "lib/kernel_places.h"
#include "lib/newc.h"
#include "loader/back/back_record.h"
#include "loader/back/back_token.h"
#include "loader/check/devices.h"
#include "loader/kexec/arch.h"

#define MIB ((uint64_t)1 << 20)

enum {
	SLACK_MIB = 8, /* of the capture system's memory, beside the two files */
	/* that a crash kernel takes of the reservation for good, before it counts its memory */
	KERNEL_MIB = 32,
};

/* Where distributions put them; %s is the release. */
static const char *const initrds[] = { "boot/initrd.img-%s", "boot/initramfs-%s.img",
				       "boot/initrd-%s" };

/* A record that is being made. */
struct maker {
	int root;
	const struct host *h;
	const struct conf *conf; /* of the image */
	struct back_record *record;
	struct findings *f;
};

static void __attribute__((format(printf, 2, 3))) refuse(struct maker *m, const char *fmt, ...)
{
	char text[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	findings_warn(m->f, "no-way-back",
		      "final_action kexec: %s; after a dump the firmware reboots the machine",
		      text);
}

/* ---------------------------------------------------------------- kernel and initrd */

/* The path of the machine, which begins at root's. */
static const char *below(const struct maker *m, const struct image *img)
{
	char top[PATH_MAX];
	const struct devices r = devices_of(m->root);
	ssize_t n;

	n = readlink(r.path, top, sizeof(top));
	return n <= 1 || strncmp(img->path, top, (size_t)n) ? img->path : img->path + n;
}

static int open_kernel(struct maker *m, const char *given, struct image *ret)
{
	char path[KERNEL_PLACE_BYTES];
	unsigned at = 0;
	bool plain;
	int r = -ENOENT;

	if (given)
		return image_open(m->root, given + 1, ret);
	while (r == -ENOENT && kernel_places_next(&at, m->h->release, path, &plain))
		r = image_open(m->root, path, ret);
	return r;
}

static int open_initrd(struct maker *m, const char *given, struct image *ret)
{
	char path[160];
	int r = -ENOENT;

	if (given)
		return image_open(m->root, given + 1, ret);
	for (size_t i = 0; i < ARRAY_LEN(initrds) && r == -ENOENT; i++) {
		snprintf(path, sizeof(path), initrds[i], m->h->release);
		r = image_open(m->root, path, ret);
	}
	return r;
}

/* Its path in the file system that the capture mounts. */
static bool place_file(struct maker *m, const struct image *img, struct back_file *ret)
{
	_free_ struct mounted *at = malloc(sizeof(*at));
	char folder[PATH_MAX], rest[PATH_MAX];
	const char *path = below(m, img), *base = strrchr(path, '/');
	const struct devices root = devices_of(m->root);

	snprintf(folder, sizeof(folder), "%.*s", (int)(base - path), path);
	if (!at || mounts_of_folder(root.path, *folder ? folder : "/", at, rest)) {
		refuse(m, "it is not known what %s lies on", path);
		return false;
	}
	if (!devices_shows(&root, &m->conf->kexec.disk, at)) {
		refuse(m, "%s lies on %.60s, and the image was made for %.60s: run kdump-mkinitrd",
		       path, at->source, m->conf->kexec.disk.where);
		return false;
	}
	return snprintf(ret->path, sizeof(ret->path), "%s%s", strcmp(rest, "/") ? rest : "", base) <
	       (int)sizeof(ret->path);
}

static bool take_file(struct maker *m, const struct image *img, struct back_file *ret)
{
	int r;

	if (!place_file(m, img, ret))
		return false;
	r = back_record_digest(img->fd, ret);
	if (r)
		refuse(m, "%s: %s", below(m, img), strerror(-r));
	return !r;
}

static bool take_kernel(struct maker *m, struct kernel_head *b)
{
	const struct conf_kexec *k = &m->conf->kexec;
	struct image img = { .fd = -1 };
	const char *why = NULL;
	int r = open_kernel(m, k->kernel, &img);
	bool good = false;

	if (!r)
		r = m->h->arch->read_kernel(img.fd, img.id.bytes, b, &why);
	if (r)
		refuse(m, "the production kernel %s%s%s%s", k->kernel ? k->kernel : "",
		       k->kernel ? " " : "", why ? why : strerror(-r),
		       k->kernel ? "" : ": name it with kexec_kernel");
	else if (strcmp(b->release, m->h->release))
		refuse(m, "kernel %s is %.64s, and %.64s runs: name that with kexec_kernel",
		       below(m, &img), b->release, m->h->release);
	else
		good = take_file(m, &img, &m->record->kernel);
	image_close(&img);
	return good;
}

static bool take_initrd(struct maker *m)
{
	const char *given = m->conf->kexec.initrd;
	struct image img = { .fd = -1 };
	bool good;
	int r;

	if (given && !strcmp(given, "none"))
		return true;
	r = open_initrd(m, given, &img);
	good = !r && take_file(m, &img, &m->record->initrd);
	if (r)
		refuse(m, "the production initrd%s%s: %s%s", given ? " " : "", given ? given : "",
		       strerror(-r), given ? "" : ": name it with kexec_initrd");
	image_close(&img);
	return good;
}

/* ---------------------------------------------------------------- what else it takes */

static bool check_kernel_call(struct maker *m)
{
	if (!m->h->arch->tells_memory)
		refuse(m,
		       "a kernel of %s cannot be left for memory that it was not told of, and a "
		       "crash kernel is told of the reservation alone",
		       m->h->machine);
	else if (m->h->locked_down)
		refuse(m, "the kernel is locked down (Secure Boot?), and so will the capture's be, "
			  "which forbids kexec_load");
	else if (host_config(m->root, m->h->release, "KEXEC") == 'n')
		refuse(m, "the kernel was built without kexec_load (CONFIG_KEXEC)");
	else if (!m->conf->kexec.disk.type)
		refuse(m, "the image does not say where the kernel is: run kdump-mkinitrd");
	else
		return true;
	return false;
}

/*
 * Both files are copied into memory of the capture system, of which the kernel allows half; what is
 * there in truth shows only then, and is looked at again.
 */
static bool check_room(struct maker *m, uint64_t left_bytes)
{
	uint64_t need = (m->record->kernel.bytes + m->record->initrd.bytes) / MIB + 1;
	uint64_t all = m->h->crash_bytes / MIB,
		 half = all > KERNEL_MIB ? (all - KERNEL_MIB) / 2 : 0;
	uint64_t left = left_bytes / MIB, want = 2 * need + KERNEL_MIB;

	if (need <= half && (!left_bytes || need + SLACK_MIB <= left))
		return true;
	if (left_bytes && all - left + need + SLACK_MIB > want)
		want = all - left + need + SLACK_MIB;
	refuse(m,
	       "kernel and initrd are %" PRIu64
	       " MiB, for which the capture system has no room: it "
	       "takes crashkernel=%" PRIu64 "M",
	       need, (want + 15) / 16 * 16);
	return false;
}

/* As a boot loader told this kernel. */
static bool take_memory(struct maker *m)
{
	struct iomem given = { 0 };
	unsigned kinds = ~(IOMEM_BIT(IOMEM_RAM_OF_DRIVER) | IOMEM_BIT(IOMEM_CRASH) |
			   IOMEM_BIT(IOMEM_KERNEL));
	int r = iomem_read_firmware(m->root, &given);

	if (r == -ENOENT)
		r = iomem_read(m->root, "proc/iomem", &given);
	if (!r)
		r = iomem_pick(&given, kinds, &m->record->memory);
	iomem_free(&given);
	if (r)
		refuse(m, "the machine's memory is not known: %s", strerror(-r));
	return !r;
}

static unsigned count_cpus(const struct maker *m)
{
	char path[64];
	unsigned n = 0;

	do
		snprintf(path, sizeof(path), "sys/devices/system/cpu/cpu%u", n);
	while (!faccessat(m->root, path, F_OK, 0) && ++n);
	return n;
}

static bool take_line(struct maker *m, const struct kernel_head *b)
{
	struct back_record *r = m->record;

	r->returned = back_token_read(m->h->cmdline) + 1;
	r->first_cpu = m->h->boot_apicid;
	r->min_uptime_s = m->conf->kexec.min_uptime_s;
	r->cpus = count_cpus(m);
	snprintf(r->release, sizeof(r->release), "%s", m->h->release);
	if (!back_token_line(m->h->cmdline, r->returned, r->cmdline, sizeof(r->cmdline)) &&
	    strlen(r->cmdline) <= b->cmdline_bytes)
		return true;
	refuse(m, "its mark makes the command line longer than the kernel takes");
	return false;
}

void back_make(int root, const struct host *h, const struct conf *conf, uint64_t left_bytes,
	       struct back *ret, struct findings *f)
{
	_free_ struct back_record *record = calloc(1, sizeof(*record));
	_free_ struct maker *m = calloc(1, sizeof(*m));
	struct kernel_head b;

	*ret = (struct back){ .text = NULL };
	if (!m || !record || conf->final_action != CONF_KEXEC)
		return;
	m->conf = conf;
	m->root = root;
	m->h = h;
	m->record = record;
	m->f = f;
	if (check_kernel_call(m) && take_kernel(m, &b) && take_initrd(m) &&
	    check_room(m, left_bytes) && take_memory(m) && take_line(m, &b) &&
	    back_record_write(record, &ret->text, &ret->len))
		refuse(m, "a path with a line break cannot be recorded");
	back_record_free(record);
}

/* ---------------------------------------------------------------- one file */

static int copy_image(int out, const struct image *initrd)
{
	off_t off = 0;

	while ((uint64_t)off < initrd->id.bytes) {
		ssize_t n = sendfile(out, initrd->fd, &off, initrd->id.bytes - (uint64_t)off);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (!n)
			return -ENODATA;
	}
	return 0;
}

/* The kernel passes over zeros between two archives. */
static int put_archive(int out, const struct back *b)
{
	static const struct newc_entry file = { BACK_FILE, 1, 0100600, 1 };
	static const struct newc_entry end = { NEWC_TRAILER, 0, 0, 1 };
	_close_ int fd = dup(out);
	struct stat st;
	FILE *to;
	size_t at;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	to = fdopen(fd, "a");
	if (!to)
		return -errno;
	keep_fd(&fd);
	at = (size_t)st.st_size;
	newc_pad(to, &at, IMAGE_HEAD_ALIGN);
	newc_put(to, &file, b->text, b->len, &at);
	newc_put(to, &end, NULL, 0, &at);
	newc_pad(to, &at, IMAGE_HEAD_ALIGN);
	return fclose(to) ? -EIO : 0;
}

int back_attach(const struct image *initrd, const struct back *b)
{
	_close_ int fd = -1;
	int r;

	if (!b->text)
		return -ENOENT;
	fd = memfd_create("kdump-image", MFD_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = copy_image(fd, initrd);
	if (!r)
		r = put_archive(fd, b);
	return r ? r : keep_fd(&fd);
}
