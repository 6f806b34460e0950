/* SPDX-License-Identifier: MIT */
/*
 * Builds the core in the order a kernel boots: page tables, memory map, names.
 */
#include "tests/unit/fake/fakecore.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PRESENT	     0x3ull /* and WRITE */
#define WRITE	     0x2ull
#define LARGE	     0x80ull
#define ADDRESS	     0x000ffffffffff000ull
#define MAP_BASE     0xffffffff80000000ull
#define NOTE_ROOM    (FAKE_MEM_OFF - FAKE_NOTE_OFF)
#define SECTION_WORD 0xfull /* present, has a map, online, early */
#define UTS_PA	     (FAKE_IMAGE_PA + 0x100)

static void need(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "fakecore: %s\n", what);
	abort();
}

uint64_t fake_alloc(struct fake *f, uint64_t n)
{
	uint64_t pa = f->next;

	f->next += (n + 4095) / 4096 * 4096;
	need(f->next <= FAKE_MEMMAP_PA, "too many tables");
	return pa;
}

uint64_t fake_va(const struct fake *f, uint64_t pa)
{
	return f->direct + pa;
}

static uint64_t *table_at(struct fake *f, uint64_t pa)
{
	return (uint64_t *)(void *)(f->mem + pa);
}

void fake_map(struct fake *f, uint64_t va, uint64_t pa, unsigned shift)
{
	uint64_t *t = table_at(f, f->root);

	for (unsigned level = f->desc.levels - 1;; level--) {
		uint64_t *e = &t[va >> (12 + 9 * level) & 511];

		if (12 + 9 * level == shift) {
			*e = pa | PRESENT | (level ? LARGE : 0);
			return;
		}
		if (!*e)
			*e = fake_alloc(f, 4096) | PRESENT;
		t = table_at(f, *e & ADDRESS);
	}
}

uint64_t *fake_entry(struct fake *f, uint64_t va, unsigned want)
{
	uint64_t *t = table_at(f, f->root);

	for (unsigned level = f->desc.levels - 1;; level--) {
		uint64_t *e = &t[va >> (12 + 9 * level) & 511];

		if (level == want)
			return e;
		if (!*e || *e & LARGE)
			return NULL;
		t = table_at(f, *e & ADDRESS);
	}
}

static void make_tables(struct fake *f)
{
	uint64_t gib = 1ull << 30, two_mib = 2ull << 20, end = f->desc.ram_bytes;
	uint64_t bytes = end / 4096 * FAKE_PAGE, step = f->desc.small_leaves ? 4096 : two_mib;

	/* the top table is a part of the image, as in a kernel */
	f->root = FAKE_IMAGE_PA + 0x4000;
	f->direct = f->desc.levels == 5 ? 0xff11000000000000ull : 0xffff888000000000ull;
	f->vmemmap = f->desc.levels == 5 ? 0xffd4000000000000ull : 0xffffea0000000000ull;
	for (uint64_t pa = 0; pa < end; pa += gib)
		fake_map(f, f->direct + pa, pa, 30);
	for (uint64_t pa = 0; pa < FAKE_IMAGE_BYTES; pa += 4096)
		fake_map(f, FAKE_IMAGE_VA + pa, FAKE_IMAGE_PA + pa, 12);
	/* a part of it is code */
	for (uint64_t pa = 0; pa < FAKE_IMAGE_BYTES / 4; pa += 4096)
		*fake_entry(f, FAKE_IMAGE_VA + pa, 0) &= ~WRITE;
	for (uint64_t off = 0; off < bytes; off += step)
		fake_map(f, f->vmemmap + off, FAKE_MEMMAP_PA + off, step == 4096 ? 12 : 21);
}

static bool is_ram(const struct fake *f, uint64_t pa, uint64_t end)
{
	for (int i = 0; i < FAKE_RANGES; i++) {
		if (f->desc.ram[i].pa < end && pa < f->desc.ram[i].end)
			return true;
	}
	return false;
}

