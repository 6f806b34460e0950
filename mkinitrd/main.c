/* SPDX-License-Identifier: MIT */
/*
 * kdump-mkinitrd: reads kdump.conf, finds what its targets need, packs the capture image.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "lib/bytes.h"
#include "lib/cleanup.h"
#include "lib/clock.h"
#include "lib/conf/conf.h"
#include "lib/io.h"
#include "lib/log.h"
#include "mkinitrd/convert/convert.h"
#include "mkinitrd/host/netstate.h"
#include "mkinitrd/image/contents.h"
#include "mkinitrd/image/generic.h"
#include "mkinitrd/image/outfile.h"
#include "mkinitrd/meaning.h"
#include "mkinitrd/options.h"
#include "mkinitrd/plan/recipe.h"
#include "mkinitrd/plan/recipe_generic.h"

#define CONF_MAX_BYTES (1u << 20)
#define EXIT_USAGE     2

/* The loaded config: conf's strings lie in text. */
struct config {
	char *text;
	struct conf conf;
};

/* Without this a mistyped ROOT would be one without kdump.conf, whose defaults hold. */
static int check_root(const char *root, struct fault *f)
{
	struct stat st;

	if (stat(*root ? root : "/", &st))
		return fault_set(f, -errno, "-r %s: %s", root, strerror(errno));
	return S_ISDIR(st.st_mode) ? 0
				   : fault_set(f, -ENOTDIR, "-r %s: %s", root, strerror(ENOTDIR));
}

/* The config as a file that the image is made from; one that is not there is as good as empty. */
static int note_config(const struct mkinitrd_options *o, struct inputs *in, struct fault *f)
{
	in->root = o->root ? o->root : "";
	if (access(o->conf, F_OK) && errno == ENOENT)
		return inputs_add(in, "conf", o->conf, "", 0);
	return inputs_add_file(in, "conf", o->conf, f);
}

static void log_findings(const char *path, const struct conf_findings *found)
{
	char text[CONF_SAY_BYTES];

	for (unsigned i = 0; i < found->n; i++) {
		conf_say(&found->at[i], text);
		if (found->at[i].is_note)
			log_info("%s: note: %s", path, text);
		else
			log_err("%s: %s", path, text);
	}
}

/* kdump-utils runs all programs of these folders. */
static void warn_of_hook_folders(const char *root)
{
	static const char *const folders[] = { "pre", "post", "emergency" };
	char path[PATH_MAX];

	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		_closedir_ DIR *d = NULL;
		struct dirent *e = NULL;

		snprintf(path, sizeof(path), "%s/etc/kdump/%s.d", root, folders[i]);
		d = opendir(path);
		while (d && (e = readdir(d)) && e->d_name[0] == '.')
			;
		if (d && e)
			log_warn("%s: %s and what else lies there is not run: name one program in "
				 "a line "
				 "kdump_%s",
				 path, e->d_name, folders[i]);
	}
}

/* optional: without the file the defaults hold, as with an empty one. */
static int load_config(const char *path, bool optional, struct config *ret, struct fault *f)
{
	struct conf_findings found;
	size_t len;
	int r = io_load_file(AT_FDCWD, path, CONF_MAX_BYTES, &ret->text, &len);

	if (r == -ENOENT && optional) {
		log_info("%s: not there: defaults are used", path);
		conf_init(&ret->conf);
		return 0;
	}
	if (r)
		return fault_set(f, r, "%s: %s", path, strerror(-r));
	r = conf_parse(ret->text, len, &ret->conf, &found);
	log_findings(path, &found);
	return r ? fault_set(f, r, "%s: %u error%s; no image was made", path, found.n_errors,
			     found.n_errors == 1 ? "" : "s")
		 : 0;
}

