/* SPDX-License-Identifier: MIT */
#include "net/s3/s3_keys.h"

#include <errno.h>
#include <string.h>

#include "tests/unit/test.h"

static struct s3_keys keys;

TEST(a_file_of_the_aws_programs)
{
	CHECK_EQ(s3_keys_parse("# mine\n[default]\naws_access_key_id = AK\r\n"
			       "AWS_SECRET_ACCESS_KEY=s/k+=\n; more\nregion = x\n[other]\n"
			       "aws_access_key_id = NO\n",
			       &keys),
		 0);
	CHECK_STR(keys.access, "AK");
	CHECK_STR(keys.secret, "s/k+=");
	CHECK_STR(keys.token, "");
	CHECK_EQ(s3_keys_parse("aws_access_key_id=a\naws_secret_access_key=b\naws_session_token=c",
			       &keys),
		 0);
	CHECK_STR(keys.token, "c");
}

TEST(files_without_keys)
{
	char noise[3000] = "aws_access_key_id=a\naws_secret_access_key=";

	CHECK_EQ(s3_keys_parse("", &keys), -EINVAL);
	CHECK_EQ(s3_keys_parse("aws_access_key_id = a\n", &keys), -EINVAL);
	CHECK_EQ(s3_keys_parse("[other]\naws_access_key_id=a\naws_secret_access_key=b\n", &keys),
		 -EINVAL);
	CHECK_EQ(s3_keys_parse("aws_access_key_id=a b\naws_secret_access_key=b\n", &keys), -EINVAL);
	memset(noise + strlen(noise), 'x', 200);
	CHECK_EQ(s3_keys_parse(noise, &keys), -EINVAL);
}

TEST(what_the_metadata_service_says)
{
	static const char good[] =
		"{\"Code\":\"Success\",\"AccessKeyId\":\"A\",\"SecretAccessKey\":"
		"\"S\",\"Token\":\"T\",\"Expiration\":\"2026\"}";

	CHECK_EQ(s3_keys_parse_json(good, sizeof(good) - 1, &keys), 0);
	CHECK(!strcmp(keys.access, "A") && !strcmp(keys.secret, "S") && !strcmp(keys.token, "T"));
	CHECK_EQ(s3_keys_parse_json(good, sizeof(good) - 2, &keys), -EBADMSG);
	CHECK_EQ(s3_keys_parse_json("{}", 2, &keys), -EBADMSG);
	CHECK_EQ(s3_keys_parse_json(
			 "{\"AccessKeyId\":\"A\\n\",\"SecretAccessKey\":\"S\",\"Token\":\"\"}", 62,
			 &keys),
		 -EBADMSG);
}
