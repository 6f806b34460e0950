/* SPDX-License-Identifier: MIT */
/*
 * Crash notes, vmcoreinfo, kcore and kallsyms of fake machines -> the ELF header.
 */
#include "loader/kexec/elfcorehdr.h"

#include "tests/unit/fake/crashmachine.h"
#include "tests/unit/test.h"

static char why[ELFCOREHDR_WHY];

/* The header for this RAM; NULL with why. The caller frees it. */
static Elf64_Ehdr *make(const struct machine *t, const struct kernel_place *k, int *ret)
{
	struct iomem ram = { 0 };
	struct elfcorehdr e = { &ram, k, EM_X86_64 };
	void *data = NULL;
	size_t len = 0;

	iomem_add(&ram, 0x100000, 0x2e000000, IOMEM_RAM);
	iomem_add(&ram, 0x3e000000, 0x3ffe0000, IOMEM_RAM);
	*why = '\0';
	*ret = elfcorehdr_make(t->fd, &e, &data, &len, why);
	if (data)
		CHECK_EQ(len,
			 sizeof(Elf64_Ehdr) + ((Elf64_Ehdr *)data)->e_phnum * sizeof(Elf64_Phdr));
	iomem_free(&ram);
	return data;
}

static bool is(const Elf64_Phdr *p, uint32_t type, uint64_t va, uint64_t pa, uint64_t bytes)
{
	return p->p_type == type && p->p_vaddr == va && p->p_paddr == pa && p->p_offset == pa &&
	       p->p_filesz == bytes && p->p_memsz == bytes;
}

TEST(whole)
{
	struct machine t = crashmachine_make(false);
	struct kernel_place k;
	Elf64_Ehdr *e;
	Elf64_Phdr *p;
	int r;

	kcore_place(t.fd, &(struct iomem){ 0 }, true, &k);
	CHECK_EQ(k.linear, CRASHMACHINE_LINEAR);
	e = make(&t, &k, &r);
	CHECK_EQ(r, 0);
	CHECK(!memcmp(e->e_ident, ELFMAG "\2\1\1", 7) && e->e_type == ET_CORE &&
	      e->e_machine == EM_X86_64 && e->e_phentsize == sizeof(*p));
	CHECK_EQ(e->e_phnum, 6);
	p = (Elf64_Phdr *)((char *)e + e->e_phoff);
	CHECK(is(&p[0], PT_NOTE, 0, 0x3fc11a00, 376));
	CHECK(is(&p[1], PT_NOTE, 0, 0x3fc31a00, 376));
	/* the size is in hex */
	CHECK(is(&p[2], PT_NOTE, 0, 0x3ed3000, 0x1024));
	CHECK(is(&p[3], PT_LOAD, CRASHMACHINE_TEXT_VA, CRASHMACHINE_TEXT_PA, 0x2a00000));
	CHECK(is(&p[4], PT_LOAD, CRASHMACHINE_LINEAR + 0x100000, 0x100000, 0x2df00000));
	CHECK(is(&p[5], PT_LOAD, CRASHMACHINE_LINEAR + 0x3e000000, 0x3e000000, 0x1fe0000));
	free(e);
	machine_remove(&t);
}

TEST(without_notes)
{
	struct machine t = machine_bare();
	struct kernel_place k = { 0 };
	int r;

	CHECK(!make(&t, &k, &r));
	CHECK_EQ(r, -ENOENT);
	CHECK(strstr(why, "no CPU has crash_notes"));
	crashmachine_cpu(&t, 0, "nonsense\n");
	CHECK(!make(&t, &k, &r));
	CHECK(strstr(why, "cpu0/crash_notes"));
	crashmachine_cpu(&t, 0, "3fc11a00\n");
	CHECK(!make(&t, &k, &r));
	CHECK(strstr(why, "/sys/kernel/vmcoreinfo"));
	machine_put(&t, "sys/kernel/vmcoreinfo", "0x0 0\n");
	CHECK(!make(&t, &k, &r));
	CHECK_EQ(r, -EBADMSG);
	machine_remove(&t);
}

/* More CPUs than the list's first size, some of them gone. */
TEST(many_cpus)
{
	struct machine t = crashmachine_make(false);
	struct kernel_place k = { 0 };
	Elf64_Ehdr *e;
	int r;

	for (unsigned cpu = 3; cpu < 300; cpu += 2)
		crashmachine_cpu(&t, cpu, "1000\n");
	e = make(&t, &k, &r);
	CHECK_EQ(r, 0);
	/* no image is known: none is made up */
	CHECK_EQ(e->e_phnum, 2 + 149 + 1 + 2);
	free(e);
	machine_remove(&t);
}

TEST(kernel_by_kallsyms)
{
	struct machine t = crashmachine_make(false);
	struct iomem m = { 0 };
	struct kernel_place k;

	CHECK_EQ(iomem_read(t.fd, "proc/iomem", &m), 0);
	unlinkat(t.fd, "proc/kcore", 0);
	kcore_place(t.fd, &m, true, &k);
	CHECK(!k.text_bytes && !k.linear);
	machine_put(&t, "proc/kallsyms",
		    "0000000000000000 A fixed_percpu_data\nffffffffa6a00000 T _stext\n"
		    "ffffffffa6a00000 T _text\nffffffffa6a00040 T _text_after\n");
	kcore_place(t.fd, &m, true, &k);
	CHECK(k.text_va == CRASHMACHINE_TEXT_VA && k.text_pa == CRASHMACHINE_TEXT_PA);
	CHECK_EQ(k.text_bytes, 0x1f000000 - CRASHMACHINE_TEXT_PA);
	/* hidden by kptr_restrict */
	machine_put(&t, "proc/kallsyms", "0000000000000000 T _stext\n0000000000000000 T _text\n");
	kcore_place(t.fd, &m, true, &k);
	CHECK_EQ(k.text_bytes, 0);
	iomem_free(&m);
	machine_remove(&t);
}

TEST(damaged_kcore)
{
	struct machine t = crashmachine_make(false);
	struct kernel_place k;
	unsigned char head[64] = ELFMAG "\2\1\1";

	machine_put_bytes(&t, "proc/kcore", head, sizeof(head));
	kcore_place(t.fd, &(struct iomem){ 0 }, true, &k);
	CHECK(!k.text_bytes && !k.linear);
	head[54] = sizeof(Elf64_Phdr);
	head[56] = 255;
	machine_put_bytes(&t, "proc/kcore", head, sizeof(head));
	kcore_place(t.fd, &(struct iomem){ 0 }, true, &k);
	CHECK(!k.text_bytes && !k.linear);
	machine_remove(&t);
}
