/* SPDX-License-Identifier: MIT */
#include "mkinitrd/meaning.h"

#include <inttypes.h>
#include <string.h>
#include <sys/statvfs.h>

#include "lib/block/flash.h"
#include "lib/block/mounts.h"
#include "lib/cleanup.h"

#define GIB 1073741824.0

/* ---------------------------------------------------------------- targets */

/* The line that the user wrote; NULL: the target was added. */
static const struct conf_target *find_written(const struct conf *user, unsigned line)
{
	for (unsigned i = 0; i < user->n_targets && line; i++) {
		if (user->targets[i].line == line)
			return &user->targets[i];
	}
	return NULL;
}

static const char not_looked_at[] = "   not looked at: the image is for another root\n";

static void print_room(FILE *to, const char *root, const char *folder)
{
	char path[PATH_MAX * 2];
	struct statvfs v;

	snprintf(path, sizeof(path), "%s%s", root, folder);
	if (!statvfs(path, &v))
		fprintf(to, ", %.1f of %.1f GiB free",
			(double)v.f_bavail * (double)v.f_frsize / GIB,
			(double)v.f_blocks * (double)v.f_frsize / GIB);
}

/* Where a file system is mounted now (NULL: nowhere), and where its dumps would be seen. */
static void print_mount(FILE *to, const struct machine *m, const struct mounted *where,
			const char *path)
{
	char folder[PATH_MAX];

	if (!where) {
		fputs(", which is not mounted\n", to);
		return;
	}
	fprintf(to, ", mounted on %s", where->point);
	print_room(to, m->root, where->point);
	if (mounts_show(where, path, folder))
		fprintf(to, "; dumps lie in %s", folder);
	fputc('\n', to);
}

static void print_disk(FILE *to, const struct machine *m, const char *name, const char *path)
{
	char node[NAME_MAX + 8];
	struct mounted where;
	bool same, mounted;

	if (!blockname_node(name, node, sizeof(node)))
		return;
	fprintf(to, "   now %s", node);
	mounted = !mounts_of_device(m->root, node, path, &where, &same);
	print_mount(to, m, mounted ? &where : NULL, path);
}

static void print_ubi(FILE *to, const struct machine *m, const struct conf_target *t,
		      const char *path)
{
	_fclose_ FILE *mounts = NULL;
	struct ubi_volume v;
	struct mounted where;
	bool mounted = false;

	if (!m || ubi_find(m->root, t->where, &v, NULL, 0)) {
		fputs(not_looked_at, to);
		return;
	}
	while (!mounted && mounts_next(m->root, &mounts, &where))
		mounted = ubi_is_mount(m->root, &where, &v);
	fprintf(to, "   now ubi%u_%u on mtd%u", v.device, v.id, v.mtd);
	print_mount(to, m, mounted ? &where : NULL, path);
}

static void print_device(FILE *to, const struct machine *m, const struct conf *c,
			 const struct conf_target *t)
{
	struct fault ignored = { 0 };
	struct machine_disk disk;

	if (!m) {
		fputs(not_looked_at, to);
		return;
	}
	if (machine_find_disk(m, t->where, &disk, &ignored)) {
		fputs("   made by the capture, from the parts that are listed in the image\n", to);
		return;
	}
	if (t->kind == CONF_TARGET_RAW)
		fprintf(to, "   now /dev/%s; the dump begins at its first byte%s\n", disk.name,
			t->overwrite ? ", whatever it holds"
				     : ", unless it holds anything by then");
	else
		print_disk(to, m, disk.name, c->path);
}

static void print_target(FILE *to, unsigned n, const struct conf *user, const struct recipe *p,
			 const struct machine *m)
{
	const struct conf_target *t = &p->conf.targets[n];
	const struct conf_target *written = find_written(user, t->line);

	fprintf(to, "%u. %s %s%s%s\n", n + 1, t->type, t->where, t->subvol ? " subvol=" : "",
		t->subvol ? t->subvol : "");
	if (!t->line)
		fputs("   no line says so: it is the file system that the dumps, or the root, lie "
		      "on\n",
		      to);
	else if (written && strcmp(written->where, t->where))
		fprintf(to, "   line %u says %s %s, which has that name for good\n", t->line,
			written->type, written->where);
	else
		fprintf(to, "   line %u\n", t->line);
	switch (t->kind) {
	case CONF_TARGET_FS:
	case CONF_TARGET_RAW:
		print_device(to, m, &p->conf, t);
		break;
	case CONF_TARGET_UBI:
		print_ubi(to, m, t, p->conf.path);
		break;
	case CONF_TARGET_SHARE:
		fprintf(to, "   a folder of this virtual machine's host; dumps lie in %s of it\n",
			p->conf.path);
		break;
	default:
		fputs("   a server, over the network below\n", to);
	}
}

