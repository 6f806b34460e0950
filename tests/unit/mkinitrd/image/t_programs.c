/* SPDX-License-Identifier: MIT */
#include "mkinitrd/image/programs.h"

#include <errno.h>
#include <sys/stat.h>

#include "lib/cleanup.h"
#include "mkinitrd/image/rootfile.h"
#include "tests/unit/fake/fakeelf.h"
#include "tests/unit/fake/tree.h"
#include "tests/unit/test.h"

static struct programs programs;
static struct fault fault;
static struct conf conf;

static void put(const struct tree *t, const char *path, struct fakeelf e)
{
	tree_bytes(t, path, &e, sizeof(e));
	CHECK_EQ(chmod(tree_path(t, path), 0755), 0);
}

static void put_script(const struct tree *t, const char *path, const char *text)
{
	tree_text(t, path, text);
	CHECK_EQ(chmod(tree_path(t, path), 0755), 0);
}

/* What is packed, in order, with blanks between. */
static const char *packed(void)
{
	static char text[4096];
	size_t n = 0;

	text[0] = '\0';
	for (unsigned i = 0; i < programs.n; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s", i ? " " : "",
				      programs.item[i].path);
	return text;
}

static int collect(const struct tree *t, const char *config)
{
	static char text[512];
	struct conf_findings err;

	programs_free(&programs);
	fault = (struct fault){ 0 };
	snprintf(text, sizeof(text), "%s", config);
	CHECK_EQ(conf_parse(text, strlen(text), &conf, &err), 0);
	return programs_collect(&conf, t->root, &programs, &fault);
}

static void check_refused(const struct tree *t, const char *config, const char *words)
{
	CHECK(collect(t, config) < 0);
	if (!strstr(fault.text, words)) {
		printf("reason: %s\n", fault.text);
		CHECK(!"the reason does not say what is expected");
	}
	programs_free(&programs);
}

TEST(nothing_is_asked_for)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	CHECK_EQ(collect(&t, "ext4 UUID=x\n"), 0);
	CHECK_EQ(programs.n, 0);
}

TEST(static_program_goes_alone)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	put(&t, "/opt/hook", fakeelf_static());
	CHECK_EQ(collect(&t, "kdump_pre /opt/hook\nkdump_post /opt/hook\n"), 0);
	CHECK_STR(packed(), "/opt/hook");
	CHECK_EQ(programs.item[0].len, sizeof(struct fakeelf));
	CHECK(programs.item[0].mode & 0100);
	programs_free(&programs);
}

TEST(dynamic_program_with_libraries_of_libraries)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	put(&t, "/sbin/x", fakeelf_make("/lib64/ld.so.2", "liba.so libc.so.6", NULL, NULL));
	put(&t, "/lib64/ld.so.2", fakeelf_make(NULL, NULL, NULL, NULL));
	/* the loader under its other name is not packed again */
	put(&t, "/lib/x86_64-linux-gnu/ld.so.2", fakeelf_make(NULL, NULL, NULL, NULL));
	put(&t, "/usr/lib64/liba.so", fakeelf_make(NULL, "libb.so libc.so.6", NULL, NULL));
	put(&t, "/lib/libb.so", fakeelf_make(NULL, "liba.so", NULL, NULL));
	put(&t, "/lib/x86_64-linux-gnu/libc.so.6", fakeelf_make(NULL, "ld.so.2", NULL, NULL));
	CHECK_EQ(collect(&t, "extra_bins /sbin/x\n"), 0);
	CHECK_STR(fault.text, "");
	CHECK_STR(packed(), "/sbin/x /lib64/ld.so.2 /usr/lib64/liba.so "
			    "/lib/x86_64-linux-gnu/libc.so.6 /lib/libb.so");
	CHECK(!programs.unusual);
	programs_free(&programs);
}

TEST(library_of_another_machine_is_passed_over)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	struct fakeelf other = fakeelf_make(NULL, NULL, NULL, NULL);

	put(&t, "/sbin/x", fakeelf_make(NULL, "liba.so", NULL, NULL));
	other.head.e_machine = EM_AARCH64;
	put(&t, "/usr/lib64/liba.so", other);
	other.head.e_ident[EI_CLASS] = ELFCLASS32;
	put(&t, "/lib/liba.so", other);
	put(&t, "/usr/lib/liba.so", fakeelf_make(NULL, NULL, NULL, NULL));
	CHECK_EQ(collect(&t, "extra_bins /sbin/x\n"), 0);
	CHECK_STR(packed(), "/sbin/x /usr/lib/liba.so");
	programs_free(&programs);
}

TEST(own_paths_come_first)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	struct fakeelf lib = fakeelf_make(NULL, NULL, NULL, NULL);

	put(&t, "/opt/a/bin/x", fakeelf_make(NULL, "liba.so", NULL, "/none:$ORIGIN/../lib"));
	put(&t, "/opt/a/lib/liba.so", lib);
	put(&t, "/usr/lib/liba.so", lib);
	CHECK_EQ(collect(&t, "extra_bins /opt/a/bin/x\n"), 0);
	CHECK_STR(packed(), "/opt/a/bin/x /opt/a/lib/liba.so");
	/* RPATH holds for the libraries' libraries too */
	put(&t, "/opt/a/bin/x", fakeelf_make(NULL, "liba.so", "${ORIGIN}/../lib", NULL));
	put(&t, "/opt/a/lib/liba.so", fakeelf_make(NULL, "libb.so", NULL, NULL));
	put(&t, "/opt/a/lib/libb.so", lib);
	CHECK_EQ(collect(&t, "extra_bins /opt/a/bin/x\n"), 0);
	CHECK_STR(packed(), "/opt/a/bin/x /opt/a/lib/liba.so /opt/a/lib/libb.so");
	programs_free(&programs);
}

