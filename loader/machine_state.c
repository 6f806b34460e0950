/* SPDX-License-Identifier: MIT */
#include "loader/machine_state.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/io.h"
#include "loader/kexec/iomem.h"

#define DUMPED (IOMEM_BIT(IOMEM_RAM) | IOMEM_BIT(IOMEM_RAM_OF_DRIVER) | IOMEM_BIT(IOMEM_CRASH))

static void read_memory(int root, struct machine_state *ret)
{
	struct iomem m = { 0 };
	struct sha256 sum;
	char line[64];

	sha256_init(&sum);
	if (!iomem_read(root, "proc/iomem", &m)) {
		for (size_t i = 0; i < m.n; i++) {
			const struct iomem_range *range = &m.range[i];
			int n = snprintf(line, sizeof(line), "%" PRIx64 "-%" PRIx64 "\n",
					 range->start, range->end);

			if (DUMPED & IOMEM_BIT(range->kind))
				sha256_add(&sum, line, (size_t)n);
		}
		sha256_text(&sum, ret->memory);
	}
	iomem_free(&m);
}

void machine_state_read(int root, struct machine_state *ret)
{
	*ret = (struct machine_state){ 0 };
	read_memory(root, ret);
	if (io_read_file(root, "sys/devices/system/cpu/present", ret->cpus, sizeof(ret->cpus),
			 NULL))
		ret->cpus[0] = '\0';
	ret->cpus[strcspn(ret->cpus, "\n")] = '\0';
}

/* Documentation/ABI/testing/sysfs-devices-memory and -system-cpu: since 6.6 on x86. */
bool machine_state_followed(int root, const char *what)
{
	char path[64], text[8];

	snprintf(path, sizeof(path), "sys/devices/system/%s/crash_hotplug", what);
	return !io_read_file(root, path, text, sizeof(text), NULL) && *text == '1';
}

/*
 * crash_prepare_elf64_headers() of kexec_file_load lists the CPUs that are present before Linux 6.6,
 * and since then all that are possible.
 */
static bool lists_present(int root, bool segments)
{
	unsigned long major, minor;
	char text[80], *end;

	if (segments || io_read_file(root, "proc/sys/kernel/osrelease", text, sizeof(text), NULL))
		return segments;
	major = strtoul(text, &end, 10);
	minor = *end == '.' ? strtoul(end + 1, NULL, 10) : 0;
	return major < 6 || (major == 6 && minor < 6);
}

/* What is not known cannot have changed. */
static bool differ(const char *a, const char *b)
{
	return *a && *b && strcmp(a, b);
}

const char *machine_state_changed(int root, const struct machine_state *since, bool segments)
{
	struct machine_state now;
	bool memory, cpus;

	machine_state_read(root, &now);
	memory = differ(since->memory, now.memory) && !machine_state_followed(root, "memory");
	cpus = differ(since->cpus, now.cpus) && lists_present(root, segments) &&
	       !machine_state_followed(root, "cpu");
	return memory && cpus ? "memory and CPUs" : memory ? "memory" : cpus ? "CPUs" : NULL;
}
