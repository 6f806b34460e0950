/* SPDX-License-Identifier: MIT */
/*
 * What the next kernel is to know of the firmware: it cannot ask again, as boot services are gone
 * and runtime services were given their virtual addresses once for all.
 */
#ifndef LOADER_ARCH_X86_EFI_H
#define LOADER_ARCH_X86_EFI_H

#include <stddef.h>
#include <stdint.h>

/* EFI_MEMORY_DESCRIPTOR, UEFI 2.10, 7.2 */
struct efi_memory {
	uint32_t type, pad;
	uint64_t physical, virtual, pages, attributes;
};

struct efi_state {
	uint64_t fw_vendor, tables, smbios; /* physical addresses; 0: not known */
	uint64_t rsdp;			    /* of ACPI */
	struct efi_memory *map;		    /* of what runs on: efi_free() */
	size_t n;			    /* 0: the next kernel cannot call the firmware */
};

/*
 * From /sys/firmware/efi below root (Documentation/ABI/testing/sysfs-firmware-efi and
 * -efi-runtime-map). What is not there stays 0. 0 or -ENOMEM.
 */
int efi_read(int root, struct efi_state *ret);
void efi_free(struct efi_state *e);

#endif