/* The one kernel that ROOT has modules of. */
static int only_kernel(const char *root, char *ret, size_t size, struct fault *f)
{
	char path[PATH_MAX], file[PATH_MAX * 2];
	_closedir_ DIR *d = NULL;
	unsigned n = 0;

	snprintf(path, sizeof(path), "%s/lib/modules", root);
	/* of a root whose /lib is no link to the other one */
	if (access(path, F_OK))
		snprintf(path, sizeof(path), "%s/usr/lib/modules", root);
	d = opendir(path);
	for (struct dirent *e; d && (e = readdir(d));) {
		/* a removed kernel may have left its folder */
		snprintf(file, sizeof(file), "%s/%s/modules.builtin", path, e->d_name);
		if (e->d_name[0] == '.' || access(file, F_OK))
			continue;
		snprintf(ret, size, "%s", e->d_name);
		n++;
	}
	if (!n)
		return fault_set(
			f, -ENOENT,
			"%s/lib/modules has no kernel; one without modules is named by its "
			"file, as -K %s/boot/Image",
			root, root);
	if (n > 1)
		return fault_set(f, -EINVAL, "%s has %u kernels; choose one with -k", path, n);
	return 0;
}

/* generic: the release of a generic image, or NULL. kernel is filled in for one without modules, named or running. */
static int find_kver(const struct mkinitrd_options *o, const char *generic, char *ret, size_t size,
		     bool *ret_same, struct kconfig *kernel, struct fault *f)
{
	struct utsname u;
	int r = 0;

	uname(&u);
	*ret_same = false;
	if (o->crash_kernel) {
		r = kconfig_load(o->crash_kernel, kernel, f);
		snprintf(ret, size, "%s", r ? "" : kernel->release);
		return r;
	}
	if (generic)
		snprintf(ret, size, "%s", generic);
	else if (o->kver)
		snprintf(ret, size, "%s", o->kver);
	else if (o->root)
		r = only_kernel(o->root, ret, size, f);
	else
		snprintf(ret, size, "%s", u.release);
	if (r)
		return r;
	*ret_same = !strcmp(ret, u.release);
	if (*ret_same && !o->root && !generic && !kmods_there("", ret))
		r = kconfig_of_running("", ret, kernel, f);
	return r;
}

/* The folder that this program lies in. Where a root is being made there may be no /proc. */
static int find_self(char *ret, size_t size, struct fault *f)
{
	ssize_t n = readlink("/proc/self/exe", ret, size - 1);
	const char *called = (const char *)getauxval(AT_EXECFN);

	if (n < 0 && called && *called == '/' && strlen(called) < size)
		n = stpcpy(ret, called) - ret;
	if (n < 0)
		return fault_set(f, -errno, "/proc/self/exe: %s: mount /proc", strerror(errno));
	ret[n] = '\0';
	*strrchr(ret, '/') = '\0';
	return 0;
}

static void report_net(const struct conf_net *net)
{
	printf("net: %s%s%s%s", net->iface, net->dhcp ? " dhcp" : "", net->dhcp6 ? " dhcp6" : "",
	       net->slaac ? " slaac" : "");
	for (unsigned i = 0; i < net->n_addresses; i++)
		printf(" %s", net->addresses[i]);
	putchar('\n');
}

static void report(const struct recipe *p, const struct contents *c)
{
	printf("kernel %s, dump level %u, path %s\n", p->mods.kver, p->conf.collector.levels[0],
	       p->conf.path);
	for (unsigned i = 0; i < p->conf.n_targets; i++)
		printf("target %u: %s %s\n", i + 1, p->conf.targets[i].type,
		       p->conf.targets[i].where);
	for (unsigned i = 0; i < p->conf.n_nets; i++)
		report_net(&p->conf.nets[i]);
	for (unsigned i = 0; i < p->conf.encrypt.n_keys; i++)
		printf("sealed to: %s\n", p->conf.encrypt.keys[i]);
	for (unsigned i = 0; i < p->conf.fence.n_nodes; i++)
		printf("fence_kdump: %s\n", p->conf.fence.nodes[i]);
	for (unsigned i = 0; i < c->n; i++) {
		if (S_ISREG(c->item[i].mode))
			printf("%9.1f KiB  /%s\n", (double)c->item[i].len / 1024, c->item[i].path);
	}
	printf("%9.1f KiB  /%s\n", (double)c->config_len / 1024, IMAGE_CONFIG);
}

/* The packed files, and what they are unpacked. A machine's part may have none. */
struct payload {
	char *data;
	size_t len, unpacked;
};

static int pack(const struct contents *c, struct payload *ret, struct fault *f)
{
	_cleanup_(cpio_free) struct cpio cpio = { .a = NULL };
	int r;

	*ret = (struct payload){ .data = NULL };
	if (!c->n)
		return 0;
	r = cpio_open(&cpio);
	r = r ? r : contents_pack(c, &cpio, f);
	r = r ? r : cpio_compress(&cpio, &ret->data, &ret->len, f);
	ret->unpacked = cpio.len;
	return r;
}

