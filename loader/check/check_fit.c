/* SPDX-License-Identifier: MIT */
/*
 * The model of what a capture takes, of which only the first three are known before it runs:
 *
 *	init_size		of the kernel's head: all it needs while it unpacks itself
 *	1/64			struct pages of the reservation
 *	packed + unpacked	the initrd lies in memory in both forms while it is unpacked; its modules
 *				are there once more when they are loaded
 *	the rest		tables, drivers, slabs, processes; more for a kernel that does more
 *
 * The rest grows with the kernel: one of 60 MiB runs out of memory where one of 10 is at ease. Two
 * lines are drawn. Below the lower one no capture has been seen to work, by a margin: it is
 * refused. Above the upper one none has been seen to fail. In between stands a warning.
 *
 * Measured in QEMU with one CPU in the capture, a virtio disk with ext4 and its image of 450 to 490
 * KiB (956 to 1155 unpacked); the rest is what the reservation leaves beside the other three:
 *
 *	kernel			init_size	crashkernel=	the rest	captures
 *	6.12 cloud (Debian 13)	57208 KiB	64M, 68M	5.7, 9.8 MiB	no: out of memory
 *						76M and more	17.6		yes
 *	7.2 cloud		61676 KiB	76M		13.2		no: before the initrd is unpacked
 *						80M and more	17.1		yes
 *	6.1 cloud (Debian 12)	52704 KiB	72M		17.8		no: before the initrd is unpacked
 *	6.12 standard		57272 KiB	112M		49.5		yes; image of 1052 KiB (3875)
 *	6.1, our own of 2 MB	14131 KiB	20M		4.5		no
 *						22M and more	6.4		yes, 4.3 MB to spare
 */
#include "loader/check/check_fit.h"

#include <inttypes.h>
#include <string.h>

#include "lib/bytes.h"

#define MIB	  ((uint64_t)1 << 20)
#define MAX_BYTES ((uint64_t)1 << 56)

enum {
	/* the ELF header where the kernel does not say: a program header for each CPU and range */
	ELFCOREHDR_BYTES = 128 << 10,
	STRUCT_PAGES_SHARE = 64,
	/*
	 * Of a CPU beside the first: its own memory, interrupts, and a thread of the dumper's. MemAvailable
	 * was lower by 1.2 MiB for each on 6.1 and by 2.2 MiB on 6.12 (QEMU, 2 and 4 of 4 CPUs, level 31); a
	 * machine's own has more interrupts.
	 */
	CPU_BYTES = 4 << 20,
	/* a suggestion has a quarter more than what is easy, in steps */
	STEP_MIB = 32,
};

static const char *when_words(const struct kernel_head *b)
{
	return b->unpacks_itself ? " while it unpacks itself" : "";
}

/* What of the architecture's bytes this kernel does not take. */
static uint64_t spared(const struct arch_fit *a, const struct kernel_head *b)
{
	return b->flat_memory ? a->sections_bytes : 0;
}

/* What a capture takes of a reservation of so many bytes at least, and at ease. */
static uint64_t take_least(const struct arch_fit *a, const struct kernel_head *b,
			   const struct fit *need, uint64_t reserved)
{
	return b->init_bytes + reserved / STRUCT_PAGES_SHARE + need->initrd_bytes +
	       need->unpacked_bytes + a->least_bytes - spared(a, b) +
	       b->init_bytes / a->least_share;
}

static uint64_t take_easy(const struct arch_fit *a, const struct kernel_head *b,
			  const struct fit *need, uint64_t reserved)
{
	return b->init_bytes + reserved / STRUCT_PAGES_SHARE + need->initrd_bytes +
	       2 * need->unpacked_bytes + a->easy_bytes - spared(a, b) +
	       b->init_bytes / a->easy_share;
}

/* An image's head may say any number; sums of these cannot wrap. */
static struct fit bound_fit(const struct fit *said)
{
	return (struct fit){
		.initrd_bytes = said->initrd_bytes < MAX_BYTES ? said->initrd_bytes : MAX_BYTES,
		.unpacked_bytes =
			said->unpacked_bytes < MAX_BYTES ? said->unpacked_bytes : MAX_BYTES,
	};
}

void check_fit_sum(const struct arch_fit *a, const struct kernel_head *b, const struct fit *need,
		   uint64_t peak_bytes, struct fit_sum *ret)
{
	struct fit n = bound_fit(need);
	uint64_t most;

	/* what is not known is taken for a usual initrd */
	if (!n.unpacked_bytes)
		n.unpacked_bytes = 3 * n.initrd_bytes;
	*ret = (struct fit_sum){
		.kernel_bytes = b->init_bytes,
		.packed_bytes = n.initrd_bytes,
		.unpacked_bytes = 2 * n.unpacked_bytes,
		.rest_bytes = a->easy_bytes - spared(a, b) + b->init_bytes / a->easy_share,
		.peak_bytes = peak_bytes < MAX_BYTES ? peak_bytes : MAX_BYTES,
	};
	ret->sum_bytes = take_easy(a, b, &n, 0);
	most = ret->sum_bytes > ret->peak_bytes ? ret->sum_bytes : ret->peak_bytes;
	ret->suggest_mib = bytes_round_up(most / MIB * 5 / 4 + 1, STEP_MIB);
}

/* A reservation that leaves the capture system room to work, in MiB. */
static uint64_t suggest_mib(const struct arch_fit *a, const struct kernel_head *b,
			    const struct fit *need)
{
	struct fit_sum sum;

	check_fit_sum(a, b, need, 0, &sum);
	return sum.suggest_mib;
}

