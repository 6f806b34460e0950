################################################################################
#
# kdump-init
#
################################################################################
# SPDX-License-Identifier: MIT

KDUMP_INIT_VERSION = 0.1
KDUMP_INIT_SITE = $(call qstrip,$(BR2_PACKAGE_KDUMP_INIT_TREE))
KDUMP_INIT_SITE_METHOD = local
KDUMP_INIT_LICENSE = MIT
KDUMP_INIT_LICENSE_FILES = LICENSE
KDUMP_INIT_OVERRIDE_SRCDIR_RSYNC_EXCLUSIONS = --exclude /build

# deps/build calls the tools by Debian's names
KDUMP_INIT_CROSS = $(@D)/cross/$(BR2_ARCH)-linux-gnu-
define KDUMP_INIT_MAKE_CROSS
	mkdir -p $(@D)/cross
	for t in gcc ar as ld nm objcopy objdump ranlib readelf strip; do \
		printf '#!/bin/sh\nexec $(TARGET_CROSS)%s "$$@"\n' $$t >$(KDUMP_INIT_CROSS)$$t && \
		chmod 755 $(KDUMP_INIT_CROSS)$$t || exit 1; \
	done
endef
KDUMP_INIT_PRE_BUILD_HOOKS += KDUMP_INIT_MAKE_CROSS

# -m and the rest of TARGET_CFLAGS are the wrapper's; PATH has the folder with the tools
KDUMP_INIT_MAKE = PATH="$(@D)/cross:$(BR_PATH)" DEPS_SRC="$(call qstrip,$(BR2_PACKAGE_KDUMP_INIT_DEPS))" \
	$(MAKE) -C $(@D) ARCH=$(BR2_ARCH) B=build CC=$(BR2_ARCH)-linux-gnu-gcc CROSS_COMPILE=$(BR2_ARCH)-linux-gnu- \
	HOSTCC="$(HOSTCC)" NET=$(if $(BR2_PACKAGE_KDUMP_INIT_NET),1,0) PREFIX=/usr CFLAGS=-Os

define KDUMP_INIT_BUILD_CMDS
	$(KDUMP_INIT_MAKE) all
endef

define KDUMP_INIT_INSTALL_TARGET_CMDS
	$(KDUMP_INIT_MAKE) DESTDIR=$(TARGET_DIR) install
	$(RM) -r $(TARGET_DIR)/usr/share/kdump-init $(TARGET_DIR)/usr/lib/systemd/catalog/kdump-init.catalog
	test -e $(TARGET_DIR)/etc/kdump.conf || $(INSTALL) -D -m 0644 $(@D)/configs/kdump.conf $(TARGET_DIR)/etc/kdump.conf
	$(INSTALL) -D -m 0644 $(@D)/configs/sysctl/90-kdump.conf $(TARGET_DIR)/etc/sysctl.d/90-kdump.conf
endef

# of busybox init and sysvinit
define KDUMP_INIT_INSTALL_INIT_SYSV
	$(INSTALL) -D -m 0755 $(@D)/configs/sysvinit/kdump $(TARGET_DIR)/etc/init.d/S90kdump
	$(SED) 's#@LIBDIR@#/usr/lib/kdump-init#' $(TARGET_DIR)/etc/init.d/S90kdump
endef

define KDUMP_INIT_INSTALL_INIT_OPENRC
	for s in kdump-loader kdump-recover kdump-update; do \
		$(INSTALL) -D -m 0755 $(@D)/configs/openrc/$$s $(TARGET_DIR)/etc/init.d/$$s || exit 1; \
	done
endef

# the units lie where make install puts them
define KDUMP_INIT_INSTALL_INIT_SYSTEMD
	mkdir -p $(TARGET_DIR)/usr/lib/systemd/system-preset
	printf 'enable kdump-%s\n' loader.service recover.service update.service update.path update.timer \
		>$(TARGET_DIR)/usr/lib/systemd/system-preset/60-kdump-init.preset
endef

define KDUMP_INIT_LINUX_CONFIG_FIXUPS
	$(call KCONFIG_ENABLE_OPT,CONFIG_KEXEC_FILE)
	$(call KCONFIG_ENABLE_OPT,CONFIG_KEXEC)
	$(call KCONFIG_ENABLE_OPT,CONFIG_CRASH_DUMP)
	$(call KCONFIG_ENABLE_OPT,CONFIG_PROC_VMCORE)
	$(call KCONFIG_ENABLE_OPT,CONFIG_BLK_DEV_INITRD)
	$(call KCONFIG_ENABLE_OPT,CONFIG_RD_ZSTD)
	$(call KCONFIG_ENABLE_OPT,CONFIG_IKCONFIG)
	$(call KCONFIG_ENABLE_OPT,CONFIG_IKCONFIG_PROC)
endef

$(eval $(generic-package))
