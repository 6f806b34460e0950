/* SPDX-License-Identifier: MIT */
#include "net/s3/s3_xml.h"

#include "tests/unit/test.h"

static char text[40];

static bool find(const char *xml, const char *name)
{
	return s3_xml_text(xml, strlen(xml), name, text, sizeof(text));
}

TEST(answers_of_servers)
{
	CHECK(find("<?xml version='1.0'?>\n<InitiateMultipartUploadResult "
		   "xmlns=\"x\"><Bucket>b</Bucket>"
		   "<UploadId>VXBsb2Fk</UploadId></InitiateMultipartUploadResult>",
		   "UploadId"));
	CHECK_STR(text, "VXBsb2Fk");
	CHECK(find(
		"<Error><Code>NoSuchBucket</Code><Message>a &lt;b&gt; &amp;&#99;&#x64;</Message>",
		"Message"));
	CHECK_STR(text, "a <b> &cd");
	CHECK(find("<a><Code \n x='y'>z</Code></a>", "Code"));
	CHECK_STR(text, "z");
}

TEST(what_is_not_there)
{
	CHECK(!find("", "Code"));
	CHECK(!find("<Code", "Code"));
	CHECK(!find("<Code>", "Code"));
	CHECK(!find("<Code>x", "Code"));
	CHECK(!find("<Code>x</Codes>", "Code"));
	CHECK(!find("<Codes>x</Codes>", "Code"));
	CHECK(!find("<Code/>", "Code"));
	CHECK(!find("<Code><x>y</x></Code>", "Code"));
	CHECK_STR(text, "");
	/* the second one has it */
	CHECK(find("<Code/><a/><Code>x</Code>", "Code"));
}

TEST(entities_without_an_end_and_long_texts)
{
	CHECK(find("<Code>a&#;&#x;&#999999999999999;&x;&</Code>", "Code"));
	CHECK_STR(text, "a&#999999999999999;&x;&");
	CHECK(find("<Code>0123456789012345678901234567890123456789\x01 0123</Code>", "Code"));
	CHECK_EQ(strlen(text), sizeof(text) - 1);
}

TEST(the_outermost_element)
{
	CHECK(s3_xml_is("<?xml?><!-- x --><Error><a/></Error>", 36, "Error"));
	CHECK(!s3_xml_is("<a><Error></Error></a>", 22, "Error"));
	CHECK(!s3_xml_is("", 0, "Error"));
	CHECK(!s3_xml_is("plain", 5, "Error"));
}
