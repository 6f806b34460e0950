/* SPDX-License-Identifier: MIT */
/*
 * Images as files: whole ones, cut ones, generic ones with and without a machine's part.
 */
#include "loader/check/manifest.h"

#include "tests/unit/fake/machine.h"
#include "tests/unit/test.h"

static struct machine m;
static struct manifest got;
static char image[64 << 10];
static size_t len;

/* One part more at the next multiple of IMAGE_HEAD_ALIGN. */
static void add_part(const struct fakeimage *f)
{
	size_t n;
	char *part = fakeimage_make(f, &n);

	while (len % IMAGE_HEAD_ALIGN)
		image[len++] = '\0';
	memcpy(image + len, part, n);
	len += n;
	free(part);
}

static enum manifest_state read_image(void)
{
	struct image img;

	manifest_free(&got);
	machine_put_bytes(&m, "image", image, len);
	CHECK_EQ(image_open(m.fd, "image", &img), 0);
	CHECK_EQ(manifest_read(&img, &got), 0);
	image_close(&img);
	return got.state;
}

static const struct fakeimage generic = { .release = MACHINE_RELEASE,
					  .payload = "programs and drivers",
					  .config = "path /var/crash\n",
					  .n_modules = 40,
					  .version = "0.0.9",
					  .generic = true };
static const struct fakeimage own = { .release = MACHINE_RELEASE,
				      .payload = "a key",
				      .config = "path /crash\next4 UUID=1\n",
				      .n_modules = 40,
				      .unpacked_bytes = 4 << 20 };

static void begin(void)
{
	m = machine_bare();
	len = 0;
}

static void end(void)
{
	manifest_free(&got);
	machine_remove(&m);
}

TEST(one_part)
{
	begin();
	add_part(&own);
	CHECK_EQ(read_image(), MANIFEST_WHOLE);
	CHECK_EQ(got.conf->n_targets, 1);
	CHECK_STR(got.conf->path, "/crash");
	CHECK_STR(got.generic_version, "");
	image[len++] = 0;
	CHECK_EQ(read_image(), MANIFEST_DAMAGED);
	CHECK_STR(got.why, "has 1 bytes behind what kdump-mkinitrd wrote");
	len -= 2;
	CHECK_EQ(read_image(), MANIFEST_DAMAGED);
	CHECK(strstr(got.why, "is cut"));
	end();
}

TEST(generic_and_a_machines_part)
{
	begin();
	add_part(&generic);
	CHECK_EQ(read_image(), MANIFEST_WHOLE);
	CHECK(got.head.generic && !got.conf->n_targets && !*got.generic_version);
	add_part(&own);
	CHECK_EQ(read_image(), MANIFEST_WHOLE);
	CHECK(!got.head.generic);
	CHECK_STR(got.generic_version, "0.0.9");
	CHECK_STR(got.conf->path, "/crash");
	CHECK_EQ(got.head.unpacked_bytes, 4 << 20);
	end();
}

TEST(an_empty_payload)
{
	struct fakeimage bare = own;

	bare.payload = "";
	begin();
	add_part(&generic);
	add_part(&bare);
	CHECK_EQ(read_image(), MANIFEST_WHOLE);
	CHECK_EQ(got.conf->n_targets, 1);
	end();
}

TEST(what_is_wrong_with_two_parts)
{
	struct fakeimage other = own;
	size_t whole;

	begin();
	add_part(&generic);
	add_part(&own);
	whole = len;
	image[len++] = 'x';
	CHECK_EQ(read_image(), MANIFEST_DAMAGED);
	CHECK_STR(got.why, "has bytes behind what kdump-mkinitrd wrote");
	/* every cut, wherever it is, is seen */
	for (len = whole - 1; len > whole - 3000; len -= 61)
		CHECK(read_image() != MANIFEST_WHOLE || got.head.generic);
	len = 0;
	add_part(&generic);
	other.release = "6.9";
	add_part(&other);
	CHECK_EQ(read_image(), MANIFEST_DAMAGED);
	CHECK_STR(got.why, "has a machine's part that was made for kernel 6.9");
	len = 0;
	add_part(&generic);
	memcpy(image + len, "another archive", 15);
	len += 15;
	CHECK_EQ(read_image(), MANIFEST_DAMAGED);
	CHECK(strstr(got.why, "no machine's part of it"));
	/* a byte of the generic payload */
	len = 0;
	add_part(&generic);
	image[len - 1] ^= 1;
	add_part(&own);
	CHECK_EQ(read_image(), MANIFEST_DAMAGED);
	CHECK(strstr(got.why, "is damaged"));
	end();
}
