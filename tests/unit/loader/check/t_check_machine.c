/* SPDX-License-Identifier: MIT */
/*
 * What the checks say of architectures: a machine that the program is not for, and pages of other
 * sizes.
 */
#include "lib/cleanup.h"
#include "loader/check/check.h"
#include "tests/unit/fake/machine.h"
#include "tests/unit/test.h"

static struct findings f;

static bool found(const char *words)
{
	for (unsigned i = 0; i < f.n; i++) {
		if (strstr(f.item[i].text, words))
			return true;
	}
	return false;
}

/* On a machine that the program is not for nothing is tried, and one sentence says so. */
TEST(machine)
{
	struct host h = { .machine = "x86_64", .arch = &kexec_arch_x86_64 };

	f = (struct findings){ 0 };
	CHECK(check_machine(&h, &f));
	CHECK_EQ(f.n, 0);
	strcpy(h.machine, "s390x");
	h.arch = NULL;
	CHECK(!check_machine(&h, &f));
	CHECK_EQ(f.n, 1);
	CHECK(f.fatal && strstr(f.item[0].text, "the running kernel's, s390x:") != NULL);
}

/* However much else was said before, what forbids a load is said. */
TEST(an_error_behind_many_warnings)
{
	struct findings other = { 0 };

	f = (struct findings){ 0 };
	for (unsigned i = 0; i < FINDINGS_MAX; i++)
		findings_warn(&f, "warned", "warning %u", i);
	findings_stale(&f, "old", "an old file");
	findings_error(&f, "wrong", "no memory");
	findings_error(&f, "worse", "no right");
	findings_warn(&f, "late", "one more");
	CHECK_EQ(f.n, FINDINGS_MAX);
	CHECK(f.fatal && f.stale);
	CHECK(found("warning 0") && found("no memory") && found("no right"));
	CHECK(found("an old file") && !found("one more"));
	/* and in a list that is made of this one */
	for (unsigned i = 0; i < FINDINGS_MAX; i++)
		findings_add(&other, &(struct finding){ FINDING_WARNING, "warned", "" });
	for (unsigned i = 0; i < f.n; i++)
		findings_add(&other, &f.item[i]);
	f = other;
	CHECK(f.fatal && f.stale && found("no memory") && found("no right"));
}

/* Pages of another size are for the CPU to know; x86 has one. */
TEST(pages)
{
	static const struct {
		uint32_t kernel;
		bool said;
	} sizes[] = { { 0, false }, { 4096, false }, { 16384, true }, { 65536, true } };

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct machine t = machine_make();
		struct host h = { .arch = &kexec_arch_aarch64, .page_bytes = 4096 };
		unsigned char image[128] = { 0 };
		struct kernel_head k;
		struct image img;

		machine_le(image + 16, 8, 8 << 20);
		/* 1: 4 KiB, 2: 16, 3: 64 */
		machine_le(image + 24, 8, i << 1 | 8);
		memcpy(image + 56, "ARM\x64", 4);
		machine_put_bytes(&t, "Image", image, sizeof(image));
		CHECK_EQ(image_open(t.fd, "Image", &img), 0);
		f = (struct findings){ 0 };
		CHECK(check_kernel(&h, &img, &k, &f));
		CHECK_EQ(k.page_bytes, sizes[i].kernel);
		CHECK_EQ(found("it starts only where the CPU has both"), sizes[i].said);
		CHECK(!f.fatal);
		image_close(&img);
		machine_remove(&t);
	}
}
