/* SPDX-License-Identifier: MIT */
/*
 * A head is written and read back; each byte of it counts.
 */
#include "lib/image_head.h"

#include <errno.h>

#include "tests/unit/test.h"

static char sum[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
static char config[] = "path /crash\next4 UUID=1\n";

static struct image_head sample(void)
{
	return (struct image_head){
		.version = "0.1",
		.release = "6.12.1-x",
		.n_modules = 5,
		.payload_bytes = 4711,
		.unpacked_bytes = 12345678,
		.payload_sha256 = sum,
		.other_root = true,
		.input = { { "conf", "/etc/kdump.conf", 24, sum },
			   { "hook", "/opt/with blank/pre", 7, sum } },
		.n_inputs = 2,
		.config = config,
		.config_bytes = sizeof(config) - 1,
	};
}

static struct image_head got;

/* Reads a copy that is exactly so long, so that the sanitizer sees a read behind it. */
static int read_copy(const char *buf, size_t len)
{
	static char *copy;
	int r;

	free(copy);
	copy = malloc(len + !len);
	memcpy(copy, buf, len);
	r = image_head_read(copy, len, &got);
	return r;
}

TEST(there_and_back)
{
	struct image_head h = sample();
	char *buf, *again;
	size_t len, len2;

	CHECK_EQ(image_head_write(&h, &buf, &len), 0);
	CHECK_EQ(image_head_write(&h, &again, &len2), 0);
	CHECK(len == len2 && !memcmp(buf, again, len));
	CHECK_EQ(len % IMAGE_HEAD_ALIGN, 0);
	CHECK_EQ(read_copy(buf, len), 0);
	CHECK_EQ(got.format, IMAGE_FORMAT);
	CHECK_EQ(got.bytes, len);
	CHECK_STR(got.version, "0.1");
	CHECK_STR(got.release, "6.12.1-x");
	CHECK_EQ(got.n_modules, 5);
	CHECK_EQ(got.payload_bytes, 4711);
	CHECK_EQ(got.unpacked_bytes, 12345678);
	CHECK_STR(got.payload_sha256, sum);
	CHECK(got.other_root);
	CHECK_EQ(got.n_inputs, 2);
	CHECK_STR(got.input[1].kind, "hook");
	CHECK_STR(got.input[1].path, "/opt/with blank/pre");
	CHECK_EQ(got.input[1].bytes, 7);
	CHECK_STR(got.config, config);
	free(buf);
	free(again);
}

TEST(every_byte_counts)
{
	struct image_head h = sample();
	size_t len;
	char *buf;

	CHECK_EQ(image_head_write(&h, &buf, &len), 0);
	for (size_t i = 0; i < len; i++) {
		int r;

		buf[i] ^= 1;
		r = read_copy(buf, len);
		/* the number of the format tells itself */
		CHECK(r == -EBADMSG || (r == -ENOENT && i < 300) || r == -EPROTO);
		buf[i] ^= 1;
		CHECK(read_copy(buf, i) < 0);
	}
	free(buf);
}

TEST(manifest_and_config_are_sealed)
{
	static const char *const inside[] = {
		"0.1\n", "6.12.1-x", "4711", "UUID=1\n", "/opt/with", "seal ", "kdump.conf\ninput"
	};
	struct image_head h = sample();
	size_t len;
	char *buf;

	CHECK_EQ(image_head_write(&h, &buf, &len), 0);
	for (size_t i = 0; i < sizeof(inside) / sizeof(inside[0]); i++) {
		char *at = memmem(buf, len, inside[i], strlen(inside[i]));

		at[0] ^= 1;
		CHECK_EQ(read_copy(buf, len), -EBADMSG);
		at[0] ^= 1;
	}
	CHECK_EQ(read_copy(buf, len), 0);
	free(buf);
}

TEST(others)
{
	static const char *const heads[] = { "", "070701", "\x28\xb5\x2f\xfd", "\x1f\x8b\x08" };
	struct image_head h = sample();
	char cpio[512] = { 0 }, *buf, *at;
	size_t len;

	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		CHECK_EQ(read_copy(heads[i], strlen(heads[i])), -ENOENT);
	/* another program's archive that begins with /etc, too */
	CHECK_EQ(image_head_write(&h, &buf, &len), 0);
	memcpy(cpio, buf, 116);
	CHECK_EQ(read_copy(cpio, sizeof(cpio)), -ENOENT);
	at = memmem(buf, len, "kdump-image 1", 13);
	at[12] = '2';
	CHECK_EQ(read_copy(buf, len), -EPROTO);
	CHECK_EQ(got.format, 2);
	free(buf);
}

TEST(what_cannot_be_written)
{
	struct image_head h = sample();
	size_t len;
	char *buf;

	h.input[1].path = "/opt/a\nb";
	CHECK_EQ(image_head_write(&h, &buf, &len), -EINVAL);
	h = sample();
	h.input[0].kind = "two words";
	CHECK_EQ(image_head_write(&h, &buf, &len), -EINVAL);
	h = sample();
	h.config_bytes = IMAGE_HEAD_MAX_BYTES;
	h.config = calloc(1, h.config_bytes + 1);
	CHECK_EQ(image_head_write(&h, &buf, &len), -E2BIG);
	free(h.config);
}
