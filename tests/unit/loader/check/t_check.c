/* SPDX-License-Identifier: MIT */
/*
 * The checks before the call and their sentences.
 */
#include "lib/cleanup.h"
#include "loader/check/check.h"
#include "loader/check/check_fit.h"
#include "loader/check/check_image.h"
#include "loader/check/explain.h"
#include "tests/unit/fake/machine.h"
#include "tests/unit/test.h"

#define MIB (1024 * 1024ull)

static struct findings f;

/* A machine with one reservation where the kernel would put it. */
static struct host host_with(uint64_t start, uint64_t bytes)
{
	struct host h = { .arch = &kexec_arch_x86_64,
			  .page_bytes = 4096,
			  .armed = 0,
			  .crash_bytes = bytes,
			  .n_crash = 1,
			  .limit_panic = HOST_UNKNOWN,
			  .may_boot = true,
			  .panic_on_oops = 1,
			  .panic_s = 10 };

	h.crash[0] = (struct host_range){ start, bytes };
	f = (struct findings){ 0 };
	return h;
}

static bool found(bool fatal, const char *words)
{
	for (unsigned i = 0; i < f.n; i++) {
		if ((f.item[i].level == FINDING_ERROR) == fatal && strstr(f.item[i].text, words))
			return true;
	}
	return false;
}

static uint64_t fit_of(const struct host *h, const struct kernel_head *b, uint64_t initrd_bytes)
{
	return check_fit(h, b, &(struct fit){ .initrd_bytes = initrd_bytes }, &f);
}

static const struct kernel_head debian = {
	.cmdline_bytes = 2047, .init_bytes = 56 * MIB, .align_bytes = 2 * MIB, .five_level = true
};

TEST(permission)
{
	struct host h = host_with(0x2e000000, 256 * MIB);

	check_permission(&h, "load", &f);
	CHECK_EQ(f.n, 0);
	h.limit_panic = 3;
	check_permission(&h, "load", &f);
	CHECK(!f.fatal && found(false, "3 loads or unloads left"));
	h.limit_panic = 0;
	h.may_boot = false;
	h.load_disabled = true;
	h.armed = HOST_UNKNOWN;
	check_permission(&h, "unload", &f);
	CHECK(f.fatal && found(true, "CAP_SYS_BOOT") && found(true, "kexec_load_disabled is 1"));
	CHECK(found(true, "kexec_load_limit_panic is 0") && found(true, "CONFIG_KEXEC_FILE"));
}

TEST(no_reservation)
{
	struct host h = host_with(0, 0);

	h.n_crash = 0;
	CHECK_EQ(fit_of(&h, &debian, MIB), 0);
	CHECK(found(true, "add crashkernel=128M to the kernel command line and reboot"));
	f = (struct findings){ 0 };
	strcpy(h.cmdline, "ro crashkernel=64G quiet");
	fit_of(&h, &debian, MIB);
	CHECK(found(true, "although crashkernel=64G was asked for"));
}

TEST(fit)
{
	struct host h = host_with(0x2e000000, 256 * MIB);
	uint64_t left = fit_of(&h, &debian, MIB);

	CHECK_EQ(f.n, 0);
	CHECK(left > 195 * MIB && left < 200 * MIB);
	/* measured: 56 MiB of kernel, 48 MiB reserved: EADDRNOTAVAIL */
	h = host_with(0x2e000000, 48 * MIB);
	CHECK_EQ(fit_of(&h, &debian, MIB), 0);
	CHECK(found(true, "48 MiB is too small") && found(true, "reboot with crashkernel=128M"));
	/* the alignment of the kernel alone can make the difference */
	h = host_with(0x2e000000, 59 * MIB);
	fit_of(&h, &debian, MIB / 2);
	CHECK(!f.fatal);
	h = host_with(0x2e000000, 58 * MIB);
	fit_of(&h, &debian, MIB / 2);
	CHECK(f.fatal);
}

