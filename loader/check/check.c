/* SPDX-License-Identifier: MIT */
/*
 * The checks before the call.
 */
#include "loader/check/check.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/xattr.h>

#define MIB ((uint64_t)1 << 20)

enum {
	/*
	 * What the kernel prepends if there are keys of dm-crypt, "dmcryptkeys=0x… ", beside
	 * "elfcorehdr=0x… " (MAX_ELFCOREHDR_STR_LEN).
	 */
	PREPENDED_KEYS_BYTES = 31,
	/* of free memory beside the two files */
	MEMORY_SLACK_BYTES = 8 << 20,
};

bool check_machine(const struct host *h, struct findings *f)
{
	if (h->arch)
		return true;
	findings_error(f, "machine",
		       "this kdump-loader was built for another machine than the running kernel's, "
		       "%s: use the one built for it",
		       h->machine);
	return false;
}

void check_support(const struct host *h, struct findings *f)
{
	if (h->armed == HOST_UNKNOWN)
		findings_error(f, "no-crash-support",
			       "the running kernel was built without crash kernel support "
			       "(CONFIG_KEXEC_FILE or CONFIG_KEXEC, CONFIG_CRASH_DUMP)");
}

void check_permission(const struct host *h, const char *verb, struct findings *f)
{
	if (!h->may_boot)
		findings_error(f, "not-permitted",
			       "not permitted to %s: root (CAP_SYS_BOOT) is needed", verb);
	check_support(h, f);
	if (h->load_disabled)
		findings_error(f, "load-disabled",
			       "kernel.kexec_load_disabled is 1: what is loaded stays as it is "
			       "until the next reboot");
	if (h->limit_panic == 0)
		findings_error(f, "load-limit",
			       "kernel.kexec_load_limit_panic is 0: no further load or unload "
			       "until the next reboot (each one counted, failed ones too)");
	else if (h->limit_panic > 0)
		findings_warn(f, "load-limit",
			      "kernel.kexec_load_limit_panic: %d loads or unloads left until the "
			      "next reboot, failed ones count too",
			      h->limit_panic);
}

void check_way_back(const struct host *h, bool by_itself, struct findings *f)
{
	if (h->armed != 1 || h->limit_panic != 1)
		return;
	if (by_itself)
		findings_error(
			f, "load-limit-last",
			"kernel.kexec_load_limit_panic is 1: if the kernel refused this load "
			"nothing could be loaded again, so that what is loaded stays until "
			"the next reboot, or until load takes the last one");
	else
		findings_warn(f, "load-limit-last",
			      "kernel.kexec_load_limit_panic is 1: if the kernel refuses this load "
			      "nothing can be loaded again until the next reboot");
}

void check_call(int root, const struct host *h, enum kexec_call call, struct findings *f)
{
	if (!h->locked_down)
		return;
	if (call == KEXEC_SEGMENTS)
		findings_error(f, "call-locked-down",
			       "the running kernel is locked down (Secure Boot?), which forbids "
			       "kexec_load (-c): kexec_file_load takes a signed kernel");
	else if (host_config(root, h->release, "KEXEC_FILE") == 'n')
		findings_error(f, "call-locked-down",
			       "the running kernel is locked down (Secure Boot?), which forbids "
			       "kexec_load, and was built without kexec_file_load "
			       "(CONFIG_KEXEC_FILE): it cannot be armed");
}

/* A lockdown takes only kernels signed by a key it knows; an unsigned one needs no key to fail. */
static void check_signature(const struct host *h, const struct image *img,
			    const struct kernel_head *b, struct findings *f)
{
	if (b->is_signed || !(h->locked_down || h->secure_boot))
		return;
	if (fgetxattr(img->fd, "security.ima", NULL, 0) > 0)
		return;
	if (h->locked_down)
		findings_error(
			f, "kernel-unsigned",
			"kernel %s is not signed, and the running kernel is locked down (Secure "
			"Boot?): sign it with an enrolled key, or use the distribution's",
			img->path);
	else
		findings_warn(f, "kernel-unsigned",
			      "kernel %s is not signed, and Secure Boot is on", img->path);
}

bool check_unpack(struct image *img, struct findings *f)
{
	int r = image_unpack(img);

	if (r == -EBADMSG)
		findings_error(f, "kernel-unusable",
			       "kernel %s is an EFI program with a kernel inside, and is cut or "
			       "damaged",
			       img->path);
	else if (r)
		findings_error(f, "kernel-unusable", "the kernel inside of %s cannot be read: %s",
			       img->path, strerror(-r));
	return !r;
}

/* Neither call looks at it but kexec_file_load, which refuses what the CPU has not. */
static void check_pages(const struct host *h, const struct image *img, const struct kernel_head *k,
			struct findings *f)
{
	if (k->page_bytes && k->page_bytes != h->page_bytes)
		findings_warn(f, "kernel-pages",
			      "kernel %s has pages of %" PRIu32
			      " KiB and the running one of %" PRIu64
			      ": it starts only where the CPU has both",
			      img->path, k->page_bytes / 1024, h->page_bytes / 1024);
}

