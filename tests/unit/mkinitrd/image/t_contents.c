/* SPDX-License-Identifier: MIT */
#include "mkinitrd/image/contents.h"

#include <elf.h>
#include <errno.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "lib/cleanup.h"
#include "lib/conf/target/conf_kind.h"
#include "tests/unit/fake/tree.h"
#include "tests/unit/test.h"

/* A program header of this type, and nothing else. */
static void put_program_for(const struct tree *t, const char *path, uint32_t type, uint16_t machine)
{
	struct {
		Elf64_Ehdr head;
		Elf64_Phdr seg;
	} elf = {
		.head = { .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB },
			  .e_machine = machine,
			  .e_phoff = sizeof(Elf64_Ehdr),
			  .e_phentsize = sizeof(Elf64_Phdr),
			  .e_phnum = 1 },
		.seg = { .p_type = type },
	};

	tree_bytes(t, path, &elf, sizeof(elf));
}

static void put_program(const struct tree *t, const char *path, uint32_t type)
{
	put_program_for(t, path, type, EM_X86_64);
}

static struct contents contents;
static struct recipe recipe;
static struct fault fault;

static void make(const struct tree *t)
{
	static struct conf conf;
	static char config[32];
	struct conf_findings err;

	fault = (struct fault){ 0 };
	strcpy(config, "ext4 UUID=x\nextra_modules a\n");
	put_program(t, "/bin/kdump-init", PT_LOAD);
	put_program(t, "/bin/kdump-loader", PT_LOAD);
	tree_text(t, "/lib/modules/k/modules.dep", "kernel/a.ko:\n");
	tree_text(t, "/lib/modules/k/modules.builtin", "kernel/ext4.ko\n");
	put_program(t, "/lib/modules/k/kernel/a.ko", PT_NULL);
	CHECK_EQ(conf_parse(config, strlen(config), &conf, &err), 0);
	CHECK_EQ(recipe_make(&conf, NULL, t->root, "k", NULL, &recipe, &fault), 0);
	CHECK_STR(fault.text, "");
}

static const struct content *find(const char *path)
{
	for (unsigned i = 0; i < contents.n; i++) {
		if (!strcmp(contents.item[i].path, path))
			return &contents.item[i];
	}
	return NULL;
}

static const struct image_input *noted(const struct image_head *h, const char *kind)
{
	for (unsigned i = 0; i < h->n_inputs; i++) {
		if (!strcmp(h->input[i].kind, kind))
			return &h->input[i];
	}
	return NULL;
}

/* What kdump-loader will read of the image. */
static void check_head(const struct cpio *c)
{
	static struct image_head h;
	char *head;
	size_t len;

	CHECK_EQ(contents_head(&contents, &recipe, "payload", 7, c->len, recipe.mods.n_list, &head,
			       &len, &fault),
		 0);
	CHECK_EQ(image_head_read(head, len, &h), 0);
	CHECK_STR(h.release, "k");
	CHECK(h.other_root && h.n_modules == 1 && h.payload_bytes == 7);
	CHECK_EQ(h.unpacked_bytes, c->len);
	CHECK_STR(h.config, contents.config);
	/* of the root, without its name; our programs lie elsewhere */
	CHECK_STR(noted(&h, "module")->path, "/lib/modules/k/kernel/a.ko");
	CHECK(noted(&h, "program") && !strncmp(noted(&h, "program")->path, "/bin/", 5));
	free(head);
}

