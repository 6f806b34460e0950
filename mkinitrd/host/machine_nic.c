/* SPDX-License-Identifier: MIT */
/*
 * The running machine's network interfaces.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/cleanup.h"
#include "mkinitrd/host/machine.h"
#include "mkinitrd/host/sysfs.h"

/* The interface of the IPv4 default route with the smallest metric. */
static int default_route(const struct machine *m, char *ret, struct fault *f)
{
	char path[PATH_MAX], line[256], name[IFNAMSIZ];
	_fclose_ FILE *routes = NULL;
	unsigned long to, mask;
	unsigned metric, best = 0;

	if (sysfs_path(m, path, "/proc/net/route"))
		return -ENAMETOOLONG;
	ret[0] = '\0';
	routes = fopen(path, "re");
	while (routes && fgets(line, sizeof(line), routes)) {
		if (sscanf(line, "%15s %lx %*x %*x %*d %*d %u %lx", name, &to, &metric, &mask) !=
			    4 ||
		    to || mask || (ret[0] && metric >= best))
			continue;
		best = metric;
		strcpy(ret, name);
	}
	if (!ret[0])
		return fault_set(f, -ENETUNREACH,
				 "no interface has a default route; name it in a "
				 "line `net IFACE dhcp`");
	return 0;
}

/* A port of a bond wears the bond's address; its own is kept elsewhere. */
static void read_mac(const char *folder, char *ret, size_t size)
{
	sysfs_line(folder, "bonding_slave/perm_hwaddr", ret, size);
	if (!ret[0])
		sysfs_line(folder, "address", ret, size);
}

static bool is_mac(const char *s)
{
	for (int i = 0; i < 17; i++) {
		if (i % 3 == 2 ? s[i] != ':' : !isxdigit((unsigned char)s[i]))
			return false;
	}
	return !s[17];
}

static int search_mac(const struct machine *m, const char *mac, char *ret, struct fault *f)
{
	char path[PATH_MAX], folder[PATH_MAX + NAME_MAX + 2], has[64];
	_closedir_ DIR *d = NULL;

	if (sysfs_path(m, path, "/sys/class/net"))
		return -ENAMETOOLONG;
	d = opendir(path);
	for (struct dirent *e; d && (e = readdir(d));) {
		snprintf(folder, sizeof(folder), "%s/%s", path, e->d_name);
		read_mac(folder, has, sizeof(has));
		strcat(folder, "/device");
		if (strcasecmp(mac, has) || access(folder, F_OK))
			continue;
		snprintf(ret, IFNAMSIZ, "%.15s", e->d_name);
		return 0;
	}
	return fault_set(f, -ENODEV, "no interface has the MAC address %s", mac);
}

int machine_find_nic(const struct machine *m, const char *iface, struct machine_nic *ret,
		     struct fault *f)
{
	struct machine_nic nic = { .name = "" };
	char folder[PATH_MAX], device[PATH_MAX], mac[64];
	int r = 0;

	if (is_mac(iface))
		r = search_mac(m, iface, nic.name, f);
	else if (!strcmp(iface, "auto"))
		r = default_route(m, nic.name, f);
	else
		snprintf(nic.name, sizeof(nic.name), "%s", iface);
	if (r)
		return r;
	if (sysfs_path(m, folder, "/sys/class/net/%s", nic.name) ||
	    sysfs_path(m, device, "/sys/class/net/%s/device", nic.name))
		return -ENAMETOOLONG;
	if (access(folder, F_OK))
		return fault_set(f, -ENODEV, "there is no interface %s", nic.name);
	if (access(device, F_OK))
		return fault_set(f, -ENODEV,
				 "%s has no hardware of its own (a bridge, bond, VLAN or tunnel): "
				 "name the port behind it in a `net` line",
				 nic.name);
	read_mac(folder, mac, sizeof(mac));
	if (!is_mac(mac))
		return fault_set(f, -ENODEV, "%s has no Ethernet address", nic.name);
	strcpy(nic.mac, mac);
	*ret = nic;
	return 0;
}