/* What was seen to work and to fail in QEMU; see check_fit.c. */
TEST(room_for_the_capture)
{
	enum { REFUSED, WARNED, TAKEN };
	static const struct {
		uint64_t init_kib, reserved_mib;
		int least, most; /* the verdict must lie between */
	} seen[] = {
		/* 6.12 cloud: works from 76 on, runs out of memory at 68 */
		{ 57208, 64, REFUSED, REFUSED },
		{ 57208, 68, REFUSED, REFUSED },
		{ 57208, 76, WARNED, TAKEN },
		{ 57208, 96, TAKEN, TAKEN },
		/* 7.2 cloud: works from 80 on, runs out of memory at 76 */
		{ 61676, 64, REFUSED, REFUSED },
		{ 61676, 76, REFUSED, WARNED },
		{ 61676, 80, WARNED, TAKEN },
		{ 61676, 96, TAKEN, TAKEN },
		/* 6.1 cloud: runs out of memory at 72 */
		{ 52704, 72, REFUSED, WARNED },
		{ 52704, 96, TAKEN, TAKEN },
		/* our own of 2 MB: works from 22 on */
		{ 14131, 20, REFUSED, REFUSED },
		{ 14131, 22, WARNED, TAKEN },
		{ 14131, 24, WARNED, TAKEN },
		{ 14131, 32, TAKEN, TAKEN },
	};
	struct fit image = { .initrd_bytes = 452 << 10, .unpacked_bytes = 962 << 10 };

	for (size_t i = 0; i < sizeof(seen) / sizeof(seen[0]); i++) {
		struct host h = host_with(0x2e000000, seen[i].reserved_mib * MIB);
		struct kernel_head b = debian;
		int verdict;

		b.init_bytes = seen[i].init_kib << 10;
		check_fit(&h, &b, &image, &f);
		verdict = f.fatal ? REFUSED : f.n ? WARNED : TAKEN;
		if (verdict < seen[i].least || verdict > seen[i].most)
			printf("%u KiB in %u MiB: %d\n", (unsigned)seen[i].init_kib,
			       (unsigned)seen[i].reserved_mib, verdict);
		CHECK(verdict >= seen[i].least && verdict <= seen[i].most);
		CHECK(verdict == TAKEN || strstr(f.item[0].text, "; reboot with crashkernel=") ||
		      strstr(f.item[0].text, "; crashkernel="));
	}
}

/* riscv64's captures, by searching; a kernel in whose file nothing else stands is taken for one with sections. */
TEST(room_for_a_memory_map)
{
	enum { REFUSED, WARNED, TAKEN };
	static const struct fit image = { .initrd_bytes = 1712 << 10,
					  .unpacked_bytes = 8700 << 10 };
	static const struct fit small = { .initrd_bytes = 724 << 10, .unpacked_bytes = 1600 << 10 };
	static const struct {
		const struct fit *image;
		uint64_t init_kib, reserved_mib;
		bool flat;
		int least, most; /* the verdict must lie between */
	} seen[] = {
		/* Debian's 6.12: works from 112 on, runs out of memory at 108 */
		{ &image, 32700, 64, false, REFUSED, REFUSED },
		{ &image, 32700, 108, false, REFUSED, WARNED },
		{ &image, 32700, 112, false, WARNED, TAKEN },
		{ &image, 32700, 148, false, TAKEN, TAKEN },
		/* our own of 3 MB: works from 11 on, runs out of memory at 10 */
		{ &small, 3124, 8, true, REFUSED, REFUSED },
		{ &small, 3124, 10, true, REFUSED, WARNED },
		{ &small, 3124, 11, true, WARNED, TAKEN },
		{ &small, 3124, 32, true, TAKEN, TAKEN },
		{ &small, 3124, 32, false, REFUSED, REFUSED },
	};

	for (size_t i = 0; i < sizeof(seen) / sizeof(seen[0]); i++) {
		struct host h = host_with(0xa0000000, seen[i].reserved_mib * MIB);
		struct kernel_head b = { .init_bytes = seen[i].init_kib << 10,
					 .align_bytes = 2 * MIB,
					 .flat_memory = seen[i].flat };
		int verdict;

		h.arch = &kexec_arch_riscv64;
		check_fit(&h, &b, seen[i].image, &f);
		verdict = f.fatal ? REFUSED : f.n ? WARNED : TAKEN;
		if (verdict < seen[i].least || verdict > seen[i].most)
			printf("row %zu: %d\n", i, verdict);
		CHECK(verdict >= seen[i].least && verdict <= seen[i].most);
	}
}

