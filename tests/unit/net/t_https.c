/* SPDX-License-Identifier: MIT */
/*
 * What an upload refuses and says without a connection. The rest needs servers: tests/net.
 */
#include "net/https_private.h"

#include <curl/curl.h>
#include <errno.h>

#include "net/https_url.h"
#include "tests/unit/test.h"

TEST(urls)
{
	static const struct {
		const char *url, *wrong, *server;
	} t[] = {
		{ "https://dumps.example/a/b", NULL, "dumps.example" },
		{ "https://dumps.example:8443", NULL, "dumps.example:8443" },
		{ "https://[2001:db8::1]:1/x", NULL, "[2001:db8::1]:1" },
		{ "HTTPS://dumps.example/", NULL, "dumps.example" },
		{ "http://dumps.example/", "not an https:// URL", "https" },
		{ "ftp://dumps.example/", "not an https:// URL", "https" },
		{ "dumps.example/a", "not a URL", "https" },
		{ "", "not a URL", "https" },
		{ "https://dumps.example/a b", "not a URL", "https" },
		{ "https://dumps.example/a\r\nX: y", "not a URL", "https" },
		{ "https://u:p@dumps.example/", "a URL must not hold a user name or password",
		  "https" },
		{ "https://u@dumps.example/", "a URL must not hold a user name or password",
		  "https" },
		{ "https://:p@dumps.example/", "a URL must not hold a user name or password",
		  "https" },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		char server[HTTPS_SERVER_BYTES];
		const char *wrong = https_check_url(t[i].url, server);

		CHECK_STR(wrong ? wrong : "-", t[i].wrong ? t[i].wrong : "-");
		CHECK_STR(server, t[i].server);
	}
}

TEST(long_host_is_cut)
{
	char url[400] = "https://", server[HTTPS_SERVER_BYTES];

	memset(url + 8, 'a', 240);
	https_check_url(url, server);
	CHECK(strlen(server) < sizeof(server));
}

TEST(errors)
{
	static const struct {
		int code;
		long status, os;
		int want;
	} t[] = {
		{ CURLE_HTTP_RETURNED_ERROR, 403, 0, -EACCES },
		{ CURLE_HTTP_RETURNED_ERROR, 401, 0, -EACCES },
		{ CURLE_HTTP_RETURNED_ERROR, 404, 0, -ENOENT },
		{ CURLE_HTTP_RETURNED_ERROR, 413, 0, -ENOSPC },
		{ CURLE_HTTP_RETURNED_ERROR, 507, 0, -ENOSPC },
		{ CURLE_HTTP_RETURNED_ERROR, 500, 0, -EPROTO },
		/* the server's word counts more than the broken pipe behind it */
		{ CURLE_SEND_ERROR, 507, EPIPE, -ENOSPC },
		{ CURLE_SEND_ERROR, 100, EPIPE, -EPIPE },
		{ CURLE_SEND_ERROR, 0, 0, -ECONNRESET },
		{ CURLE_COULDNT_CONNECT, 0, ECONNREFUSED, -ECONNREFUSED },
		{ CURLE_COULDNT_CONNECT, 0, EHOSTUNREACH, -EHOSTUNREACH },
		{ CURLE_COULDNT_RESOLVE_HOST, 0, 0, -EHOSTUNREACH },
		{ CURLE_OPERATION_TIMEDOUT, 0, 0, -ETIMEDOUT },
		{ CURLE_SSL_CONNECT_ERROR, 0, ECONNRESET, -ECONNRESET },
		{ CURLE_SSL_CONNECT_ERROR, 0, 0, -EPROTO },
		{ CURLE_PARTIAL_FILE, 0, 0, -ECONNRESET },
		{ CURLE_PEER_FAILED_VERIFICATION, 0, 0, -EPROTO },
		{ CURLE_OK, 302, 0, -EPROTO },
		{ CURLE_OK, 200, 0, -EPROTO },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		CHECK_EQ(https_errno(t[i].code, t[i].status, t[i].os, ""), t[i].want);
	CHECK_EQ(https_errno(CURLE_SSL_CONNECT_ERROR, 0, 0,
			     "ssl_handshake returned: (-0x7280) SSL - The connection indicated an "
			     "EOF"),
		 -ECONNRESET);
	CHECK_EQ(https_errno(CURLE_SSL_CONNECT_ERROR, 0, 0,
			     "OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to a:8443 "),
		 -ECONNRESET);
}

TEST(words)
{
	CHECK_STR(https_words(CURLE_RECV_ERROR, "ssl_read returned: (-0x0000) "),
		  "the server closed the connection");
	CHECK_STR(https_words(CURLE_RECV_ERROR, "Recv failure: Connection reset by peer"),
		  "Recv failure: Connection reset by peer");
	CHECK_STR(https_words(CURLE_SEND_ERROR, ""), "");
}

TEST(clock_note)
{
	char buf[96];

	CHECK_STR(https_clock_note(CURLE_PEER_FAILED_VERIFICATION, 86400, buf, sizeof(buf)),
		  "; this machine's clock says 1970-01-02, so no certificate can be valid");
	CHECK_STR(https_clock_note(CURLE_SSL_CONNECT_ERROR, 0, buf, sizeof(buf)), buf);
	CHECK(buf[0]);
	/* a clock that runs, and an error that has nothing to do with it */
	CHECK_STR(https_clock_note(CURLE_PEER_FAILED_VERIFICATION, 1790000000, buf, sizeof(buf)),
		  "");
	CHECK_STR(https_clock_note(CURLE_COULDNT_CONNECT, 0, buf, sizeof(buf)), "");
}

TEST(open_refuses_at_once)
{
	struct https_options o = { .ca_file = "/dev/null", .connect_timeout_s = 1, .stall_s = 1 };
	struct https *h = NULL;

	CHECK_EQ(https_open("http://127.0.0.1/x", &o, &h), -EINVAL);
	CHECK(h != NULL);
	CHECK_STR(https_error(h), "https: not an https:// URL");
	https_free(h);
	h = NULL;
	o.ca_file = "/nonexistent/ca.pem";
	CHECK_EQ(https_open("https://127.0.0.1/x", &o, &h), -ENOENT);
	CHECK_STR(https_error(h), "/nonexistent/ca.pem: No such file or directory");
	/* the sink of a failed open answers, and does nothing */
	CHECK(sink_put(https_sink(h), 0, "x", 1) < 0);
	CHECK(sink_commit(https_sink(h)) < 0);
	sink_abort(https_sink(h));
	https_free(h);
	https_free(NULL);
}
