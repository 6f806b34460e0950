# SPDX-License-Identifier: MIT
SUMMARY = "Captures the memory of a crashed kernel with one small static program"
LICENSE = "MIT"
LIC_FILES_CHKSUM = "file://LICENSE;md5=03246c69ef2da5b3cadc722b45ff4162"

# The source: a clone of kdump-init, by default the one that this layer lies in.
KDUMP_INIT_TREE ?= "${@os.path.realpath(d.getVar('THISDIR') + '/../../../..')}"
# The tarballs of deps/lock: a folder that `packaging/deps FOLDER` filled, or an address (file://, https://) of such a one.
KDUMP_INIT_DEPS ?= "file://${TOPDIR}/kdump-init-deps"

require kdump-init-deps.inc
SRC_URI:prepend = "git://${KDUMP_INIT_TREE};protocol=file;branch=main;destsuffix=tree;name=tree "
SRCREV_tree ?= "${AUTOREV}"
SRCREV_FORMAT = "tree"
S = "${WORKDIR}/tree"

inherit systemd update-rc.d
COMPATIBLE_HOST = "(aarch64|riscv64|x86_64).*-linux"
# static and without the toolchain's C library: the tree builds musl and all else for itself
INHIBIT_DEFAULT_DEPS = "1"
DEPENDS = "virtual/${TARGET_PREFIX}gcc virtual/${TARGET_PREFIX}compilerlibs linux-libc-headers"
INSANE_SKIP:${PN} += "ldflags already-stripped"

PACKAGECONFIG ??= "net"
PACKAGECONFIG[net] = ""

# deps/build calls the tools by Debian's names
KDUMP_CROSS = "${B}/cross"
kdump_make() {
	mkdir -p ${KDUMP_CROSS}
	for t in gcc ar as ld nm objcopy objdump ranlib readelf strip; do
		case $t in gcc) flags="--sysroot=${STAGING_DIR_HOST} ${TUNE_CCARGS}" ;; *) flags= ;; esac
		printf '#!/bin/sh\nexec ${TARGET_PREFIX}%s %s "$@"\n' $t "$flags" >${KDUMP_CROSS}/${TARGET_ARCH}-linux-gnu-$t
		chmod 755 ${KDUMP_CROSS}/${TARGET_ARCH}-linux-gnu-$t
	done
	unset CFLAGS CPPFLAGS LDFLAGS CC MAKEFLAGS
	PATH="${KDUMP_CROSS}:$PATH" DEPS_SRC=${WORKDIR}/deps make -C ${S} ARCH=${TARGET_ARCH} B=build \
		CC=${TARGET_ARCH}-linux-gnu-gcc CROSS_COMPILE=${TARGET_ARCH}-linux-gnu- HOSTCC="${BUILD_CC}" CFLAGS=-Os LDFLAGS= \
		NET=${@bb.utils.contains('PACKAGECONFIG', 'net', '1', '0', d)} PREFIX=${prefix} SBINDIR=${sbindir} \
		UNITDIR=${systemd_system_unitdir} "$@"
}

do_configure[noexec] = "1"

do_compile() {
	kdump_make all
}

do_install() {
	kdump_make DESTDIR=${D} install
	install -D -m 0644 ${S}/configs/kdump.conf ${D}${sysconfdir}/kdump.conf
	install -D -m 0644 ${S}/configs/sysctl/90-kdump.conf ${D}${sysconfdir}/sysctl.d/90-kdump.conf
	install -D -m 0755 ${S}/configs/sysvinit/kdump ${D}${sysconfdir}/init.d/kdump
	sed -i 's#@LIBDIR@#${prefix}/lib/kdump-init#' ${D}${sysconfdir}/init.d/kdump
	rm -r ${D}${datadir}/kdump-init
}

SYSTEMD_SERVICE:${PN} = "kdump-loader.service kdump-recover.service kdump-update.service kdump-update.path kdump-update.timer"
INITSCRIPT_NAME = "kdump"
INITSCRIPT_PARAMS = "start 90 2 3 4 5 ."
CONFFILES:${PN} = "${sysconfdir}/kdump.conf ${sysconfdir}/sysctl.d/90-kdump.conf"
FILES:${PN} += "${prefix}/lib ${systemd_system_unitdir}"
RDEPENDS:${PN} = "busybox"
RRECOMMENDS:${PN} = "kernel-image"