/* What is suggested follows. */
TEST(estimate_of_a_flat_memory_map)
{
	struct kernel_head b = { .init_bytes = 3 * MIB };
	struct fit image = { .initrd_bytes = 724 << 10, .unpacked_bytes = 1600 << 10 };
	struct fit_sum sections, flat;

	check_fit_sum(&kexec_arch_riscv64.fit, &b, &image, 0, &sections);
	b.flat_memory = true;
	check_fit_sum(&kexec_arch_riscv64.fit, &b, &image, 0, &flat);
	CHECK_EQ(sections.sum_bytes - flat.sum_bytes, 32 * MIB);
	CHECK_EQ(sections.rest_bytes - flat.rest_bytes, 32 * MIB);
	/* on others it makes no difference */
	check_fit_sum(&kexec_arch_aarch64.fit, &b, &image, 0, &flat);
	b.flat_memory = false;
	check_fit_sum(&kexec_arch_aarch64.fit, &b, &image, 0, &sections);
	CHECK_EQ(sections.sum_bytes, flat.sum_bytes);
}

TEST(room_lent_by_cma)
{
	struct fit image = { .initrd_bytes = 452 << 10, .unpacked_bytes = 962 << 10 };
	struct host h = host_with(0x2e000000, 64 * MIB);

	strcpy(h.cmdline, "ro crashkernel=64M crashkernel=256M,cma");
	check_fit(&h, &debian, &image, &f);
	CHECK_EQ(f.n, 0);
}

TEST(fit_warns_of_a_large_initrd)
{
	struct host h = host_with(0x2e000000, 256 * MIB);

	fit_of(&h, &debian, 100 * MIB);
	CHECK(!f.fatal && found(false, "hardly enough to unpack an initrd of 100 MiB"));
	h = host_with(0x2e000000, 256 * MIB);
	fit_of(&h, &debian, 230 * MIB);
	CHECK(f.fatal);
}

TEST(fit_of_main_range_only)
{
	struct host h = host_with(0x100000000, 48 * MIB);

	/* 48 MiB high and 256 MiB low: the image goes into the high range */
	h.n_crash = 2;
	h.crash_bytes = 304 * MIB;
	h.crash[1] = (struct host_range){ 0x40000000, 256 * MIB };
	fit_of(&h, &debian, MIB);
	CHECK(f.fatal);
	/* where /proc/iomem hides addresses, the sum must do */
	h.n_crash = 0;
	f = (struct findings){ 0 };
	fit_of(&h, &debian, MIB);
	CHECK(!f.fatal);
}

TEST(fit_cannot_wrap)
{
	static const uint64_t odd[] = { 0, 1, 4095, 1ull << 31, 1ull << 40, UINT32_MAX };

	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		struct host h = host_with(0x1000, 1 + odd[i]);
		struct kernel_head b = { .init_bytes = UINT32_MAX,
					 .align_bytes = odd[i] > UINT32_MAX ? 3 : odd[i] };

		fit_of(&h, &b, 1ull << 62);
		CHECK(f.fatal);
	}
}

/* The head of an image is sealed, not signed: its numbers are anybody's. */
TEST(fit_of_any_number_in_a_head)
{
	static const uint64_t odd[] = { 1ull << 62, 1ull << 63, (1ull << 63) + 1, UINT64_MAX };

	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		struct host h = host_with(0x2e000000, 256 * MIB);
		struct fit image = { .initrd_bytes = 452 << 10, .unpacked_bytes = odd[i] };

		f = (struct findings){ 0 };
		check_fit(&h, &debian, &image, &f);
		CHECK(found(true, "is too small: the capture would run out of memory"));
	}
}

