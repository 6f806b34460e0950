/* SPDX-License-Identifier: MIT */
/*
 * A machine that can be armed, as files: Debian 12 on two CPUs with crashkernel=256M, and a
 * bzImage head that passes every check.
 */
#ifndef TESTS_UNIT_FAKE_MACHINE_H
#define TESTS_UNIT_FAKE_MACHINE_H

#include <errno.h>
#include <fcntl.h>

#include "tests/unit/fake/fakeimage.h"
#include "tests/unit/fake/tree.h"

#define MACHINE_RELEASE	  "6.1.0-56-cloud-amd64"
#define MACHINE_KERNEL	  "boot/vmlinuz-" MACHINE_RELEASE
#define MACHINE_INITRD	  "boot/kdump-init-" MACHINE_RELEASE ".img"
#define MACHINE_BOOT_UUID "aa000000-0000-0000-0000-000000000000"

enum { MACHINE_KERNEL_BYTES = 3 * 512 + 64 * 16 };

struct machine {
	struct tree tree;
	int fd; /* of its root folder */
};

static inline struct machine machine_bare(void)
{
	struct machine m = { .tree = tree_make() };

	m.fd = open(m.tree.root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (m.fd < 0)
		abort();
	return m;
}

static inline void machine_remove(struct machine *m)
{
	close(m->fd);
	tree_remove(&m->tree);
}

/* The full path of "boot/…", as long as tree_path()'s. */
static inline const char *machine_path(const struct machine *m, const char *path)
{
	char slashed[128];

	snprintf(slashed, sizeof(slashed), "/%s", path);
	return tree_path(&m->tree, slashed);
}

/* As an upgrade does it: a new file in the place of the old one. */
static inline void machine_put_bytes(const struct machine *m, const char *path, const void *data,
				     size_t len)
{
	char slashed[128];

	unlinkat(m->fd, path, 0);
	snprintf(slashed, sizeof(slashed), "/%s", path);
	tree_bytes(&m->tree, slashed, data, len);
}

static inline void machine_put(const struct machine *m, const char *path, const char *text)
{
	machine_put_bytes(m, path, text, strlen(text));
}

static inline void machine_le(unsigned char *p, unsigned n, unsigned long long v)
{
	for (unsigned i = 0; i < n; i++)
		p[i] = (unsigned char)(v >> 8 * i);
}

/* A bzImage of MACHINE_KERNEL_BYTES whose last byte tells it from others. */
static inline void machine_put_kernel(const struct machine *m, const char *path, unsigned char mark)
{
	unsigned char img[MACHINE_KERNEL_BYTES] = { 0 };

	img[0x1f1] = 2;
	machine_le(img + 0x1f4, 4, 64);
	machine_le(img + 0x1fe, 2, 0xaa55);
	img[0x201] = 0x6a;
	memcpy(img + 0x202, "HdrS", 4);
	machine_le(img + 0x206, 2, 0x20f);
	machine_le(img + 0x20e, 2, 0x300);
	img[0x211] = 1;
	machine_le(img + 0x230, 4, 0x200000);
	machine_le(img + 0x236, 2, 0x2b);
	machine_le(img + 0x238, 4, 2047);
	machine_le(img + 0x260, 4, 52 << 20);
	memcpy(img + 0x500, MACHINE_RELEASE " (debian) #1", sizeof(MACHINE_RELEASE " (debian) #1"));
	img[sizeof(img) - 1] = mark;
	machine_put_bytes(m, path, img, sizeof(img));
}

/* A capture image for that kernel; its payload tells it from others. */
static inline void machine_put_image(const struct machine *m, const char *path,
				     const struct fakeimage *f)
{
	size_t len;
	char *image = fakeimage_make(f, &len);

	machine_put_bytes(m, path, image, len);
	free(image);
}

static inline void machine_put_initrd(const struct machine *m, const char *path,
				      const char *payload)
{
	machine_put_image(m, path,
			  &(struct fakeimage){ .release = MACHINE_RELEASE,
					       .payload = payload,
					       .n_modules = 3,
					       .unpacked_bytes = 1 << 20 });
}

static inline void machine_mount_boot(const struct machine *m)
{
	machine_put(
		m, "proc/self/mountinfo",
		"28 1 0:40 / / rw - tmpfs tmpfs rw\n29 28 8:1 / /boot rw - ext4 /dev/sda1 rw\n");
}

/* An ext4 of MACHINE_BOOT_UUID, mounted at /boot. */
static inline void machine_put_boot_disk(const struct machine *m)
{
	static unsigned char image[8192];

	memcpy(image + 1024 + 56, "\x53\xef", 2);
	image[1024 + 104] = 0xaa;
	machine_put_bytes(m, "dev/sda1", image, sizeof(image));
	tree_link(&m->tree, "/sys/dev/block/8:1", "../../devices/virtual/block/sda1");
	tree_dir(&m->tree, "/sys/class/block/sda1");
	machine_mount_boot(m);
}

static inline struct machine machine_make(void)
{
	struct machine m = machine_bare();

	machine_put(&m, "proc/sys/kernel/osrelease", MACHINE_RELEASE "\n");
	machine_put(&m, "proc/sys/kernel/arch", "x86_64\n");
	machine_put(&m, "proc/sys/kernel/kexec_load_disabled", "0\n");
	machine_put(&m, "proc/sys/kernel/panic_on_oops", "1\n");
	machine_put(&m, "proc/sys/kernel/panic", "10\n");
	machine_put(&m, "proc/cmdline", "root=/dev/vda1 ro console=ttyS0 quiet crashkernel=256M\n");
	machine_put(&m, "proc/meminfo",
		    "MemTotal:        2029396 kB\nMemFree:         1743448 kB\nMemAvailable:    "
		    "1729840 kB\n");
	machine_put(&m, "proc/self/status",
		    "Name:\tkdump-loader\nCapPrm:\t0000000000000000\nCapEff:\t000001ffffffffff\n");
	machine_put(
		&m, "proc/cpuinfo",
		"processor\t: 0\nflags\t\t: fpu vme la57x\napicid\t\t: 4\ninitial apicid\t: 4\n\n"
		"processor\t: 1\nflags\t\t: fpu vme la57\napicid\t\t: 9\ninitial apicid\t: 9\n\n");
	machine_put(&m, "proc/iomem",
		    "00000000-00000fff : Reserved\n00100000-3ffdffff : System RAM\n  "
		    "2e000000-3dffffff : Crash kernel\n"
		    "  40000000-41ffffff : Kernel code\n");
	machine_put(&m, "sys/kernel/kexec_crash_loaded", "0\n");
	machine_put(&m, "sys/kernel/kexec_crash_size", "268435456\n");
	machine_put(&m, "run/keep", "");
	machine_put_kernel(&m, MACHINE_KERNEL, 1);
	machine_put_initrd(&m, MACHINE_INITRD, "first image");
	return m;
}

#endif
