/* SPDX-License-Identifier: MIT */
#include "net/ssh/sftp_ask.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The reply must be a status: 0 or its errno. words: what was asked for, for l->why. */
int sftp_ask_status(struct sftp_link *l, struct sftp_request *q, const char *words)
{
	struct sftp_reply a;
	int r = sftp_link_ask(l, q, &a);

	if (r)
		return r;
	if (a.type != SFTP_STATUS) {
		snprintf(l->why, sizeof(l->why), "%s: answered by message %u", words, a.type);
		return -EPROTO;
	}
	if (a.status.code == SFTP_OK)
		return 0;
	snprintf(l->why, sizeof(l->why), "%s: %s%s%.*s", words, sftp_status_name(a.status.code),
		 a.status.len ? ": " : "", (int)(a.status.len < 200 ? a.status.len : 200),
		 a.status.len ? a.status.text : "");
	return sftp_status_errno(a.status.code);
}

int sftp_ask_path(struct sftp_link *l, enum sftp_type type, const char *path, const char *words)
{
	struct sftp_request q;

	sftp_link_request(l, &q, type);
	sftp_request_text(&q, path);
	if (type == SFTP_MKDIR) {
		/* of the attributes the permissions alone */
		sftp_request_u32(&q, 4);
		sftp_request_u32(&q, 0700);
	}
	return sftp_ask_status(l, &q, words);
}

/* *ret: UINT64_MAX where the server does not tell. */
int sftp_ask_size(struct sftp_link *l, const char *path, uint64_t *ret)
{
	struct sftp_request q;
	struct sftp_reply a;
	int r;

	sftp_link_request(l, &q, SFTP_STAT);
	sftp_request_text(&q, path);
	r = sftp_link_ask(l, &q, &a);
	if (r)
		return r;
	if (a.type == SFTP_STATUS)
		return a.status.code ? sftp_status_errno(a.status.code) : -EPROTO;
	*ret = a.type == SFTP_ATTRS && a.attrs.has_size ? a.attrs.size : UINT64_MAX;
	return 0;
}

/* Free bytes below path. */
int sftp_ask_space(struct sftp_link *l, const char *path, uint64_t *ret)
{
	struct sftp_request q;
	struct sftp_reply a;
	int r;

	if (!(l->extensions & SFTP_HAS_STATVFS))
		return -ENOTSUP;
	sftp_link_request(l, &q, SFTP_EXTENDED);
	sftp_request_text(&q, "statvfs@openssh.com");
	sftp_request_text(&q, path);
	r = sftp_link_ask(l, &q, &a);
	if (r)
		return r;
	if (a.type == SFTP_STATUS)
		return sftp_status_errno(a.status.code) ?: -EPROTO;
	/* f_frsize, f_bavail */
	if (a.type != SFTP_EXTENDED_REPLY || a.extended.n < 5)
		return -EPROTO;
	*ret = a.extended.number[1] * a.extended.number[4];
	return 0;
}

/* With all above it. Only the last one's refusal counts: those above may belong to others. */
int sftp_ask_folders(struct sftp_link *l, const char *dir)
{
	char part[SFTP_PATH_BYTES];
	uint64_t size;
	int r = 0;

	snprintf(part, sizeof(part), "%s", dir);
	if (!sftp_ask_size(l, part, &size) || l->error)
		return l->error;
	for (char *p = part + 1; (p = strchr(p, '/')) && !l->error; p++) {
		*p = '\0';
		sftp_ask_path(l, SFTP_MKDIR, part, part);
		*p = '/';
	}
	if (!l->error)
		r = sftp_ask_path(l, SFTP_MKDIR, part, part);
	if (l->error)
		return l->error;
	/* somebody may have made it meanwhile */
	return r && sftp_ask_size(l, part, &size) ? r : 0;
}

/* Of the nearest folder that is there. */
int sftp_ask_nearest(struct sftp_link *l, char *dir, uint64_t *ret)
{
	for (;;) {
		int r = sftp_ask_space(l, dir, ret);
		char *slash = strrchr(dir, '/');

		if (!r || r == -ENOTSUP || l->error || !strcmp(dir, "/") || !strcmp(dir, "."))
			return r;
		if (!slash)
			strcpy(dir, ".");
		else
			slash[slash == dir] = '\0';
	}
}
