/* SPDX-License-Identifier: MIT */
/*
 * Two buffers: the first part, which waits for its end, and the one that is being filled, which grows
 * (s3_parts.h); and as long as it has not, those on their way (s3_lanes.h).
 */
#include "net/s3/s3.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/io.h"
#include "lib/text.h"
#include "net/s3/s3_call.h"
#include "net/s3/s3_lanes.h"
#include "net/s3/s3_sign.h"
#include "net/s3/s3_xml.h"

#define ETAG_BYTES	 72
#define KEPT_MAX	 4096 /* pieces that must be read back: 1 MiB each is 4 GiB of an index */
#define NOTES_FILE_BYTES (1u << 20)

/* A piece of the file that lies in an object of its own. */
struct kept {
	uint64_t off;
	size_t len;
};

struct s3 {
	struct sink base;
	struct s3_caller caller;
	char key[S3_KEY_BYTES]; /* encoded */
	struct s3_note note[S3_NOTES_MAX];
	unsigned n_notes;
	char values[S3_NOTES_MAX][256];
	uint8_t *first; /* S3_PART_BYTES */
	uint8_t *part;	/* part_bytes, as large as the next one is to be */
	uint64_t end;	/* of what was put, at least */
	size_t part_len, part_bytes;
	struct s3_lanes *lanes; /* NULL: one part goes after the other */
	uint8_t *spare;		/* S3_PART_BYTES that came back from there; NULL: none */
	unsigned parts_max;
	unsigned n_parts; /* parts 2 to n_parts were sent, or are on their way; 1: none was */
	char upload[S3_UPLOAD_BYTES]; /* encoded; "": nothing was begun */
	char (*etag)[ETAG_BYTES];
	struct kept *kept;
	unsigned n_kept;
	int result;
};

static int fail(struct s3 *s, int r)
{
	s->result = s->result ? s->result : r;
	return s->result;
}

/* ---------------------------------------------------------------- notes of what runs */

/* For the sweep behind a child that was killed: a line "u KEY UPLOAD" or "o KEY" each. */
static void note_down(const struct s3 *s, char kind, const char *key, const char *upload)
{
	const char *path = s->caller.place->notes_file;
	_close_ int fd = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
	char line[S3_KEY_BYTES + S3_UPLOAD_BYTES + 8];
	int n = snprintf(line, sizeof(line), "%c %s %s\n", kind, key, upload);

	if (fd >= 0 && n > 0 && (size_t)n < sizeof(line))
		io_write(fd, line, (size_t)n);
}

/*
 * Of this upload, or of one of the n_kept pieces that lay beside it. A run before of the same file, which
 * was killed, had another upload, and perhaps more pieces.
 */
static bool is_own_note(const struct s3 *s, const char *line, unsigned n_kept)
{
	size_t n = strlen(s->key);
	const char *rest = line + 2 + n;

	if (strlen(line) <= 2 + n || strncmp(line + 2, s->key, n))
		return false;
	if (*line == 'u')
		return *rest == ' ' && !strcmp(rest + 1, s->upload);
	return !strncmp(rest, ".index-", 7) && strtoul(rest + 7, NULL, 10) < n_kept;
}

/* It ended by itself. The notes of others stay, of which one may have been given up. */
static void forget_notes(const struct s3 *s, unsigned n_kept)
{
	const char *path = s->caller.place->notes_file;
	_free_ char *text = NULL;
	_close_ int fd = -1;
	size_t len, left = 0;
	char *rest;

	if (!path || io_load_file(AT_FDCWD, path, NOTES_FILE_BYTES, &text, &len))
		return;
	rest = text;
	for (char *line; (line = strsep(&rest, "\n"));) {
		size_t n = strlen(line);

		if (!n || is_own_note(s, line, n_kept))
			continue;
		memmove(text + left, line, n + 1);
		text[left + n] = '\n';
		left += n + 1;
	}
	fd = left ? open(path, O_WRONLY | O_TRUNC | O_CLOEXEC) : -1;
	if (fd >= 0)
		io_write(fd, text, left);
	else if (!left)
		unlink(path);
}

/* ---------------------------------------------------------------- the upload */

