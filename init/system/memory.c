/* SPDX-License-Identifier: MIT */
#include "init/system/memory.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "init/system/memory_private.h"
#include "lib/cleanup.h"
#include "lib/io.h"

/* "MemTotal:         95328 kB" */
static uint64_t field(const char *meminfo, const char *name)
{
	const char *at = strstr(meminfo, name);

	return at ? strtoull(at + strlen(name), NULL, 10) << 10 : 0;
}

void memory_parse(const char *meminfo, struct memory *m)
{
	m->total = field(meminfo, "MemTotal:");
	m->available = field(meminfo, "MemAvailable:");
	if (m->available && (!m->least || m->available < m->least))
		m->least = m->available;
}

void memory_sample(struct memory *m)
{
	char text[4096];

	if (!io_read_file(AT_FDCWD, "/proc/meminfo", text, sizeof(text), NULL))
		memory_parse(text, m);
}

uint64_t memory_ram(const char *iomem)
{
	uint64_t bytes = 0;

	/* "00100000-3fffffff : System RAM"; what lies inside of one is indented */
	for (const char *line = iomem; line && *line; line = strchr(line, '\n')) {
		char *end;
		uint64_t first, last;

		line += *line == '\n';
		first = strtoull(line, &end, 16);
		if (*line == ' ' || *end != '-')
			continue;
		last = strtoull(end + 1, &end, 16);
		if (!strncmp(end, " : System RAM\n", 14) && last > first)
			bytes += last - first + 1;
	}
	return bytes;
}

uint64_t memory_crashkernel(void)
{
	_free_ char *text = NULL;
	size_t len;

	if (io_load_file(AT_FDCWD, "/proc/iomem", 64 << 10, &text, &len))
		return 0;
	return memory_ram(text);
}
