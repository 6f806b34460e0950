/* SPDX-License-Identifier: MIT */
/*
 * /proc and /sys -> struct host.
 */
#include "loader/host.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include "lib/cleanup.h"
#include "lib/io.h"
#include "loader/arch/archs.h"
#include "loader/kexec/iomem.h"

enum {
	CAP_SYS_BOOT_BIT = 22,
	CONFIG_MAX = 1 << 20,
	BUSY_TRIES = 10,
	HOST_MAX_CPUS = 1 << 16,
};

/*
 * One number of a file. crash_size answers EBUSY while another kexec call is under way: that is
 * waited out for a second.
 */
static int read_number(int root, const char *path, int base, uint64_t *ret)
{
	char text[64], *end;
	uint64_t v;
	int r = -EBUSY;

	for (int i = 0; i < BUSY_TRIES && r == -EBUSY; i++) {
		if (i)
			nanosleep(&(struct timespec){ .tv_nsec = 100000000 }, NULL);
		r = io_read_file(root, path, text, sizeof(text), NULL);
	}
	if (r)
		return r;
	v = strtoull(text, &end, base);
	if (end == text)
		return -EINVAL;
	*ret = v;
	return 0;
}

/* The name since Linux 6.19, then the older one. */
static int read_kexec(int root, const char *now, const char *before, uint64_t *ret)
{
	return read_number(root, now, 0, ret) ? read_number(root, before, 0, ret) : 0;
}

static int read_int(int root, const char *path, int otherwise)
{
	uint64_t v;

	return read_number(root, path, 10, &v) ? otherwise : (int)v;
}

int host_armed(int root)
{
	uint64_t v;

	if (read_kexec(root, "sys/kernel/kexec/crash_loaded", "sys/kernel/kexec_crash_loaded", &v))
		return HOST_UNKNOWN;
	return v != 0;
}

int host_limit(int root, bool crash)
{
	return read_int(root,
			crash ? "proc/sys/kernel/kexec_load_limit_panic"
			      : "proc/sys/kernel/kexec_load_limit_reboot",
			HOST_UNKNOWN);
}

int host_loaded(int root)
{
	uint64_t v;

	if (read_kexec(root, "sys/kernel/kexec/loaded", "sys/kernel/kexec_loaded", &v))
		return HOST_UNKNOWN;
	return v != 0;
}

/* The text behind "key", blanks and a colon; NULL if there is no such line. */
static const char *field(const char *text, const char *key)
{
	size_t n = strlen(key);

	for (const char *s = text; s && *s; s = strchr(s, '\n') ? strchr(s, '\n') + 1 : NULL) {
		if (strncmp(s, key, n) || !strchr("\t :", s[n]))
			continue;
		return s + n + strspn(s + n, "\t :");
	}
	return NULL;
}

/* The first bytes of a file that may be large. */
static int read_head(int root, const char *path, char *buf, size_t size)
{
	_close_ int fd = openat(root, path, O_RDONLY | O_CLOEXEC);
	size_t have = 0;
	ssize_t n = 1;

	if (fd < 0)
		return -errno;
	while (have < size - 1 && n > 0) {
		n = read(fd, buf + have, size - 1 - have);
		if (n < 0 && errno != EINTR)
			return -errno;
		have += n > 0 ? (size_t)n : 0;
	}
	buf[have] = '\0';
	return 0;
}

/* Is word one of the words up to the end of the line? */
static bool has_word(const char *s, const char *word)
{
	size_t n;

	for (; *s && *s != '\n'; s += n + strspn(s + n, " \t")) {
		n = strcspn(s, " \t\n");
		if (n == strlen(word) && !memcmp(s, word, n))
			return true;
	}
	return false;
}