static void print_targets(FILE *to, const struct conf *user, const struct recipe *p,
			  const struct machine *m)
{
	fprintf(to, "A dump goes to %s:\n",
		p->conf.n_targets == 1 ? "this target" : "the first of these that takes it whole");
	for (unsigned i = 0; i < p->conf.n_targets; i++)
		print_target(to, i, user, p, m);
}

static void print_one_net(FILE *to, const struct conf_net *net)
{
	fprintf(to, "Network: the interface %s%s%s%s", net->iface, net->dhcp ? ", by DHCP" : "",
		net->dhcp6 ? ", by DHCPv6" : "", net->slaac ? ", as routers announce" : "");
	for (unsigned i = 0; i < net->n_addresses; i++)
		fprintf(to, ", %s", net->addresses[i]);
	for (unsigned i = 0; i < net->n_routes; i++) {
		if (!net->routes[i].to)
			fprintf(to, ", gateway %s", net->routes[i].via);
	}
	for (unsigned i = 0; i < net->n_dns; i++)
		fprintf(to, ", DNS %s", net->dns[i]);
	fputc('\n', to);
}

static void print_net(FILE *to, const struct conf *c)
{
	for (unsigned i = 0; i < c->n_nets; i++)
		print_one_net(to, &c->nets[i]);
	/* what is behind '?' may be a secret */
	for (unsigned i = 0; i < c->n_beacons; i++)
		fprintf(to, "  %.*s is told of the crash and of its end\n",
			(int)strcspn(c->beacons[i], "?"), c->beacons[i]);
	for (unsigned i = 0; i < c->fence.n_nodes; i++)
		fprintf(to, "  fence_kdump of %s is told, every %u s\n", c->fence.nodes[i],
			c->fence.interval_s);
}

/* ---------------------------------------------------------------- the dump */

/* Bits of a dump level, as makedumpfile's. */
static const char *const left_out[] = { "zero pages", "clean cache", "cache of private mappings",
					"memory of processes", "free pages" };

static void print_level(FILE *to, unsigned level)
{
	bool first = true;

	for (size_t bit = 0; bit < ARRAY_LEN(left_out); bit++) {
		if (!(level & 1u << bit))
			continue;
		fprintf(to, "%s%s", first ? "all but " : ", ", left_out[bit]);
		first = false;
	}
	fputs(first ? "all of the memory" : "", to);
}

static void print_dump(FILE *to, const struct conf *c)
{
	static const char *const formats[] = {
		[DUMP_KDUMP] = "a kdump-compressed file",
		[DUMP_KDUMP_CLASSIC] = "a kdump-compressed file of the classic order",
		[DUMP_ELF] = "an ELF core",
		[DUMP_ELF_ZST] = "an ELF core in zstd frames",
	};
	static const char *const codecs[] = { [DUMP_STORED] = "not compressed",
					      [DUMP_ZSTD] = "compressed with zstd",
					      [DUMP_ZLIB] = "compressed with zlib",
					      [DUMP_LZO] = "compressed with lzo" };
	const struct collector *k = &c->collector;

	fputs("Saved: the log first, then ", to);
	print_level(to, k->levels[0]);
	fprintf(to, ", as %s", formats[k->format]);
	if (k->format <= DUMP_KDUMP_CLASSIC)
		fprintf(to, ", %s", codecs[k->codec]);
	fputc('\n', to);
	for (unsigned i = 1; i < k->n_levels; i++) {
		fputs("  where there is no room for that: ", to);
		print_level(to, k->levels[i]);
		fputc('\n', to);
	}
	if (c->encrypt.n_keys)
		fprintf(to,
			"  sealed to %u public key%s of age, by whose secret half alone it is "
			"opened\n",
			c->encrypt.n_keys, c->encrypt.n_keys > 1 ? "s" : "");
}

