# SPDX-License-Identifier: MIT
"""How the target disk is attached: QEMU's devices, and the drivers that the
production guest loads (the capture image's are found by kdump-mkinitrd)."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Bus:
    """devices: arguments of -device; {id} is the drive's name."""
    devices: tuple
    modules: tuple = ()


BUSES = {
    "virtio-blk": Bus(("virtio-blk-pci,drive={id},serial={id}",)),
    # on the virt machines, without PCI
    "virtio-mmio": Bus(("virtio-blk-device,drive={id},serial={id}",), ("virtio_mmio",)),
    "virtio-scsi": Bus(("virtio-scsi-pci,id={id}-hba",
                        "scsi-hd,drive={id},serial={id},bus={id}-hba.0"),
                       ("virtio_scsi", "sd_mod")),
    "nvme": Bus(("nvme,drive={id},serial={id}",), ("nvme",)),
    "ahci": Bus(("ich9-ahci,id={id}-hba",
                 "ide-hd,drive={id},serial={id},bus={id}-hba.0"),
                ("ahci", "sd_mod")),
    "usb": Bus(("qemu-xhci,id={id}-hba",
                "usb-storage,drive={id},serial={id},bus={id}-hba.0"),
               ("xhci_pci", "usb_storage", "uas", "sd_mod")),
    "uas": Bus(("qemu-xhci,id={id}-hba", "usb-uas,id={id}-uas,bus={id}-hba.0",
                "scsi-hd,drive={id},serial={id},bus={id}-uas.0"),
               ("xhci_pci", "uas", "sd_mod")),
    "sdhci": Bus(("sdhci-pci,id={id}-hba", "sd-card,drive={id}"),
                 ("sdhci_pci", "mmc_block")),
}


def args(bus, drive):
    """QEMU's arguments that attach a drive."""
    out = []
    for device in BUSES[bus].devices:
        out += ["-device", device.format(id=drive)]
    return out


def modules(bus):
    """Drivers beside the guest's usual ones."""
    return list(BUSES[bus].modules)