static int begin_upload(struct s3 *s)
{
	struct s3_call q = { .method = "POST",
			     .key = s->key,
			     .query = "uploads=",
			     .note = s->note,
			     .n_notes = s->n_notes };
	struct s3_caller *c = &s->caller;
	char id[S3_UPLOAD_BYTES / 3];
	int r = s3_call(c, &q);

	if (r)
		return r;
	if (!s3_xml_text(c->answer.body, c->answer.len, "UploadId", id, sizeof(id)) ||
	    s3_sign_encode(id, 0, s->upload, sizeof(s->upload))) {
		snprintf(c->why, sizeof(c->why), "%.120s: the server gives no upload id", c->host);
		return -EPROTO;
	}
	note_down(s, 'u', s->key, s->upload);
	return 0;
}

static int take_etag(struct s3 *s, unsigned n, const char *etag)
{
	struct s3_caller *c = &s->caller;

	if (!etag[0] || strlen(etag) >= ETAG_BYTES || strpbrk(etag, "<&>")) {
		snprintf(c->why, sizeof(c->why), "%.120s: the server gives part %u no ETag",
			 c->host, n);
		return -EPROTO;
	}
	strcpy(s->etag[n - 1], etag);
	return 0;
}

static int send_part(struct s3 *s, unsigned n, const void *body, size_t len)
{
	char query[S3_UPLOAD_BYTES + 40];
	struct s3_call q = {
		.method = "PUT", .key = s->key, .query = query, .body = body, .len = len
	};
	int r;

	snprintf(query, sizeof(query), "partNumber=%u&uploadId=%s", n, s->upload);
	r = s3_call(&s->caller, &q);
	return r ? r : take_etag(s, n, s->caller.answer.etag);
}

/* A part that was on its way; what went wrong with it may be no more than the connection's end. */
static int receive(struct s3 *s, const struct s3_part *p)
{
	int r = p->sent ? take_etag(s, p->n, p->etag) : send_part(s, p->n, p->buf, p->len);

	if (s->spare)
		free(p->buf);
	else
		s->spare = p->buf;
	return r;
}

/* wait: all that is on its way; else what has arrived. */
static int receive_all(struct s3 *s, bool wait)
{
	struct s3_part p;
	int r = 0;

	while (!r && s->lanes && s3_lanes_take(s->lanes, wait, &p))
		r = receive(s, &p);
	return r;
}

static void close_lanes(struct s3 *s)
{
	s3_lanes_free(s->lanes);
	free(s->spare);
	s->lanes = NULL;
	s->spare = NULL;
}

/* The buffer, which is empty, for the next part; without the memory it stays as it is. */
static int grow_part(struct s3 *s)
{
	const struct s3_place *p = s->caller.place;
	uint64_t want = s3_part_bytes(s->n_parts + 1, s->parts_max, p->object_most);
	uint8_t *part;
	int r;

	want = want < p->part_most ? want : p->part_most;
	if (want <= s->part_bytes)
		return 0;
	/* the memory is the larger part's from here on */
	r = receive_all(s, true);
	close_lanes(s);
	part = malloc(want);
	if (!part)
		return r;
	free(s->part);
	s->part = part;
	s->part_bytes = want;
	return r;
}

/* Another buffer to fill: one that came back, or a new one, or the next one that comes back. */
static int take_buffer(struct s3 *s)
{
	struct s3_part p;
	int r = 0;

	s->part = s->spare ? s->spare : malloc(S3_PART_BYTES);
	s->spare = NULL;
	if (!s->part && s3_lanes_take(s->lanes, true, &p)) {
		r = receive(s, &p);
		s->part = s->spare;
		s->spare = NULL;
	}
	return s->part ? r : -ENOMEM;
}

/* The part that was filled: on its way if there is a lane, else until it is there. */
static int send_filled(struct s3 *s)
{
	struct s3_part p = { .n = s->n_parts + 1, .buf = s->part, .len = s->part_len }, other;
	int r = 0;

	while (!r && s->lanes && s3_lanes_full(s->lanes) && s3_lanes_take(s->lanes, true, &other))
		r = receive(s, &other);
	if (r)
		return r;
	if (s->lanes && s3_lanes_send(s->lanes, s->key, s->upload, &p))
		return take_buffer(s);
	return send_part(s, p.n, p.buf, p.len);
}

/* The part that was filled. */
static int flush_part(struct s3 *s)
{
	int r = 0;

	if (s->n_parts == s->parts_max) {
		snprintf(s->caller.why, sizeof(s->caller.why),
			 "%.120s: more than %u parts, of which the last has %zu MiB",
			 s->caller.host, s->parts_max, s->part_bytes >> 20);
		return -EFBIG;
	}
	if (!s->upload[0])
		r = begin_upload(s);
	r = r ? r : send_filled(s);
	if (!r)
		s->n_parts++;
	s->part_len = 0;
	return r ? r : grow_part(s);
}

