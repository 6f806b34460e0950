/* SPDX-License-Identifier: MIT */
/*
 * Generic images that a machine's part is added to, and files that are none.
 */
#include "mkinitrd/image/generic.h"

#include <errno.h>

#include "lib/cleanup.h"
#include "tests/unit/fake/fakeimage.h"
#include "tests/unit/fake/tree.h"
#include "tests/unit/test.h"

static struct fault fault;
static struct generic g;

static int read_bytes(const struct tree *t, const void *data, size_t len)
{
	tree_bytes(t, "/image", data, len);
	fault = (struct fault){ 0 };
	generic_free(&g);
	return generic_read(tree_path(t, "/image"), &g, &fault);
}

static struct fakeimage make(char *sum)
{
	struct fakeimage f = { .release = "6.12", .payload = "drivers", .generic = true };

	fakeimage_sum("x", 1, sum);
	f.input[f.n_inputs++] = (struct image_input){
		"module", "/lib/modules/6.12/kernel/drivers/block/virtio_blk.ko.xz", 1, sum
	};
	f.input[f.n_inputs++] = (struct image_input){ "program", "/x/vfat.ko", 1, sum };
	return f;
}

TEST(a_generic_image)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	static struct recipe recipe = { .files = { "/lib/modules/virtio_blk.ko" },
					.mods = { .n_list = 1 } };
	char sum[SHA256_TEXT];
	struct fakeimage f = make(sum);
	size_t len;
	_free_ char *image = fakeimage_make(&f, &len);

	CHECK_EQ(read_bytes(&t, image, len), 0);
	CHECK_STR(g.head.release, "6.12");
	CHECK_EQ(generic_check_modules(&g, "i", &recipe, &fault), 0);
	strcpy(recipe.files[1], "/lib/modules/vfat.ko");
	recipe.mods.n_list = 2;
	CHECK_EQ(generic_check_modules(&g, "i", &recipe, &fault), -ENOENT);
	CHECK_STR(fault.text,
		  "i lacks drivers that this machine needs: make it with extra_modules vfat");
	strcpy(recipe.files[2], "/lib/modules/nls_iso8859-1.ko");
	recipe.mods.n_list = 3;
	CHECK_EQ(generic_check_modules(&g, "i", &recipe, &fault), -ENOENT);
	CHECK(strstr(fault.text, "extra_modules vfat nls_iso8859-1"));
	recipe.mods.n_list = 2;
	/* no driver by the beginning of another's name */
	strcpy(recipe.files[1], "/lib/modules/virtio.ko");
	CHECK_EQ(generic_check_modules(&g, "i", &recipe, &fault), -ENOENT);
	generic_free(&g);
}

TEST(what_is_none)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	char sum[SHA256_TEXT];
	struct fakeimage f = make(sum);
	size_t len;
	_free_ char *image = fakeimage_make(&f, &len);

	CHECK_EQ(read_bytes(&t, "no image", 8), -ENOENT);
	CHECK(strstr(fault.text, "is no image of this kdump-mkinitrd"));
	CHECK_EQ(read_bytes(&t, image, len - 1), -EINVAL);
	CHECK(strstr(fault.text, "is cut"));
	image[len - 1] ^= 1;
	CHECK_EQ(read_bytes(&t, image, len), -EBADMSG);
	CHECK(strstr(fault.text, "is damaged"));
	image[len - 1] ^= 1;
	image = realloc(image, len + 1);
	image[len] = 0;
	CHECK_EQ(read_bytes(&t, image, len + 1), -EINVAL);
	CHECK(strstr(fault.text, "has a machine's part already"));
	free(image);
	f.generic = false;
	image = fakeimage_make(&f, &len);
	CHECK_EQ(read_bytes(&t, image, len), -EINVAL);
	CHECK(strstr(fault.text, "is no generic image: make one with --generic"));
	generic_free(&g);
}