TEST(what_an_image_holds)
{
	static const struct {
		const char *path;
		mode_t mode;
	} expected[] = {
		{ "dev", S_IFDIR | 0755 },
		{ "dev/console", S_IFCHR | 0600 },
		{ "proc", S_IFDIR | 0555 },
		{ "sys", S_IFDIR | 0555 },
		{ "run", S_IFDIR | 0755 },
		{ "init", S_IFREG | 0755 },
		{ "sbin/kdump-loader", S_IFREG | 0755 },
		{ "lib/modules/a.ko", S_IFREG | 0644 },
	};
	_cleanup_(tree_remove) struct tree t = tree_make();
	_cleanup_(cpio_free) struct cpio c;

	make(&t);
	CHECK_EQ(contents_collect(&recipe, tree_path(&t, "/bin"), &contents, &fault), 0);
	for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
		const struct content *item = find(expected[i].path);

		CHECK(item && item->mode == expected[i].mode);
	}
	CHECK_EQ(find("dev/console")->dev, makedev(5, 1));
	CHECK(!find("etc/kdump.conf") && strstr(contents.config, "\nmodule /lib/modules/a.ko\n"));
	CHECK(!find("etc/ca.pem"));
	for (unsigned i = 0; i < contents.n; i++)
		CHECK(!(contents.item[i].mode & 022));
	CHECK_EQ(cpio_open(&c), 0);
	CHECK_EQ(contents_pack(&contents, &c, &fault), 0);
	CHECK(c.len > 1000);
	check_head(&c);
	contents_free(&contents);
	recipe_free(&recipe);
}

/* Of what a driver names that which is there goes in, and once; its signature stays behind it. */
TEST(firmware_and_signature)
{
	static const char info[] = "\0firmware=v/one.bin\0firmware=v/none.bin\0firmware=two.bin"
				   "\0firmware=../../etc/shadow\0firmware=v/one.bin";
	static const char signature[] = "~Module signature appended~\n";
	_cleanup_(tree_remove) struct tree t = tree_make();
	const struct content *module;
	FILE *to;

	make(&t);
	to = fopen(tree_path(&t, "/lib/modules/k/kernel/a.ko"), "a");
	fwrite(info, 1, sizeof(info), to);
	fwrite(signature, 1, sizeof(signature) - 1, to);
	fclose(to);
	tree_text(&t, "/lib/firmware/v/one.bin", "of all kernels");
	tree_text(&t, "/lib/firmware/k/v/one.bin", "of this kernel");
	/* which is for another processor */
	put_program_for(&t, "/usr/lib/firmware/two.bin", PT_LOAD, EM_XTENSA);
	tree_text(&t, "/etc/shadow", "secret");
	CHECK_EQ(contents_collect(&recipe, tree_path(&t, "/bin"), &contents, &fault), 0);
	CHECK(find("lib/firmware") && find("lib/firmware/v") && find("lib/firmware/two.bin"));
	CHECK_EQ(find("lib/firmware/v/one.bin")->len, 14);
	CHECK(!memcmp(find("lib/firmware/v/one.bin")->data, "of this kernel", 14));
	CHECK(!find("lib/firmware/v/none.bin") && !find("etc/shadow"));
	module = find("lib/modules/a.ko");
	CHECK(!memcmp(module->data + module->len - sizeof(signature) + 1, signature,
		      sizeof(signature) - 1));
	contents_free(&contents);
	recipe_free(&recipe);
}

/* What of the image is the same on all machines, and what is not. */
TEST(two_parts)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	make(&t);
	tree_text(&t, "/ca", "-----BEGIN CERTIFICATE-----\n");
	CHECK_EQ(recipe_files_pack(&recipe, "https_ca", "ca", "/ca", CONF_CA_FILE, 0644, NULL,
				   &fault),
		 0);
	contents.part = CONTENTS_HOST;
	CHECK_EQ(contents_collect(&recipe, tree_path(&t, "/bin"), &contents, &fault), 0);
	CHECK_EQ(contents.n, 2);
	CHECK(find("etc/ca.pem") && strstr(contents.config, "ext4 UUID=x"));
	contents_free(&contents);
	contents.part = CONTENTS_GENERIC;
	recipe_files_free(&recipe);
	CHECK_EQ(contents_collect(&recipe, tree_path(&t, "/bin"), &contents, &fault), 0);
	CHECK(find("init") && find("lib/modules/a.ko"));
	contents_free(&contents);
	contents.part = CONTENTS_ALL;
	recipe_free(&recipe);
}

