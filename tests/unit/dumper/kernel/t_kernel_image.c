/* SPDX-License-Identifier: MIT */
/*
 * Where the kernel lies: by the core's segment, by names and mappings, or nowhere.
 */
#include "dumper/kernel/kernel_image.h"

#include "dumper/kernel/crash.h"
#include "tests/unit/fake/fakecore.h"
#include "tests/unit/test.h"

static struct crash core;

static void image_open(struct fake *f, enum fake_arch arch)
{
	fake_open(f, &(struct fake_desc){ .kernel = FAKE_6_12, .arch = arch });
}

static struct kmem_image found(struct fake *f)
{
	struct kmem_image image;

	fake_finish(f);
	CHECK_EQ(crash_open(f->path, &core), 0);
	image = core.kmem.image;
	crash_close(&core);
	return image;
}

TEST(by_the_segment)
{
	struct kmem_image image;
	struct fake f;

	image_open(&f, FAKE_X86_64);
	image = found(&f);
	CHECK_EQ(image.va, FAKE_IMAGE_VA);
	CHECK_EQ(image.pa, FAKE_IMAGE_PA);
	CHECK_EQ(image.len, FAKE_IMAGE_BYTES);
	/* a header can claim anything */
	f.desc.no_text = false;
	fake_finish(&f);
	f.ph[1].p_memsz = (1ull << 30) + 4096;
	CHECK_EQ(crash_open(f.path, &core), 0);
	CHECK_EQ(core.kmem.image.len, 0);
	crash_close(&core);
	fake_close(&f);
}

TEST(by_the_names)
{
	struct kmem_image image;
	struct fake f;

	image_open(&f, FAKE_AARCH64);
	image = found(&f);
	CHECK_EQ(image.va, f.image_va);
	CHECK_EQ(image.pa, FAKE_IMAGE_PA);
	CHECK_EQ(image.len, FAKE_IMAGE_BYTES);
	/* what was given back after booting is no longer mapped, in front of the last name */
	*fake_entry(&f, f.image_va + 0x2000, 0) = 0;
	image = found(&f);
	CHECK_EQ(image.len, FAKE_IMAGE_BYTES);
	/* and behind it the image ends where the mapping does, or goes on to other memory */
	*fake_entry(&f, f.image_va + 0x9000, 0) = 0;
	CHECK_EQ(found(&f).len, 0x9000);
	fake_map(&f, f.image_va + 0x9000, 0x5000, 12);
	CHECK_EQ(found(&f).len, 0x9000);
	/* a name elsewhere is none of the image's */
	fake_info_add(&f, "SYMBOL(far)=fffffffc10000000\nSYMBOL(near)=1000\nSYMBOL(odd)=zz");
	CHECK_EQ(found(&f).len, 0x9000);
	fake_close(&f);
}

TEST(nowhere)
{
	char line[80];
	struct fake f;

	image_open(&f, FAKE_RISCV64);
	CHECK_EQ(found(&f).len, FAKE_IMAGE_BYTES);
	/* the last name is in other memory than the first */
	snprintf(line, sizeof(line), "SYMBOL(last)=%llx",
		 (unsigned long long)f.image_va + 0x100000);
	fake_info_add(&f, line);
	fake_map(&f, f.image_va + 0x100000, 0x7000, 12);
	CHECK_EQ(found(&f).len, 0);
	/* or not mapped */
	*fake_entry(&f, f.image_va + 0x100000, 0) = 0;
	CHECK_EQ(found(&f).len, 0);
	fake_info_drop(&f, "SYMBOL(last)");
	CHECK_EQ(found(&f).len, FAKE_IMAGE_BYTES);
	fake_info_drop(&f, "SYMBOL(_stext)");
	CHECK_EQ(found(&f).len, 0);
	fake_close(&f);
}
