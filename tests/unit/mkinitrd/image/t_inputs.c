/* SPDX-License-Identifier: MIT */
/*
 * Under which names the files that an image was made from are noted.
 */
#include "mkinitrd/image/inputs.h"

#include <errno.h>

#include "lib/cleanup.h"
#include "tests/unit/fake/tree.h"
#include "tests/unit/test.h"

static struct inputs in;
static struct fault fault;

TEST(of_the_running_system)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	char *before = getcwd(NULL, 0);

	in.root = "";
	tree_text(&t, "/kdump.conf", "abc");
	CHECK_EQ(inputs_add_file(&in, "conf", tree_path(&t, "/kdump.conf"), &fault), 0);
	CHECK_STR(in.item[0].path, tree_path(&t, "/kdump.conf"));
	CHECK_EQ(in.item[0].bytes, 3);
	CHECK_STR(in.item[0].sha256,
		  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	/* what is named from here must be found from elsewhere */
	CHECK_EQ(chdir(t.root), 0);
	CHECK_EQ(inputs_add_file(&in, "conf", "kdump.conf", &fault), 0);
	CHECK_STR(in.item[1].path, tree_path(&t, "/kdump.conf"));
	CHECK_EQ(chdir(before), 0);
	free(before);
	CHECK_EQ(inputs_add(&in, "conf", "/no/such\nfile", "", 0), 0);
	CHECK_STR(in.item[2].path, "-");
	CHECK_EQ(inputs_add_file(&in, "conf", "/no/such/file", &fault), -ENOENT);
	CHECK_STR(fault.text, "/no/such/file: No such file or directory");
	inputs_free(&in);
	CHECK_EQ(in.n, 0);
}

TEST(of_another_root)
{
	static const char *const names[][2] = {
		{ "/srv/root/etc/kdump.conf", "/etc/kdump.conf" },
		{ "/srv/root//etc/ca", "//etc/ca" },
		{ "/srv/rootless/x", "-" },
		{ "/usr/sbin/kdump-init", "-" },
		{ "/srv/root", "-" },
	};
	static const char *const roots[] = { "/srv/root", "/srv/root/" };

	for (size_t r = 0; r < ARRAY_LEN(roots); r++) {
		in.root = roots[r];
		for (size_t i = 0; i < ARRAY_LEN(names); i++) {
			CHECK_EQ(inputs_add(&in, "x", names[i][0], "", 0), 0);
			CHECK_STR(in.item[i].path, names[i][1]);
		}
		inputs_free(&in);
	}
}

TEST(as_many_as_there_is_room_for)
{
	in.root = "";
	for (unsigned i = 0; i < IMAGE_INPUTS_MAX + 3; i++)
		CHECK_EQ(inputs_add(&in, "module", "/x", "", 0), 0);
	CHECK_EQ(in.n, IMAGE_INPUTS_MAX);
	inputs_free(&in);
}