bool check_kernel(const struct host *h, const struct image *img, struct kernel_head *ret,
		  struct findings *f)
{
	const char *why = NULL;
	int r = h->arch->read_kernel(image_kernel_fd(img), image_kernel_bytes(img), ret, &why);

	if (r) {
		findings_error(f, "kernel-unusable", "kernel %s %s", img->path,
			       why ? why : strerror(-r));
		return false;
	}
	if (image_is_written(img))
		findings_error(f, "kernel-written",
			       "kernel %s is open for writing: is a package being installed?",
			       img->path);
	check_pages(h, img, ret, f);
	if (h->five_level && !ret->five_level)
		findings_error(f, "kernel-paging",
			       "kernel %s knows no 5-level page tables, which the running kernel "
			       "uses: build it with CONFIG_X86_5LEVEL, or boot with no5lvl",
			       img->path);
	check_signature(h, img, ret, f);
	return true;
}

/*
 * 'y', 'n', '?': the image's head does not say it. A release of configs/crash-kernel/build does:
 * 6.1.192-kdump or 6.1.192-kdump-sme.
 */
static char knows_encryption(int root, const struct kernel_head *b)
{
	const char *own = strstr(b->release, "-kdump");
	char c = host_config(root, b->release, "AMD_MEM_ENCRYPT");

	if (c != '?' || !own)
		return c;
	return !strcmp(own, "-kdump-sme") ? 'y' : !strcmp(own, "-kdump") ? 'n' : '?';
}

void check_encryption(int root, const struct host *h, const struct image *img,
		      const struct kernel_head *b, struct findings *f)
{
	char c = h->encrypted ? knows_encryption(root, b) : 'y';

	if (c == 'n')
		findings_error(f, "kernel-encryption",
			       "kernel %s cannot read encrypted memory, and the running kernel "
			       "encrypts it (SME): build it with CONFIG_AMD_MEM_ENCRYPT (fragment "
			       "sme), or boot with mem_encrypt=off",
			       img->path);
	else if (c == '?')
		findings_warn(
			f, "kernel-encryption",
			"the running kernel encrypts memory (SME), and it is not known whether "
			"kernel %s can read it: it needs CONFIG_AMD_MEM_ENCRYPT",
			img->path);
}

void check_memory(const struct host *h, uint64_t files_bytes, struct findings *f)
{
	uint64_t need = files_bytes + MEMORY_SLACK_BYTES;

	if (h->free_bytes && h->free_bytes < need)
		findings_error(f, "out-of-memory",
			       "out of memory: %" PRIu64
			       " MiB are available, and the kernel needs %" PRIu64
			       " MiB to read kernel and initrd",
			       h->free_bytes / MIB, need / MIB);
}

void check_cmdline(const struct host *h, const struct kernel_head *b, const char *cmdline,
		   struct findings *f)
{
	size_t reserve = h->arch->prepended_bytes + (h->crypt_keys ? PREPENDED_KEYS_BYTES : 0);
	size_t len = strlen(cmdline) + 1;

	if (cmdline_has(cmdline, "crashkernel", NULL))
		findings_error(f, "cmdline-crashkernel",
			       "the command line for the crash kernel has crashkernel=, which "
			       "would reserve memory inside the reservation");
	if (len + reserve > b->cmdline_bytes)
		findings_error(
			f, "cmdline-too-long",
			"the command line for the crash kernel is %zu bytes too long (%zu of "
			"%" PRIu32
			", less %zu for what the kernel adds): shorten it with cmdline_remove in "
			"kdump.conf, or --command-line",
			len + reserve - b->cmdline_bytes, len, b->cmdline_bytes, reserve);
}

static void check_hangs(const struct host *h, struct findings *f)
{
	char list[320] = "";
	size_t n = 0;

	for (unsigned i = 0; i < host_n_hangs; i++) {
		if (h->hangs_off & 1u << i && n < sizeof(list))
			n += (size_t)snprintf(list + n, sizeof(list) - n, "%s%s (%s)",
					      n ? ", " : "", host_hangs[i].what,
					      strchr(host_hangs[i].name, '.') + 1);
	}
	if (n)
		findings_warn(f, "hangs-not-captured",
			      "no panic, so no capture: %s; 90-kdump.conf says which to set", list);
}

void check_settings(const struct host *h, struct findings *f)
{
	check_hangs(h, f);
	if (h->panic_on_oops == 0)
		findings_warn(f, "panic-on-oops",
			      "kernel.panic_on_oops is 0: a kernel that oopses goes on without "
			      "a capture; set it to 1");
	if (h->panic_s == 0)
		findings_warn(f, "panic-no-reboot",
			      "kernel.panic is 0: a machine whose crash kernel fails to start "
			      "hangs for ever; set it to 10");
}