static void check_refused(const struct tree *t, const char *words)
{
	fault = (struct fault){ 0 };
	CHECK(contents_collect(&recipe, tree_path(t, "/bin"), &contents, &fault) < 0);
	if (!strstr(fault.text, words)) {
		printf("reason: %s\n", fault.text);
		CHECK(!"the reason does not say what is expected");
	}
	contents_free(&contents);
}

TEST(programs_that_would_not_run)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	make(&t);
	put_program(&t, "/bin/kdump-init", PT_INTERP);
	check_refused(&t, "kdump-init is not linked statically");
	tree_text(&t, "/bin/kdump-init",
		  "#!/bin/sh\nthis is no program that could be PID 1 of an image\n");
	check_refused(&t, "kdump-init is no 64-bit ELF program");
	put_program(&t, "/bin/kdump-init", PT_LOAD);
	CHECK_EQ(truncate(tree_path(&t, "/bin/kdump-init"), 70), 0);
	check_refused(&t, "broken ELF");
	put_program(&t, "/bin/kdump-init", PT_LOAD);
	remove(tree_path(&t, "/bin/kdump-loader"));
	check_refused(&t, "kdump-loader is neither in");
	recipe_free(&recipe);
}

/* As `make install` lays it out: the loader beside kdump-mkinitrd, the program of the image alone elsewhere. */
/* With NET=0 it has no network: at the crash such a target would be none. */
TEST(a_program_without_the_network)
{
	_cleanup_(tree_remove) struct tree t = tree_make();
	FILE *to;

	make(&t);
	recipe.conf.targets[0] = (struct conf_target){
		.kind = CONF_TARGET_HTTPS, .type = "https", .where = "https://h/in", .line = 1
	};
	check_refused(&t, "https https://h/in: ");
	check_refused(&t, "/bin/kdump-init is built without the network (NET=0)");
	CHECK_EQ(fault.line, 1);
	recipe.conf.n_targets = 0;
	recipe.conf.beacons[0] = "udp://h";
	recipe.conf.n_beacons = 1;
	check_refused(&t, "beacon udp://h: ");
	recipe.conf.fence.nodes[0] = "n";
	recipe.conf.fence.n_nodes = 1;
	recipe.conf.fence.nodes_line = 7;
	check_refused(&t, "/bin/kdump-init is built without the network (NET=0)");
	CHECK_EQ(fault.line, 7);
	to = fopen(tree_path(&t, "/bin/kdump-init"), "a");
	fputs(CONF_NETWORK_READY, to);
	fclose(to);
	CHECK_EQ(contents_collect(&recipe, tree_path(&t, "/bin"), &contents, &fault), 0);
	contents_free(&contents);
	recipe_free(&recipe);
}

TEST(programs_as_installed)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	make(&t);
	remove(tree_path(&t, "/bin/kdump-init"));
	check_refused(&t, "kdump-init is neither in");
	put_program(&t, "/lib/kdump-init/kdump-init", PT_LOAD);
	CHECK_EQ(contents_collect(&recipe, tree_path(&t, "/bin"), &contents, &fault), 0);
	CHECK(find("init") && find("sbin/kdump-loader"));
	contents_free(&contents);
	recipe_free(&recipe);
}

/* An image for another architecture than this machine's: its root's own programs, or none at all. */
TEST(programs_of_another_architecture)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	make(&t);
	recipe.root = t.root;
	put_program_for(&t, "/lib/modules/k/kernel/a.ko", PT_NULL, EM_AARCH64);
	check_refused(&t, "/bin are for x86_64, kernel k is for aarch64");
	check_refused(&t, "make ARCH=aarch64 install DESTDIR=ROOT");
	put_program(&t, "/usr/lib/kdump-init/kdump-init", PT_LOAD);
	check_refused(&t, "/bin are for x86_64");
	put_program_for(&t, "/usr/local/lib/kdump-init/kdump-init", PT_LOAD, EM_AARCH64);
	put_program_for(&t, "/usr/local/sbin/kdump-loader", PT_LOAD, EM_AARCH64);
	CHECK_EQ(contents_collect(&recipe, tree_path(&t, "/bin"), &contents, &fault), 0);
	CHECK_EQ(find("init")->data[18], (char)EM_AARCH64);
	CHECK_EQ(find("sbin/kdump-loader")->data[18], (char)EM_AARCH64);
	contents_free(&contents);
	put_program(&t, "/opt/tool", PT_LOAD);
	recipe.conf.extra_bins[0] = "/opt/tool";
	recipe.conf.n_extra_bins = 1;
	check_refused(&t, "/opt/tool is for x86_64, kernel k is for aarch64");
	/* of 32 bits, which such a kernel may run */
	put_program_for(&t, "/opt/tool", PT_LOAD, EM_ARM);
	CHECK_EQ(contents_collect(&recipe, tree_path(&t, "/bin"), &contents, &fault), 0);
	contents_free(&contents);
	recipe_free(&recipe);
}

