/* SPDX-License-Identifier: MIT */
/*
 * main() of dbclient, dropbear's SSH client, around its own, which a build with MULTI=1 calls
 * cli_main(). A server shows the host key of the first kind in the client's list that it has, and
 * known_hosts may have a key of another kind alone: DBCLIENT_HOST_KEYS in the environment names the
 * kinds that are known ("ssh-ed25519,rsa-sha2-256"), and the others are not asked for.
 */
#include <stdlib.h>
#include <string.h>

#include "includes.h"
#include "algo.h"

int cli_main(int argc, char **argv);

static int in_list(const char *list, const char *name)
{
	size_t n = strlen(name);

	while (list) {
		if (!strncmp(list, name, n) && (list[n] == ',' || !list[n]))
			return 1;
		list = strchr(list, ',');
		list += list != NULL;
	}
	return 0;
}

int main(int argc, char **argv)
{
	const char *known = getenv("DBCLIENT_HOST_KEYS");

	for (algo_type *a = sigalgs; known && a->name; a++)
		a->usable = (unsigned char)in_list(known, a->name);
	return cli_main(argc, argv);
}
