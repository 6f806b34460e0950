#!/bin/sh
# SPDX-License-Identifier: MIT
# Called with the folders below /usr/share/kernel that changed: each has the release of its kernel. An image of a kernel that is gone goes, too.
for i in "$@"; do
	[ -f "$i/kernel.release" ] || continue
	kdump-loader update --release "$(cat "$i/kernel.release")" || echo "kdump-init: no capture image yet; the next boot tries again" >&2
done
for image in /boot/kdump-init-*.img; do
	release=${image#/boot/kdump-init-}
	[ ! -f "$image" ] || [ -d "/lib/modules/${release%.img}" ] || rm -f "$image"
done
exit 0
