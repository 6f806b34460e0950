/* SPDX-License-Identifier: MIT */
/*
 * conf_parse over any bytes; whatever is accepted must hold what conf.h promises.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/conf/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int good)
{
	if (!good)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct conf_findings found;
	char said[CONF_SAY_BYTES];
	struct conf c;
	int r;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	r = conf_parse(text, size, &c, &found);
	must(r == (found.n_errors ? -EINVAL : 0) && found.n <= CONF_MAX_FINDINGS);
	for (unsigned i = 0; i < found.n; i++) {
		must(found.at[i].line && found.at[i].text[0]);
		conf_say(&found.at[i], said);
	}
	must(c.n_options <= CONF_MAX_OPTIONS && c.fence.n_nodes <= CONF_MAX_NODES &&
	     c.n_hint_modules <= CONF_MAX_EXTRA && c.fence.port && c.fence.interval_s);
	must(c.n_targets <= CONF_MAX_TARGETS && c.n_modules <= CONF_MAX_MODULES &&
	     c.n_extra_modules <= CONF_MAX_EXTRA && c.path[0] == '/');
	must(c.collector.n_levels >= 1 && c.collector.n_levels <= COLLECTOR_LEVELS);
	for (unsigned i = 0; i < c.collector.n_levels; i++)
		must(c.collector.levels[i] <= 31);
	for (unsigned i = 0; i < c.n_targets; i++)
		must(c.targets[i].where[0] && c.targets[i].line);
	for (unsigned i = 0; i < c.n_modules; i++)
		must(c.modules[i][0] != '\0');
	must(c.n_nets <= CONF_MAX_NETS && c.n_links <= CONF_MAX_LINKS);
	for (unsigned i = 0; i < c.n_nets; i++)
		must(c.nets[i].iface[0] && c.nets[i].n_addresses <= CONF_NET_ADDRESSES &&
		     c.nets[i].n_routes <= CONF_NET_ROUTES && c.nets[i].n_dns <= CONF_NET_DNS);
	for (unsigned i = 0; i < c.n_links; i++)
		must(c.links[i].n_lower >= 1 && c.links[i].n_lower <= CONF_LINK_PORTS);
	must(c.encrypt.n_keys <= CONF_MAX_RECIPIENTS && c.encrypt.n_files <= CONF_MAX_KEY_FILES &&
	     (c.encrypt.wanted || !(c.encrypt.n_keys + c.encrypt.n_files)));
	free(text);
	return 0;
}
