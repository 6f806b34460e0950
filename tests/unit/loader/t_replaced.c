/* SPDX-License-Identifier: MIT */
#include "loader/replaced.h"

#include "tests/unit/test.h"

TEST(commands_of_others)
{
	CHECK_STR(replaced_by("start"), "write load");
	CHECK_STR(replaced_by("stop"), "write unload");
	CHECK_STR(replaced_by("-p"), "write load");
	CHECK(strstr(replaced_by("rebuild"), "kdump-mkinitrd"));
	CHECK_STR(replaced_by("reset-crashkernel"), "write estimate --apply");
	CHECK(!replaced_by("propagate"));
	CHECK(!replaced_by("load"));
	CHECK(!replaced_by("sart"));
	CHECK(!replaced_by(""));
}
