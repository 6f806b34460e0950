/* SPDX-License-Identifier: MIT */
/*
 * The table of magic numbers of what cannot be read here.
 */
#include "dumper/read/foreign.h"

#include <string.h>

#include "lib/bytes.h"
#include "lib/cleanup.h"

#define INSTEAD ": take virsh dump --memory-only --format kdump-zlib, or QEMU's dump-guest-memory"
#define SEALED	"sealed: who has the key opens it with `age -d -i KEYFILE -o OPENED FILE`"
#define VMWARE	"a suspended machine of VMware: vmss2core makes a core of it"

static const struct foreign {
	uint32_t off;
	const char *magic;
	unsigned len;
	const char *why;
} foreign[] = {
	{ 0, "age-encryption.o", 16, SEALED },
	{ 0, "-----BEGIN AGE E", 16, SEALED },
	{ 0, "PAGEDU64", 8, "a crash dump in Windows' format (win-dmp): dump in another one" },
	{ 0, "PAGEDUMP", 8, "a crash dump in Windows' format (win-dmp): dump in another one" },
	{ 0, "LibvirtQemudSave", 16, "a machine saved by virsh save" INSTEAD },
	{ 0, "LibvirtQemudPart", 16, "a machine that virsh save did not finish" INSTEAD },
	{ 0, "QEVM", 4,
	  "a migration stream of QEMU (virsh dump without --memory-only, savevm)" INSTEAD },
	{ 0, "QFI\xfb", 4, "a disk image (qcow2), with snapshots perhaps" INSTEAD },
	{ 0, "LinuxGuestRecord", 16, "a machine saved by Xen: take xl dump-core" },
	{ 0, "\xff\xff\xff\xff\xff\xff\xff\xffXENF", 12,
	  "a machine saved by Xen: take xl dump-core" },
	{ 0, "EMiL", 4, "memory in LiME's format: take a kdump, or an ELF core of it" },
	{ 0, "AVML", 4, "memory in AVML's format: avml-convert makes a raw image, no core" },
	{ 0, "DISKDUMP", 8, "a dump of diskdump, of kernels before kdump: crash reads it" },
	{ 0, "\xed\x23\x8f\x61\x73\x01\x19\xa8", 8, "a dump of LKCD: crash reads it" },
	{ 0, "\xd0\xbe\xd2\xbe", 4, VMWARE },
	{ 0, "\xd1\xba\xd1\xba", 4, VMWARE },
	{ 0, "\xd2\xbe\xd2\xbe", 4, VMWARE },
	{ 0, "\xd3\xbe\xd3\xbe", 4, VMWARE },
	{ 4086, "S1SUSPEND", 9, "the image of a suspended machine (hibernation)" },
	{ 4086, "SWAPSPACE2", 10, "swap space" },
};

const char *foreign_name(const struct source *src)
{
	uint8_t head[16];

	for (size_t i = 0; i < ARRAY_LEN(foreign); i++) {
		const struct foreign *f = &foreign[i];

		if (!source_read(src, head, f->len, f->off) && !memcmp(head, f->magic, f->len))
			return f->why;
	}
	return NULL;
}
