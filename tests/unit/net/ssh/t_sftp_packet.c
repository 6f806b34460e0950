/* SPDX-License-Identifier: MIT */
#include "net/ssh/sftp_packet.h"

#include <errno.h>

#include "lib/cleanup.h"
#include "tests/unit/test.h"

static int parse(const char *bytes, size_t n, struct sftp_reply *ret)
{
	return sftp_reply_parse((const uint8_t *)bytes, n, ret);
}
#define PARSE(s, ret) parse(s, sizeof(s) - 1, ret)

TEST(a_request_as_the_draft_has_it)
{
	static const char want[] =
		"\0\0\0\x19\x03\0\0\0\x07\0\0\0\x04name\0\0\0\x1a\0\0\0\x04\0\0\x01\x80";
	struct sftp_request q;

	sftp_request_begin(&q, SFTP_OPEN, 7);
	sftp_request_text(&q, "name");
	sftp_request_u32(&q, SFTP_F_WRITE | SFTP_F_CREAT | SFTP_F_TRUNC);
	sftp_request_u32(&q, 4);
	sftp_request_u32(&q, 0600);
	CHECK_EQ(sftp_request_end(&q, 0), 0);
	CHECK_EQ(q.len, sizeof(want) - 1);
	CHECK(!memcmp(q.buf, want, sizeof(want) - 1));
}

TEST(what_does_not_fit_is_seen_at_the_end)
{
	static char path[SFTP_MESSAGE_SIZE];
	struct sftp_request q;

	memset(path, 'a', sizeof(path) - 1);
	sftp_request_begin(&q, SFTP_STAT, 1);
	sftp_request_text(&q, path);
	CHECK_EQ(sftp_request_end(&q, 0), -ENAMETOOLONG);
	sftp_request_begin(&q, SFTP_WRITE, 1);
	sftp_request_u64(&q, 0x0102030405060708);
	CHECK_EQ(sftp_request_end(&q, 100), 0);
	CHECK_EQ(q.buf[3], 1 + 4 + 8 + 100);
	CHECK(!memcmp(q.buf + 9, "\1\2\3\4\5\6\7\10", 8));
}

TEST(a_greeting_and_its_extensions)
{
	struct sftp_reply a;

	CHECK_EQ(PARSE("\x02\0\0\0\x03", &a), 0);
	CHECK_EQ(a.type, SFTP_VERSION_REPLY);
	CHECK_EQ(a.hello.version, 3);
	CHECK_EQ(a.hello.extensions, 0);
	CHECK_EQ(PARSE("\x02\0\0\0\x03\0\0\0\x11"
		       "fsync@openssh.com\0\0\0\x01"
		       "1\0\0\0\x14"
		       "statvfs@openssh.com \0\0\0\x01"
		       "2\0\0\0\x12limits@openssh.com\0\0\0\x01"
		       "9",
		       &a),
		 0);
	/* a name with a blank, and another version */
	CHECK_EQ(a.hello.extensions, SFTP_HAS_FSYNC);
	CHECK_EQ(PARSE("\x02\0\0\0\x03\0\0\0\x11"
		       "fsync",
		       &a),
		 -EBADMSG);
}

TEST(replies)
{
	struct sftp_reply a;

	CHECK_EQ(PARSE("\x65\0\0\0\x09\0\0\0\x03\0\0\0\x06"
		       "denied\0\0\0\0",
		       &a),
		 0);
	CHECK_EQ(a.id, 9);
	CHECK_EQ(a.status.code, SFTP_PERMISSION_DENIED);
	CHECK(a.status.len == 6 && !memcmp(a.status.text, "denied", 6));
	/* of version 2 */
	CHECK_EQ(PARSE("\x65\0\0\0\x09\0\0\0\x04", &a), 0);
	CHECK(!a.status.text && !a.status.len);
	CHECK_EQ(PARSE("\x66\0\0\0\x01\0\0\0\x02hi", &a), 0);
	CHECK(a.data.len == 2 && !memcmp(a.data.bytes, "hi", 2));
	CHECK_EQ(PARSE("\x69\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\0\0\x02", &a), 0);
	CHECK(a.attrs.has_size);
	CHECK_EQ(a.attrs.size, 0x100000002);
	CHECK_EQ(PARSE("\xc9\0\0\0\x01\0\0\0\0\0\0\0\x05\0\0\0\0\0\0\0\x06", &a), 0);
	CHECK_EQ(a.extended.n, 2);
	CHECK_EQ(a.extended.number[1], 6);
}

TEST(what_is_no_reply)
{
	static const uint8_t handle[] = { 0x66, 0, 0, 0, 1, 0, 0, 1, 1 };
	uint8_t long_handle[sizeof(handle) + 257] = { 0 };
	struct sftp_reply a;

	CHECK_EQ(PARSE("", &a), -EBADMSG);
	CHECK_EQ(PARSE("\x65\0\0", &a), -EBADMSG);
	CHECK_EQ(PARSE("\x65\0\0\0\x09\0\0\0\x03\0\0\0\x07short", &a), -EBADMSG);
	CHECK_EQ(PARSE("\x67\0\0\0\x01\xff\xff\xff\xff", &a), -EBADMSG);
	CHECK_EQ(PARSE("\x03\0\0\0\x01", &a), -EBADMSG);
	memcpy(long_handle, handle, sizeof(handle));
	CHECK_EQ(sftp_reply_parse(long_handle, sizeof(long_handle), &a), -EBADMSG);
}

TEST(lengths)
{
	CHECK_EQ(sftp_reply_length((const uint8_t *)"\0\0\1", 3), 0);
	CHECK_EQ(sftp_reply_length((const uint8_t *)"\0\0\1\2", 4), 258);
	CHECK_EQ(sftp_reply_length((const uint8_t *)"\0\0\0\0", 4), -EBADMSG);
	CHECK_EQ(sftp_reply_length((const uint8_t *)"\0\4\0\1", 4), -EBADMSG);
	CHECK_EQ(sftp_reply_length((const uint8_t *)"\0\4\0\0", 4), SFTP_REPLY_MAX);
}

TEST(words_of_states)
{
	CHECK_EQ(sftp_status_errno(SFTP_NO_SUCH_FILE), -ENOENT);
	CHECK_EQ(sftp_status_errno(77), -EIO);
	CHECK_STR(sftp_status_name(SFTP_FAILURE), "failure");
	CHECK_STR(sftp_status_name(1000), "an unknown status");
}