/* Processor 0 stands first: the processor the firmware booted. */
static void read_cpu(int root, struct host *h)
{
	char text[8192], *second;
	const char *s;

	if (read_head(root, "proc/cpuinfo", text, sizeof(text)))
		return;
	second = strstr(text, "\n\n");
	if (second)
		*second = '\0';
	s = field(text, "initial apicid");
	if (!s)
		s = field(text, "apicid");
	if (s)
		h->boot_apicid = atoi(s);
	s = field(text, "flags");
	h->five_level = s && has_word(s, "la57");
	h->encrypted = s && has_word(s, "sme");
}

/*
 * The processor's flag says that the firmware allows it; the command line that it is used. In
 * older kernels the configuration can say so, too.
 */
static void read_encryption(int root, struct host *h)
{
	const char *value = "";

	if (!h->encrypted)
		return;
	if (cmdline_has(h->cmdline, "mem_encrypt", &value))
		h->encrypted = !strncmp(value, "on", 2) && (!value[2] || value[2] == ' ');
	else
		h->encrypted =
			host_config(root, h->release, "AMD_MEM_ENCRYPT_ACTIVE_BY_DEFAULT") == 'y';
}

/* Sorted by address, so the last is the highest; that one takes the crash image. */
static void read_iomem(int root, struct host *h)
{
	struct iomem m = { 0 };

	iomem_read(root, "proc/iomem", &m);
	for (size_t i = 0; i < m.n && h->n_crash < HOST_MAX_RANGES; i++) {
		const struct iomem_range *range = &m.range[i];

		if (range->kind != IOMEM_CRASH)
			continue;
		memmove(&h->crash[1], &h->crash[0], h->n_crash * sizeof(h->crash[0]));
		h->crash[0] = (struct host_range){ range->start, range->end - range->start };
		h->n_crash++;
	}
	iomem_free(&m);
}

static void read_lockdown(int root, struct host *h)
{
	static const char var[] =
		"sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
	char text[128];
	size_t len;

	if (!io_read_file(root, "sys/kernel/security/lockdown", text, sizeof(text), NULL))
		h->locked_down = strchr(text, '[') && !strstr(text, "[none]");
	/* four bytes of attributes, one of value */
	if (!io_read_file(root, var, text, sizeof(text), &len))
		h->secure_boot = len == 5 && text[4] == 1;
}

static void read_proc(int root, struct host *h)
{
	char text[4096];
	const char *s;

	if (!read_head(root, "proc/meminfo", text, sizeof(text))) {
		s = field(text, "MemTotal");
		h->ram_bytes = s ? strtoull(s, NULL, 10) << 10 : 0;
		s = field(text, "MemAvailable");
		h->free_bytes = s ? strtoull(s, NULL, 10) << 10 : 0;
	}
	if (!read_head(root, "proc/self/status", text, sizeof(text))) {
		s = field(text, "CapEff");
		h->may_boot = s && strtoull(s, NULL, 16) >> CAP_SYS_BOOT_BIT & 1;
	}
}

/* "0-3,8-11" */
static void read_cpus(int root, struct host *h)
{
	char text[4096], *s = text, *end;

	if (io_read_file(root, "sys/devices/system/cpu/online", text, sizeof(text), NULL))
		return;
	for (; *s >= '0' && *s <= '9'; s = *end == ',' ? end + 1 : end) {
		unsigned long first = strtoul(s, &end, 10), last = first;

		if (*end == '-')
			last = strtoul(end + 1, &end, 10);
		if (last < first || last - first >= HOST_MAX_CPUS)
			return;
		h->cpus += (unsigned)(last - first + 1);
	}
}

static void read_keys(int root, struct host *h)
{
	uint64_t n;

	h->crypt_keys =
		!read_number(root, "sys/kernel/config/crash_dm_crypt_keys/count", 10, &n) && n;
}

