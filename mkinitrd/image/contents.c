/* SPDX-License-Identifier: MIT */
#include "mkinitrd/image/contents.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/bytes.h"
#include "lib/cleanup.h"
#include "lib/conf/target/conf_kind.h"
#include "lib/conf/target/conf_ssh.h"
#include "lib/io.h"
#include "lib/log.h"
#include "mkinitrd/image/elf_machine.h"
#include "mkinitrd/kernel/kfile.h"
#include "mkinitrd/plan/image_conf.h"

#define PROGRAM_MAX_BYTES (64u << 20)
#define FIRMWARE_MAX	  24 /* of one driver */

/* Mount points, and folders of what follows; a path's folder must stand before it. */
static const struct {
	const char *path;
	mode_t mode;
	unsigned dev_major, dev_minor;
} skeleton[] = {
	{ "dev", S_IFDIR | 0755, 0, 0 },
	/* the kernel opens it for PID 1's first three descriptors, before devtmpfs is mounted */
	{ "dev/console", S_IFCHR | 0600, 5, 1 },
	{ "lib", S_IFDIR | 0755, 0, 0 },
	{ "lib/modules", S_IFDIR | 0755, 0, 0 },
	{ "mnt", S_IFDIR | 0755, 0, 0 },
	{ "proc", S_IFDIR | 0555, 0, 0 },
	{ "run", S_IFDIR | 0755, 0, 0 },
	{ "sbin", S_IFDIR | 0755, 0, 0 },
	{ "sys", S_IFDIR | 0555, 0, 0 },
	{ "tmp", S_IFDIR | 0700, 0, 0 },
};

static const struct {
	const char *file, *path;
	bool ssh; /* for targets with a key alone */
} programs_in_image[] = {
	{ "kdump-init", "init", false },
	{ "kdump-loader", "sbin/kdump-loader", false },
	{ "dbclient", &CONF_SSH_CLIENT[1], true },
};

/* Takes data over. */
static int add_item(struct contents *c, const char *path, mode_t mode, dev_t dev, char *data,
		    size_t len)
{
	struct content *item = &c->item[c->n];

	if (c->n == CONTENTS_MAX ||
	    (size_t)snprintf(item->path, sizeof(item->path), "%s", path) >= sizeof(item->path)) {
		free(data);
		return -E2BIG;
	}
	item->mode = mode & ~(mode_t)022;
	item->dev = dev;
	item->data = data;
	item->len = len;
	c->n++;
	return 0;
}

/* A dynamic program would find no loader and no libraries in the image. */
static int check_static(const char *path, const char *elf, size_t len, struct fault *f)
{
	Elf64_Ehdr head;
	Elf64_Phdr seg;

	if (len < sizeof(head) || memcmp(elf, ELFMAG, SELFMAG) || elf[EI_CLASS] != ELFCLASS64)
		return fault_set(f, -ENOEXEC, "%s is no 64-bit ELF program", path);
	memcpy(&head, elf, sizeof(head));
	if (head.e_phentsize != sizeof(seg) ||
	    !bytes_inside(head.e_phoff, (uint64_t)head.e_phnum * sizeof(seg), len))
		return fault_set(f, -ENOEXEC, "%s is a broken ELF program", path);
	for (unsigned i = 0; i < head.e_phnum; i++) {
		memcpy(&seg, elf + head.e_phoff + i * sizeof(seg), sizeof(seg));
		if (seg.p_type == PT_INTERP)
			return fault_set(f, -ENOEXEC, "%s is not linked statically", path);
	}
	return 0;
}

/* One that was built without the TLS library (make NET=0) would save nothing. */
static int check_sealing(const struct recipe *p, const char *path, const char *data, size_t len,
			 struct fault *f)
{
	if (!p->conf.encrypt.wanted ||
	    memmem(data, len, AGE_MAGIC "/X25519", sizeof(AGE_MAGIC) + 6))
		return 0;
	return fault_at(f, p->conf.encrypt.line, -ENOTSUP,
			"encrypt: %s cannot seal: it is built without the network (NET=0)", path);
}

