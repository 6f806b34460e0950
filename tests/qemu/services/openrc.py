#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""OpenRC below busybox init, as Alpine has it: armed by its services; crashed, captured, told of at the next boot."""

from lib import inits
from lib.scenario import main

LONG = True

INITTAB = "::sysinit:/sbin/openrc sysinit\n::sysinit:/sbin/openrc boot\n::wait:/sbin/openrc default\n::once:/story\n"
LOCALMOUNT = "#!/sbin/openrc-run\nstart() { return 0; }\n"
NAMES = ("kdump-loader", "kdump-recover", "kdump-update")
FILES = {f"etc/init.d/{name}": inits.SERVICES / f"openrc-{name}" for name in NAMES}
FILES |= {"etc/inittab": INITTAB, "etc/init.d/localmount": LOCALMOUNT}
LINKS = ("mkdir -p /etc/runlevels/default; "
         + "; ".join(f"ln -s /etc/init.d/{name} /etc/runlevels/default/{name}" for name in NAMES) + "\n")
INIT = inits.Init("busybox", FILES, "/bin/busybox init", before=LINKS, packages=(
    "openrc", "libeinfo1", "librc1t64", "libc6", "libpam0g", "libaudit1", "libcap-ng0", "libselinux1", "libpcre2-8-0",
    "libcap2", "libtinfo6"))

main(lambda: inits.run(INIT))