const struct host_hang host_hangs[] = {
	{ "kernel.hardlockup_panic", "proc/sys/kernel/hardlockup_panic", "a CPU that hangs hard" },
	{ "kernel.softlockup_panic", "proc/sys/kernel/softlockup_panic",
	  "a CPU that never schedules" },
	{ "kernel.hung_task_panic", "proc/sys/kernel/hung_task_panic", "a task that hangs" },
	{ "kernel.panic_on_rcu_stall", "proc/sys/kernel/panic_on_rcu_stall", "a stall of RCU" },
	{ "kernel.unknown_nmi_panic", "proc/sys/kernel/unknown_nmi_panic", "the NMI button" },
	{ "kernel.panic_on_unrecovered_nmi", "proc/sys/kernel/panic_on_unrecovered_nmi",
	  "an NMI for memory" },
	{ "kernel.panic_on_io_nmi", "proc/sys/kernel/panic_on_io_nmi", "an NMI for a bus" },
};

const unsigned host_n_hangs = ARRAY_LEN(host_hangs);

/* One that this kernel does not have is not off. */
static void read_hangs(int root, struct host *h)
{
	for (unsigned i = 0; i < host_n_hangs; i++) {
		if (!read_int(root, host_hangs[i].path, HOST_UNKNOWN))
			h->hangs_off |= 1u << i;
	}
}

/* The kernel's own word since 6.1; a 32-bit personality (linux32) changes what uname says. */
static void read_machine(int root, struct host *h)
{
	struct utsname u;

	if (io_read_file(root, "proc/sys/kernel/arch", h->machine, sizeof(h->machine), NULL) &&
	    !uname(&u))
		snprintf(h->machine, sizeof(h->machine), "%s", u.machine);
	h->machine[strcspn(h->machine, "\n")] = '\0';
	h->arch = archs_find(h->machine);
	h->page_bytes = (uint64_t)sysconf(_SC_PAGESIZE);
}

int host_read(int root, struct host *ret)
{
	char *end;
	int r;

	*ret = (struct host){ .boot_apicid = CMDLINE_NO_APICID };
	r = io_read_file(root, "proc/sys/kernel/osrelease", ret->release, sizeof(ret->release),
			 NULL);
	if (!r)
		r = io_read_file(root, "proc/cmdline", ret->cmdline, sizeof(ret->cmdline), NULL);
	if (r)
		return r;
	ret->release[strcspn(ret->release, "\n")] = '\0';
	end = ret->cmdline + strcspn(ret->cmdline, "\n");
	*end = '\0';
	read_machine(root, ret);
	ret->armed = host_armed(root);
	read_kexec(root, "sys/kernel/kexec/crash_size", "sys/kernel/kexec_crash_size",
		   &ret->crash_bytes);
	read_kexec(root, "sys/kernel/kexec/crash_elfcorehdr_size",
		   "sys/kernel/crash_elfcorehdr_size", &ret->elfcorehdr_bytes);
	ret->load_disabled = read_int(root, "proc/sys/kernel/kexec_load_disabled", 0) == 1;
	ret->limit_panic = host_limit(root, true);
	ret->limit_reboot = host_limit(root, false);
	ret->panic_on_oops = read_int(root, "proc/sys/kernel/panic_on_oops", HOST_UNKNOWN);
	ret->panic_s = read_int(root, "proc/sys/kernel/panic", 0);
	read_hangs(root, ret);
	read_cpu(root, ret);
	read_encryption(root, ret);
	read_iomem(root, ret);
	read_lockdown(root, ret);
	read_proc(root, ret);
	read_cpus(root, ret);
	read_keys(root, ret);
	return 0;
}

unsigned host_calls(int limit, unsigned keep)
{
	if (limit == HOST_UNKNOWN)
		return 0;
	return (unsigned)limit > keep ? (unsigned)limit - keep : 1;
}

char host_config(int root, const char *release, const char *name)
{
	char path[128], key[64];
	_free_ char *text = NULL;
	const char *s;

	snprintf(path, sizeof(path), "boot/config-%s", release);
	if (io_load_file(root, path, CONFIG_MAX, &text, NULL))
		return '?';
	snprintf(key, sizeof(key), "\nCONFIG_%s=", name);
	s = strstr(text, key);
	return s ? s[strlen(key)] : 'n';
}