/* Nor would it reach a server. */
static int check_network(const struct recipe *p, const char *path, const char *data, size_t len,
			 struct fault *f)
{
	if (memmem(data, len, CONF_NETWORK_READY, strlen(CONF_NETWORK_READY)))
		return 0;
	for (unsigned i = 0; i < p->conf.n_targets; i++) {
		const struct conf_target *t = &p->conf.targets[i];

		if (conf_kind(t)->place)
			return fault_at(f, t->line, -ENOTSUP,
					"%s %s: %s is built without the network (NET=0)", t->type,
					t->where, path);
	}
	if (p->conf.fence.n_nodes)
		return fault_at(f, p->conf.fence.nodes_line, -ENOTSUP,
				"fence_kdump_nodes: %s is built without the network (NET=0)", path);
	if (p->conf.n_beacons)
		return fault_set(f, -ENOTSUP, "beacon %s: %s is built without the network (NET=0)",
				 p->conf.beacons[0], path);
	return 0;
}

/* The path of one of our programs, beside kdump-mkinitrd as it is built, or as `make install` lays it out. */
static int find_program(const char *folder, const char *name, char *ret, size_t size,
			struct fault *f)
{
	const char *last = strrchr(folder, '/');
	int parent = last ? (int)(last - folder) : 0;

	if ((size_t)snprintf(ret, size, "%s/%s", folder, name) < size && !access(ret, F_OK))
		return 0;
	if ((size_t)snprintf(ret, size, "%.*s/lib/kdump-init/%s", parent, folder, name) < size &&
	    !access(ret, F_OK))
		return 0;
	return fault_set(f, -ENOENT,
			 "%s is neither in %s, where kdump-mkinitrd is, nor in "
			 "%.*s/lib/kdump-init: run make install again",
			 name, folder, parent, folder);
}

static uint16_t machine_of_file(const char *path)
{
	_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	char head[sizeof(Elf64_Ehdr)];
	ssize_t n = fd < 0 ? -1 : read(fd, head, sizeof(head));

	return n < 0 ? EM_NONE : elf_machine(head, (size_t)n);
}

/* Of a root for another architecture it is its own programs that are packed, where it has them. self is the folder otherwise. */
static const char *programs_folder(const struct recipe *p, const char *self, char *ret, size_t size)
{
	static const char *const folders[] = { "/usr/sbin", "/usr/local/sbin" };
	char own[PATH_MAX], other[PATH_MAX];
	struct fault none;

	if (!p->root[0] || find_program(self, "kdump-init", own, sizeof(own), &none))
		return self;
	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		if ((size_t)snprintf(ret, size, "%s%s", p->root, folders[i]) < size &&
		    !find_program(ret, "kdump-init", other, sizeof(other), &none) &&
		    machine_of_file(other) != machine_of_file(own))
			return ret;
	}
	return self;
}

static int add_programs(struct contents *c, const struct recipe *p, const char *folder,
			struct fault *f)
{
	char path[PATH_MAX];

	for (size_t i = 0; i < ARRAY_LEN(programs_in_image); i++) {
		_free_ char *data = NULL;
		size_t len;
		int r;

		if (programs_in_image[i].ssh ? !p->ssh_key || c->part == CONTENTS_GENERIC
					     : c->part == CONTENTS_HOST)
			continue;
		r = find_program(folder, programs_in_image[i].file, path, sizeof(path), f);
		if (r)
			return r;
		r = io_load_file(AT_FDCWD, path, PROGRAM_MAX_BYTES, &data, &len);
		if (r)
			return fault_set(f, r, "%s: %s", path, strerror(-r));
		r = check_static(path, data, len, f);
		if (!r && !i)
			r = check_network(p, path, data, len, f);
		if (!r && !i)
			r = check_sealing(p, path, data, len, f);
		r = r ? r : inputs_add(&c->inputs, "program", path, data, len);
		r = r ? r
		      : add_item(c, programs_in_image[i].path, S_IFREG | 0755, 0, keep_ptr(data),
				 len);
		if (r)
			return r;
	}
	return 0;
}

static bool has_item(const struct contents *c, const char *path)
{
	for (unsigned i = 0; i < c->n; i++) {
		if (!strcmp(c->item[i].path, path))
			return true;
	}
	return false;
}

/* The folders on the way to a file. */
static int add_folders(struct contents *c, const char *path)
{
	char folder[sizeof(c->item[0].path)];
	int r = 0;

	for (const char *p = path; (p = strchr(p, '/')) && !r; p++) {
		snprintf(folder, sizeof(folder), "%.*s", (int)(p - path), path);
		if (p > path && !has_item(c, folder))
			r = add_item(c, folder, S_IFDIR | 0755, 0, NULL, 0);
	}
	return r;
}

