#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A server that is not there: the second target, the disk, gets the dump."""

from lib.scenario import crashed, expect, main, verify


def story():
    conf = ("path {path}\nhttps https://10.0.2.2:1/\n"
            "https_ca /etc/kdump-ca.pem\nnet auto dhcp\ntarget_timeout 4\next4 UUID={uuid}\n"
            "extra_modules virtio_pci virtio_blk virtio_net\n")
    with crashed(targets=("ext4",), conf=conf, web=True) as run:
        expect(run, r"10\.0\.2\.2, port 1: Connection refused", "the dead server")
        verify.folder(run)
        verify.dmesg(run)
        verify.makedumpfile(run)


main(story)