TEST(folders_of_the_loader)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	put(&t, "/sbin/x", fakeelf_make(NULL, "liba.so", NULL, NULL));
	put(&t, "/opt/lib/liba.so", fakeelf_make(NULL, NULL, NULL, NULL));
	check_refused(&t, "extra_bins /sbin/x\n", "library liba.so of /sbin/x: not found");
	tree_text(&t, "/etc/ld.so.conf", "# nothing here\ninclude ld.so.conf.d/*.conf\n");
	tree_text(&t, "/etc/ld.so.conf.d/o.conf",
		  "/none\n/opt/lib/ # ours\ninclude ../ld.so.conf\n");
	tree_text(&t, "/etc/ld.so.cache", "cache");
	CHECK_EQ(collect(&t, "extra_bins /sbin/x\n"), 0);
	CHECK_STR(packed(), "/sbin/x /opt/lib/liba.so /etc/ld.so.cache");
	programs_free(&programs);
}

TEST(script_brings_its_interpreter)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	put(&t, "/bin/busybox", fakeelf_static());
	/* as Alpine has it: an absolute link, which must stay inside the root */
	tree_link(&t, "/bin/sh", "/bin/busybox");
	put_script(&t, "/etc/hook", "#! /bin/sh -e\nexit 0\n");
	CHECK_EQ(collect(&t, "kdump_emergency /etc/hook\n"), 0);
	CHECK_STR(packed(), "/etc/hook /bin/sh");
	put(&t, "/usr/bin/env", fakeelf_static());
	put(&t, "/usr/bin/python3", fakeelf_static());
	put_script(&t, "/etc/hook", "#!/usr/bin/env -S A=1 python3 -u\n");
	CHECK_EQ(collect(&t, "kdump_emergency /etc/hook\n"), 0);
	CHECK_STR(packed(), "/etc/hook /usr/bin/env /usr/bin/python3");
	programs_free(&programs);
	check_refused(&t, "kdump_pre /etc/hoo\n", "kdump_pre /etc/hoo: No such file");
	put_script(&t, "/etc/hook", "#!/bin/perl\n");
	check_refused(&t, "kdump_pre /etc/hook\n", "interpreter /bin/perl of /etc/hook: No such");
	put_script(&t, "/etc/hook", "#!/usr/bin/env ruby\n");
	check_refused(&t, "kdump_pre /etc/hook\n", "interpreter ruby of /etc/hook: not found");
	put_script(&t, "/etc/hook", "#!\n");
	check_refused(&t, "kdump_pre /etc/hook\n", "#! names no interpreter");
	put_script(&t, "/etc/hook", "#!perl\n");
	check_refused(&t, "kdump_pre /etc/hook\n", "must begin with /");
}

TEST(scripts_that_interpret_each_other_end)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	put_script(&t, "/a", "#!/b\n");
	put_script(&t, "/b", "#!/a\n");
	CHECK_EQ(collect(&t, "kdump_pre /a\n"), 0);
	CHECK_STR(packed(), "/a /b");
	programs_free(&programs);
}

TEST(hooks_that_could_not_run)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	struct fakeelf cut = fakeelf_make("/lib/ld.so", "libc.so.6", NULL, NULL);

	put_script(&t, "/etc/hook", "#!/bin/sh\n");
	CHECK_EQ(chmod(tree_path(&t, "/etc/hook"), 0644), 0);
	check_refused(&t, "kdump_post /etc/hook\n", "not executable; chmod +x /etc/hook");
	put_script(&t, "/etc/hook", "exit 0\n");
	check_refused(&t, "kdump_post /etc/hook\n", "neither an ELF program nor a script");
	put_script(&t, "/etc/hook", "");
	check_refused(&t, "kdump_post /etc/hook\n", "the file is empty");
	tree_dir(&t, "/etc/folder");
	check_refused(&t, "kdump_post /etc/folder\n", "no regular file");
	tree_bytes(&t, "/etc/hook", &cut, 100);
	check_refused(&t, "kdump_post /etc/hook\n", "/etc/hook: it is a broken ELF program");
	check_refused(&t, "extra_bins /etc/../x\n", "must begin with / and have no ..");
	/* a file that is no program may go along */
	tree_text(&t, "/etc/table", "1 2 3\n");
	CHECK_EQ(collect(&t, "extra_bins /etc/table\n"), 0);
	CHECK_STR(packed(), "/etc/table");
	programs_free(&programs);
}

TEST(shell_needs_a_static_busybox)
{
	static const char config[] = "failure_action shell\n";
	_cleanup_(tree_remove) struct tree t = tree_make();

	check_refused(&t, config, "no busybox at /bin/busybox or /usr/bin/busybox");
	put(&t, "/lib/ld.so", fakeelf_static());
	put(&t, "/usr/bin/busybox", fakeelf_make("/lib/ld.so", NULL, NULL, NULL));
	check_refused(&t, config, "/usr/bin/busybox is not linked statically");
	put(&t, "/usr/bin/busybox", fakeelf_static());
	CHECK_EQ(collect(&t, config), 0);
	CHECK_STR(packed(), "/bin/busybox");
	programs_free(&programs);
}

TEST(more_than_fit)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	char path[32], script[32];

	for (int i = 0; i <= PROGRAMS_MAX; i++) {
		snprintf(path, sizeof(path), "/s%d", i);
		snprintf(script, sizeof(script), "#!/s%d\n", i + 1);
		put_script(&t, path, script);
	}
	check_refused(&t, "kdump_pre /s0\n", "more than 192 programs");
}
