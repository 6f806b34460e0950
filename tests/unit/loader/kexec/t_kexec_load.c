/* SPDX-License-Identifier: MIT */
/*
 * What kexec_load would be given: for a crash and for a reboot, on machines of files. The call
 * itself is made in tests/qemu alone.
 */
#include "loader/kexec/kexec_load.h"

#include <asm/bootparam.h>

#include "loader/kexec/arch.h"
#include "tests/unit/fake/crashmachine.h"
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

static void begin(bool high)
{
	char *initrd = calloc(1, INITRD_BYTES);

	t = crashmachine_make(high);
	memset(initrd, 'i', INITRD_BYTES);
	machine_put_bytes(&t, "boot/initrd", initrd, INITRD_BYTES);
	free(initrd);
	q = (struct kexec_request){ .arch = &kexec_arch_x86_64,
				    .root = t.fd,
				    .kernel_fd = open_file(MACHINE_KERNEL),
				    .initrd_fd = open_file("boot/initrd"),
				    .cmdline = "console=ttyS0 nr_cpus=1",
				    .release = MACHINE_RELEASE };
}

static void end(void)
{
	layout_free(&l);
	close(q.kernel_fd);
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

static const struct boot_params *params(void)
{
	return find("boot_params")->data;
}

static const char *cmdline(void)
{
	const struct segment *s = find("boot_params");
	uint64_t at = params()->hdr.cmd_line_ptr | (uint64_t)params()->ext_cmd_line_ptr << 32;

	return (const char *)s->data + (at - s->start);
}

/* Bytes of e820's RAM in [start, end). */
static uint64_t told(uint64_t start, uint64_t end)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < params()->e820_entries; i++) {
		const struct boot_e820_entry *e = &params()->e820_table[i];
		uint64_t from = e->addr > start ? e->addr : start;
		uint64_t to = e->addr + e->size < end ? e->addr + e->size : end;

		if (e->type == 1 && to > from)
			sum += to - from;
	}
	return sum;
}

/* What the kernel checks of segments (sanity_check_segment_list), in [start, end). */
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
	CHECK_EQ(l.entry, find("purgatory")->start);
}

TEST(crash)
{
	const struct segment *elf, *kernel, *initrd;
	const struct boot_params *p;
	char want[80];

	begin(false);
	CHECK_EQ(kexec_load_prepare(&q, true, &l), 0);
	CHECK_STR(l.why, "");
	check_segments(0x2e000000, 0x3e000000);
	elf = find("elfcorehdr");
	kernel = find("kernel");
	initrd = find("initrd");
	p = params();
	/* at the end, so that the memory beside it is one piece */
	CHECK_EQ(elf->end, 0x3e000000);
	CHECK(elf->may_change && !kernel->may_change);
	CHECK_EQ(kernel->start % (2 * MIB), 0);
	CHECK_EQ(kernel->end - kernel->start, 52 * MIB);
	CHECK_EQ(kernel->bytes, MACHINE_KERNEL_BYTES - 3 * 512);
	CHECK_EQ(p->hdr.ramdisk_image, initrd->start);
	CHECK_EQ(p->hdr.ramdisk_size, INITRD_BYTES);
	CHECK_EQ(p->ext_ramdisk_image, 0);
	CHECK_EQ(p->hdr.type_of_loader, 0xd0);
	CHECK_EQ(p->sentinel, 0);
	CHECK_EQ(p->hdr.init_size, 52 * MIB);
	snprintf(want, sizeof(want), "elfcorehdr=0x%llx console=ttyS0 nr_cpus=1",
		 (unsigned long long)elf->start);
	CHECK_STR(cmdline(), want);
	/* the low memory but for its reserved page, and the reservation but for the ELF header */
	CHECK_EQ(told(0, MIB), 0x9ec00);
	CHECK_EQ(told(MIB, 0x2e000000), 0);
	CHECK_EQ(told(0x2e000000, UINT64_MAX), 256 * MIB - (elf->end - elf->start));
	CHECK_EQ(told(elf->start, elf->end), 0);
	/* 2 of RAM, 2 reserved, ACPI, NVS */
	CHECK_EQ(p->e820_entries, 6);
	end();
}

/* A kernel that rewrites the header names the room for it. */
TEST(hotplug)
{
	begin(false);
	q.elfcorehdr_bytes = 917616;
	CHECK_EQ(kexec_load_prepare(&q, true, &l), 0);
	CHECK_EQ(find("elfcorehdr")->end - find("elfcorehdr")->start, 921600);
	CHECK(find("elfcorehdr")->bytes < 4096);
	check_segments(0x2e000000, 0x3e000000);
	end();
}