/*
 * The answer to the completion was lost, and a server that has done it knows no such upload any more:
 * is the object there, with all of its bytes?
 */
static bool is_complete(struct s3 *s)
{
	struct s3_call q = { .method = "HEAD", .key = s->key, .query = "" };
	struct s3_caller *c = &s->caller;
	char why[S3_HTTP_WHY_BYTES];
	bool there;

	memcpy(why, c->why, sizeof(why));
	there = !s3_call(c, &q) && c->answer.told_len == s->end;
	if (!there)
		memcpy(c->why, why, sizeof(why));
	return there;
}

static int complete(struct s3 *s)
{
	size_t size = 128 + s->n_parts * (ETAG_BYTES + 64), at;
	_free_ char *xml = malloc(size);
	char query[S3_UPLOAD_BYTES + 16];
	struct s3_call q = { .method = "POST", .key = s->key, .query = query, .patient = true };
	int r;

	if (!xml)
		return -ENOMEM;
	at = (size_t)sprintf(xml, "<CompleteMultipartUpload>");
	for (unsigned i = 0; i < s->n_parts; i++)
		at += (size_t)sprintf(xml + at,
				      "<Part><PartNumber>%u</PartNumber><ETag>%s</ETag></Part>",
				      i + 1, s->etag[i]);
	at += (size_t)sprintf(xml + at, "</CompleteMultipartUpload>");
	snprintf(query, sizeof(query), "uploadId=%s", s->upload);
	q.body = xml;
	q.len = at;
	r = s3_call(&s->caller, &q);
	return r == -ENOENT && is_complete(s) ? 0 : r;
}

/* All of it in one request. */
static int send_whole(struct s3 *s)
{
	struct s3_call q = { .method = "PUT",
			     .key = s->key,
			     .query = "",
			     .note = s->note,
			     .n_notes = s->n_notes,
			     .body = s->first,
			     .len = (size_t)s->end };

	return s3_call(&s->caller, &q);
}

static int end_upload(struct s3_caller *c, const char *key, const char *upload)
{
	char query[S3_UPLOAD_BYTES + 16];
	struct s3_call q = { .method = "DELETE", .key = key, .query = query };

	snprintf(query, sizeof(query), "uploadId=%s", upload);
	return s3_call(c, &q);
}

/* ---------------------------------------------------------------- what is read back */

static int kept_key(const struct s3 *s, unsigned n, char ret[S3_KEY_BYTES])
{
	return (size_t)snprintf(ret, S3_KEY_BYTES, "%.700s.index-%u.partial", s->key, n) <
			       S3_KEY_BYTES
		       ? 0
		       : -ENAMETOOLONG;
}

static int remove_object(struct s3_caller *c, const char *key)
{
	struct s3_call q = { .method = "DELETE", .key = key, .query = "" };

	return s3_call(c, &q);
}

/* They are in nobody's way for long. An error of the connection ends it: each would wait for it again. */
static int remove_kept(struct s3 *s)
{
	char key[S3_KEY_BYTES];
	int r = 0;

	for (unsigned i = 0; i < s->n_kept && !s3_http_is_loss(r); i++) {
		if (!kept_key(s, i, key))
			r = remove_object(&s->caller, key);
	}
	s->n_kept = 0;
	return s3_http_is_loss(r) ? r : 0;
}

static int s3_put(struct sink *base, uint64_t off, const void *buf, size_t len);

static int s3_keep(struct sink *base, uint64_t off, const void *buf, size_t len)
{
	struct s3 *s = container_of(base, struct s3, base);
	char key[S3_KEY_BYTES];
	struct s3_call q = { .method = "PUT", .key = key, .query = "", .body = buf, .len = len };
	int r = s3_put(base, off, buf, len);

	if (r)
		return r;
	if (s->n_kept == KEPT_MAX)
		return fail(s, -EFBIG);
	r = kept_key(s, s->n_kept, key);
	note_down(s, 'o', key, "-");
	r = r ? r : s3_call(&s->caller, &q);
	if (r)
		return fail(s, r);
	s->kept[s->n_kept++] = (struct kept){ off, len };
	return 0;
}