TEST(findings_are_for_a_terminal)
{
	f = (struct findings){ 0 };
	findings_warn(&f, "x", "initrd %s: b\xc3\xbc", "a\x1b[2J\n\x7f");
	CHECK_STR(f.item[0].text, "initrd a?[2J??: b\xc3\xbc");
}

TEST(memory)
{
	struct host h = host_with(0, 256 * MIB);

	check_memory(&h, 15 * MIB, &f); /* unknown */
	h.free_bytes = 100 * MIB;
	check_memory(&h, 15 * MIB, &f);
	CHECK_EQ(f.n, 0);
	h.free_bytes = 20 * MIB;
	check_memory(&h, 15 * MIB, &f);
	CHECK(found(true, "20 MiB are available, and the kernel needs 23 MiB"));
}

TEST(cmdline)
{
	struct host h = host_with(0, 256 * MIB);
	char line[2048];

	/* measured on 6.1 and 6.12: 2011 bytes with the NUL are taken, 2031 are not */
	memset(line, 'x', sizeof(line));
	line[2010] = '\0';
	check_cmdline(&h, &debian, line, &f);
	CHECK_EQ(f.n, 0);
	line[2010] = 'x';
	line[2017] = '\0';
	check_cmdline(&h, &debian, line, &f);
	CHECK(found(true, "1 bytes too long"));
	f = (struct findings){ 0 };
	h.crypt_keys = true;
	line[2010] = '\0';
	check_cmdline(&h, &debian, line, &f);
	CHECK(found(true, "25 bytes too long"));
	f = (struct findings){ 0 };
	check_cmdline(&h, &debian, "a crashkernel=1G", &f);
	CHECK(found(true, "crashkernel="));
}

TEST(settings)
{
	struct host h = host_with(0, 256 * MIB);

	check_settings(&h, &f);
	CHECK_EQ(f.n, 0);
	h.panic_on_oops = 0;
	h.panic_s = 0;
	check_settings(&h, &f);
	CHECK(!f.fatal && found(false, "kernel.panic_on_oops is 0") &&
	      found(false, "kernel.panic is 0"));
	f = (struct findings){ 0 };
	h.hangs_off = 1 << 2 | 1 << 6;
	check_settings(&h, &f);
	CHECK(found(false,
		    "no panic, so no capture: a task that hangs (hung_task_panic), an NMI for a "
		    "bus (panic_on_io_nmi); 90-kdump.conf"));
	/* all of them fit */
	h.hangs_off = (1u << host_n_hangs) - 1;
	f = (struct findings){ 0 };
	check_settings(&h, &f);
	CHECK(found(false, "(panic_on_io_nmi); 90-kdump.conf says which to set"));
	h.hangs_off = 0;
	h.panic_on_oops = HOST_UNKNOWN;
	h.panic_s = -1;
	f = (struct findings){ 0 };
	check_settings(&h, &f);
	CHECK_EQ(f.n, 0);
}

static struct image open_image(const struct machine *t, const char *path)
{
	struct image img;

	CHECK_EQ(image_open(t->fd, path, &img), 0);
	return img;
}

TEST(kernel)
{
	struct machine t = machine_make();
	struct image img = open_image(&t, MACHINE_KERNEL);
	struct host h = host_with(0, 256 * MIB);
	struct kernel_head b;
	int writer;

	CHECK(check_kernel(&h, &img, &b, &f));
	CHECK_EQ(f.n, 0);
	CHECK_STR(b.release, MACHINE_RELEASE);
	h.secure_boot = true;
	CHECK(check_kernel(&h, &img, &b, &f));
	CHECK(!f.fatal && found(false, "Secure Boot is on"));
	h.locked_down = true;
	CHECK(check_kernel(&h, &img, &b, &f));
	CHECK(found(true, "is not signed, and the running kernel is locked down"));
	writer = openat(t.fd, MACHINE_KERNEL, O_WRONLY);
	CHECK(check_kernel(&h, &img, &b, &f));
	CHECK(found(true, "is open for writing"));
	/* no XLF_5LEVEL */
	CHECK_EQ(pwrite(writer, "\x0b", 1, 0x236), 1);
	close(writer);
	h.five_level = true;
	CHECK(check_kernel(&h, &img, &b, &f));
	CHECK(found(true, "knows no 5-level page tables"));
	image_close(&img);
	machine_put(&t, MACHINE_INITRD, "short");
	img = open_image(&t, MACHINE_INITRD);
	CHECK(!check_kernel(&h, &img, &b, &f));
	CHECK(found(true, "is too short to be a bzImage"));
	image_close(&img);
	machine_remove(&t);
}

