/* SPDX-License-Identifier: MIT */
/*
 * Messages of SFTP version 3 (draft-ietf-secsh-filexfer-02), as every server speaks it. Pure
 * functions: what came from a server is read here and nowhere else. Lengths on the wire are in
 * network order; a message has its own in front.
 */
#ifndef NET_SSH_SFTP_PACKET_H
#define NET_SSH_SFTP_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SFTP_VERSION	  3
#define SFTP_HANDLE_MAX	  256	       /* bytes, by the draft */
#define SFTP_REPLY_MAX	  (256u << 10) /* what a reply may have at most; OpenSSH's own limit */
#define SFTP_MESSAGE_SIZE 1536	       /* of a request without data: two paths, or a handle */

enum sftp_type {
	SFTP_INIT = 1,
	SFTP_VERSION_REPLY = 2,
	SFTP_OPEN = 3,
	SFTP_CLOSE = 4,
	SFTP_READ = 5,
	SFTP_WRITE = 6,
	SFTP_FSTAT = 8,
	SFTP_SETSTAT = 9,
	SFTP_FSETSTAT = 10,
	SFTP_REMOVE = 13,
	SFTP_MKDIR = 14,
	SFTP_STAT = 17,
	SFTP_RENAME = 18,
	SFTP_STATUS = 101,
	SFTP_HANDLE = 102,
	SFTP_DATA = 103,
	SFTP_ATTRS = 105,
	SFTP_EXTENDED = 200,
	SFTP_EXTENDED_REPLY = 201,
};

enum sftp_status {
	SFTP_OK,
	SFTP_EOF,
	SFTP_NO_SUCH_FILE,
	SFTP_PERMISSION_DENIED,
	SFTP_FAILURE,
	SFTP_BAD_MESSAGE,
	SFTP_NO_CONNECTION,
	SFTP_CONNECTION_LOST,
	SFTP_UNSUPPORTED,
};

/* pflags of SFTP_OPEN */
enum { SFTP_F_READ = 1, SFTP_F_WRITE = 2, SFTP_F_CREAT = 8, SFTP_F_TRUNC = 16 };

/* Extensions that a server may have, a bit each, and what it takes in one message. */
enum {
	SFTP_HAS_FSYNC = 1,	   /* fsync@openssh.com 1 */
	SFTP_HAS_POSIX_RENAME = 2, /* posix-rename@openssh.com 1: over what is there */
	SFTP_HAS_STATVFS = 4,	   /* statvfs@openssh.com 2 */
	SFTP_HAS_LIMITS = 8,	   /* limits@openssh.com 1 */
};

/* ---- requests */

/* A request as it grows. What does not fit is seen at its end. */
struct sftp_request {
	uint8_t buf[SFTP_MESSAGE_SIZE];
	size_t len;
	bool full;
};

void sftp_request_begin(struct sftp_request *q, enum sftp_type type, uint32_t id);
void sftp_request_u32(struct sftp_request *q, uint32_t v);
void sftp_request_u64(struct sftp_request *q, uint64_t v);
void sftp_request_bytes(struct sftp_request *q, const void *bytes, size_t len);
void sftp_request_text(struct sftp_request *q, const char *text);
/* Writes the length in front; data_bytes more follow behind the buffer. 0 or -ENAMETOOLONG. */
int sftp_request_end(struct sftp_request *q, size_t data_bytes);

/* ---- replies */

/* Of a whole message without its length. What it points to is in the message. */
struct sftp_reply {
	uint8_t type;
	uint32_t id; /* of all but the version */
	union {
		struct {
			uint32_t version, extensions;
		} hello;
		struct {
			uint32_t code;
			const char *text; /* the server's own words, without NUL; NULL: none */
			size_t len;
		} status;
		struct {
			const uint8_t *bytes; /* data or handle */
			size_t len;
		} data;
		struct {
			bool has_size;
			uint64_t size;
		} attrs;
		/* the numbers of an extended reply, as many as there are */
		struct {
			uint64_t number[11];
			unsigned n;
		} extended;
	};
};

/* 0 or -EBADMSG: no reply of version 3, or one whose lengths are not true. */
int sftp_reply_parse(const uint8_t *message, size_t len, struct sftp_reply *ret);

/*
 * The length of the message at the beginning of n received bytes, without its own 4; 0: there are
 * not 4 yet; -EBADMSG: no message is empty, or longer than SFTP_REPLY_MAX.
 */
long sftp_reply_length(const uint8_t *bytes, size_t n);

/* The errno of a status; a failure without a reason is -EIO. */
int sftp_status_errno(uint32_t code);
/* What the draft calls it. */
const char *sftp_status_name(uint32_t code);

#endif