static int s3_get(struct sink *base, uint64_t off, void *buf, size_t len)
{
	struct s3 *s = container_of(base, struct s3, base);
	char key[S3_KEY_BYTES];
	struct s3_call q = { .method = "GET", .key = key, .query = "", .to = buf, .to_len = len };
	unsigned i = 0;
	int r;

	while (i < s->n_kept && (s->kept[i].off != off || s->kept[i].len != len))
		i++;
	/* nothing else is asked for, as sink_keep() was called */
	r = i < s->n_kept ? kept_key(s, i, key) : -ENODATA;
	r = r ? r : s3_call(&s->caller, &q);
	if (!r && s->caller.answer.to_len != len)
		r = -EIO;
	return r;
}

/* ---------------------------------------------------------------- the sink */

/* Of [off, off + len) what lies in the first part; how much. */
static size_t put_first(struct s3 *s, uint64_t off, const void *buf, size_t len)
{
	size_t n = off < S3_PART_BYTES ? S3_PART_BYTES - (size_t)off : 0;

	n = n < len ? n : len;
	if (n)
		memcpy(s->first + off, buf, n);
	return n;
}

/* Puts what begins at s->end. */
static int append(struct s3 *s, const void *buf, size_t len)
{
	const uint8_t *from = buf;
	size_t n = put_first(s, s->end, buf, len);
	int r = receive_all(s, false);

	if (r)
		return fail(s, r);
	s->end += len;
	for (from += n, len -= n; len; from += n, len -= n) {
		n = s->part_bytes - s->part_len;
		n = n < len ? n : len;
		memcpy(s->part + s->part_len, from, n);
		s->part_len += n;
		if (s->part_len == s->part_bytes) {
			r = flush_part(s);
			if (r)
				return fail(s, r);
		}
	}
	return 0;
}

/* What is passed over reads as zeros, as in a file. */
static int append_zeros(struct s3 *s, uint64_t to)
{
	static const uint8_t zeros[4096];
	int r = 0;

	while (s->end < to && !r) {
		uint64_t left = to - s->end;

		r = append(s, zeros, left < sizeof(zeros) ? (size_t)left : sizeof(zeros));
	}
	return r;
}

static int s3_put(struct sink *base, uint64_t off, const void *buf, size_t len)
{
	struct s3 *s = container_of(base, struct s3, base);
	int r;

	if (s->result)
		return s->result;
	/* what is behind has been sent, but for the first part where it may be written again */
	if (off != s->end && (!s->base.rewrites || (off < s->end && off + len > S3_PART_BYTES)))
		return -ESPIPE;
	if (off < s->end && off + len > s->end) {
		/* the rest of it goes on from the end */
		size_t n = (size_t)(s->end - off);

		put_first(s, off, buf, n);
		return append(s, (const uint8_t *)buf + n, len - n);
	}
	if (off < s->end) {
		put_first(s, off, buf, len);
		return 0;
	}
	r = append_zeros(s, off);
	return r ? r : append(s, buf, len);
}

static int finish(struct s3 *s)
{
	int r = 0;

	if (s->end <= S3_PART_BYTES)
		return send_whole(s);
	if (s->part_len)
		r = flush_part(s);
	r = r ? r : receive_all(s, true);
	r = r ? r : send_part(s, 1, s->first, S3_PART_BYTES);
	return r ? r : complete(s);
}

/*
 * Nothing of it stays, or the sweep ends it: a server that is gone is not waited for once more. The
 * first error is the reason.
 */
static void give_up(struct s3 *s)
{
	char why[S3_HTTP_WHY_BYTES];
	int r = s->result;

	snprintf(why, sizeof(why), "%s", s->caller.why);
	close_lanes(s);
	if (s->upload[0] && !s3_http_is_loss(r))
		r = end_upload(&s->caller, s->key, s->upload);
	s->upload[0] = '\0';
	if (!s3_http_is_loss(r))
		remove_kept(s);
	s->n_kept = 0;
	snprintf(s->caller.why, sizeof(s->caller.why), "%s", why);
}

static int s3_commit(struct sink *base)
{
	struct s3 *s = container_of(base, struct s3, base);
	int r = s->result ? s->result : finish(s);
	unsigned n_kept = s->n_kept;

	if (r) {
		fail(s, r);
		give_up(s);
		return r;
	}
	/* the object is there, whatever becomes of what is not needed any more */
	if (!remove_kept(s))
		forget_notes(s, n_kept);
	s->upload[0] = '\0';
	s->caller.why[0] = '\0';
	return 0;
}

static void s3_abort(struct sink *base)
{
	struct s3 *s = container_of(base, struct s3, base);

	fail(s, -ECANCELED);
	give_up(s);
}

