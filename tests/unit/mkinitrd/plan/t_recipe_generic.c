/* SPDX-License-Identifier: MIT */
#include "mkinitrd/plan/recipe_generic.h"

#include <errno.h>

#include "lib/cleanup.h"
#include "lib/log.h"
#include "tests/unit/fake/diskhost.h"
#include "tests/unit/test.h"

static struct recipe recipe;
static struct fault fault;

static int make_recipe(const struct tree *t, const char *config)
{
	static struct conf conf;
	static char text[1024];
	struct conf_findings err;

	fault = (struct fault){ 0 };
	strcpy(text, config);
	CHECK_EQ(conf_parse(text, strlen(text), &conf, &err), 0);
	return recipe_generic_make(&conf, t->root, "k", &recipe, &fault);
}

static bool has_file(const char *file)
{
	for (unsigned i = 0; i < recipe.mods.n_list; i++) {
		if (!strcmp(recipe.files[i], file))
			return true;
	}
	return false;
}

TEST(what_the_kernel_has_of_the_usual)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	diskhost_make(&t);
	log_init("test", LOG_ERR);
	CHECK_EQ(make_recipe(&t, "vfat UUID=1234-ABCD\nkdump_pre /bin/pre\n"), 0);
	CHECK(has_file("/lib/modules/virtio_blk.ko") && has_file("/lib/modules/virtio_net.ko") &&
	      has_file("/lib/modules/vfat.ko") && has_file("/lib/modules/fat.ko"));
	CHECK(!has_file("/lib/modules/softdog.ko"));
	/* where to save, and what is loaded, is each machine's */
	CHECK_EQ(recipe.conf.n_targets, 0);
	CHECK_EQ(recipe.conf.n_modules, 0);
	CHECK(!recipe.conf.hooks[CONF_HOOK_PRE]);
	recipe_free(&recipe);
	CHECK_EQ(make_recipe(&t, "extra_modules softdog\n"), 0);
	CHECK(has_file("/lib/modules/softdog.ko"));
	recipe_free(&recipe);
}

TEST(what_it_does_not_have)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	diskhost_make(&t);
	CHECK_EQ(make_recipe(&t, "extra_modules no_such\n"), -ENOENT);
	CHECK(strstr(fault.text, "no_such"));
}
