/* SPDX-License-Identifier: MIT */
#include "loader/verify/subject.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "loader/record.h"
#include "loader/status.h"

/* False: nothing is loaded, or not by kdump-loader, or its files are gone. */
static bool take_loaded(int root, struct subject *ret)
{
	_free_ struct status *s = calloc(1, sizeof(*s));
	_close_ int folder = record_folder(root, false);
	const char *lost;

	if (!s || folder < 0 || status_read(root, s) || !s->recorded ||
	    record_open(folder, &s->record, &ret->pair, &lost))
		return false;
	ret->host = s->host;
	ret->call = s->record.call;
	ret->findings = s->findings;
	ret->armed = true;
	return true;
}

static void take_planned(int root, const struct load_options *o, struct subject *ret)
{
	_free_ struct plan *p = calloc(1, sizeof(*p));
	struct load_options strict = *o;

	if (!p)
		return;
	strict.strict = true;
	plan_make(root, &strict, p);
	ret->host = p->host;
	ret->pair = p->pair;
	ret->call = o->call;
	free(p->back.text);
	for (unsigned i = 0; i < p->findings.n; i++) {
		/* who may load is not asked here */
		if (strcmp(p->findings.item[i].id, "not-permitted"))
			findings_add(&ret->findings, &p->findings.item[i]);
	}
}

void subject_open(int root, const struct load_options *o, struct subject *ret)
{
	*ret = (struct subject){ .pair = { .kernel.fd = -1, .initrd.fd = -1 },
				 .production.fd = -1 };
	if (o->kernel || o->initrd || o->append || o->command_line || !take_loaded(root, ret))
		take_planned(root, o, ret);
	if (ret->pair.initrd.fd >= 0 && manifest_read(&ret->pair.initrd, &ret->manifest))
		findings_error(&ret->findings, "initrd-unreadable", "initrd %s cannot be read",
			       ret->pair.initrd.path);
	plan_open_kernel(root, ret->host.release, &ret->production);
}

void subject_close(struct subject *s)
{
	manifest_free(&s->manifest);
	image_pair_close(&s->pair);
	image_close(&s->production);
}
