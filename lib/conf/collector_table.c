/* SPDX-License-Identifier: MIT */
/*
 * The options of kdump-dumper and of core_collector, makedumpfile's among them. What stands
 * here is parsed, helped and refused; nothing else is.
 */
#include "lib/conf/collector_table.h"

#include "lib/cleanup.h"

#define FILTER	COLLECTOR_G_FILTER
#define STORE	COLLECTOR_G_STORE
#define MODE	COLLECTOR_G_MODE
#define SAY	COLLECTOR_G_SAY
#define NOTHING COLLECTOR_G_NO_EFFECT
#define REFUSED COLLECTOR_G_REFUSED
#define WORDS	MANUAL_WORDS
#define FLAG(m) A_FLAG, offsetof(struct collector, m)

#define XEN   "Xen dumps are not supported; makedumpfile reads them"
#define ERASE "kernel data cannot be erased by name; -d leaves out whole classes"

/* clang-format off */
const struct collector_option collector_options[] = {
	{ 'd', A_LEVELS, 31, FILTER, IN_CONF, "dump-level", "N[,N...]",
	  "sum of 1 zero pages, 2 cache without private data, 4 all cache, 8 user memory, 16 free "
	  "pages; the next N where space runs out (default 0)",
	  WORDS(0, NULL,
		"What is left out, as a sum: 1 zero pages, 2 page cache without private data, "
		"4 all page cache, 8 user memory, 16 free pages. 31 is the smallest dump, 0, "
		"the default, all of the memory. Where the target is full, or the limit of "
		"`-L` is reached, the dump begins anew with the next N.") },
	{ 0, A_EXCLUDE, 0, FILTER, IN_CONF, "exclude", "struct-pages",
	  "struct pages too, of memory that is left out itself",
	  WORDS(0, NULL,
		"Leave out struct pages too, of memory that is left out itself. crash(8) then says "
		"\"seek error\" of such a page, in place of \"page excluded\".") },
	{ 'e', FLAG(exclude_struct_pages), FILTER, IN_CONF, "exclude-unused-vm", NULL,
	  "as --exclude struct-pages", {} },

	{ 'z', A_CODEC, DUMP_ZSTD, STORE, IN_CONF, NULL, NULL, "zstd for each page",
	  WORDS(0, NULL, "Compress each page with zstd.") },
	{ 'c', A_CODEC, DUMP_ZLIB, STORE, IN_CONF, NULL, NULL, "zlib for each page",
	  WORDS(0, NULL, "Compress each page with zlib.") },
	{ 'l', A_CODEC, DUMP_LZO, STORE, IN_CONF, NULL, NULL,
	  "lzo for each page; zstd in a build without lzo",
	  WORDS(0, NULL,
		"Compress each page with lzo. In a build without lzo (`LZO=1` makes one with "
		"it) it is zstd that is taken, and said.") },
	{ 'p', A_CODEC, DUMP_ZSTD, STORE, IN_CONF, NULL, NULL,
	  "there is no snappy; zstd takes its place",
	  WORDS(0, NULL, "There is no snappy: zstd is taken, and said.") },
	{ 0, A_ZSTD_LEVEL, 0, STORE, IN_CONF, "zstd-level", "N|auto",
	  "-5 (fast) to 3 (small); auto adapts itself, as kdump-init does without a level",
	  WORDS(0, NULL,
		"From -5 (fast) to 3 (small), without 0. `auto` adapts itself to the CPUs and "
		"to the target, which is what kdump-init does without a level.") },
	{ 'E', A_FORMAT, DUMP_ELF, STORE, IN_CONF, NULL, NULL, "as --format elf", {} },
	{ 'F', FLAG(flattened), STORE, IN_CONF, NULL, NULL,
	  "as --format flattened; to standard output without DST",
	  WORDS(0, NULL,
		"As `--format flattened`. Without DST the dump goes to standard output.") },
	{ 0, A_FORMAT_NAME, 0, STORE, IN_CONF, "format", "NAME",
	  "kdump, kdump-classic (bitmaps first), elf, elf.zst (zstd -d opens it), flattened",
	  WORDS(0, NULL,
		"`kdump`: kdump-compressed, with checksums of the pages; crash, drgn, "
		"libkdumpfile and makedumpfile open it. The default. `kdump-classic`: the same "
		"with the bitmaps in front, as makedumpfile writes it. `elf`: an ELF core, not "
		"compressed. `elf.zst`: an ELF core in frames of zstd, for a stream too; `zstd "
		"-d` opens it. `flattened`: `kdump` for a stream, which `-R` puts in order "
		"again.") },
	{ 0, FLAG(split), STORE, COMMAND, "split", NULL,
	  "SRC DST DST...: each a part of the memory; crash takes them together",
	  WORDS(0, NULL,
		"Several files, each with a part of the memory; crash takes them together, "
		"`--reassemble` makes one of them.") },
	{ 'L', A_LIMIT, 0, STORE, IN_CONF, NULL, "BYTES",
	  "no file becomes larger (K, M, G, T may follow)",
	  WORDS(0, NULL,
		"No file becomes larger than BYTES, behind which K, M, G or T may stand.") },
	{ 0, A_THREADS, 4096, STORE, IN_CONF, "threads", "N", "0, the default: as many as help",
	  WORDS(0, NULL, "The number of threads. As many as help, if N is 0, which is the default.") },
	{ 0, A_THREADS, 4096, STORE, IN_CONF, "num-threads", "N", "the same",
	  WORDS(0, NULL, "As `--threads`.") },
	{ 'f', FLAG(force), STORE, CONF_IGNORES, "force", NULL, "replaces DST", {} },
	{ 0, FLAG(dry_run), STORE, COMMAND, "dry-run", NULL,
	  "does all but write, and says how large DST would become",
	  WORDS(0, NULL, "Do all but write, and say how large DST would become.") },

	{ 'R', A_MODE, COLLECTOR_UNFLATTEN, MODE, COMMAND, NULL, NULL, NULL, {} },
	{ 0, A_MODE, COLLECTOR_DMESG, MODE, COMMAND, "dump-dmesg", NULL, NULL, {} },
	{ 0, A_PARTIAL, 0, MODE, COMMAND, "partial-dmesg", NULL, NULL, {} },
	{ 0, A_MODE, COLLECTOR_INFO, MODE, COMMAND, "info", NULL, NULL, {} },
	{ 0, A_MODE, COLLECTOR_MEM_USAGE, MODE, COMMAND, "mem-usage", NULL, NULL, {} },
	{ 0, A_MODE, COLLECTOR_REASSEMBLE, MODE, COMMAND, "reassemble", NULL, NULL, {} },
	{ 0, A_MODE, COLLECTOR_CONVERT, MODE, COMMAND, "convert", NULL, NULL, {} },
	{ 0, A_MODE, COLLECTOR_RECOVER, MODE, COMMAND, "recover", NULL, NULL, {} },
	{ 0, A_MODE, COLLECTOR_VERIFY, MODE, COMMAND, "verify", NULL, NULL, {} },
	{ 0, A_MODE, COLLECTOR_LIST, MODE, COMMAND, "list", NULL, NULL, {} },

	{ 0, FLAG(json), SAY, COMMAND, "json", NULL, "the result as JSON on standard output",
	  WORDS(0, NULL,
		"The result, or what `--info`, `--dump-dmesg`, `--mem-usage`, `--verify` or "
		"`list` says, as JSON on standard output.") },
	{ 0, A_SAYS, COLLECTOR_REPORT, SAY, CONF_IGNORES, "show-stats", NULL, "pages by class at the end",
	  WORDS(0, NULL, "Say at the end how many pages of each class there were.") },
	{ 0, A_SAYS, COLLECTOR_REPORT, SAY, CONF_IGNORES, "show_stats", NULL, "the same",
	  WORDS(0, NULL, "As `--show-stats`.") },
	{ 0, A_MESSAGES, 31, SAY, CONF_IGNORES, "message-level", "N",
	  "sum of 1 progress, 2 common, 4 errors (always shown), 8 debug, 16 report (default 7)",
	  WORDS(0, NULL,
		"What is said, as a sum: 1 progress, 2 common messages, 4 errors (which are always "
		"said), 8 debug messages, 16 the report of `--show-stats`. Default: 7.") },
	{ 'D', A_SAYS, COLLECTOR_DEBUG, SAY, CONF_IGNORES, NULL, NULL, "debug messages too", {} },
	{ 0, FLAG(check_only), SAY, COMMAND, "check-params", NULL, "only checks the command line", {} },
	{ 'h', A_MODE, COLLECTOR_HELP, SAY, COMMAND, "help", NULL, "this text",
	  WORDS(0, NULL, "Show the options, and what this build can compress with.") },
	{ 'v', A_MODE, COLLECTOR_VERSION, SAY, COMMAND, "version", NULL, "the version", {} },

	{ 'x', A_NOTED, 0, NOTHING, IN_CONF, NULL, "VMLINUX",
	  "not read: the core's own VMCOREINFO tells what is needed", {} },
	{ 'i', A_NOTED, 0, NOTHING, IN_CONF, NULL, "VMCOREINFO",
	  "not read: the core's own VMCOREINFO tells what is needed", {} },
	{ 'b', A_NUMBER, 0, NOTHING, IN_CONF, NULL, "ORDER", "buffers have their fixed sizes", {} },
	{ 0, A_NUMBER, 0, NOTHING, IN_CONF, "cyclic-buffer", "KB", "memory is bounded anyway", {} },
	{ 0, A_NOTHING, 0, NOTHING, IN_CONF, "non-cyclic", NULL, "one pass always", {} },
	{ 0, A_NOTHING, 0, NOTHING, IN_CONF, "non-mmap", NULL, "without mmap it reads", {} },
	{ 0, A_NOTHING, 0, NOTHING, IN_CONF, "work-dir", "DIR",
	  "there are no temporary files", {} },
	{ 0, A_NUMBER, 0, NOTHING, COMMAND, "splitblock-size", "KB",
	  "parts are balanced by 128 MiB of memory", {} },

	{ 'g', A_REFUSED, 0, REFUSED, COMMAND, NULL, "FILE",
	  "the kernel itself writes VMCOREINFO into the core", {} },
	{ 'X', A_REFUSED, 0, REFUSED, COMMAND, NULL, NULL, XEN, {} },
	{ 0, A_REFUSED, 0, REFUSED, COMMAND, "xen-syms", "FILE", XEN, {} },
	{ 0, A_REFUSED, 0, REFUSED, COMMAND, "xen-vmcoreinfo", "FILE", XEN, {} },
	{ 0, A_REFUSED, 0, REFUSED, COMMAND, "xen_phys_start", "ADDR", XEN, {} },
	{ 0, A_REFUSED, 0, REFUSED, COMMAND, "config", "FILE", ERASE, {} },
	{ 0, A_REFUSED, 0, REFUSED, COMMAND, "eppic", "FILE", ERASE, {} },
	{ 0, A_REFUSED, 0, REFUSED, COMMAND, "extension", "FILE", ERASE, {} },
	{ 0, A_REFUSED, 0, REFUSED, COMMAND, "diskset", "VMCORE",
	  "sadump disk sets are not supported; makedumpfile reads them", {} },
	{ 0, A_REFUSED, 0, REFUSED, COMMAND, "vtop", "ADDR",
	  "addresses are not translated here; crash's vtop does it", {} },
};
/* clang-format on */

