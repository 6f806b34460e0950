/* SPDX-License-Identifier: MIT */
/*
 * `beacon` lines: a word to who is responsible, before the dump and after it.
 */
#ifndef INIT_REMOTE_BEACON_H
#define INIT_REMOTE_BEACON_H

#include "lib/conf/conf.h"

/* Borrowed until beacon_tell() returns; texts may be "". */
struct beacon_words {
	const char *host, *release, *panic, *folder, *state;
	const struct conf_target *target; /* NULL: none */
};

/*
 * Starts a child for each beacon of conf, which brings up the network and tells. Nothing waits for
 * them, and a failure is a line in the log. With conf->encrypt the panic line is left out.
 */
void beacon_tell(const struct conf *conf, const struct beacon_words *w);

#endif
