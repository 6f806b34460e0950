/* SPDX-License-Identifier: MIT */
#include "loader/verify/buses.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "lib/cleanup.h"
#include "lib/io.h"

/* Sorted by how surely the driver tells the device. */
static const struct bus buses[] = {
	{ "virtio_blk", NULL, "virtio-blk-pci", true },
	{ "nvme", NULL, "nvme", true },
	{ "virtio_scsi", "virtio-scsi-pci,id=vs", "scsi-hd,bus=vs.0", true },
	{ "vmw_pvscsi", "pvscsi,id=pv", "scsi-hd,bus=pv.0", true },
	{ "megaraid_sas", "megasas-gen2,id=ms", "scsi-hd,bus=ms.0", true },
	{ "mptsas", "mptsas1068,id=mp", "scsi-hd,bus=mp.0", true },
	{ "sym53c8xx", "lsi53c895a,id=ls", "scsi-hd,bus=ls.0", true },
	{ "uas", "qemu-xhci,id=ux", "usb-storage,bus=ux.0", true },
	{ "usb_storage", "qemu-xhci,id=ux", "usb-storage,bus=ux.0", true },
	/* q35 has one */
	{ "ahci", NULL, "ide-hd,bus=ide.%u", true },
	{ "ata_piix", "piix3-ide,id=pi", "ide-hd,bus=pi.0,unit=%u", true },
	{ "sdhci_pci", "sdhci-pci,id=sh", "sd-card,bus=sh", false },
};

static const struct {
	const char *driver, *device;
} nics[] = {
	{ "virtio_net", "virtio-net-pci" },
	{ "e1000e", "e1000e" },
	{ "e1000", "e1000" },
	{ "igb", "igb" },
	{ "vmxnet3", "vmxnet3" },
	{ "8139cp", "rtl8139" },
	{ "8139too", "rtl8139" },
	{ "ne2k_pci", "ne2k_pci" },
	{ "pcnet32", "pcnet" },
};

/* Drivers on the way that say nothing of the disk. */
static const char *const layers[] = {
	"sd", "usb", "pcieport", "virtio_pci", "xhci_hcd", "ehci_pci"
};

/* '-' and '_' are the same in a module's name; up to len characters of b. */
static bool is_module(const char *a, const char *b, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if ((a[i] == '-' ? '_' : a[i]) != (b[i] == '-' ? '_' : b[i]))
			return false;
	}
	return !a[len];
}

/* Is a module of this name in the image? They are files: "/lib/modules/virtio_blk.ko". */
static bool is_packed(const struct conf *c, const char *driver)
{
	for (unsigned i = 0; i < c->n_modules; i++) {
		const char *slash = strrchr(c->modules[i], '/');
		const char *base = slash ? slash + 1 : c->modules[i];

		if (is_module(driver, base, strcspn(base, ".")))
			return true;
	}
	return false;
}

/* The driver of the device whose folder this is. */
static bool read_driver(const char *folder, char ret[64])
{
	char path[PATH_MAX], to[PATH_MAX];
	const char *slash;
	ssize_t n;

	if ((size_t)snprintf(path, sizeof(path), "%s/driver", folder) >= sizeof(path))
		return false;
	n = readlink(path, to, sizeof(to) - 1);
	if (n <= 0)
		return false;
	to[n] = '\0';
	slash = strrchr(to, '/');
	snprintf(ret, 64, "%.63s", slash ? slash + 1 : to);
	return true;
}

static bool is_layer(const char *driver)
{
	for (size_t i = 0; i < ARRAY_LEN(layers); i++) {
		if (is_module(layers[i], driver, strlen(driver)))
			return true;
	}
	return false;
}

/* From a device of sysfs upwards: the first driver that is more than a layer. */
static bool walk_up(const struct devices *root, const char *class, const char *name, char ret[64])
{
	char path[PATH_MAX], *full, *slash;
	bool found = false;

	snprintf(path, sizeof(path), "%s/sys/class/%s/%s", root->path, class, name);
	full = realpath(path, NULL);
	while (full && !found && (slash = strrchr(full, '/')) && slash != full &&
	       strcmp(slash, "/devices")) {
		found = read_driver(full, ret) && !is_layer(ret);
		*slash = '\0';
	}
	free(full);
	if (!found)
		*ret = '\0';
	return found;
}

static const struct bus *by_driver(const char *driver)
{
	for (size_t i = 0; i < ARRAY_LEN(buses); i++) {
		if (is_module(buses[i].driver, driver, strlen(driver)))
			return &buses[i];
	}
	return NULL;
}

const struct bus *buses_find(const struct devices *root, const char *name, const struct conf *c,
			     char driver[64])
{
	*driver = '\0';
	if (*name && !walk_up(root, "block", name, driver) && !strncmp(name, "nvme", 4))
		strcpy(driver, "nvme");
	if (*driver)
		return by_driver(driver);
	for (size_t i = 0; i < ARRAY_LEN(buses); i++) {
		if (is_packed(c, buses[i].driver))
			return &buses[i];
	}
	/* built in, or none at all: what every machine of QEMU can have */
	return &buses[0];
}

/* The interface that has this address, or this name. */
static void find_interface(const struct devices *root, const char *iface, char ret[NAME_MAX + 1])
{
	int fd = openat(root->fd, "sys/class/net", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_closedir_ DIR *d = fd < 0 ? NULL : fdopendir(fd);
	char path[NAME_MAX + 16], text[64];

	*ret = '\0';
	for (struct dirent *e; d && (e = readdir(d));) {
		snprintf(path, sizeof(path), "%s/address", e->d_name);
		if (e->d_name[0] == '.' || io_read_file(dirfd(d), path, text, sizeof(text), NULL))
			continue;
		text[strcspn(text, "\n")] = '\0';
		if (strcasecmp(text, iface) && strcmp(e->d_name, iface))
			continue;
		snprintf(ret, NAME_MAX + 1, "%s", e->d_name);
		return;
	}
}

const char *buses_find_nic(const struct devices *root, const char *iface, const struct conf *c,
			   char driver[64])
{
	char name[NAME_MAX + 1];

	*driver = '\0';
	find_interface(root, iface, name);
	if (*name)
		walk_up(root, "net", name, driver);
	for (size_t i = 0; i < ARRAY_LEN(nics); i++) {
		if (*driver ? is_module(nics[i].driver, driver, strlen(driver))
			    : is_packed(c, nics[i].driver))
			return nics[i].device;
	}
	return *driver ? NULL : nics[0].device;
}

static bool has_word(const struct tool_words *w, const char *word)
{
	for (unsigned i = 0; i < w->n; i++) {
		if (!strcmp(w->at[i], word))
			return true;
	}
	return false;
}

void buses_add(struct tool_words *w, const struct bus *b, unsigned n, const char *file,
	       const char *serial)
{
	char device[80];

	if (b->controller && !has_word(w, b->controller)) {
		tool_add(w, "-device");
		tool_add(w, "%s", b->controller);
	}
	tool_add(w, "-drive");
	/* a comma is doubled in QEMU's words: the folder is ours and has none */
	tool_add(w, "if=none,id=d%u,format=raw,cache=unsafe,file=%s", n, file);
	snprintf(device, sizeof(device), b->device, n);
	tool_add(w, "-device");
	if (!b->serial)
		tool_add(w, "%s,drive=d%u", device, n);
	else if (*serial)
		tool_add(w, "%s,drive=d%u,serial=%s", device, n, serial);
	else
		tool_add(w, "%s,drive=d%u,serial=verify%u", device, n, n);
}
