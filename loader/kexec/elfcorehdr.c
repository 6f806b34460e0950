/* SPDX-License-Identifier: MIT */
#include "loader/kexec/elfcorehdr.h"

#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/io.h"

/* Documentation/ABI/testing/sysfs-kernel-vmcoreinfo, sysfs-devices-system-cpu */
#define CPU_FOLDER "sys/devices/system/cpu"
#define VMCOREINFO "sys/kernel/vmcoreinfo"

enum { CPUS_MAX = 65536 / 2 };

/* Program headers that are being collected. */
struct headers {
	Elf64_Phdr *p;
	size_t n, size;
};

static int put(struct headers *h, const Elf64_Phdr *p)
{
	size_t size = h->size ? 2 * h->size : 64;
	Elf64_Phdr *grown;

	if (h->n == h->size) {
		grown = realloc(h->p, size * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		h->p = grown;
		h->size = size;
	}
	h->p[h->n++] = *p;
	return 0;
}

static int put_note(struct headers *h, uint64_t pa, uint64_t bytes)
{
	return put(h, &(Elf64_Phdr){ .p_type = PT_NOTE,
				     .p_offset = pa,
				     .p_paddr = pa,
				     .p_filesz = bytes,
				     .p_memsz = bytes });
}

static int put_load(struct headers *h, uint64_t va, uint64_t pa, uint64_t bytes)
{
	return put(h, &(Elf64_Phdr){ .p_type = PT_LOAD,
				     .p_flags = PF_R | PF_W | PF_X,
				     .p_offset = pa,
				     .p_vaddr = va,
				     .p_paddr = pa,
				     .p_filesz = bytes,
				     .p_memsz = bytes });
}

/* The number, not 0, that a file holds. */
static int read_number(int root, const char *path, int base, uint64_t *ret)
{
	char text[64], *end;
	int r = io_read_file(root, path, text, sizeof(text), NULL);

	if (r)
		return r;
	*ret = strtoull(text, &end, base);
	return end == text || !*ret ? -EBADMSG : 0;
}

/* 0; -ENOENT: a CPU without notes, such as one that is gone. */
static int put_cpu(int root, unsigned cpu, struct headers *h)
{
	char path[80];
	uint64_t pa, bytes;
	int r;

	snprintf(path, sizeof(path), CPU_FOLDER "/cpu%u/crash_notes", cpu);
	r = read_number(root, path, 16, &pa);
	if (r)
		return r;
	snprintf(path, sizeof(path), CPU_FOLDER "/cpu%u/crash_notes_size", cpu);
	r = read_number(root, path, 10, &bytes);
	return r ? r : put_note(h, pa, bytes);
}

/* The number after the last CPU's; a folder cpuN is there for each present one. */
static unsigned cpu_end(int root)
{
	int fd = openat(root, CPU_FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_closedir_ DIR *d = fd < 0 ? NULL : fdopendir(fd);
	unsigned end = 0;

	for (struct dirent *e; d && (e = readdir(d));) {
		char *rest;
		unsigned long n;

		if (strncmp(e->d_name, "cpu", 3) || e->d_name[3] < '0' || e->d_name[3] > '9')
			continue;
		n = strtoul(e->d_name + 3, &rest, 10);
		if (!*rest && n < CPUS_MAX && n >= end)
			end = (unsigned)n + 1;
	}
	return end;
}

static int put_cpus(int root, struct headers *h, char *why)
{
	unsigned end = cpu_end(root);

	for (unsigned cpu = 0; cpu < end; cpu++) {
		int r = put_cpu(root, cpu, h);

		if (!r || r == -ENOENT)
			continue;
		snprintf(why, ELFCOREHDR_WHY, "/" CPU_FOLDER "/cpu%u/crash_notes: %s", cpu,
			 strerror(-r));
		return r;
	}
	if (h->n)
		return 0;
	snprintf(why, ELFCOREHDR_WHY, "/" CPU_FOLDER ": no CPU has crash_notes");
	return -ENOENT;
}

/* "0x000000003fed3000 1024": an address and a size, both in hex. */
static int put_vmcoreinfo(int root, struct headers *h, char *why)
{
	char text[64], *end;
	uint64_t pa, bytes;
	int r = io_read_file(root, VMCOREINFO, text, sizeof(text), NULL);

	if (!r) {
		pa = strtoull(text, &end, 16);
		bytes = strtoull(end, NULL, 16);
		r = pa && bytes ? put_note(h, pa, bytes) : -EBADMSG;
	}
	if (r)
		snprintf(why, ELFCOREHDR_WHY, "/" VMCOREINFO ": %s", strerror(-r));
	return r;
}

static int put_memory(const struct elfcorehdr *e, struct headers *h)
{
	const struct kernel_place *k = e->kernel;
	int r = k->text_bytes ? put_load(h, k->text_va, k->text_pa, k->text_bytes) : 0;

	for (size_t i = 0; !r && i < e->ram->n; i++) {
		const struct iomem_range *range = &e->ram->range[i];

		r = put_load(h, range->start + k->linear, range->start, range->end - range->start);
	}
	return r;
}

static int write_out(const struct headers *h, uint16_t machine, void **ret, size_t *ret_len)
{
	size_t len = sizeof(Elf64_Ehdr) + h->n * sizeof(h->p[0]);
	Elf64_Ehdr *e;

	if (h->n >= PN_XNUM)
		return -E2BIG;
	e = calloc(1, len);
	if (!e)
		return -ENOMEM;
	memcpy(e->e_ident, ELFMAG, SELFMAG);
	e->e_ident[EI_CLASS] = ELFCLASS64;
	e->e_ident[EI_DATA] = ELFDATA2LSB;
	e->e_ident[EI_VERSION] = EV_CURRENT;
	e->e_type = ET_CORE;
	e->e_machine = machine;
	e->e_version = EV_CURRENT;
	e->e_phoff = sizeof(*e);
	e->e_ehsize = sizeof(*e);
	e->e_phentsize = sizeof(h->p[0]);
	e->e_phnum = (uint16_t)h->n;
	memcpy(e + 1, h->p, h->n * sizeof(h->p[0]));
	*ret = e;
	*ret_len = len;
	return 0;
}

int elfcorehdr_make(int root, const struct elfcorehdr *e, void **ret, size_t *ret_len,
		    char why[ELFCOREHDR_WHY])
{
	struct headers h = { 0 };
	int r = put_cpus(root, &h, why);

	if (!r)
		r = put_vmcoreinfo(root, &h, why);
	if (!r) {
		r = put_memory(e, &h);
		if (!r)
			r = write_out(&h, e->machine, ret, ret_len);
		if (r)
			snprintf(why, ELFCOREHDR_WHY, "the ELF header of the crash: %s",
				 strerror(-r));
	}
	free(h.p);
	return r;
}
