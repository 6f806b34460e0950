/* SPDX-License-Identifier: MIT */
#include "lib/kernel_places.h"

#include <string.h>

#include "lib/cleanup.h"
#include "tests/unit/test.h"

/* Those of this release first: what has no release in its name may be another kernel's. */
TEST(order)
{
	static const char *const expected[] = {
		"boot/vmlinuz-6.12.58-0-lts",
		"lib/modules/6.12.58-0-lts/vmlinuz",
		"boot/Image-6.12.58-0-lts",
		"lib/modules/6.12.58-0-lts/Image",
		"boot/bzImage-6.12.58-0-lts",
		"boot/vmlinux-6.12.58-0-lts",
		"boot/vmlinuz-lts",
		"boot/vmlinuz",
		"boot/Image",
		"boot/Image.gz",
		"boot/bzImage",
	};
	char path[KERNEL_PLACE_BYTES];
	unsigned at = 0;
	bool plain;

	for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
		CHECK(kernel_places_next(&at, "6.12.58-0-lts", path, &plain));
		CHECK_STR(path, expected[i]);
		CHECK_EQ(plain, i >= 7);
	}
	CHECK(!kernel_places_next(&at, "6.12.58-0-lts", path, &plain));
	CHECK(!kernel_places_next(&at, "6.12.58-0-lts", path, &plain));
}

TEST(release_without_a_flavour)
{
	char path[KERNEL_PLACE_BYTES];
	unsigned at = 0, n_vmlinuz = 0;
	bool plain;

	while (kernel_places_next(&at, "6.12", path, &plain))
		n_vmlinuz += !strcmp(path, "boot/vmlinuz");
	CHECK_EQ(n_vmlinuz, 1);
	CHECK_EQ(at, 11);
}