static void no_reservation(const struct host *h, uint64_t mib, struct findings *f)
{
	const char *value;

	if (cmdline_has(h->cmdline, "crashkernel", &value))
		findings_error(f, "no-reservation",
			       "no memory is reserved although crashkernel=%.*s was asked for: the "
			       "kernel log of this boot says why (dmesg | grep -i crashkernel); "
			       "try crashkernel=%" PRIu64 "M",
			       (int)strcspn(value, " "), value, mib);
	else
		findings_error(f, "no-reservation",
			       "no memory is reserved for a crash kernel: add crashkernel=%" PRIu64
			       "M to the kernel command line and reboot",
			       mib);
}

/*
 * On x86 the kernel places the ELF header at the bottom of the main range and the rest from the top
 * down: purgatory and boot_params, the kernel at its alignment, the initrd. The other order takes as
 * much.
 */
static bool can_be_placed(const struct host_range *range, const struct kernel_head *b,
			  uint64_t initrd_bytes, uint64_t elfcorehdr_bytes, uint64_t top_bytes)
{
	uint64_t align = b->align_bytes ? b->align_bytes : 1;
	uint64_t bottom = range->start + bytes_round_up(elfcorehdr_bytes, 4096);
	uint64_t top = range->start + range->bytes;

	if (range->bytes < top_bytes || b->init_bytes > range->bytes - top_bytes ||
	    initrd_bytes > range->bytes)
		return false;
	top = (top - top_bytes - b->init_bytes) / align * align;
	initrd_bytes = bytes_round_up(initrd_bytes, 4096);
	return top >= bottom && top - bottom >= initrd_bytes;
}

/* crashkernel=SIZE,cma lends the capture further memory, of which crash_size does not tell. */
static bool has_more(const struct host *h)
{
	const char *value = strstr(h->cmdline, "crashkernel=");

	for (; value; value = strstr(value + 1, "crashkernel=")) {
		if (memmem(value, strcspn(value, " "), ",cma", 4))
			return true;
	}
	return false;
}

unsigned check_fit_cpus(const struct host *h, const struct kernel_head *b, const struct fit *said,
			unsigned want)
{
	const struct fit need = bound_fit(said);
	uint64_t easy = take_easy(&h->arch->fit, b, &need, h->crash_bytes), more;

	if (!need.unpacked_bytes || h->crash_bytes < easy || want < 2)
		return 1;
	more = (h->crash_bytes - easy) / CPU_BYTES;
	return more < want - 1 ? (unsigned)more + 1 : want;
}

static void check_room(const struct host *h, const struct kernel_head *b, const struct fit *need,
		       uint64_t mib, struct findings *f)
{
	uint64_t least = take_least(&h->arch->fit, b, need, h->crash_bytes);
	uint64_t easy = take_easy(&h->arch->fit, b, need, h->crash_bytes);

	if (h->crash_bytes >= easy || has_more(h))
		return;
	if (h->crash_bytes < least)
		findings_error(
			f, "reservation-too-small",
			"the reservation of %" PRIu64 " MiB is too small: the capture would "
			"run out of memory; this kernel (%" PRIu64 " MiB%s) and initrd (%" PRIu64
			" MiB unpacked) take at least %" PRIu64
			" MiB; reboot with crashkernel=%" PRIu64 "M",
			h->crash_bytes / MIB, (b->init_bytes + MIB - 1) / MIB, when_words(b),
			(need->unpacked_bytes + MIB - 1) / MIB, (least + MIB - 1) / MIB, mib);
	else
		findings_warn(f, "reservation-tight",
			      "the reservation of %" PRIu64 " MiB is tight: with less than %" PRIu64
			      " MiB a capture may run out of memory; crashkernel=%" PRIu64
			      "M would do",
			      h->crash_bytes / MIB, (easy + MIB - 1) / MIB, mib);
}

uint64_t check_fit(const struct host *h, const struct kernel_head *b, const struct fit *said,
		   struct findings *f)
{
	const struct fit bounded = bound_fit(said), *need = &bounded;
	uint64_t elf = h->elfcorehdr_bytes ? h->elfcorehdr_bytes : ELFCOREHDR_BYTES;
	struct host_range all = { 0, h->crash_bytes };
	uint64_t top = h->arch->fit.top_bytes;
	uint64_t files = b->init_bytes + need->initrd_bytes + elf + top, left;
	uint64_t mib = suggest_mib(&h->arch->fit, b, need);

	if (!h->crash_bytes) {
		no_reservation(h, mib, f);
		return 0;
	}
	if (!can_be_placed(h->n_crash ? &h->crash[0] : &all, b, need->initrd_bytes, elf, top)) {
		findings_error(f, "reservation-too-small",
			       "the reservation of %" PRIu64 " MiB is too small: kernel (%" PRIu64
			       " MiB%s) and initrd (%" PRIu64
			       " MiB) do not fit; reboot with crashkernel=%" PRIu64 "M",
			       (h->n_crash ? h->crash[0].bytes : h->crash_bytes) / MIB,
			       (b->init_bytes + MIB - 1) / MIB, when_words(b),
			       (need->initrd_bytes + MIB - 1) / MIB, mib);
		return 0;
	}
	left = h->crash_bytes > files ? h->crash_bytes - files : 0;
	if (need->unpacked_bytes)
		check_room(h, b, need, mib, f);
	else if (left < 2 * need->initrd_bytes)
		findings_warn(f, "reservation-tight",
			      "%" PRIu64 " MiB are left for the capture system, hardly enough to "
			      "unpack an initrd of %" PRIu64 " MiB; crashkernel=%" PRIu64
			      "M would do",
			      left / MIB, need->initrd_bytes / MIB, mib);
	return left;
}
