# SPDX-License-Identifier: MIT
"""What differs from one architecture to the next: QEMU's machine, the console, Debian's names, and which
programs are put into a guest."""

import dataclasses
import platform

from . import apt, fetch, paths, tools


@dataclasses.dataclass(frozen=True)
class Arch:
    """uname: as uname -m has it; debian: as Debian calls it."""
    uname: str
    debian: str
    kernel: str                     # Debian's metapackage
    machine: tuple                  # QEMU's arguments
    console: str
    cpu: str                        # that is emulated fast
    package: str = ""               # of QEMU; "": it is among the usual tools
    words: str = ""                 # of the production kernel's command line
    crashkernel: str = "96M"
    readers: tuple = ("libkdumpfile", "drgn")   # that read this one's dumps on another machine
    firmware: tuple = ()            # package and file of EFI firmware
    ld: str = ""                    # where Debian's libc6 has the dynamic linker
    limits: tuple = (300, 120)      # seconds of a circle, and without a line of the console

    @property
    def native(self):
        """Is it this machine's?"""
        return self.uname == platform.machine()

    @property
    def build(self):
        """Where make ARCH=… puts the programs."""
        return paths.BUILD if self.native else paths.BUILD / self.uname

    @property
    def qemu(self):
        """QEMU's program; it is fetched."""
        if self.package:
            fetch.tools(self.package)
        return f"qemu-system-{self.uname}"

    def program(self, name):
        """One of the project's programs, as `make ARCH=… stage` has laid it out."""
        return self.build / "stage" / paths.INSTALLED[name] / name

    def argv(self, program, root=None):
        """The words that run a program of this architecture here; root: where its libraries are, if
        it is not this machine's."""
        if self.native:
            return [str(program)]
        where = ("-L", str(root)) if root else ()
        if not apt.available():
            return [*tools.argv(f"qemu-{self.uname}"), *where, str(program)]
        # it is static
        return [str(fetch.tools("qemu-user") / "usr/bin" / f"qemu-{self.uname}"), *where, str(program)]

    def busybox(self):
        """A static one, to be put into a guest."""
        if self.native:
            return tools.file("busybox")
        return fetch.single("busybox-static", "usr/bin/busybox", "trixie", self.debian)

    def efi(self):
        """Words for QEMU: EFI firmware, with ACPI in place of a device tree; what it writes to its variables is lost."""
        package, code, variables = self.firmware
        words = []
        for unit, (name, mode) in enumerate(((code, "readonly=on"), (variables, "snapshot=on"))):
            file = fetch.single(package, name, "trixie")
            words += ["-drive", f"if=pflash,unit={unit},format=raw,{mode},file={file}"]
        return tuple(words)


ARCHS = {
    "x86_64": Arch(
        # no HPET: under TCG its set-up now and then hangs recent kernels that run with -cpu max; on a busy
        # host the kernel's test of the emulated timer fails now and then
        "x86_64", "amd64", fetch.META, ("-machine", "pc,hpet=off"), "ttyS0", "max",
        words="no_timer_check", readers=(), ld="usr/lib64/ld-linux-x86-64.so.2"),
    "aarch64": Arch(
        "aarch64", "arm64", "linux-image-cloud-arm64", ("-machine", "virt,gic-version=3"), "ttyAMA0",
        "cortex-a57", "qemu-system-arm", crashkernel="160M",
        firmware=("qemu-efi-aarch64", "usr/share/AAVMF/AAVMF_CODE.no-secboot.fd",
                  "usr/share/AAVMF/AAVMF_VARS.fd"), ld="usr/lib/ld-linux-aarch64.so.1", limits=(600, 240)),
    "riscv64": Arch(
        "riscv64", "riscv64", "linux-image-riscv64", ("-machine", "virt"), "ttyS0", "rv64",
        "qemu-system-riscv", crashkernel="192M",
        firmware=("qemu-efi-riscv64", "usr/share/qemu-efi-riscv64/RISCV_VIRT_CODE.fd",
                  "usr/share/qemu-efi-riscv64/RISCV_VIRT_VARS.fd"), ld="usr/lib/ld-linux-riscv64-lp64d.so.1",
        limits=(600, 240)),
}


def of(name=None):
    """The architecture of that name; None: x86_64."""
    return ARCHS[name or "x86_64"]