TEST(high_and_low)
{
	const Elf64_Ehdr *e;
	const Elf64_Phdr *p;

	begin(true);
	CHECK_EQ(kexec_load_prepare(&q, true, &l), 0);
	check_segments(0x1bf000000, 0x1df000000);
	CHECK_EQ(params()->ext_ramdisk_image, 1);
	CHECK_EQ(params()->ext_cmd_line_ptr, 1);
	CHECK_EQ(told(0x2e000000, 0x3e000000), 256 * MIB);
	/* neither reservation is in a dump, nor what every kernel keeps for itself */
	e = find("elfcorehdr")->data;
	p = (const Elf64_Phdr *)(e + 1);
	CHECK_EQ(e->e_phnum, 4 + 4);
	CHECK_EQ(p[4].p_paddr, MIB);
	CHECK_EQ(p[4].p_paddr + p[4].p_memsz, 0x2e000000);
	CHECK_EQ(p[5].p_paddr, 0x3e000000);
	CHECK_EQ(p[6].p_paddr + p[6].p_memsz, 0x1bf000000);
	CHECK_EQ(p[7].p_paddr, 0x1df000000);
	end();
}

/* Reasons, and that none of them is a crash of ours. */
TEST(crash_refused)
{
	begin(false);
	machine_put(&t, "proc/iomem", "00100000-3ffdffff : System RAM\n");
	CHECK_EQ(kexec_load_prepare(&q, true, &l), -EADDRNOTAVAIL);
	CHECK(strstr(l.why, "no memory is reserved"));
	layout_free(&l);
	machine_put(&t, "proc/iomem", "00000000-00000000 : System RAM\n");
	CHECK_EQ(kexec_load_prepare(&q, true, &l), -EACCES);
	CHECK(strstr(l.why, "hidden"));
	layout_free(&l);
	machine_put(&t, "proc/iomem",
		    "00100000-3ffdffff : System RAM\n  2e000000-313fffff : Crash kernel\n");
	CHECK_EQ(kexec_load_prepare(&q, true, &l), -EADDRNOTAVAIL);
	CHECK(strstr(l.why, "no room for the kernel, 52 MiB"));
	layout_free(&l);
	machine_put(&t, "proc/iomem",
		    "00100000-3ffdffff : System RAM\n  2e000000-2e003fff : Crash kernel\n");
	CHECK_EQ(kexec_load_prepare(&q, true, &l), -EADDRNOTAVAIL);
	CHECK(strstr(l.why, "page tables"));
	layout_free(&l);
	machine_put(&t, "proc/iomem",
		    "00100000-053fffff : System RAM\n  01400000-053fffff : Crash kernel\n");
	CHECK_EQ(kexec_load_prepare(&q, true, &l), -EINVAL);
	CHECK(strstr(l.why, "half of its 83 MiB"));
	layout_free(&l);
	crashmachine_iomem(&t, false);
	unlinkat(t.fd, "sys/kernel/vmcoreinfo", 0);
	CHECK(kexec_load_prepare(&q, true, &l) < 0);
	CHECK(strstr(l.why, "vmcoreinfo"));
	end();
}

TEST(lines_and_kernels_that_do_not_do)
{
	static char line[2048];
	unsigned char head[4096] = "MZ";
	int fd;

	begin(false);
	memset(line, 'x', 2020);
	q.cmdline = line;
	CHECK_EQ(kexec_load_prepare(&q, true, &l), -EINVAL);
	CHECK(strstr(l.why, "command line"));
	layout_free(&l);
	line[2010] = '\0';
	CHECK_EQ(kexec_load_prepare(&q, true, &l), 0);
	layout_free(&l);
	machine_put_bytes(&t, "boot/bad", head, sizeof(head));
	fd = q.kernel_fd;
	q.kernel_fd = open_file("boot/bad");
	CHECK_EQ(kexec_load_prepare(&q, true, &l), -ENOEXEC);
	CHECK(strstr(l.why, "EFI program"));
	close(q.kernel_fd);
	q.kernel_fd = fd;
	layout_free(&l);
	machine_put(&t, "boot/empty", "");
	close(q.initrd_fd);
	q.initrd_fd = open_file("boot/empty");
	CHECK_EQ(kexec_load_prepare(&q, true, &l), -EINVAL);
	CHECK(strstr(l.why, "initrd is empty"));
	end();
}