/* mem_section[root] → 256 sections of 16 bytes; a section is present where it has RAM. */
static void make_sections(struct fake *f)
{
	uint64_t section = 1ull << f->desc.section_bits;
	uint64_t n = (f->desc.ram_bytes + section - 1) / section, *root;

	f->n_roots = (n + 255) / 256;
	f->sections = fake_alloc(f, f->n_roots * 8);
	root = table_at(f, f->sections);
	for (uint64_t i = 0; i < n; i++) {
		if (!root[i / 256])
			root[i / 256] = fake_va(f, fake_alloc(f, 4096));
		if (is_ram(f, i * section, (i + 1) * section))
			table_at(f, root[i / 256] - f->direct)[i % 256 * 2] =
				f->vmemmap | SECTION_WORD;
	}
}

uint64_t *fake_section(struct fake *f, uint64_t pfn)
{
	uint64_t i = pfn >> (f->desc.section_bits - 12);

	return &table_at(f, table_at(f, f->sections)[i / 256] - f->direct)[i % 256 * 2];
}

uint8_t *fake_struct(struct fake *f, uint64_t pfn)
{
	return f->mem + FAKE_MEMMAP_PA + pfn * FAKE_PAGE;
}

void fake_kernel_pages(struct fake *f, uint64_t pfn, uint64_t n)
{
	for (; n; n--, pfn++)
		fake_page(f->kernel, fake_struct(f, pfn), 0, 0);
}

static void make_uts(struct fake *f)
{
	static const char *const fields[] = { "Linux",	     "fakehost", FAKE_RELEASE,
					      "#1 SMP fake", "x86_64",	 "(none)" };

	for (int i = 0; i < 6; i++)
		strcpy((char *)f->mem + UTS_PA + i * 65, fields[i]);
}

static void __attribute__((format(printf, 2, 3))) names(struct fake *f, const char *fmt, ...)
{
	size_t len = strlen(f->info);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(f->info + len, sizeof(f->info) - len, fmt, ap);
	va_end(ap);
}

static void make_names(struct fake *f)
{
	size_t len;

	names(f, "OSRELEASE=%s\nBUILD-ID=0123456789abcdef0123456789abcdef01234567\nPAGESIZE=4096\n",
	      FAKE_RELEASE);
	names(f, "SYMBOL(init_uts_ns)=%llx\nOFFSET(uts_namespace.name)=0\n",
	      (unsigned long long)(FAKE_IMAGE_VA + UTS_PA - FAKE_IMAGE_PA));
	names(f,
	      "SYMBOL(init_top_pgt)=%llx\nNUMBER(phys_base)=%lld\nNUMBER(pgtable_l5_enabled)=%d\n"
	      "NUMBER(sme_mask)=0\n",
	      (unsigned long long)(FAKE_IMAGE_VA + f->root - FAKE_IMAGE_PA),
	      (long long)(FAKE_IMAGE_PA - (FAKE_IMAGE_VA - MAP_BASE)), f->desc.levels == 5);
	names(f,
	      "SYMBOL(mem_section)=%llx\nLENGTH(mem_section)=%llu\nSIZE(mem_section)=16\n"
	      "OFFSET(mem_section.section_mem_map)=0\nNUMBER(SECTION_SIZE_BITS)=%u\n",
	      (unsigned long long)fake_va(f, f->sections), (unsigned long long)f->n_roots,
	      f->desc.section_bits);
	len = strlen(f->info);
	fake_page_keys(f->kernel, f->info + len, sizeof(f->info) - len);
	names(f, "CRASHTIME=1795444220\n");
}

void fake_info_drop(struct fake *f, const char *key)
{
	char *line = f->info;

	while (*line) {
		char *end = strchr(line, '\n');

		end = end ? end + 1 : line + strlen(line);
		if (strncmp(line, key, strlen(key)))
			line = end;
		else
			memmove(line, end, strlen(end) + 1);
	}
}

