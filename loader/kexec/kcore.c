/* SPDX-License-Identifier: MIT */
/*
 * /proc/kcore's program headers: RAM at its linear addresses, the image at its own. Everything
 * else (vmalloc, modules) says that it has no physical address. fs/proc/kcore.c fills in p_paddr
 * since Linux 4.12.
 */
#include "loader/kexec/kcore.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/io.h"

#define NO_PADDR (~(uint64_t)0)

/* The program headers, which the caller frees. */
static int read_headers(int root, Elf64_Phdr **ret, size_t *ret_n)
{
	_close_ int fd = openat(root, "proc/kcore", O_RDONLY | O_CLOEXEC);
	_free_ Elf64_Phdr *p = NULL;
	Elf64_Ehdr e;
	int r;

	if (fd < 0)
		return -errno;
	r = io_pread(fd, &e, sizeof(e), 0);
	if (r)
		return r;
	if (memcmp(e.e_ident, ELFMAG, SELFMAG) || e.e_ident[EI_CLASS] != ELFCLASS64 ||
	    e.e_phentsize != sizeof(*p) || !e.e_phnum)
		return -EBADMSG;
	p = malloc(e.e_phnum * sizeof(*p));
	if (!p)
		return -ENOMEM;
	r = io_pread(fd, p, e.e_phnum * sizeof(*p), e.e_phoff);
	if (r)
		return r;
	*ret_n = e.e_phnum;
	*ret = keep_ptr(p);
	return 0;
}

static bool is_mapped(const Elf64_Phdr *p)
{
	return p->p_type == PT_LOAD && p->p_paddr != NO_PADDR && p->p_memsz;
}

/* The largest is RAM; the image is what lies at another distance from its physical address. */
static void from_headers(const Elf64_Phdr *p, size_t n, struct kernel_place *ret)
{
	uint64_t largest = 0;

	for (size_t i = 0; i < n; i++) {
		if (!is_mapped(&p[i]) || p[i].p_memsz <= largest)
			continue;
		largest = p[i].p_memsz;
		ret->linear = p[i].p_vaddr - p[i].p_paddr;
	}
	for (size_t i = 0; i < n; i++) {
		if (!is_mapped(&p[i]) || p[i].p_vaddr - p[i].p_paddr == ret->linear)
			continue;
		ret->text_va = p[i].p_vaddr;
		ret->text_pa = p[i].p_paddr;
		ret->text_bytes = p[i].p_memsz;
		return;
	}
}

/* The address of a symbol; 0: there is none, or addresses are hidden. */
static uint64_t find_symbol(FILE *f, const char *name)
{
	char line[512];

	rewind(f);
	while (fgets(line, sizeof(line), f)) {
		char *s = strchr(line, ' ');

		/* "ffffffff81000000 T _text\n" */
		if (!s || strlen(s) < 3 || strncmp(s + 3, name, strlen(name)) ||
		    s[3 + strlen(name)] != '\n')
			continue;
		return strtoull(line, NULL, 16);
	}
	return 0;
}

static void from_symbols(int root, const struct iomem *machine, struct kernel_place *ret)
{
	int fd = openat(root, "proc/kallsyms", O_RDONLY | O_CLOEXEC);
	_fclose_ FILE *f = fd < 0 ? NULL : fdopen(fd, "r");
	uint64_t va = f ? find_symbol(f, "_text") : 0, start = NO_PADDR, end = 0;

	if (!va && f)
		va = find_symbol(f, "_stext");
	for (size_t i = 0; i < machine->n; i++) {
		const struct iomem_range *range = &machine->range[i];

		if (range->kind != IOMEM_KERNEL)
			continue;
		start = range->start < start ? range->start : start;
		end = range->end > end ? range->end : end;
	}
	if (!va || end <= start)
		return;
	*ret = (struct kernel_place){
		.text_va = va, .text_pa = start, .text_bytes = end - start, .linear = ret->linear
	};
}

void kcore_place(int root, const struct iomem *machine, bool symbols, struct kernel_place *ret)
{
	_free_ Elf64_Phdr *p = NULL;
	size_t n = 0;

	*ret = (struct kernel_place){ 0 };
	if (!read_headers(root, &p, &n))
		from_headers(p, n, ret);
	if (!ret->text_bytes && symbols)
		from_symbols(root, machine, ret);
}
