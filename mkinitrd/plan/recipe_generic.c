/* SPDX-License-Identifier: MIT */
#include "mkinitrd/plan/recipe_generic.h"

#include <string.h>

#include "lib/cleanup.h"
#include "lib/log.h"

/* In the order in which they are packed; what a machine does not need is not loaded there. */
static const char *const modules[] = {
	/* watchdogs, and what they hang on */
	"lpc_ich",
	"i2c_i801",
	"iTCO_wdt",
	"sp5100_tco",
	"hpwdt",
	"i6300esb",
	/* buses */
	"virtio_pci",
	"virtio_mmio",
	"hv_vmbus",
	"xhci_pci",
	"ehci_pci",
	"uhci_hcd",
	"ohci_pci",
	"vmd",
	/* disks */
	"virtio_blk",
	"virtio_scsi",
	"nvme",
	"ahci",
	"ata_piix",
	"ata_generic",
	"sd_mod",
	"usb_storage",
	"uas",
	"megaraid_sas",
	"mpt3sas",
	"mptsas",
	"mptspi",
	"hpsa",
	"smartpqi",
	"aacraid",
	"vmw_pvscsi",
	"hv_storvsc",
	"xen_blkfront",
	"mmc_block",
	"sdhci_pci",
	"sdhci_acpi",
	/* what disks are made into */
	"dm_mod",
	"dm_crypt",
	"dm_multipath",
	"raid0",
	"raid1",
	"raid10",
	"raid456",
	/* file systems and shares */
	"ext4",
	"xfs",
	"btrfs",
	"f2fs",
	"vfat",
	"nls_cp437",
	"nls_ascii",
	"nls_iso8859-1",
	"nls_utf8",
	"crypto-crc32",
	"virtiofs",
	"9p",
	"9pnet_virtio",
	/* the network */
	"af_packet",
	"virtio_net",
	"e1000",
	"e1000e",
	"igb",
	"igc",
	"ixgbe",
	"i40e",
	"ice",
	"tg3",
	"bnxt_en",
	"r8169",
	"vmxnet3",
	"hv_netvsc",
	"xen_netfront",
	"ena",
	"gve",
};

static int want_all(struct recipe *p, struct fault *f)
{
	int r = 0;

	for (size_t i = 0; i < ARRAY_LEN(modules) && !r; i++)
		r = kmods_want_any(&p->mods, modules[i], NULL, f);
	for (unsigned i = 0; i < p->conf.n_extra_modules && !r; i++)
		r = kmods_want(&p->mods, p->conf.extra_modules[i], f);
	return r;
}

int recipe_generic_make(const struct conf *user, const char *root, const char *kver,
			struct recipe *ret, struct fault *f)
{
	static struct conf empty;
	int r;

	conf_init(&empty);
	ret->conf = empty;
	memcpy(ret->conf.extra_modules, user->extra_modules, sizeof(user->extra_modules));
	ret->conf.n_extra_modules = user->n_extra_modules;
	ret->root = root;
	ret->n_packed = 0;
	ret->host[0] = '\0';
	ret->stack = (struct device_stack){ .n_keys = 0 };
	if (user->n_targets)
		log_info("a generic image has no targets: those of the config are each machine's");
	r = kmods_open(root, kver, &ret->mods, f);
	if (r)
		return r;
	r = want_all(ret, f);
	r = r ? r : recipe_name_files(ret, f);
	if (r) {
		recipe_free(ret);
		return r;
	}
	/* they are there, and loaded where a machine's part says so */
	ret->conf.n_modules = ret->conf.n_extra_modules = 0;
	ret->conf.resolved = true;
	return 0;
}
