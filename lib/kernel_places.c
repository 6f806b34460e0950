/* SPDX-License-Identifier: MIT */
#include "lib/kernel_places.h"

#include <stdio.h>
#include <string.h>

#include "lib/cleanup.h"

enum called { BY_RELEASE, BY_FLAVOUR, PLAIN };

static const struct {
	enum called called;
	const char *before;
	const char *behind;
} places[] = {
	{ BY_RELEASE, "boot/vmlinuz-", "" },
	{ BY_RELEASE, "lib/modules/", "/vmlinuz" },
	/* SUSE's arm64, Yocto; Yocto's x86 */
	{ BY_RELEASE, "boot/Image-", "" },
	{ BY_RELEASE, "lib/modules/", "/Image" },
	{ BY_RELEASE, "boot/bzImage-", "" },
	/* Debian's riscv64 before 7.x calls its Image so; elsewhere it is what debuggers take */
	{ BY_RELEASE, "boot/vmlinux-", "" },
	/* Alpine has vmlinuz-lts for 6.12.58-0-lts */
	{ BY_FLAVOUR, "boot/vmlinuz", "" },
	/* of a board, or by hand */
	{ PLAIN, "boot/vmlinuz", "" },
	{ PLAIN, "boot/Image", "" },
	{ PLAIN, "boot/Image.gz", "" },
	{ PLAIN, "boot/bzImage", "" },
};

bool kernel_places_next(unsigned *at, const char *release, char ret[KERNEL_PLACE_BYTES],
			bool *ret_plain)
{
	const char *flavour = strrchr(release, '-');

	if (*at < ARRAY_LEN(places) && places[*at].called == BY_FLAVOUR && !flavour)
		++*at;
	if (*at >= ARRAY_LEN(places))
		return false;
	*ret_plain = places[*at].called == PLAIN;
	snprintf(ret, KERNEL_PLACE_BYTES, "%s%s%s", places[*at].before,
		 *ret_plain			    ? ""
		 : places[*at].called == BY_FLAVOUR ? flavour
						    : release,
		 places[*at].behind);
	++*at;
	return true;
}