void fake_info_add(struct fake *f, const char *line)
{
	names(f, "%s\n", line);
}

static uint8_t *note(uint8_t *at, const char *name, uint32_t type, const void *desc, uint32_t len)
{
	Elf64_Nhdr nh = { (uint32_t)strlen(name) + 1, len, type };

	memcpy(at, &nh, sizeof(nh));
	at += sizeof(nh);
	strcpy((char *)at, name);
	at += (nh.n_namesz + 3) & ~3u;
	memcpy(at, desc, len);
	return at + ((len + 3) & ~3u);
}

static void load(Elf64_Phdr *ph, uint64_t pa, uint64_t end, uint64_t va)
{
	*ph = (Elf64_Phdr){
		.p_type = PT_LOAD,
		.p_flags = 7,
		.p_offset = FAKE_MEM_OFF + pa,
		.p_vaddr = va,
		.p_paddr = pa,
		.p_filesz = end - pa,
		.p_memsz = end - pa,
	};
}

void fake_finish(struct fake *f)
{
	uint8_t regs[336] = { 0 }, *at = f->file + FAKE_NOTE_OFF;
	unsigned n = 1;

	memset(f->file, 0, FAKE_MEM_OFF);
	f->eh = (Elf64_Ehdr *)(void *)f->file;
	f->ph = (Elf64_Phdr *)(void *)(f->file + sizeof(*f->eh));
	for (int cpu = 0; cpu < 2; cpu++)
		at = note(at, "CORE", NT_PRSTATUS, regs, sizeof(regs));
	at = note(at, "VMCOREINFO", 0, f->info, (uint32_t)strlen(f->info));
	f->ph[0] = (Elf64_Phdr){ .p_type = PT_NOTE, .p_offset = FAKE_NOTE_OFF };
	f->ph[0].p_filesz = f->ph[0].p_memsz = (uint64_t)(at - f->file) - FAKE_NOTE_OFF;
	if (!f->desc.no_text)
		load(&f->ph[n++], FAKE_IMAGE_PA, FAKE_IMAGE_PA + FAKE_IMAGE_BYTES, FAKE_IMAGE_VA);
	for (int i = 0; i < FAKE_RANGES && f->desc.ram[i].end; i++)
		load(&f->ph[n++], f->desc.ram[i].pa, f->desc.ram[i].end,
		     f->direct + f->desc.ram[i].pa);
	*f->eh = (Elf64_Ehdr){
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_CORE,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_phoff = sizeof(*f->eh),
		.e_ehsize = sizeof(*f->eh),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = (uint16_t)n,
	};
}

void fake_open(struct fake *f, const struct fake_desc *d)
{
	memset(f, 0, sizeof(*f));
	f->desc = *d;
	f->kernel = d->kernel;
	f->desc.levels = d->levels ? d->levels : 4;
	f->desc.section_bits = d->section_bits ? d->section_bits : 20;
	f->desc.ram_bytes = d->ram_bytes ? d->ram_bytes : 8ull << 20;
	if (!f->desc.ram[0].end)
		f->desc.ram[0] = (struct fake_range){ 0, f->desc.ram_bytes };
	f->file_len = FAKE_MEM_OFF + f->desc.ram_bytes;
	f->fd = memfd_create("core", MFD_CLOEXEC);
	need(f->fd >= 0 && !ftruncate(f->fd, (off_t)f->file_len), "memfd");
	f->file = mmap(NULL, f->file_len, PROT_READ | PROT_WRITE, MAP_SHARED, f->fd, 0);
	need(f->file != MAP_FAILED, "mmap");
	snprintf(f->path, sizeof(f->path), "/proc/self/fd/%d", f->fd);
	f->mem = f->file + FAKE_MEM_OFF;
	f->next = FAKE_TABLES_PA;
	make_tables(f);
	make_sections(f);
	make_uts(f);
	make_names(f);
}

void fake_close(struct fake *f)
{
	munmap(f->file, f->file_len);
	close(f->fd);
}
