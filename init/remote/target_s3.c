/* SPDX-License-Identifier: MIT */
/*
 * A bucket: PREFIX/FOLDER/FILE. An upload that a killed child left is ended when the target is
 * closed.
 */
#include "init/remote/targets.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "init/remote/netclock.h"
#include "init/remote/netup.h"
#include "init/system/limits.h"
#include "init/system/memory.h"
#include "lib/cleanup.h"
#include "lib/conf/target/conf_kind.h"
#include "lib/conf/target/conf_s3.h"
#include "net/s3/s3.h"

#define NOTES_FILE "/run/s3-%u" /* by the target's line */
#define PART_SHARE 4		/* of the free memory a part gets no more */

/* Of the free memory what the dump takes itself, with two parts; and what each part more is allowed. */
enum { DUMP_MIB = 48, LANE_MIB = 16 };

/* Lives until the child ends. */
struct setup {
	struct conf_s3_place conf;
	struct s3_place place;
	char notes[32], level[12];
};

static unsigned lanes_for(uint64_t available)
{
	uint64_t mib = available >> 20, lanes = mib < DUMP_MIB ? 0 : (mib - DUMP_MIB) / LANE_MIB;

	return lanes < S3_LANES_MAX ? (unsigned)lanes : S3_LANES_MAX;
}

static struct setup *make_setup(const struct target *t, struct child *self)
{
	struct setup *s = calloc(1, sizeof(*s));
	struct memory memory = { 0 };

	memory_sample(&memory);
	if (!s || conf_s3_split(t->spec, &s->conf)) {
		free(s);
		return NULL;
	}
	snprintf(s->notes, sizeof(s->notes), NOTES_FILE, t->spec->line);
	s->place = (struct s3_place){ .endpoint = s->conf.endpoint,
				      .region = s->conf.region,
				      .bucket = s->conf.bucket,
				      .host_style = s->conf.host_style,
				      .keys_file = t->conf->s3.instance ? NULL : CONF_S3_KEYS,
				      .ca_file = CONF_CA_FILE,
				      .connect_timeout_s = LIMIT_CONNECT_S,
				      .stall_s = netup_stall_s(t),
				      .moved = &self->moved,
				      .notes_file = s->notes,
				      /* with what a dump has beside the pages */
				      .object_most = t->about.ram_bytes + t->about.ram_bytes / 16,
				      .part_most = memory.available / PART_SHARE,
				      .lanes = lanes_for(memory.available) };
	return s;
}

/* A request is signed by the clock. */
static int s3_target_connect(struct target *t, struct child *self)
{
	struct conf_s3_place place;

	(void)self;
	if (conf_s3_split(t->spec, &place))
		return -EINVAL;
	netclock_need(t->conf, place.endpoint);
	return 0;
}

static const char *s3_target_error(const struct target_file *f)
{
	return s3_error(f->own);
}

/* Metadata are for what is looked for by them. */
static unsigned make_notes(const struct target *t, struct setup *s, struct s3_note note[3])
{
	snprintf(s->level, sizeof(s->level), "%u", t->about.level);
	note[0] = (struct s3_note){ "release", t->about.release ? t->about.release : "" };
	note[1] = (struct s3_note){ "panic", t->about.panic ? t->about.panic : "" };
	note[2] = (struct s3_note){ "level", s->level };
	return 3;
}

static int s3_target_create(const struct target *t, const char *name, struct target_file *ret,
			    struct child *self)
{
	struct setup *setup = make_setup(t, self);
	struct s3_note note[3];
	struct s3 *s = NULL;
	char key[600];
	int r;

	if (!setup)
		return -EINVAL;
	if ((size_t)snprintf(key, sizeof(key), "%s%s%s/%s", setup->conf.prefix,
			     setup->conf.prefix[0] ? "/" : "", t->folder, name) >= sizeof(key))
		return -ENAMETOOLONG;
	r = s3_open(&setup->place, key, note, make_notes(t, setup, note), true, &s);
	if (r) {
		if (s3_error(s)[0])
			child_why(self, "%s: %s", name, s3_error(s));
		s3_free(s);
		return r;
	}
	*ret = (struct target_file){ .sink = s3_sink(s), .error = s3_target_error, .own = s };
	return 0;
}

static int s3_target_close(const struct target *t, struct child *self)
{
	struct setup *setup = make_setup(t, self);
	char why[S3_HTTP_WHY_BYTES];
	int r;

	if (!setup || access(setup->notes, F_OK))
		return setup ? 0 : -EINVAL;
	r = s3_sweep(&setup->place, why);
	if (r)
		child_why(self, "an upload could not be ended: %s", why);
	return r;
}

const struct target_kind target_s3 = {
	.ready = CONF_NETWORK_READY,
	.open = netup_open,
	.connect = s3_target_connect,
	.create = s3_target_create,
	.close = s3_target_close,
};
