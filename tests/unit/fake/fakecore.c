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

	f->next += (((n - 1) >> f->page_shift) + 1) << f->page_shift;
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

static unsigned shift_of(const struct fake *f, unsigned level)
{
	return f->page_shift + f->index_bits * level;
}

/* The entry for va in the table at level. */
static uint64_t *entry_in(struct fake *f, uint64_t table, unsigned level, uint64_t va)
{
	uint64_t index = (va & ((1ull << f->va_bits) - 1)) >> shift_of(f, level);

	return table_at(f, table) + (index & ((1ull << f->index_bits) - 1));
}

void fake_map(struct fake *f, uint64_t va, uint64_t pa, unsigned shift)
{
	uint64_t table = f->root;

	for (unsigned level = f->levels - 1;; level--) {
		uint64_t *e = entry_in(f, table, level, va);

		if (shift_of(f, level) == shift) {
			*e = f->machine->leaf(f, level, pa, false);
			return;
		}
		need(level, "no such size of a mapping");
		if (!*e)
			*e = f->machine->table(f, fake_alloc(f, 1ull << f->page_shift));
		table = f->machine->address(f, *e);
	}
}

uint64_t *fake_entry(struct fake *f, uint64_t va, unsigned want)
{
	uint64_t table = f->root;

	for (unsigned level = f->levels - 1;; level--) {
		uint64_t *e = entry_in(f, table, level, va);

		if (level == want)
			return e;
		if (!*e || f->machine->is_leaf(level, *e))
			return NULL;
		table = f->machine->address(f, *e);
	}
}

/* The image's pages; the first quarter is code. */
static void map_image(struct fake *f)
{
	uint64_t page = 1ull << f->page_shift, bytes = f->next - FAKE_IMAGE_PA;

	for (uint64_t off = 0; off < bytes; off += page) {
		fake_map(f, f->image_va + off, FAKE_IMAGE_PA + off, f->page_shift);
		if (off < FAKE_IMAGE_BYTES / 4)
			*fake_entry(f, f->image_va + off, 0) =
				f->machine->leaf(f, 0, FAKE_IMAGE_PA + off, true);
	}
}

static void make_tables(struct fake *f)
{
	bool small = f->desc.small_leaves || f->page_shift > 12;
	uint64_t end = f->desc.ram_bytes, bytes = (end >> f->page_shift) * FAKE_PAGE;
	unsigned step, direct;

	f->machine->layout(f);
	step = shift_of(f, small ? 0 : 1);
	direct = shift_of(f, f->page_shift > 12 ? 1 : 2);
	/* the top table is a part of the image, as in a kernel */
	f->root = f->page_shift > 12 ? fake_alloc(f, 1) : FAKE_IMAGE_PA + 0x4000;
	map_image(f);
	for (uint64_t pa = 0; pa < end; pa += 1ull << direct)
		fake_map(f, f->direct + pa, pa, direct);
	for (uint64_t off = 0; off < bytes; off += 1ull << step)
		fake_map(f, f->vmemmap + off, FAKE_MEMMAP_PA + off, step);
}

static bool is_ram(const struct fake *f, uint64_t pa, uint64_t end)
{
	for (int i = 0; i < FAKE_RANGES; i++) {
		if (f->desc.ram[i].pa < end && pa < f->desc.ram[i].end)
			return true;
	}
	return false;
}

/* Sections of 16 bytes in a page. */
static uint64_t per_root(const struct fake *f)
{
	return (1ull << f->page_shift) / 16;
}

/* mem_section[root] → a page of sections; a section is present where it has RAM. */
static void make_sections(struct fake *f)
{
	uint64_t section = 1ull << f->desc.section_bits, per = per_root(f);
	uint64_t n = (f->desc.ram_bytes + section - 1) / section, *root;

	f->n_roots = (n + per - 1) / per;
	f->sections = fake_alloc(f, f->n_roots * 8);
	root = table_at(f, f->sections);
	for (uint64_t i = 0; i < n; i++) {
		if (!root[i / per])
			root[i / per] = fake_va(f, fake_alloc(f, 1ull << f->page_shift));
		if (is_ram(f, i * section, (i + 1) * section))
			table_at(f, root[i / per] - f->direct)[i % per * 2] =
				f->vmemmap | SECTION_WORD;
	}
}

uint64_t *fake_section(struct fake *f, uint64_t pfn)
{
	uint64_t i = pfn >> (f->desc.section_bits - f->page_shift), per = per_root(f);

	return &table_at(f, table_at(f, f->sections)[i / per] - f->direct)[i % per * 2];
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
	const char *const fields[] = { "Linux",	      "fakehost",	FAKE_RELEASE,
				       "#1 SMP fake", f->machine->name, "(none)" };

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

	names(f, "OSRELEASE=%s\nBUILD-ID=0123456789abcdef0123456789abcdef01234567\nPAGESIZE=%u\n",
	      FAKE_RELEASE, 1u << f->page_shift);
	names(f, "SYMBOL(init_uts_ns)=%llx\nOFFSET(uts_namespace.name)=0\n",
	      (unsigned long long)(f->image_va + UTS_PA - FAKE_IMAGE_PA));
	len = strlen(f->info);
	f->machine->keys(f, f->info + len, sizeof(f->info) - len);
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
	uint8_t regs[512] = { 0 }, *at = f->file + FAKE_NOTE_OFF;
	unsigned n = 1;

	memset(f->file, 0, FAKE_MEM_OFF);
	f->eh = (Elf64_Ehdr *)(void *)f->file;
	f->ph = (Elf64_Phdr *)(void *)(f->file + sizeof(*f->eh));
	for (int cpu = 0; cpu < 2; cpu++)
		at = note(at, "CORE", NT_PRSTATUS, regs, f->machine->prstatus);
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
		.e_machine = f->machine->e_machine,
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
	f->machine = fake_machines[d->arch];
	f->page_shift = d->page_shift ? d->page_shift : 12;
	f->desc.no_text |= d->arch != FAKE_X86_64;
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