static void print_retention(FILE *to, const struct conf_keep *k)
{
	if (!k->dumps && !k->bytes && !k->min_free) {
		fputs("Old dumps: none is ever removed\n", to);
	} else {
		fputs("Old dumps go, the oldest first:\n", to);
		if (k->dumps)
			fprintf(to, "  when there are more than %u\n", k->dumps);
		if (k->bytes)
			fprintf(to, "  when they are larger than %.1f GiB together\n",
				(double)k->bytes / GIB);
		if (k->min_free)
			fprintf(to, "  when less than %.1f GiB would stay free\n",
				(double)k->min_free / GIB);
		fputs("  and when the new one would not fit\n", to);
	}
	if (k->loop_crashes)
		fprintf(to, "From crash %u within %u minutes on only the log is saved\n",
			k->loop_crashes, k->loop_minutes);
}

/* ---------------------------------------------------------------- around it */

static void print_time(FILE *to, unsigned s)
{
	if (s >= 3600 && !(s % 3600))
		fprintf(to, "%u h", s / 3600);
	else if (s >= 60 && !(s % 60))
		fprintf(to, "%u min", s / 60);
	else
		fprintf(to, "%u s", s);
}

static void print_limits(FILE *to, const struct conf_limits *l)
{
	const struct {
		const char *what;
		unsigned s;
	} rows[] = {
		{ "a disk, a link or a server is waited for", l->target_timeout_s },
		{ "a dump that does not move", l->stall_timeout_s },
		{ "another step", l->step_timeout_s },
		{ "all of one target", l->target_deadline_s },
		{ "all of the capture", l->deadline_s },
	};

	fputs("Time: ", to);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		fprintf(to, "%s%s ", i ? ", " : "", rows[i].what);
		print_time(to, rows[i].s);
	}
	fputs(" at most\n", to);
}

static void print_hooks(FILE *to, const struct conf *c)
{
	static const char *const when[CONF_HOOKS] = {
		[CONF_HOOK_PRE] = "before the dump, which it can refuse",
		[CONF_HOOK_POST] = "after it",
		[CONF_HOOK_EMERGENCY] = "when no target took it",
	};

	for (unsigned i = 0; i < CONF_HOOKS; i++) {
		if (c->hooks[i])
			fprintf(to, "Hook: %s runs %s, for %u s at most\n", c->hooks[i], when[i],
				c->limits.hook_timeout_s);
	}
}

static void print_end(FILE *to, const struct conf *c)
{
	static const char *const words[] = {
		[CONF_REBOOT] = "a reboot",
		[CONF_HALT] = "a halt",
		[CONF_POWEROFF] = "power off",
		[CONF_SHELL] = "a shell on each console",
		[CONF_DUMP_TO_ROOTFS] = "the root file system as the last target",
		[CONF_KEXEC] = "the production kernel again, without the firmware",
	};

	fprintf(to, "Then: %s; without a dump: ", words[c->final_action]);
	if (c->failure_action > CONF_POWEROFF)
		fprintf(to, "%s, and %s\n", words[c->failure_action], words[c->final_action]);
	else
		fprintf(to, "%s\n", words[c->failure_action]);
	fprintf(to, "Watchdog: %s\n", c->watchdog ? "an armed one is taken over" : "left alone");
}

static void print_drivers(FILE *to, const struct recipe *p)
{
	size_t column = 8;

	fputs("Drivers:", to);
	for (unsigned i = 0; i < p->mods.n_list; i++) {
		const char *base = strrchr(p->files[i], '/') + 1;
		int len = (int)strcspn(base, ".");

		if (column + (size_t)len > 98) {
			fputs("\n        ", to);
			column = 8;
		}
		column += (size_t)fprintf(to, " %.*s", len, base);
	}
	fputs(p->mods.n_list ? "\n" : " none: all are built in\n", to);
}

void meaning_print(FILE *to, const struct conf *user, const struct recipe *p,
		   const struct machine *machine)
{
	const struct conf *c = &p->conf;

	print_targets(to, user, p, machine);
	print_net(to, c);
	print_dump(to, c);
	print_retention(to, &c->keep);
	print_hooks(to, c);
	print_limits(to, &c->limits);
	print_end(to, c);
	if (c->cmdline_remove)
		fprintf(to, "The crash command line loses %s\n", c->cmdline_remove);
	if (c->cmdline_append)
		fprintf(to, "The crash command line gains %s\n", c->cmdline_append);
	print_drivers(to, p);
}