const size_t collector_n_options = ARRAY_LEN(collector_options);

#define ANY 1000000

/* clang-format off */
const struct collector_usage collector_usages[COLLECTOR_MODES] = {
	[COLLECTOR_DUMP] = { "", "SRC DST", "filters and compresses the memory of SRC", 1, ANY,
	  WORDS(0, NULL,
		"Filter and compress the memory of SRC. SRC is /proc/vmcore, /proc/kcore (the "
		"running machine), an ELF core, a dump of any format that is written here or "
		"by QEMU, libvirt or makedumpfile, or a folder that kdump-init made. DST is a "
		"file that does not exist yet, a block device, or `-` for standard output "
		"(`flattened` and `elf.zst`).") },
	[COLLECTOR_DMESG] = { "--dump-dmesg", "[--partial-dmesg] SRC [DST]",
			      "the dead kernel's log; partial: since it was last cleared", 1, 2,
	  WORDS(0, NULL,
		"The log of the dead kernel (Linux 5.10 or later), to DST or standard output. With "
		"`--partial-dmesg` what came since it was last cleared.") },
	[COLLECTOR_INFO] = { "--info", "SRC", "what crashed, and its pages by class", 1, 1,
	  WORDS(0, NULL, "What crashed, and its pages by class.") },
	[COLLECTOR_MEM_USAGE] = { "--mem-usage", "/proc/kcore",
				  "the running machine's pages, and how large dumps would be", 1,
				  1,
	  WORDS(0, NULL,
		"The running machine's pages by class, and how large its dumps would be at each "
		"level.") },
	[COLLECTOR_UNFLATTEN] = { "-R", "DST", "flattened standard input becomes an ordinary file",
				  1, 1,
	  WORDS(0, NULL, "A flattened dump on standard input becomes an ordinary file.") },
	[COLLECTOR_REASSEMBLE] = { "--reassemble", "PART PART... DST",
				   "a dump made with --split becomes one file", 2, ANY,
	  WORDS(0, NULL, "A dump that was made with `--split` becomes one file.") },
	[COLLECTOR_CONVERT] = { "--convert", "DUMP DST", "a dump in another format or coding", 2,
				2,
	  WORDS(0, NULL,
		"A dump in another format or compression. Pages are compressed with zstd if no "
		"other way is named. A source that was cut or is damaged is refused.") },
	[COLLECTOR_RECOVER] = { "--recover", "DUMP... DST | DEV DIR | [CONF]",
				"what can be saved of an unfinished or damaged dump; the dump on "
				"a raw target, or on all those of CONF (/etc/kdump.conf)", 0, ANY,
	  WORDS(0, NULL,
		"What can be saved of an unfinished or damaged dump. With DEV, a raw target: "
		"its dump becomes a folder in DIR, and the device is marked as free when all "
		"of it is saved. Without names, or with CONF alone: all raw targets of CONF "
		"(/etc/kdump.conf), into its `path`.") },
	[COLLECTOR_VERIFY] = { "--verify", "DUMP...", "reads all of it and says what is wrong", 1,
			       ANY,
	  WORDS(0, NULL, "Read all of a dump and its checksums, and say what is wrong.") },
	[COLLECTOR_LIST] = { "list", "[DIR]",
			     "the dumps in a folder, newest first (path of /etc/kdump.conf)", 0, 1,
	  WORDS(0, NULL,
		"The dumps in a folder, newest first: time, host, kernel, state, size and panic "
		"line of each, as its kdump.json has them. One without has not come to its end. "
		"Default: `path` of /etc/kdump.conf, or /var/crash.") },
	[COLLECTOR_HELP] = { "--help", "", NULL, 0, ANY, {} },
	[COLLECTOR_VERSION] = { "--version", "", NULL, 0, ANY, {} },
};
/* clang-format on */