/* Where the kernel looks for firmware, in its order (fw_path of firmware_loader); %s is the release. */
static const char *const firmware_folders[] = { "/lib/firmware/updates/%s", "/lib/firmware/updates",
						"/lib/firmware/%s", "/lib/firmware",
						"/usr/lib/firmware" };
static const char *const packed[] = { "", ".zst", ".xz" };

static bool find_firmware(const struct recipe *p, const char *name, char *ret, size_t size)
{
	char folder[PATH_MAX];

	for (size_t i = 0; i < ARRAY_LEN(firmware_folders); i++) {
		snprintf(folder, sizeof(folder), firmware_folders[i], p->mods.kver);
		for (size_t k = 0; k < ARRAY_LEN(packed); k++) {
			if ((size_t)snprintf(ret, size, "%s%s/%s%s", p->root, folder, name,
					     packed[k]) < size &&
			    !access(ret, R_OK))
				return true;
		}
	}
	return false;
}

/* One file, unpacked: the crash kernel may not be able to. */
static int add_one_firmware(struct contents *c, const char *name, const char *file, struct fault *f)
{
	char path[sizeof(c->item[0].path)];
	char *data = NULL;
	size_t len;
	int r;

	if ((size_t)snprintf(path, sizeof(path), "lib/firmware/%s", name) >= sizeof(path)) {
		log_warn("firmware %s is not packed: its name is too long", name);
		return 0;
	}
	if (has_item(c, path))
		return 0;
	r = add_folders(c, path);
	r = r ? r : inputs_add_file(&c->inputs, "firmware", file, f);
	r = r ? r : kfile_read(file, &data, &len, f);
	return r ? r : add_item(c, path, S_IFREG | 0644, 0, data, len);
}

/* What a driver names and this system has: it needs one of them, or can do without. */
static int add_firmware(struct contents *c, const struct recipe *p, const char *module,
			const char *data, size_t len, struct fault *f)
{
	const char *first = kfile_firmware(data, len, NULL);
	unsigned found = 0, n = 0;
	char file[PATH_MAX];

	for (const char *name = first; name; name = kfile_firmware(data, len, name)) {
		int r;

		/* "../" leads out of the folder, a '*' is none's name */
		if (name[0] == '/' || strstr(name, "..") || strchr(name, '*') ||
		    !find_firmware(p, name, file, sizeof(file)))
			continue;
		if (n++ == FIRMWARE_MAX || c->n > CONTENTS_MAX - 2 * PROGRAMS_MAX - 32) {
			log_warn("%s names more firmware than is packed: %s and what follows is "
				 "left out",
				 module, name);
			break;
		}
		r = add_one_firmware(c, name, file, f);
		if (r)
			return r;
		found++;
	}
	if (first && !found)
		log_warn("%s may ask for firmware such as %s, which is not there", module, first);
	return 0;
}

static int add_modules(struct contents *c, const struct recipe *p, struct fault *f)
{
	char path[PATH_MAX * 2];

	for (unsigned i = 0; i < p->mods.n_list; i++) {
		const char *file = p->mods.list[i]->file;
		char *data = NULL;
		size_t len;
		int r;

		snprintf(path, sizeof(path), "%s/%s", p->mods.folder, file);
		r = inputs_add_file(&c->inputs, "module", path, f);
		r = r ? r : kfile_load(path, &data, &len, f);
		r = r ? r : add_firmware(c, p, file, data, len, f);
		r = r ? r : add_item(c, p->files[i] + 1, S_IFREG | 0644, 0, data, len);
		if (r)
			return r;
	}
	return 0;
}

/* In the generic part, if not here. */
static bool is_ours(const char *path)
{
	for (size_t i = 0; i < ARRAY_LEN(programs_in_image); i++) {
		if (!strcmp(path, programs_in_image[i].path))
			return true;
	}
	return false;
}

/* A file with a copy of data. */
static int add_copy(struct contents *c, const char *path, mode_t mode, const void *data, size_t len)
{
	_free_ char *copy = malloc(len + 1);
	int r;

	if (!copy)
		return -ENOMEM;
	memcpy(copy, data, len);
	r = add_folders(c, path);
	return r ? r : add_item(c, path, S_IFREG | mode, 0, keep_ptr(copy), len);
}