/* Packs, compresses and, if asked to, writes: the generic part, if there is one, the head, the payload. */
static int make_image(const struct contents *c, const struct recipe *p, const struct generic *g,
		      const struct mkinitrd_options *o, uint64_t began_ms, struct fault *f)
{
	_free_ char *head = NULL, *image = NULL;
	size_t before = g->len ? bytes_round_up(g->len, IMAGE_HEAD_ALIGN) : 0;
	size_t head_len = 0, len;
	struct payload own;
	int r = pack(c, &own, f);
	_free_ char *payload = own.data;

	own.unpacked += g->head.unpacked_bytes;
	r = r ? r
	      : contents_head(c, p, payload, own.len, own.unpacked,
			      g->len ? g->head.n_modules : p->mods.n_list, &head, &head_len, f);
	if (r)
		return r;
	len = before + head_len + own.len;
	image = calloc(1, len);
	if (!image)
		return -ENOMEM;
	if (g->len)
		memcpy(image, g->data, g->len);
	memcpy(image + before, head, head_len);
	if (own.len)
		memcpy(image + before + head_len, payload, own.len);
	if (!o->list)
		r = outfile_write(o->out, image, len, f);
	if (!r)
		printf("%9.1f KiB  %s (%.1f KiB unpacked, %.2f s)\n", (double)len / 1024,
		       o->list ? "the image, not written" : o->out,
		       (double)(before + head_len + own.unpacked) / 1024,
		       (double)(clock_mono_ms() - began_ms) / 1e3);
	return r;
}

static void free_contents(struct contents **c)
{
	if (*c)
		contents_free(*c);
	free(*c);
}

/* What the image must hold: of this machine, or of any. */
static int make_recipe(const struct mkinitrd_options *o, const struct conf *conf, const char *kver,
		       const struct kconfig *kernel, const struct machine *here, struct recipe *p,
		       struct fault *f)
{
	const char *root = o->root ? o->root : "";

	return o->generic ? recipe_generic_make(conf, root, kver, p, f)
			  : recipe_make(conf, o->root ? NULL : here, root, kver,
					kernel->text ? kernel : NULL, p, f);
}

/* The recipe is there: the files, and what is asked for of them. */
static int finish(const struct mkinitrd_options *o, const struct config *config,
		  const struct recipe *p, const struct generic *g, const struct machine *here,
		  struct contents *c, uint64_t began_ms, struct fault *f)
{
	char self[PATH_MAX];
	int r = g->len ? generic_check_modules(g, o->host, p, f) : 0;

	r = r ? r : find_self(self, sizeof(self), f);
	r = r ? r : contents_collect(p, self, c, f);
	if (r)
		return r;
	if (o->check) {
		meaning_print(stdout, &config->conf, p, o->root ? NULL : here);
		return 0;
	}
	report(p, c);
	return make_image(c, p, g, o, began_ms, f);
}

static int build(const struct mkinitrd_options *o, const struct config *config,
		 const struct inputs *noted, struct fault *f)
{
	_cleanup_(free_contents) struct contents *c = calloc(1, sizeof(*c));
	_free_ struct recipe *p = calloc(1, sizeof(*p));
	_cleanup_(generic_free) struct generic g = { .data = NULL };
	_cleanup_(kconfig_free) struct kconfig kernel = { .text = NULL };
	struct machine here = { .root = "" };
	_free_ struct netstate *net = calloc(1, sizeof(*net));
	uint64_t began_ms = clock_mono_ms();
	char kver[NAME_MAX + 1];
	int r = c && p ? 0 : -ENOMEM;

	r = r || net ? r : -ENOMEM;
	if (!r && !netstate_read(net))
		here.net = net;
	if (!r)
		c->inputs = *noted;
	if (!r && o->host)
		r = generic_read(o->host, &g, f);
	if (r)
		return r;
	c->part = o->generic ? CONTENTS_GENERIC : o->host ? CONTENTS_HOST : CONTENTS_ALL;
	r = find_kver(o, g.head.release, kver, sizeof(kver), &here.same_kernel, &kernel, f);
	p->config = o->conf;
	r = r ? r : make_recipe(o, &config->conf, kver, &kernel, &here, p, f);
	if (r)
		return r;
	r = finish(o, config, p, &g, &here, c, began_ms, f);
	recipe_free(p);
	return r;
}

