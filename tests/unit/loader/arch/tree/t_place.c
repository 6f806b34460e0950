/* SPDX-License-Identifier: MIT */
/*
 * What kexec_load would be given on machines of a device tree: for a crash and for a reboot, of
 * both architectures. The call itself is made in tests/qemu alone.
 */
#include "loader/arch/tree/place.h"

#include <errno.h>

#include "lib/cleanup.h"
#include "loader/kexec/kexec_load.h"
#include "tests/unit/fake/treemachine.h"
#include "tests/unit/test.h"

#define MIB 0x100000ull

enum { INITRD_BYTES = 3 * 1024 * 1024 + 5 };

static struct machine t;
static struct kexec_request q;
static struct layout l;

static int open_file(const char *path)
{
	int fd = openat(t.fd, path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		abort();
	return fd;
}

static void begin(const struct kexec_arch *arch, bool high)
{
	char *initrd = calloc(1, INITRD_BYTES);

	t = treemachine_make(arch == &kexec_arch_riscv64, high);
	machine_put_bytes(&t, "boot/initrd", initrd, INITRD_BYTES);
	free(initrd);
	q = (struct kexec_request){ .arch = arch,
				    .root = t.fd,
				    .kernel_fd = open_file(TREEMACHINE_IMAGE),
				    .initrd_fd = open_file("boot/initrd"),
				    .cmdline = "console=ttyAMA0 nr_cpus=1",
				    .release = MACHINE_RELEASE };
}

static void end(void)
{
	layout_free(&l);
	close(q.kernel_fd);
	if (q.initrd_fd >= 0)
		close(q.initrd_fd);
	machine_remove(&t);
}

static const struct segment *find(const char *name)
{
	for (unsigned i = 0; i < l.n; i++) {
		if (!strcmp(l.segment[i].name, name))
			return &l.segment[i];
	}
	return NULL;
}

static uint64_t chosen(const char *name, int at)
{
	const void *fdt = find("device tree")->data;
	int len;
	const fdt64_t *p = fdt_getprop(fdt, fdt_path_offset(fdt, "/chosen"), name, &len);

	return p && len >= 8 * (at + 1) ? fdt64_ld(p + at) : 0;
}

/* What the kernel checks of segments, in [start, end). */
static void check_segments(uint64_t start, uint64_t end_)
{
	for (unsigned i = 0; i < l.n; i++) {
		const struct segment *s = &l.segment[i];

		CHECK(s->start >= start && s->end <= end_ && s->start < s->end);
		CHECK(!(s->start % 4096) && !(s->end % 4096));
		CHECK(s->bytes && s->bytes <= s->end - s->start);
		for (unsigned n = 0; n < i; n++)
			CHECK(s->end <= l.segment[n].start || s->start >= l.segment[n].end);
	}
	CHECK(l.entry >= start && l.entry < end_);
}

/* The ranges of the ELF header's PT_LOADs, as text. */
static const char *loads(void)
{
	static char text[400];
	const Elf64_Ehdr *e = find("elfcorehdr")->data;
	const Elf64_Phdr *p = (const Elf64_Phdr *)(e + 1);
	size_t n = 0;

	text[0] = '\0';
	for (unsigned i = 0; i < e->e_phnum; i++) {
		if (p[i].p_type == PT_LOAD)
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%llx-%llx",
					      n ? " " : "", (unsigned long long)p[i].p_paddr,
					      (unsigned long long)p[i].p_paddr + p[i].p_memsz);
	}
	return text;
}