/* What targets need: certificates, keys. One that was made here has no file to be stale by. */
static int add_packed(struct contents *c, const struct recipe *p)
{
	int r = 0;

	for (unsigned i = 0; i < p->n_packed && !r; i++) {
		const struct recipe_file *row = &p->packed[i];

		r = add_copy(c, row->to + 1, row->mode, row->data, row->len);
		if (!r && row->from[0])
			r = inputs_add(&c->inputs, row->what, row->from, row->data, row->len);
	}
	return r;
}

/* What is ours stays ours: a hook may not take its place. */
static int add_helper(struct contents *c, struct program *item, struct fault *f)
{
	const char *path = item->path + 1;
	int r;

	if (has_item(c, path) || is_ours(path))
		return fault_set(f, -EEXIST, "%s %s: this path is the image's own; move it",
				 item->what, item->path);
	r = add_folders(c, path);
	/* a set-user-ID bit means nothing here, and only root writes */
	return r ? r
		 : add_item(c, path, S_IFREG | (item->mode & 0755), 0, keep_ptr(item->data),
			    item->len);
}

/* Of lists of public keys, which may change. */
static int note_key_lists(struct contents *c, const struct recipe *p, struct fault *f)
{
	const struct conf_encrypt *e = &p->conf.encrypt;
	char path[PATH_MAX * 2];
	int r = 0;

	for (unsigned i = 0; i < e->n_files && !r; i++) {
		snprintf(path, sizeof(path), "%s%s", p->root, e->files[i]);
		r = inputs_add_file(&c->inputs, "recipients", path, f);
	}
	return r;
}

/* A key of a keyring has no file. */
static int note_keys(struct contents *c, const struct recipe *p, struct fault *f)
{
	const struct conf_luks_key *k = p->conf.luks_keys;
	char path[PATH_MAX * 2];
	int r = 0;

	if (p->ssh_key) {
		snprintf(path, sizeof(path), "%s%s", p->root, p->ssh_key);
		r = inputs_add_file(&c->inputs, "key", path, f);
	}
	for (unsigned i = 0; i < p->conf.n_luks_keys && !r; i++) {
		snprintf(path, sizeof(path), "%s%s", p->root, k[i].file);
		if (k[i].file[0] == '/' && p->stack.keys_used & 1u << i)
			r = inputs_add_file(&c->inputs, "key", path, f);
	}
	return r;
}

static int add_keys(struct contents *c, const struct recipe *p)
{
	int r = 0;

	for (unsigned i = 0; i < p->stack.n_keys && !r; i++) {
		const struct stack_key *key = &p->stack.key[i];

		r = add_copy(c, key->file + 1, 0600, key->data, key->len);
	}
	return r;
}

/* What the config names; an interpreter or a library that was upgraded is none of its business. */
static int note_helper(struct contents *c, const struct recipe *p, const struct program *item)
{
	bool named = !strcmp(item->what, "extra_bins");
	char path[PATH_MAX + sizeof(item->path)];

	for (unsigned i = 0; i < CONF_HOOKS; i++)
		named = named || !strcmp(item->what, conf_hook_name(i));
	snprintf(path, sizeof(path), "%s%s", p->root, item->path);
	return named ? inputs_add(&c->inputs, "hook", path, item->data, item->len) : 0;
}

static void free_helpers(struct programs **p)
{
	if (*p)
		programs_free(*p);
	free(*p);
}

static int add_helpers(struct contents *c, const struct recipe *p, struct fault *f)
{
	_cleanup_(free_helpers) struct programs *helpers = calloc(1, sizeof(*helpers));
	int r;

	if (!helpers)
		return -ENOMEM;
	r = programs_collect(&p->conf, p->root, helpers, f);
	for (unsigned i = 0; i < helpers->n && !r; i++) {
		r = note_helper(c, p, &helpers->item[i]);
		r = r ? r : add_helper(c, &helpers->item[i], f);
	}
	return r;
}

/* The crash kernel's: its modules are, or it has none and says it itself. */
static uint16_t machine_wanted(const struct contents *c, const struct recipe *p)
{
	uint16_t machine = p->mods.config ? elf_machine_of_kernel(p->mods.config) : EM_NONE;

	for (unsigned i = 0; i < c->n && machine == EM_NONE; i++) {
		if (!strncmp(c->item[i].path, "lib/modules/", 12))
			machine = elf_machine(c->item[i].data, c->item[i].len);
	}
	return machine;
}

/* What is for another architecture would not run in the capture. folder: where our programs are from. */
static int check_machines(const struct contents *c, const struct recipe *p, const char *folder,
			  struct fault *f)
{
	uint16_t wanted = machine_wanted(c, p);
	const char *name = elf_machine_name(wanted);