/* ---------------------------------------------------------------- open */

/* What a header may have: blanks at the ends and double ones are not signed as they are. */
static void copy_value(const char *from, char ret[256])
{
	size_t n = 0;

	for (; *from && n < 255; from++) {
		char c = *from > ' ' && *from < 127 ? *from : ' ';

		if (c != ' ' || (n && ret[n - 1] != ' '))
			ret[n++] = c;
	}
	while (n && ret[n - 1] == ' ')
		n--;
	ret[n] = '\0';
}

/* Sorted by name, without empty ones. */
static void set_notes(struct s3 *s, const struct s3_note *note, unsigned n)
{
	for (unsigned i = 0; i < n && s->n_notes < S3_NOTES_MAX; i++) {
		unsigned at = s->n_notes;

		copy_value(note[i].value, s->values[i]);
		if (!s->values[i][0])
			continue;
		while (at && strcmp(s->note[at - 1].name, note[i].name) > 0) {
			s->note[at] = s->note[at - 1];
			at--;
		}
		s->note[at] = (struct s3_note){ note[i].name, s->values[i] };
		s->n_notes++;
	}
}

static int allocate(struct s3 *s)
{
	s->first = calloc(1, S3_PART_BYTES);
	s->part = malloc(S3_PART_BYTES);
	s->part_bytes = S3_PART_BYTES;
	s->etag = malloc(s->parts_max * sizeof(*s->etag));
	s->kept = malloc(KEPT_MAX * sizeof(*s->kept));
	return s->first && s->part && s->etag && s->kept ? 0 : -ENOMEM;
}

int s3_open(const struct s3_place *place, const char *key, const struct s3_note *note,
	    unsigned n_notes, bool keep_reading, struct s3 **ret)
{
	struct s3 *s = calloc(1, sizeof(*s));
	int r;

	*ret = s;
	if (!s)
		return -ENOMEM;
	s->base = (struct sink){ .put = s3_put,
				 .commit = s3_commit,
				 .abort = s3_abort,
				 .get = keep_reading ? s3_get : NULL,
				 .keep = keep_reading ? s3_keep : NULL,
				 .rewrites = keep_reading };
	s->n_parts = 1;
	s->parts_max = place->parts ? place->parts : S3_PARTS_MAX;
	set_notes(s, note, n_notes);
	r = s3_sign_encode(key, 1, s->key, sizeof(s->key) - 40);
	r = r ? r : allocate(s);
	r = r ? r : s3_call_open(&s->caller, place);
	if (!r && place->lanes)
		s->lanes = s3_lanes_open(&s->caller, place->lanes);
	return r ? fail(s, r == -E2BIG ? -ENAMETOOLONG : r) : 0;
}

struct sink *s3_sink(struct s3 *s)
{
	return &s->base;
}

const char *s3_error(const struct s3 *s)
{
	return s ? s->caller.why : "";
}

void s3_free(struct s3 *s)
{
	if (!s)
		return;
	s3_call_close(&s->caller);
	close_lanes(s);
	free(s->first);
	free(s->part);
	free(s->etag);
	free(s->kept);
	free(s);
}

/* ---------------------------------------------------------------- the sweep */

/* "u KEY UPLOAD" or "o KEY -" */
static int sweep_line(struct s3_caller *c, char *line)
{
	char *kind = strsep(&line, " "), *key = strsep(&line, " ");

	if (!kind || !key || !line)
		return 0;
	return *kind == 'u' ? end_upload(c, key, line) : remove_object(c, key);
}

int s3_sweep(const struct s3_place *place, char why[S3_HTTP_WHY_BYTES])
{
	_free_ struct s3_caller *c = calloc(1, sizeof(*c));
	_free_ char *text = NULL;
	char *rest;
	size_t len;
	int r;

	why[0] = '\0';
	if (io_load_file(AT_FDCWD, place->notes_file, NOTES_FILE_BYTES, &text, &len))
		return 0;
	if (!c)
		return -ENOMEM;
	r = s3_call_open(c, place);
	rest = text;
	for (char *line; !r && (line = strsep(&rest, "\n"));) {
		int r1 = sweep_line(c, line);

		/* it had ended by itself */
		if (r1 && r1 != -ENOENT)
			r = r1;
	}
	snprintf(why, S3_HTTP_WHY_BYTES, "%s", c->why);
	s3_call_close(c);
	if (!r)
		unlink(place->notes_file);
	return r;
}