TEST(crash_of_aarch64)
{
	const struct segment *kernel, *initrd, *code;
	const Elf64_Ehdr *e;

	begin(&kexec_arch_aarch64, false);
	CHECK_EQ(kexec_load_prepare(&q, true, &l), 0);
	CHECK_STR(l.why, "");
	check_segments(0x60000000, 0x70000000);
	kernel = find("kernel");
	initrd = find("initrd");
	code = find("start code");
	/* text_offset above a multiple of 2 MiB, and nothing but it below */
	CHECK_EQ(kernel->start, 0x60080000);
	CHECK_EQ(kernel->end - kernel->start, TREEMACHINE_IN_MEMORY);
	CHECK_EQ(kernel->bytes, TREEMACHINE_IMAGE_BYTES);
	CHECK_EQ(initrd->start, kernel->end);
	CHECK_EQ(chosen("linux,initrd-start", 0), initrd->start);
	CHECK_EQ(chosen("linux,initrd-end", 0), initrd->start + INITRD_BYTES);
	/* mapped by a kernel with pages of 64 KiB, too */
	CHECK_EQ(find("elfcorehdr")->start, 0x6fff0000);
	CHECK_EQ(chosen("linux,elfcorehdr", 0), 0x6fff0000);
	CHECK_EQ(chosen("linux,usable-memory-range", 0), 0x60000000);
	/* the code that loads x0 with the tree and jumps */
	CHECK_EQ(l.entry, code->start);
	CHECK_EQ(code->bytes, 40);
	CHECK(!memcmp((const char *)code->data + 24, &kernel->start, 8));
	CHECK(!memcmp((const char *)code->data + 32, &find("device tree")->start, 8));
	e = find("elfcorehdr")->data;
	CHECK_EQ(e->e_machine, EM_AARCH64);
	/* the reservation is taken out, and what lies reserved in RAM is not */
	CHECK_STR(loads(), "1c600000-1f000000 40000000-60000000 70000000-80000000");
	end();
}

TEST(crash_of_riscv64)
{
	const struct segment *kernel, *initrd;
	const Elf64_Ehdr *e;

	begin(&kexec_arch_riscv64, false);
	CHECK_EQ(kexec_load_prepare(&q, true, &l), 0);
	check_segments(0xa0000000, 0xb0000000);
	kernel = find("kernel");
	initrd = find("initrd");
	/* text_offset is no offset here */
	CHECK_EQ(kernel->start, 0xa0000000);
	CHECK_EQ(l.entry, kernel->start);
	/* behind the last 2 MiB that the kernel's end lies in */
	CHECK_EQ(initrd->start, 0xa0a00000);
	CHECK(!find("start code"));
	e = find("elfcorehdr")->data;
	CHECK_EQ(e->e_machine, EM_RISCV);
	/* less the firmware's memory, which may not be read */
	CHECK_STR(loads(), "1c600000-1f000000 80040000-a0000000 b0000000-c0000000");
	end();
}

TEST(crash_with_two_reservations)
{
	begin(&kexec_arch_aarch64, true);
	CHECK_EQ(kexec_load_prepare(&q, true, &l), 0);
	check_segments(0x220000000, 0x230000000);
	CHECK_EQ(chosen("linux,usable-memory-range", 0), 0x220000000);
	CHECK_EQ(chosen("linux,usable-memory-range", 2), 0x60000000);
	CHECK_STR(loads(), "1c600000-1f000000 40000000-60000000 70000000-80000000 "
			   "200000000-220000000 230000000-240000000");
	end();
}

TEST(reboot)
{
	const struct kexec_arch *const archs[] = { &kexec_arch_aarch64, &kexec_arch_riscv64 };

	for (size_t i = 0; i < ARRAY_LEN(archs); i++) {
		uint64_t ram = i ? 0x80000000 : 0x40000000;

		begin(archs[i], false);
		CHECK_EQ(kexec_load_prepare(&q, false, &l), 0);
		check_segments(ram, ram + 0x40000000);
		for (unsigned n = 0; n < l.n; n++) {
			const struct segment *s = &l.segment[n];

			/* neither the reservation nor what the firmware holds */
			CHECK(s->end <= ram + 0x20000000 || s->start >= ram + 0x30000000);
			CHECK(s->end <= ram + 0x2000000 || s->start >= ram + 0x2100000);
		}
		CHECK(!find("elfcorehdr") && !chosen("linux,elfcorehdr", 0));
		CHECK(!chosen("linux,usable-memory-range", 0));
		end();
	}
}

