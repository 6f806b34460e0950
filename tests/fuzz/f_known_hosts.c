/* SPDX-License-Identifier: MIT */
/*
 * known_hosts, and what becomes of it for the client.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mkinitrd/ssh/ssh_hosts.h"
#include "net/ssh/ssh_said.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int good)
{
	if (!good)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char lines[SSH_HOSTS_BYTES];
	static struct ssh_hosts h;
	char *exact = malloc(size ? size : 1), kinds[256], why[100];
	struct ssh_said said = { .len = 0 };
	unsigned n;

	memcpy(exact, data, size);
	memset(&h, 0, sizeof(h));
	ssh_hosts_add(&h, exact, size, "host", false);
	ssh_hosts_add(&h, exact, size, "[host]:22", true);
	n = ssh_hosts_lines(&h, "me", lines);
	must(n <= h.n && h.n <= SSH_HOSTS_KEYS && strlen(lines) < sizeof(lines));
	for (const char *l = lines; *l; l = strchr(l, '\n') + 1) {
		must(!strncmp(l, "me ", 3) && strchr(l, '\n'));
		n--;
	}
	must(!n);
	ssh_said_host_keys(lines, "me", kinds, sizeof(kinds));
	must(memchr(kinds, '\0', sizeof(kinds)) != NULL);
	ssh_said_add(&said, exact, size);
	must(ssh_said_reason(&said, 1, why, sizeof(why)) < 0 && why[0]);
	free(exact);
	return 0;
}
