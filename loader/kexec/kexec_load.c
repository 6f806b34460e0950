/* SPDX-License-Identifier: MIT */
#include "loader/kexec/kexec_load.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/kexec.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "loader/kexec/arch.h"
#include "loader/kexec/elfcorehdr.h"
#include "loader/kexec/kexec.h"

enum {
	/* not in every version of linux/kexec.h */
	UPDATE_ELFCOREHDR = 0x4,     /* 6.6, x86 */
	CRASH_HOTPLUG_SUPPORT = 0x8, /* 6.10 */
};

#define MIB	((uint64_t)1 << 20)
#define ALL_RAM (IOMEM_BIT(IOMEM_RAM) | IOMEM_BIT(IOMEM_RAM_OF_DRIVER))
/* what a boot loader would tell a kernel of */
#define FOR_KERNEL                                                                                 \
	(~(ALL_RAM | IOMEM_BIT(IOMEM_CRASH) | IOMEM_BIT(IOMEM_KERNEL)) | IOMEM_BIT(IOMEM_RAM))

/* The highest reserved range takes the image; the one below 4 GiB beside it is for DMA. */
static const struct iomem_range *find_reserved(const struct iomem *m)
{
	const struct iomem_range *found = NULL;

	for (size_t i = 0; i < m->n; i++) {
		if (m->range[i].kind == IOMEM_CRASH)
			found = &m->range[i];
	}
	return found;
}

/* Takes every range of these kinds out of m. */
static int cut_kinds(const struct iomem *machine, unsigned kinds, struct iomem *m)
{
	int r = 0;

	for (size_t i = 0; !r && i < machine->n; i++) {
		const struct iomem_range *range = &machine->range[i];

		if (kinds & IOMEM_BIT(range->kind))
			r = iomem_cut(m, range->start, range->end);
	}
	return r;
}

static int free_in_reserved(struct layout *l)
{
	const struct iomem_range *main = find_reserved(&l->machine);
	uint64_t ram = iomem_bytes(&l->machine, ALL_RAM);
	uint64_t control = l->arch->control_bytes ? l->arch->control_bytes(ram) : 0;

	if (!main)
		return layout_fail(l, -EADDRNOTAVAIL,
				   "/proc/iomem has no \"Crash kernel\": no memory is reserved");
	if (main->end - main->start <= control)
		return layout_fail(l, -EADDRNOTAVAIL,
				   "the memory reserved by crashkernel= is less "
				   "than the page tables of this machine");
	return iomem_add(&l->free, main->start + control, main->end, IOMEM_RAM);
}

/* All RAM but the reserved, and but what every kernel keeps for itself or may not read. */
static int dumped_memory(struct layout *l, struct iomem *ret)
{
	int r = iomem_pick(&l->machine, ALL_RAM, ret);

	if (!r)
		r = iomem_cut(ret, 0, l->arch->low_bytes);
	if (!r && l->arch->cut_dump)
		r = l->arch->cut_dump(l, ret);
	return r ? r : cut_kinds(&l->machine, IOMEM_BIT(IOMEM_CRASH), ret);
}

/* In front of all other segments. */
static int place_elfcorehdr(struct layout *l, uint64_t place_bytes)
{
	struct iomem ram = { 0 };
	struct kernel_place kernel;
	struct elfcorehdr e = { &ram, &kernel, l->arch->elf_machine };
	char why[ELFCOREHDR_WHY] = "";
	void *data;
	size_t len;
	int r = dumped_memory(l, &ram);

	kcore_place(l->root, &l->machine, l->arch->text_by_symbols, &kernel);
	if (!kernel.linear && l->arch->linear)
		kernel.linear = l->arch->linear(l->root);
	if (!r)
		r = elfcorehdr_make(l->root, &e, &data, &len, why);
	iomem_free(&ram);
	if (r)
		return layout_fail(l, r, "%s", *why ? why : strerror(-r));
	r = layout_own(l, data, len);
	return r ? r
		 : layout_place(l,
				&(struct layout_part){ .name = "elfcorehdr",
						       .data = data,
						       .bytes = len,
						       .place_bytes = place_bytes,
						       .align = l->arch->elfcorehdr_align,
						       .may_change = true },
				NULL);
}

static int prepare_crash(const struct kexec_request *q, struct layout *l)
{
	struct arch_files f = { q->kernel_fd, q->initrd_fd, q->cmdline, &l->segment[0] };
	int r = free_in_reserved(l);

	if (!r)
		r = place_elfcorehdr(l, q->elfcorehdr_bytes);
	return r ? r : l->arch->place(l, &f);
}

