/* SPDX-License-Identifier: MIT */
/*
 * Nothing is needed for ext4, xfs and btrfs: their checksums (crc32c, and for btrfs xxhash64,
 * sha256 and blake2b) are softdeps of the modules in 6.1 and 6.12, and direct or built in by 7.2.
 */
#include "mkinitrd/plan/recipe_needs.h"

#include <string.h>

#include "lib/cleanup.h"

enum { MODULES_MAX = 8 };

static const struct {
	const char *user;
	const char *modules[MODULES_MAX];
} run_time_needs[] = {
	/* fat_fill_super() loads the tables of FAT_DEFAULT_CODEPAGE and FAT_DEFAULT_IOCHARSET
	 * (Debian: 437 and ascii; the kernel's own default is iso8859-1; utf8 elsewhere) */
	{ "vfat", { "nls_cp437", "nls_ascii", "nls_iso8859-1", "nls_utf8" } },
	/* its softdep "crc32" is the library's name too, not only the algorithm's */
	{ "f2fs", { "crypto-crc32" } },
	/* "9p" knows its transports by name only */
	{ "9p", { "9pnet_virtio" } },
	/* how a flash chip on a bus is spoken to, and where its partitions are told */
	{ "mtd",
	  { "ofpart", "cmdlinepart", "cfi_cmdset_0001", "cfi_cmdset_0002", "cfi_cmdset_0020",
	    "cfi_probe", "jedec_probe" } },
	/* all that it is built with, whatever the file system is made with */
	{ "ubifs", { "crypto-lzo", "crypto-deflate", "crypto-zstd" } },
	/* DHCP begins before there is an address, on a packet socket */
	{ "net", { "af_packet", "ipv6" } },
};

int recipe_needs_want(struct kmods *mods, const char *user, struct fault *f)
{
	for (size_t i = 0; i < ARRAY_LEN(run_time_needs); i++) {
		if (strcmp(user, run_time_needs[i].user))
			continue;
		for (size_t k = 0; k < MODULES_MAX && run_time_needs[i].modules[k]; k++) {
			int r = kmods_want_any(mods, run_time_needs[i].modules[k], NULL, f);

			if (r)
				return r;
		}
	}
	return 0;
}
