/* SPDX-License-Identifier: MIT */
/*
 * fence_kdump_nodes and fence_kdump_args of kdump.conf: the hosts and the options of
 * fence_kdump_send(8), which are getopt_long()'s: -p7410, -p 7410, --ipport=7410, --ipport 7410.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "lib/cleanup.h"
#include "lib/conf/conf_parse.h"
#include "lib/conf/words.h"

#define MAX_NODE 253 /* the longest name of DNS */

static const struct {
	const char *name;
	char letter;
	bool has_value;
} options[] = {
	{ "ipport", 'p', true },   { "family", 'f', true },   { "count", 'c', true },
	{ "interval", 'i', true }, { "verbose", 'v', false },
};

static const char *const families[] = {
	[CONF_FAMILY_AUTO] = "auto",
	[CONF_FAMILY_IPV4] = "ipv4",
	[CONF_FAMILY_IPV6] = "ipv6",
};

/* A name of DNS or an address; behind % the interface of an IPv6 one. */
static bool is_node(const char *s)
{
	static const char fine[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:%";
	size_t n = strlen(s);

	return n <= MAX_NODE && strspn(s, fine) == n && s[0] != '-';
}

int conf_parse_fence_nodes(const struct conf_directive *d, char *value, struct conf_state *s,
			   struct conf_error *err)
{
	struct conf_fence f = s->conf->fence;
	int r = conf_list(d->name, value, f.nodes, &f.n_nodes, CONF_MAX_NODES, err);

	for (unsigned i = 0; !r && i < f.n_nodes; i++) {
		if (!is_node(f.nodes[i]))
			r = conf_fail(err,
				      "fence_kdump_nodes: '%.60s' is neither a host's name nor an "
				      "address; write them with blanks between",
				      f.nodes[i]);
	}
	if (r)
		return r;
	f.nodes_line = s->line;
	s->conf->fence = f;
	return 0;
}

static int set_number(const char *what, const char *value, unsigned min, unsigned max,
		      unsigned *ret, struct conf_error *err)
{
	if (words_number(value, min, max, ret))
		return conf_fail(err, "fence_kdump_args: %s needs a number from %u to %u", what,
				 min, max);
	return 0;
}

static int set_family(const char *value, enum conf_family *ret, struct conf_error *err)
{
	for (unsigned i = 0; i < ARRAY_LEN(families); i++) {
		if (!strcasecmp(value, families[i])) {
			*ret = (enum conf_family)i;
			return 0;
		}
	}
	return conf_fail(err, "fence_kdump_args: -f '%.40s' is unknown; write auto, ipv4 or ipv6",
			 value);
}

static int set_option(char letter, const char *value, struct conf_fence *f, struct conf_error *err)
{
	switch (letter) {
	case 'p':
		return set_number("-p", value, 1, 65535, &f->port, err);
	case 'f':
		return set_family(value, &f->family, err);
	case 'c':
		return set_number("-c", value, 0, 1000000000, &f->count, err);
	case 'i':
		return set_number("-i", value, 1, 86400, &f->interval_s, err);
	default:
		return 0;
	}
}

/* "-v", "-vv", "-p", "-p7410": the letters; *value is what is behind one that takes a value. */
static int parse_short(const char *word, char *letter, const char **value)
{
	for (size_t i = 0; i < ARRAY_LEN(options); i++) {
		if (word[1] != options[i].letter)
			continue;
		*letter = word[1];
		*value = options[i].has_value && word[2] ? word + 2 : NULL;
		return options[i].has_value;
	}
	return -EINVAL;
}

/* "--ipport", "--ipport=7410"; as with getopt_long() the beginning of a name will do. */
static int parse_long(const char *word, char *letter, const char **value)
{
	size_t len = strcspn(word + 2, "=");

	for (size_t i = 0; i < ARRAY_LEN(options) && len; i++) {
		if (strncmp(word + 2, options[i].name, len))
			continue;
		*letter = options[i].letter;
		*value = word[2 + len] ? word + 3 + len : NULL;
		return options[i].has_value;
	}
	return -EINVAL;
}

int conf_parse_fence_args(const struct conf_directive *d, char *value, struct conf_state *s,
			  struct conf_error *err)
{
	struct conf_fence f = s->conf->fence;
	char *word;

	(void)d;
	while ((word = words_next(&value))) {
		const char *arg = NULL;
		char letter = 0;
		int r = word[0] != '-'	 ? -EINVAL
			: word[1] == '-' ? parse_long(word, &letter, &arg)
					 : parse_short(word, &letter, &arg);

		if (r < 0)
			return conf_fail(err,
					 "fence_kdump_args: '%.40s' is unknown; known: -p PORT, "
					 "-f FAMILY, -c COUNT, -i SECONDS, -v; nodes stand in "
					 "fence_kdump_nodes",
					 word);
		if (r && !arg)
			arg = words_next(&value);
		if (r && !arg)
			return conf_fail(err, "fence_kdump_args: %.40s needs a value", word);
		r = set_option(letter, arg ? arg : "", &f, err);
		if (r)
			return r;
	}
	s->conf->fence = f;
	return 0;
}