TEST(normal)
{
	begin(true);
	CHECK_EQ(kexec_load_prepare(&q, false, &l), 0);
	CHECK_STR(cmdline(), "console=ttyS0 nr_cpus=1");
	CHECK(!find("elfcorehdr"));
	/* as low as there is room, clear of what old firmware wants */
	CHECK_EQ(find("kernel")->start, 16 * MIB);
	check_segments(16 * MIB, 0x2e000000);
	/* all of the memory, with the reservations of this boot */
	CHECK_EQ(told(0, UINT64_MAX), 0x9ec00 + 0x3fee0000ull + 0x100000000);
	end();
}

/* The firmware's map is told, and places are taken where the kernel has RAM, too. */
TEST(normal_by_the_firmware)
{
	begin(false);
	machine_put(&t, "sys/firmware/memmap/0/start", "0x0\n");
	machine_put(&t, "sys/firmware/memmap/0/end", "0x7fffffff\n");
	machine_put(&t, "sys/firmware/memmap/0/type", "System RAM\n");
	CHECK_EQ(kexec_load_prepare(&q, false, &l), 0);
	CHECK_EQ(params()->e820_entries, 1);
	CHECK_EQ(told(0, UINT64_MAX), 0x80000000);
	check_segments(16 * MIB, 0x2e000000);
	end();
}

/* The way back: this kernel knows of less than the one that comes. */
TEST(normal_with_a_given_map)
{
	struct iomem given = { 0 };

	begin(false);
	machine_put(&t, "proc/iomem",
		    "00001000-0009fbff : System RAM\n2e000000-3dffffff : System RAM\n");
	CHECK_EQ(iomem_parse("00001000-0009fbff : System RAM\n00100000-3ffdffff : System RAM\n"
			     "  2e000000-3dffffff : Crash kernel\n3ffe0000-3fffffff : ACPI Tables\n"
			     "40000000-4fffffff : System RAM (virtio_mem)\n",
			     &given),
		 0);
	q.memory = &given;
	close(q.initrd_fd);
	q.initrd_fd = -1;
	CHECK_EQ(kexec_load_prepare(&q, false, &l), 0);
	check_segments(16 * MIB, 0x3ffe0000);
	CHECK_EQ(params()->hdr.ramdisk_size, 0);
	CHECK_EQ(told(0, UINT64_MAX), 0x9ec00 + 0x3fee0000);
	CHECK_EQ(params()->e820_entries, 3);
	iomem_free(&given);
	q.initrd_fd = open_file("boot/initrd");
	end();
}

/*
 * Apart from this kernel's memory, of which the copies take enough: the kernel is loaded without the
 * room in which it unpacks itself, which nothing else may lie in all the same.
 */
TEST(normal_apart)
{
	struct iomem given = { 0 };
	uint64_t all = 0;

	begin(false);
	machine_put(&t, "proc/iomem",
		    "00001000-0009fbff : System RAM\n01000000-0fffffff : System RAM\n");
	CHECK_EQ(iomem_parse("00001000-0009fbff : System RAM\n00100000-3ffdffff : System RAM\n",
			     &given),
		 0);
	q.memory = &given;
	q.apart = true;
	CHECK_EQ(kexec_load_prepare(&q, false, &l), 0);
	check_segments(256 * MIB, 0x3ffe0000);
	for (unsigned i = 0; i < l.n; i++) {
		all += l.segment[i].end - l.segment[i].start;
		if (&l.segment[i] != find("kernel"))
			CHECK(l.segment[i].start >= find("kernel")->start + 52 * MIB);
	}
	CHECK(all < INITRD_BYTES + MIB);
	CHECK(find("page tables") != NULL);
	CHECK_EQ(told(0, UINT64_MAX), 0x9ec00 + 0x3fee0000);
	q.apart = false;
	iomem_free(&given);
	end();
}

/* Whatever the reservation, either all that the kernel asks for holds or a reason is given. */
TEST(all_reservations)
{
	unsigned placed = 0;

	begin(false);
	for (uint64_t kib = 50 << 10; kib < 64 << 10; kib += 92) {
		char text[160];

		snprintf(text, sizeof(text),
			 "00100000-3ffdffff : System RAM\n  2e001000-%llx : Crash kernel\n",
			 0x2e000fffull + kib * 1024);
		machine_put(&t, "proc/iomem", text);
		q.elfcorehdr_bytes = kib % 3 * 300000;
		if (kexec_load_prepare(&q, true, &l)) {
			CHECK(strstr(l.why, "no room for the "));
		} else {
			placed++;
			check_segments(0x2e001000, 0x2e001000 + kib * 1024);
		}
		layout_free(&l);
	}
	CHECK(placed > 20 && placed < 130);
	end();
}