	for (unsigned i = 0; i < c->n && wanted != EM_NONE; i++) {
		const struct content *item = &c->item[i];
		uint16_t machine = elf_machine(item->data, item->len);

		/* firmware is for another processor */
		if (machine == wanted || !strncmp(item->path, "lib/firmware/", 13))
			continue;
		if (is_ours(item->path) && machine != EM_NONE)
			return fault_set(f, -ENOEXEC,
					 "the programs of %s are for %s, kernel %s is for %s: with "
					 "-r ROOT put its own into ROOT (make ARCH=%s install "
					 "DESTDIR=ROOT PREFIX=/usr)",
					 folder, elf_machine_name(machine), p->mods.kver, name,
					 name);
		if (!elf_machine_runs(wanted, machine))
			return fault_set(f, -ENOEXEC, "/%s is for %s, kernel %s is for %s",
					 item->path, elf_machine_name(machine), p->mods.kver, name);
	}
	return 0;
}

/* What is the same on all machines. */
static int add_same(const struct recipe *p, const char *self, struct contents *c, struct fault *f)
{
	int r = 0;

	for (size_t i = 0; i < ARRAY_LEN(skeleton) && !r; i++)
		r = add_item(c, skeleton[i].path, skeleton[i].mode,
			     makedev(skeleton[i].dev_major, skeleton[i].dev_minor), NULL, 0);
	r = r ? r : add_programs(c, p, self, f);
	return r ? r : add_modules(c, p, f);
}

int contents_collect(const struct recipe *p, const char *self, struct contents *ret,
		     struct fault *f)
{
	char folder[PATH_MAX];
	int r;

	self = programs_folder(p, self, folder, sizeof(folder));
	ret->n = 0;
	ret->config = NULL;
	ret->inputs.root = p->root;
	r = ret->part == CONTENTS_HOST ? add_programs(ret, p, self, f) : add_same(p, self, ret, f);
	r = r ? r : image_conf_write(&p->conf, p->mods.kver, &ret->config, &ret->config_len, f);
	r = r ? r : add_packed(ret, p);
	r = r ? r : note_key_lists(ret, p, f);
	r = r ? r : note_keys(ret, p, f);
	r = r ? r : add_keys(ret, p);
	r = r ? r : add_helpers(ret, p, f);
	return r ? r : check_machines(ret, p, self, f);
}

int contents_pack(const struct contents *c, struct cpio *to, struct fault *f)
{
	int r = 0;

	for (unsigned i = 0; i < c->n && !r; i++)
		r = cpio_add(to, c->item[i].path, c->item[i].mode, c->item[i].dev, c->item[i].data,
			     c->item[i].len, f);
	return r ? r : cpio_finish(to, f);
}

int contents_head(const struct contents *c, const struct recipe *p, const void *payload, size_t len,
		  size_t unpacked, unsigned n_modules, char **ret, size_t *ret_len, struct fault *f)
{
	_free_ struct image_head *h = calloc(1, sizeof(*h));
	char digest[SHA256_TEXT];
	struct sha256 sum;
	int r;

	if (!h)
		return -ENOMEM;
	sha256_init(&sum);
	sha256_add(&sum, payload, len);
	sha256_text(&sum, digest);
	*h = (struct image_head){
		.version = KDUMP_VERSION,
		.release = p->mods.kver,
		.n_modules = n_modules,
		.payload_bytes = len,
		.payload_sha256 = digest,
		.unpacked_bytes = unpacked,
		.other_root = c->inputs.root[0],
		.generic = c->part == CONTENTS_GENERIC,
		.n_inputs = c->inputs.n,
		.config = c->config,
		.config_bytes = c->config_len,
	};
	memcpy(h->input, c->inputs.item, sizeof(h->input));
	r = image_head_write(h, ret, ret_len);
	if (r)
		return fault_set(f, r, "the image's head cannot be written: %s",
				 r == -E2BIG ? "the config is too long" : strerror(-r));
	return 0;
}

void contents_free(struct contents *c)
{
	free(c->config);
	c->config = NULL;
	inputs_free(&c->inputs);
	while (c->n) {
		struct content *item = &c->item[--c->n];

		/* a key, or nothing that minds */
		if (item->data && item->mode == (S_IFREG | 0600))
			explicit_bzero(item->data, item->len);
		free(item->data);
	}
}