TEST(encryption)
{
	static const struct {
		const char *release, *config;
		bool fatal;
		const char *words;
	} kernels[] = {
		{ "6.1.192-kdump", NULL, true, "cannot read encrypted memory" },
		{ "6.1.192-kdump-sme", NULL, false, NULL },
		{ "6.1.192-kdumpling", NULL, false, "it is not known" },
		{ "", NULL, false, "it is not known" },
		{ "6.5", "\nCONFIG_AMD_MEM_ENCRYPT=y\n", false, NULL },
		{ "6.5", "\n# CONFIG_AMD_MEM_ENCRYPT is not set\n", true, "fragment sme" },
	};
	struct machine t = machine_make();
	struct image img = open_image(&t, MACHINE_KERNEL);
	struct host h = host_with(0, 256 * MIB);

	for (size_t i = 0; i < sizeof(kernels) / sizeof(kernels[0]); i++) {
		struct kernel_head b = { 0 };

		snprintf(b.release, sizeof(b.release), "%s", kernels[i].release);
		if (kernels[i].config)
			machine_put(&t, "boot/config-6.5", kernels[i].config);
		f = (struct findings){ 0 };
		h.encrypted = true;
		check_encryption(t.fd, &h, &img, &b, &f);
		CHECK(kernels[i].words ? found(kernels[i].fatal, kernels[i].words) : !f.n);
		f = (struct findings){ 0 };
		h.encrypted = false;
		check_encryption(t.fd, &h, &img, &b, &f);
		CHECK_EQ(f.n, 0);
	}
	image_close(&img);
	machine_remove(&t);
}

/* The findings about the file "initrd" of a machine, for a kernel of this release. */
static enum manifest_state look_at(const struct machine *t, const char *release, bool foreign)
{
	static struct manifest m;
	struct image img = open_image(t, "initrd");
	struct kernel_head b = { 0 };
	struct host h = { .release = MACHINE_RELEASE, .arch = &kexec_arch_x86_64 };
	struct check_image c = { .initrd = &img, .kernel = &b, .host = &h, .foreign = foreign };
	enum manifest_state state;

	snprintf(b.release, sizeof(b.release), "%s", release);
	f = (struct findings){ 0 };
	check_initrd(&c, &m, &f);
	state = m.state;
	manifest_free(&m);
	image_close(&img);
	return state;
}

TEST(initrd)
{
	static const struct {
		const char *head, *words;
	} files[] = {
		{ "\x28\xb5\x2f\xfd 1234", "--foreign-initrd" },
		{ "\x1f\x8b\x08 1234", "--foreign-initrd" },
		{ "\xfd"
		  "7zXZ 1234",
		  "run kdump-mkinitrd -o " },
		{ "\x02\x21\x4c\x18 1234", "--foreign-initrd" },
		{ "070701 1234", "--foreign-initrd" },
		{ "", "is empty" },
		{ "07", "too short" },
		{ "\x04\x22\x4d\x18 1234", "lz4 -l" },
		{ "MZ      ", "exchanged" },
		{ "070707 1234", "newc" },
		{ "#!/bin/sh", "neither" },
	};
	struct machine t = machine_bare();

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		machine_put(&t, "initrd", files[i].head);
		CHECK_EQ(look_at(&t, MACHINE_RELEASE, false), MANIFEST_NONE);
		CHECK(found(true, files[i].words));
		look_at(&t, MACHINE_RELEASE, true);
		CHECK_EQ(f.fatal, i >= 5);
	}
	machine_remove(&t);
}