/* The map that the firmware gave, if the kernel has kept it; its own differs by what it uses. */
static int tell_memory(const struct kexec_request *q, struct layout *l)
{
	struct iomem given = { 0 };
	int r;

	if (q->memory)
		return iomem_pick(q->memory, FOR_KERNEL, &l->memory);
	r = iomem_read_firmware(l->root, &given);
	if (!r)
		r = iomem_pick(&given, FOR_KERNEL, &l->memory);
	iomem_free(&given);
	return r == -ENOENT ? iomem_pick(&l->machine, FOR_KERNEL, &l->memory) : r;
}

/* Takes this kernel's own memory out of m, but for the lowest, which is every kernel's. */
static int cut_own(const struct layout *l, struct iomem *m)
{
	int r = 0;

	for (size_t i = 0; !r && i < l->machine.n; i++) {
		const struct iomem_range *range = &l->machine.range[i];

		if (range->kind == IOMEM_RAM && range->end > l->arch->low_bytes)
			r = iomem_cut(m, range->start, range->end);
	}
	return r;
}

static int prepare_normal(const struct kexec_request *q, struct layout *l)
{
	struct arch_files f = { q->kernel_fd, q->initrd_fd, q->cmdline, NULL };
	int r = l->arch->tells_memory ? tell_memory(q, l) : 0;

	if (!l->arch->tells_memory && q->memory)
		return layout_fail(l, -EOPNOTSUPP,
				   "a memory map cannot be given to a kernel that the device tree "
				   "tells of memory");
	if (!r)
		r = iomem_pick(q->memory ? q->memory : &l->machine, IOMEM_BIT(IOMEM_RAM), &l->free);
	if (!r)
		r = cut_kinds(&l->machine, IOMEM_BIT(IOMEM_CRASH) | IOMEM_BIT(IOMEM_RESERVED),
			      &l->free);
	l->apart = q->apart;
	if (!r && q->apart)
		r = cut_own(l, &l->free);
	return r ? r : l->arch->place(l, &f);
}

/* The kernel takes no more than half of its memory. */
static int check_half(struct layout *l)
{
	uint64_t all = iomem_bytes(&l->machine, ALL_RAM), sum = 0;

	for (unsigned i = 0; i < l->n; i++)
		sum += l->segment[i].end - l->segment[i].start;
	if (sum <= all / 2)
		return 0;
	return layout_fail(l, -EINVAL,
			   "kernel and initrd take %" PRIu64
			   " MiB, and the kernel allows half of its %" PRIu64 " MiB",
			   sum / MIB, all / MIB);
}

int kexec_load_prepare(const struct kexec_request *q, bool crash, struct layout *l)
{
	int r;

	layout_init(l, q->arch, q->root, crash);
	if (!q->arch->place)
		return layout_fail(l, -ENOSYS,
				   "kexec_load is not known here for this architecture, only "
				   "kexec_file_load is");
	r = iomem_read(q->root, "proc/iomem", &l->machine);
	if (r)
		return layout_fail(l, r, "/proc/iomem: %s",
				   r == -EACCES ? "the addresses are hidden: root "
						  "(CAP_SYS_ADMIN) is needed"
						: strerror(-r));
	r = crash ? prepare_crash(q, l) : prepare_normal(q, l);
	if (!r)
		r = check_half(l);
	return r ? layout_fail(l, r, "%s", strerror(-r)) : 0;
}

/* A kernel that tells the size rewrites the header, if it is told that no digest covers it. */
static unsigned long hotplug_flag(const struct kexec_request *q)
{
	unsigned long major, minor;
	char *end;

	if (!q->elfcorehdr_bytes)
		return 0;
	major = strtoul(q->release, &end, 10);
	minor = *end == '.' ? strtoul(end + 1, NULL, 10) : 0;
	return major > 6 || (major == 6 && minor >= 10) ? CRASH_HOTPLUG_SUPPORT : UPDATE_ELFCOREHDR;
}

int kexec_load_segments(const struct kexec_request *q, const struct layout *l)
{
	struct kexec_segment s[LAYOUT_SEGMENTS];
	unsigned long flags = l->crash ? KEXEC_ON_CRASH | hotplug_flag(q) : 0;

	for (unsigned i = 0; i < l->n; i++) {
		const struct segment *from = &l->segment[i];

		s[i] = (struct kexec_segment){ .buf = from->data,
					       .bufsz = from->bytes,
					       .mem = (void *)(uintptr_t)from->start,
					       .memsz = from->end - from->start };
	}
	return syscall(SYS_kexec_load, l->entry, (unsigned long)l->n, s, flags) < 0 ? -errno : 0;
}

int kexec_load_nothing(bool crash)
{
	unsigned long flags = crash ? KEXEC_ON_CRASH : 0;

	return syscall(SYS_kexec_load, 0ul, 0ul, NULL, flags) < 0 ? -errno : 0;
}