static void print_usage(FILE *to)
{
	fprintf(to,
		"usage: kdump-mkinitrd %s\nPacks the crash capture image that kdump.conf asks "
		"for.\n",
		mkinitrd_syntax);
	options_print(to, mkinitrd_option_rows, 0);
}

/* 0: go on; else what to exit with, plus 1. */
static int parse_options(int argc, char **argv, struct mkinitrd_options *o)
{
	int r = options_parse(mkinitrd_option_rows, 0, argc, argv, o);

	if (r == OPTIONS_HELP)
		print_usage(stdout);
	else if (r == OPTIONS_VERSION)
		puts("kdump-mkinitrd " KDUMP_VERSION);
	if (r > OPTIONS_DONE)
		return 1 + EXIT_SUCCESS;
	/* "/" is "", as names below it begin with a slash; the word is argv's */
	for (size_t n = o->root ? strlen(o->root) : 0; n && o->root[n - 1] == '/'; n--)
		((char *)o->root)[n - 1] = '\0';
	if (!r && o->host && (o->generic || o->kver || o->crash_kernel))
		log_err("--host goes with none of --generic, -k and -K");
	else if (!r && o->generic && o->crash_kernel)
		log_err("--generic is for kernels with modules, -K for one without");
	else if (!r && optind == argc && (o->out || o->list || o->check || o->convert))
		return 0;
	else if (!r)
		log_err("%s", optind < argc
				      ? "too many words"
				      : "-o OUT, --list, --check or --convert FILE is needed");
	print_usage(stderr);
	return 1 + EXIT_USAGE;
}

/* What was printed counts as much as what was done. */
static int close_output(int status)
{
	int r = io_flush(stdout);

	if (r)
		log_err("standard output: %s", strerror(-r));
	return r && !status ? EXIT_FAILURE : status;
}

/* The kdump.conf goes to stdout, what is refused to stderr. */
static int run_convert(const char *file)
{
	_free_ char *text = NULL;
	struct fault f = { 0 };
	size_t len;
	int r = io_load_file(AT_FDCWD, file, CONF_MAX_BYTES, &text, &len);

	if (r)
		fault_set(&f, r, "%s", strerror(-r));
	else
		r = convert_settings(text, file, stdout, &f);
	if (r && f.line)
		log_err("%s: line %u: %s", file, f.line, f.text);
	else if (r)
		log_err("%s: %s", file, f.text);
	return close_output(r ? EXIT_FAILURE : EXIT_SUCCESS);
}

int main(int argc, char **argv)
{
	struct mkinitrd_options o = { .conf = NULL };
	struct config config = { .text = NULL };
	static struct inputs noted;
	struct fault f = { 0 };
	char conf_path[PATH_MAX];
	bool optional;
	int r;

	log_init("kdump-mkinitrd", LOG_INFO);
	/* who started this may ignore it, and then no child's end is told */
	signal(SIGCHLD, SIG_DFL);
	r = parse_options(argc, argv, &o);
	if (r)
		return close_output(r - 1);
	if (o.convert)
		return run_convert(o.convert);
	snprintf(conf_path, sizeof(conf_path), "%s/etc/kdump.conf", o.root ? o.root : "");
	/* noted before it is read: a change in between makes the image stale, not wrong */
	optional = !o.conf;
	o.conf = o.conf ? o.conf : conf_path;
	r = o.root ? check_root(o.root, &f) : 0;
	r = r ? r : note_config(&o, &noted, &f);
	r = r ? r : load_config(o.conf, optional, &config, &f);
	if (!r)
		warn_of_hook_folders(o.root ? o.root : "");
	r = r ? r : build(&o, &config, &noted, &f);
	free(config.text);
	if (r && f.line)
		log_err("%s: line %u: %s", o.conf, f.line, f.text);
	else if (r)
		log_err("%s", f.text[0] ? f.text : strerror(-r));
	return close_output(r ? EXIT_FAILURE : EXIT_SUCCESS);
}