TEST(image_that_is_not_what_was_written)
{
	struct machine t = machine_make();
	struct fakeimage fake = { .release = MACHINE_RELEASE,
				  .payload = "0123456789",
				  .n_modules = 2 };
	size_t len;
	char *image = fakeimage_make(&fake, &len);

	machine_put_bytes(&t, "initrd", image, len);
	CHECK_EQ(look_at(&t, MACHINE_RELEASE, false), MANIFEST_WHOLE);
	CHECK_EQ(f.n, 0);
	machine_put_bytes(&t, "initrd", image, len - 3);
	CHECK_EQ(look_at(&t, MACHINE_RELEASE, false), MANIFEST_DAMAGED);
	CHECK(found(true, "is cut: ") && found(true, "run kdump-mkinitrd -o "));
	machine_put_bytes(&t, "initrd", image, 700);
	look_at(&t, MACHINE_RELEASE, false);
	CHECK(found(true, "is cut or damaged at its beginning"));
	image[len - 5] ^= 1;
	machine_put_bytes(&t, "initrd", image, len);
	CHECK_EQ(look_at(&t, MACHINE_RELEASE, false), MANIFEST_DAMAGED);
	CHECK(found(true, "is damaged: its contents are not"));
	look_at(&t, MACHINE_RELEASE, true);
	CHECK(!f.fatal && found(false, "is damaged: its contents are not"));
	image[len - 5] ^= 1;
	image[len - 20] ^= 1;
	machine_put_bytes(&t, "initrd", image, len);
	look_at(&t, MACHINE_RELEASE, false);
	CHECK(found(true, "at its beginning"));
	free(image);
	fake.payload = "0123456789 and more";
	image = fakeimage_make(&fake, &len);
	machine_put_bytes(&t, "initrd", image, len);
	*(char *)memmem(image, len, "kdump-image 1", 13) = 'K';
	free(image);
	machine_remove(&t);
}

TEST(image_for_another_kernel_or_of_no_use)
{
	struct machine t = machine_make();
	struct fakeimage fake = { .release = MACHINE_RELEASE, .payload = "x", .n_modules = 2 };

	machine_put_image(&t, "initrd", &fake);
	look_at(&t, "6.9", false);
	CHECK(found(true, "was made for kernel " MACHINE_RELEASE ", and the crash kernel is 6.9"));
	look_at(&t, "", false);
	CHECK(!f.fatal && found(false, "does not tell its release"));
	fake.n_modules = 0;
	machine_put_image(&t, "initrd", &fake);
	look_at(&t, "6.9", false);
	CHECK(!f.fatal && found(false, "needed no modules"));
	fake.config = "path /crash\n";
	machine_put_image(&t, "initrd", &fake);
	look_at(&t, MACHINE_RELEASE, false);
	CHECK(found(true, "names no target"));
	fake.config = "nonsense\n";
	machine_put_image(&t, "initrd", &fake);
	look_at(&t, MACHINE_RELEASE, false);
	CHECK(found(true, "its config is not understood (line 1 (nonsense): "));
	machine_remove(&t);
}

TEST(image_must_be_a_file)
{
	struct machine t = machine_make();
	struct image img;

	CHECK_EQ(image_open(t.fd, "boot", &img), -EINVAL);
	CHECK_EQ(img.fd, -1);
	CHECK_EQ(image_open(t.fd, "boot/none", &img), -ENOENT);
	CHECK_STR(img.path, "boot/none");
	CHECK_EQ(mkfifoat(t.fd, "boot/pipe", 0600), 0);
	CHECK_EQ(image_open(t.fd, "boot/pipe", &img), -EINVAL);
	CHECK_EQ(symlinkat(machine_path(&t, MACHINE_KERNEL), t.fd, "boot/vmlinuz"), 0);
	CHECK_EQ(image_open(t.fd, "boot/vmlinuz", &img), 0);
	CHECK_STR(img.path, machine_path(&t, MACHINE_KERNEL));
	image_close(&img);
	machine_remove(&t);
}

