/* SPDX-License-Identifier: MIT */
/*
 * Signatures that AWS publishes: the examples of "Authenticating Requests: Using the Authorization
 * Header" of S3, and of its suite for Signature Version 4.
 */
#include "net/s3/s3_sign.h"

#include <errno.h>

#include "lib/cleanup.h"
#include "tests/unit/test.h"

#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static const char host[] = "examplebucket.s3.amazonaws.com", day[] = "20130524T000000Z";

static struct s3_signed of_s3(const char *method, const char *path, const char *query,
			      const char *payload)
{
	return (struct s3_signed){ .access_key = "AKIAIOSFODNN7EXAMPLE",
				   .secret_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
				   .region = "us-east-1",
				   .service = "s3",
				   .method = method,
				   .path = path,
				   .query = query,
				   .payload_sha256 = payload,
				   .date = day };
}

static void add(struct s3_signed *q, const char *name, const char *value)
{
	q->header[q->n_headers++] = (struct s3_header){ name, value };
}

static void check(const struct s3_signed *q, const char *headers, const char *signature)
{
	char auth[S3_SIGN_AUTH_BYTES], want[S3_SIGN_AUTH_BYTES];

	snprintf(want, sizeof(want),
		 "AWS4-HMAC-SHA256 Credential=%s/%.8s/%s/%s/aws4_request,SignedHeaders=%s,"
		 "Signature=%s",
		 q->access_key, q->date, q->region, q->service, headers, signature);
	CHECK_EQ(s3_sign(q, auth), 0);
	CHECK_STR(auth, want);
}

TEST(get_object)
{
	struct s3_signed q = of_s3("GET", "/test.txt", "", EMPTY);

	add(&q, "host", host);
	add(&q, "range", "bytes=0-9");
	add(&q, "x-amz-content-sha256", EMPTY);
	add(&q, "x-amz-date", day);
	check(&q, "host;range;x-amz-content-sha256;x-amz-date",
	      "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST(put_object)
{
	static const char sum[] =
		"44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072";
	struct s3_signed q = of_s3("PUT", "/test%24file.text", "", sum);
	char path[40];

	CHECK_EQ(s3_sign_encode("/test$file.text", 1, path, sizeof(path)), 0);
	CHECK_STR(path, q.path);
	add(&q, "date", "Fri, 24 May 2013 00:00:00 GMT");
	add(&q, "host", host);
	add(&q, "x-amz-content-sha256", sum);
	add(&q, "x-amz-date", day);
	add(&q, "x-amz-storage-class", "REDUCED_REDUNDANCY");
	check(&q, "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
	      "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
}

TEST(get_bucket_lifecycle)
{
	struct s3_signed q = of_s3("GET", "/", "lifecycle=", EMPTY);

	add(&q, "host", host);
	add(&q, "x-amz-content-sha256", EMPTY);
	add(&q, "x-amz-date", day);
	check(&q, "host;x-amz-content-sha256;x-amz-date",
	      "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
}

TEST(list_objects)
{
	struct s3_signed q = of_s3("GET", "/", "max-keys=2&prefix=J", EMPTY);

	add(&q, "host", host);
	add(&q, "x-amz-content-sha256", EMPTY);
	add(&q, "x-amz-date", day);
	check(&q, "host;x-amz-content-sha256;x-amz-date",
	      "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

/* get-vanilla and get-vanilla-query-order-key-case of the suite. */
TEST(the_suite_of_version_4)
{
	struct s3_signed q = { .access_key = "AKIDEXAMPLE",
			       .secret_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
			       .region = "us-east-1",
			       .service = "service",
			       .method = "GET",
			       .path = "/",
			       .query = "",
			       .payload_sha256 = EMPTY,
			       .date = "20150830T123600Z" };

	add(&q, "host", "example.amazonaws.com");
	add(&q, "x-amz-date", q.date);
	check(&q, "host;x-amz-date",
	      "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
	q.query = "Param1=value1&Param2=value2";
	check(&q, "host;x-amz-date",
	      "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500");
}

TEST(dates_and_letters)
{
	char text[64];

	s3_sign_date(1369353600, text);
	CHECK_STR(text, day);
	CHECK_EQ(s3_sign_encode("a/b c+~\xc3\xa9", 0, text, sizeof(text)), 0);
	CHECK_STR(text, "a%2Fb%20c%2B~%C3%A9");
	CHECK_EQ(s3_sign_encode("aaaa", 0, text, 4), -E2BIG);
	CHECK_EQ(s3_sign_encode("", 0, text, 1), 0);
}

TEST(what_is_too_long)
{
	static char key[400];
	struct s3_signed q = of_s3("GET", "/", "", EMPTY);
	char auth[S3_SIGN_AUTH_BYTES];

	memset(key, 'k', sizeof(key) - 1);
	q.secret_key = key;
	CHECK_EQ(s3_sign(&q, auth), -E2BIG);
	q = of_s3("GET", "/", "", EMPTY);
	for (int i = 0; i < S3_SIGN_HEADERS; i++)
		add(&q, "x-amz-meta-a-very-long-name-of-a-header-that-is-signed", "v");
	CHECK_EQ(s3_sign(&q, auth), -E2BIG);
}
