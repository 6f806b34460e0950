/* SPDX-License-Identifier: MIT */
#include "net/ssh/sftp_packet.h"

#include <errno.h>
#include <string.h>

#include "lib/bytes.h"
#include "lib/cleanup.h"

#define LENGTH 4 /* bytes of a number in front of what it counts */

/* ---------------------------------------------------------------- requests */

static uint8_t *take_room(struct sftp_request *q, size_t n)
{
	uint8_t *at = q->buf + q->len;

	if (n > sizeof(q->buf) - q->len) {
		q->full = true;
		return NULL;
	}
	q->len += n;
	return at;
}

void sftp_request_u32(struct sftp_request *q, uint32_t v)
{
	uint8_t *to = take_room(q, LENGTH);

	if (to)
		put_be32(to, v);
}

void sftp_request_u64(struct sftp_request *q, uint64_t v)
{
	sftp_request_u32(q, (uint32_t)(v >> 32));
	sftp_request_u32(q, (uint32_t)v);
}

void sftp_request_bytes(struct sftp_request *q, const void *bytes, size_t len)
{
	uint8_t *to;

	sftp_request_u32(q, (uint32_t)len);
	to = take_room(q, len);
	if (to)
		memcpy(to, bytes, len);
}

void sftp_request_text(struct sftp_request *q, const char *text)
{
	sftp_request_bytes(q, text, strlen(text));
}

/* The version stands where others have their number. */
void sftp_request_begin(struct sftp_request *q, enum sftp_type type, uint32_t id)
{
	q->full = false;
	q->len = LENGTH + 1;
	q->buf[LENGTH] = (uint8_t)type;
	sftp_request_u32(q, id);
}

int sftp_request_end(struct sftp_request *q, size_t data_bytes)
{
	put_be32(q->buf, (uint32_t)(q->len - LENGTH + data_bytes));
	return q->full ? -ENAMETOOLONG : 0;
}

/* ---------------------------------------------------------------- replies */

/* What is left of a message. */
struct rest {
	const uint8_t *at;
	size_t n;
	bool bad; /* it was too short */
};

static const uint8_t *take_bytes(struct rest *s, size_t n)
{
	const uint8_t *at = s->at;

	if (s->bad || n > s->n) {
		s->bad = true;
		return NULL;
	}
	s->at += n;
	s->n -= n;
	return at;
}

static uint32_t take_u32(struct rest *s)
{
	const uint8_t *b = take_bytes(s, LENGTH);

	return b ? get_be32(b) : 0;
}

static uint64_t take_u64(struct rest *s)
{
	uint64_t high = take_u32(s);

	return high << 32 | take_u32(s);
}

static const uint8_t *take_string(struct rest *s, size_t *ret_len)
{
	*ret_len = take_u32(s);
	return take_bytes(s, *ret_len);
}

static const struct extension {
	const char *name;
	const char *data; /* its version */
	uint32_t bit;
} extensions[] = {
	{ "fsync@openssh.com", "1", SFTP_HAS_FSYNC },
	{ "posix-rename@openssh.com", "1", SFTP_HAS_POSIX_RENAME },
	{ "statvfs@openssh.com", "2", SFTP_HAS_STATVFS },
	{ "limits@openssh.com", "1", SFTP_HAS_LIMITS },
};

static bool equals(const uint8_t *bytes, size_t len, const char *text)
{
	return bytes && len == strlen(text) && !memcmp(bytes, text, len);
}

static void read_hello(struct rest *s, struct sftp_reply *ret)
{
	ret->hello.version = take_u32(s);
	ret->hello.extensions = 0;
	while (s->n && !s->bad) {
		size_t name_len, data_len;
		const uint8_t *name = take_string(s, &name_len), *data = take_string(s, &data_len);

		for (size_t i = 0; i < ARRAY_LEN(extensions); i++) {
			if (equals(name, name_len, extensions[i].name) &&
			    equals(data, data_len, extensions[i].data))
				ret->hello.extensions |= extensions[i].bit;
		}
	}
}

/* Servers of version 2 end behind the code. */
static void read_status(struct rest *s, struct sftp_reply *ret)
{
	ret->status.code = take_u32(s);
	ret->status.text = NULL;
	ret->status.len = 0;
	if (s->n)
		ret->status.text = (const char *)take_string(s, &ret->status.len);
}

static void read_attrs(struct rest *s, struct sftp_reply *ret)
{
	uint32_t flags = take_u32(s);

	ret->attrs.has_size = flags & 1;
	ret->attrs.size = ret->attrs.has_size ? take_u64(s) : 0;
}

static void read_numbers(struct rest *s, struct sftp_reply *ret)
{
	unsigned n = 0;

	while (n < ARRAY_LEN(ret->extended.number) && s->n >= 8)
		ret->extended.number[n++] = take_u64(s);
	ret->extended.n = n;
}

int sftp_reply_parse(const uint8_t *message, size_t len, struct sftp_reply *ret)
{
	struct rest s = { .at = message, .n = len };
	const uint8_t *type = take_bytes(&s, 1);

	if (!type)
		return -EBADMSG;
	*ret = (struct sftp_reply){ .type = *type };
	if (*type != SFTP_VERSION_REPLY)
		ret->id = take_u32(&s);
	switch (*type) {
	case SFTP_VERSION_REPLY:
		read_hello(&s, ret);
		break;
	case SFTP_STATUS:
		read_status(&s, ret);
		break;
	case SFTP_HANDLE:
	case SFTP_DATA:
		ret->data.bytes = take_string(&s, &ret->data.len);
		s.bad |= *type == SFTP_HANDLE && ret->data.len > SFTP_HANDLE_MAX;
		break;
	case SFTP_ATTRS:
		read_attrs(&s, ret);
		break;
	case SFTP_EXTENDED_REPLY:
		read_numbers(&s, ret);
		break;
	default:
		s.bad = true;
	}
	return s.bad ? -EBADMSG : 0;
}

long sftp_reply_length(const uint8_t *bytes, size_t n)
{
	uint32_t len;

	if (n < LENGTH)
		return 0;
	len = get_be32(bytes);
	return len && len <= SFTP_REPLY_MAX ? (long)len : -EBADMSG;
}

/* ---------------------------------------------------------------- words */

static const struct {
	const char *name;
	int error;
} states[] = {
	[SFTP_OK] = { "ok", 0 },
	[SFTP_EOF] = { "end of file", -ENODATA },
	[SFTP_NO_SUCH_FILE] = { "no such file", -ENOENT },
	[SFTP_PERMISSION_DENIED] = { "permission denied", -EACCES },
	[SFTP_FAILURE] = { "failure", -EIO },
	[SFTP_BAD_MESSAGE] = { "bad message", -EPROTO },
	[SFTP_NO_CONNECTION] = { "no connection", -ENOTCONN },
	[SFTP_CONNECTION_LOST] = { "connection lost", -ECONNRESET },
	[SFTP_UNSUPPORTED] = { "not supported", -ENOTSUP },
};

int sftp_status_errno(uint32_t code)
{
	return code < ARRAY_LEN(states) ? states[code].error : -EIO;
}

const char *sftp_status_name(uint32_t code)
{
	return code < ARRAY_LEN(states) ? states[code].name : "an unknown status";
}