TEST(sentences)
{
	struct machine t = machine_bare();
	struct host h = { .release = "6.1" };
	char text[512];

	CHECK(strstr(explain_errno(t.fd, &h, KEXEC_FILE, -EADDRNOTAVAIL, text, sizeof(text)),
		     "crashkernel="));
	CHECK(strstr(explain_errno(t.fd, &h, KEXEC_FILE, -EKEYREJECTED, text, sizeof(text)),
		     "not trusted"));
	CHECK(strstr(explain_errno(t.fd, &h, KEXEC_FILE, -ENOSYS, text, sizeof(text)),
		     "(CONFIG_KEXEC_FILE)"));
	machine_put(&t, "boot/config-6.1", "CONFIG_KEXEC=y\n# CONFIG_KEXEC_FILE is not set\n");
	CHECK(strstr(explain_errno(t.fd, &h, KEXEC_FILE, -ENOSYS, text, sizeof(text)),
		     "is not set"));
	CHECK(strstr(explain_errno(t.fd, &h, KEXEC_FILE, -EPERM, text, sizeof(text)),
		     "does not permit"));
	h.locked_down = true;
	CHECK(strstr(explain_errno(t.fd, &h, KEXEC_FILE, -EPERM, text, sizeof(text)),
		     "enroll the key"));
	CHECK(strstr(explain_errno(t.fd, &h, KEXEC_FILE, -EXDEV, text, sizeof(text)), "errno 18"));
	machine_remove(&t);
}

TEST(errnos_of_kexec_load)
{
	static const struct {
		int err;
		const char *words;
	} cases[] = {
		{ EPERM, "security module" },
		{ EACCES, "only kexec_file_load (-s)" },
		{ EINVAL, "half of the memory" },
		{ EADDRNOTAVAIL, "made smaller meanwhile" },
		{ EFAULT, "cut while" },
		{ ENOMEM, "page tables" },
		{ ENOSYS, "no kexec_load (CONFIG_KEXEC)" },
		{ EBUSY, "try again" },
	};
	struct machine t = machine_make();
	char text[512];
	struct host h;

	CHECK_EQ(host_read(t.fd, &h), 0);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		explain_errno(t.fd, &h, KEXEC_SEGMENTS, -cases[i].err, text, sizeof(text));
		if (!strstr(text, cases[i].words))
			printf("%s has no \"%s\"\n", text, cases[i].words);
		CHECK(strstr(text, cases[i].words));
	}
	machine_put(&t, "boot/config-" MACHINE_RELEASE, "\nCONFIG_KEXEC_FILE=y\n");
	explain_errno(t.fd, &h, KEXEC_SEGMENTS, -ENOSYS, text, sizeof(text));
	CHECK(strstr(text, "CONFIG_KEXEC is not set"));
	h.locked_down = true;
	explain_errno(t.fd, &h, KEXEC_SEGMENTS, -EPERM, text, sizeof(text));
	CHECK(strstr(text, "locked down") && strstr(text, "(-s)"));
	machine_remove(&t);
}

TEST(calls_that_a_lockdown_forbids)
{
	struct machine t = machine_make();
	struct host h;

	f = (struct findings){ 0 };
	CHECK_EQ(host_read(t.fd, &h), 0);
	check_call(t.fd, &h, KEXEC_SEGMENTS, &f);
	CHECK_EQ(f.n, 0);
	h.locked_down = true;
	check_call(t.fd, &h, KEXEC_AUTO, &f);
	CHECK_EQ(f.n, 0);
	check_call(t.fd, &h, KEXEC_SEGMENTS, &f);
	CHECK(f.fatal && strstr(f.item[0].text, "kexec_load (-c)"));
	f = (struct findings){ 0 };
	machine_put(&t, "boot/config-" MACHINE_RELEASE, "\nCONFIG_KEXEC=y\n");
	check_call(t.fd, &h, KEXEC_AUTO, &f);
	CHECK(f.fatal && strstr(f.item[0].text, "cannot be armed"));
	machine_remove(&t);
}
