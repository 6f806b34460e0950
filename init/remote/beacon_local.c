/* SPDX-License-Identifier: MIT */
/*
 * A build without the network.
 */
#include "init/remote/beacon.h"
#include "lib/log.h"

void beacon_tell(const struct conf *conf, const struct beacon_words *w)
{
	(void)w;
	if (conf->n_beacons)
		log_warn("beacon: this kdump-init is built without the network");
}