/* Low memory has the interrupt controller's tables, of which the next kernel knows nothing. */
TEST(a_reboot_of_aarch64_is_high)
{
	const struct segment *kernel;

	begin(&kexec_arch_aarch64, false);
	CHECK_EQ(kexec_load_prepare(&q, false, &l), 0);
	kernel = find("kernel");
	CHECK(kernel->start >= 0x7e000000 && kernel->start < 0x80000000);
	CHECK_EQ(find("initrd")->start, kernel->end);
	CHECK(find("device tree")->start >= kernel->end);
	layout_free(&l);
	/* no range has room for all: what there is is taken */
	machine_put(&t, "proc/iomem",
		    "40000000-409fffff : System RAM\n50000000-503fffff : System RAM\n"
		    "60000000-60ffffff : System RAM\n");
	CHECK_EQ(kexec_load_prepare(&q, false, &l), 0);
	CHECK_EQ(find("kernel")->start, 0x40080000);
	end();
}

TEST(a_reboot_of_riscv64_is_low)
{
	begin(&kexec_arch_riscv64, false);
	CHECK_EQ(kexec_load_prepare(&q, false, &l), 0);
	CHECK(find("kernel")->start < 0x80000000 + 0x4000000);
	end();
}

TEST(no_initrd)
{
	begin(&kexec_arch_aarch64, false);
	close(q.initrd_fd);
	q.initrd_fd = -1;
	CHECK_EQ(kexec_load_prepare(&q, false, &l), 0);
	CHECK(!find("initrd") && !chosen("linux,initrd-end", 0));
	end();
}

/* More than 32 GiB between kernel and initrd: the kernel would not find it. */
TEST(an_initrd_far_away)
{
	char text[256];

	begin(&kexec_arch_aarch64, false);
	snprintf(text, sizeof(text),
		 "40000000-409fffff : System RAM\n4f000000-4f3fffff : System RAM\n"
		 "60000000-60ffffff : System RAM\n");
	machine_put(&t, "proc/iomem", text);
	CHECK_EQ(kexec_load_prepare(&q, false, &l), 0);
	layout_free(&l);
	snprintf(text, sizeof(text),
		 "40000000-409fffff : System RAM\n2000000000-20003fffff : System RAM\n");
	machine_put(&t, "proc/iomem", text);
	CHECK_EQ(kexec_load_prepare(&q, false, &l), -EADDRNOTAVAIL);
	CHECK_STR(l.why, "the initrd would lie too far from the kernel");
	end();
}

TEST(refused)
{
	struct iomem map = { 0 };
	static char line[2200];

	begin(&kexec_arch_aarch64, false);
	memset(line, 'x', 2048);
	q.cmdline = line;
	CHECK_EQ(kexec_load_prepare(&q, true, &l), -EINVAL);
	CHECK_STR(l.why, "the command line is longer than the kernel takes");
	layout_free(&l);
	q.cmdline = "";
	q.memory = &map;
	CHECK_EQ(kexec_load_prepare(&q, false, &l), -EOPNOTSUPP);
	CHECK(strstr(l.why, "the device tree tells of memory"));
	layout_free(&l);
	q.memory = NULL;
	treemachine_put_image(&t, TREEMACHINE_IMAGE, "ARM\x64", 0x80100);
	close(q.kernel_fd);
	q.kernel_fd = open_file(TREEMACHINE_IMAGE);
	CHECK_EQ(kexec_load_prepare(&q, true, &l), -ENOEXEC);
	CHECK(strstr(l.why, "text_offset is no multiple of a page"));
	layout_free(&l);
	treemachine_put_image(&t, TREEMACHINE_IMAGE, "RSC\x05", 0);
	close(q.kernel_fd);
	q.kernel_fd = open_file(TREEMACHINE_IMAGE);
	CHECK_EQ(kexec_load_prepare(&q, true, &l), -ENOEXEC);
	CHECK_STR(l.why, "the kernel is a riscv Image: this machine needs an arm64 one");
	layout_free(&l);
	treemachine_put_image(&t, TREEMACHINE_IMAGE, "ARM\x64", 0);
	close(q.kernel_fd);
	q.kernel_fd = open_file(TREEMACHINE_IMAGE);
	machine_put(&t, "proc/iomem",
		    "40000000-7fffffff : System RAM\n  60000000-609fffff : Crash kernel\n");
	CHECK_EQ(kexec_load_prepare(&q, true, &l), -EADDRNOTAVAIL);
	CHECK(strstr(l.why, "no room for the initrd, 4 MiB, in the memory reserved"));
	end();
}