/* A kernel without modules says it in its configuration. */
TEST(programs_for_another_kernel)
{
	static char text[] = "CONFIG_RISCV=y\n";
	struct kconfig kernel = { .text = text };
	_cleanup_(tree_remove) struct tree t = tree_make();

	make(&t);
	recipe.mods.config = &kernel;
	check_refused(&t, "/bin are for x86_64, kernel k is for riscv64");
	recipe.mods.config = NULL;
	recipe_free(&recipe);
}

TEST(files_of_targets)
{
	_cleanup_(tree_remove) struct tree t = tree_make();

	make(&t);
	tree_text(&t, "/ca", "-----BEGIN CERTIFICATE-----\n");
	recipe.root = t.root;
	CHECK_EQ(recipe_files_pack(&recipe, "https_ca", "ca", "/ca", CONF_CA_FILE, 0644, NULL,
				   &fault),
		 0);
	CHECK_EQ(recipe_files_pack_data(&recipe, "key", "/etc/made/here", 0600, strdup("x"), 1,
					&fault),
		 0);
	CHECK_EQ(contents_collect(&recipe, tree_path(&t, "/bin"), &contents, &fault), 0);
	CHECK_STR(contents.inputs.item[contents.inputs.n - 1].kind, "ca");
	CHECK(find("etc/ca.pem") && find("etc/ca.pem")->mode == (S_IFREG | 0644));
	CHECK(find("etc/made") && find("etc/made/here")->mode == (S_IFREG | 0600));
	contents_free(&contents);
	recipe_free(&recipe);
}

TEST(what_hooks_need)
{
	static const struct {
		const char *path;
		mode_t mode;
	} expected[] = {
		{ "opt", S_IFDIR | 0755 },
		{ "opt/hooks", S_IFDIR | 0755 },
		/* writable by all and set-user-ID on the host */
		{ "opt/hooks/pre", S_IFREG | 0755 },
		{ "bin", S_IFDIR | 0755 },
		{ "bin/sh", S_IFREG | 0755 },
	};
	_cleanup_(tree_remove) struct tree t = tree_make();

	make(&t);
	put_program(&t, "/bin/sh", PT_LOAD);
	tree_text(&t, "/opt/hooks/pre", "#!/bin/sh\n");
	CHECK_EQ(chmod(tree_path(&t, "/bin/sh"), 0755), 0);
	CHECK_EQ(chmod(tree_path(&t, "/opt/hooks/pre"), 04777), 0);
	recipe.conf.hooks[CONF_HOOK_PRE] = "/opt/hooks/pre";
	CHECK_EQ(contents_collect(&recipe, tree_path(&t, "/bin"), &contents, &fault), 0);
	CHECK_STR(fault.text, "");
	for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
		const struct content *item = find(expected[i].path);

		CHECK(item && item->mode == expected[i].mode);
	}
	CHECK(strstr(contents.config, "\nkdump_pre /opt/hooks/pre\n"));
	contents_free(&contents);
	tree_text(&t, "/init", "#!/bin/sh\n");
	recipe.conf.hooks[CONF_HOOK_PRE] = NULL;
	recipe.conf.extra_bins[0] = "/init";
	recipe.conf.n_extra_bins = 1;
	check_refused(&t, "extra_bins /init: this path is the image's own");
	recipe_free(&recipe);
}
