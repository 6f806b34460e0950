# SPDX-License-Identifier: MIT
"""A machine under Secure Boot that trusts one certificate: that of whoever signed a kernel.

The firmware's variables are the package's empty ones with PK, KEK and db put behind their header, as EDK2's
MdeModulePkg/Include/Guid/VariableFormat.h and the UEFI specification (EFI_SIGNATURE_LIST) have them."""

import pathlib
import struct
import uuid

from . import fetch, tools

STORE = 0x48                    # behind the volume's header
STORE_HEAD = 28
AUTHENTICATED = uuid.UUID("aaf32c78-947b-439a-a180-2e144ec37792")
GLOBAL = uuid.UUID("8be4df61-93ca-11d2-aa0d-00e098032b8c")
SECURITY = uuid.UUID("d719b2cb-3d3a-4596-a3bc-dad00e67656f")
X509 = uuid.UUID("a5c059a1-94e4-4aa7-87b5-ab155c2bf072")
OWNER = uuid.UUID("6b646d70-2d69-6e69-7400-000000000001")
# non-volatile, boot, run time, authenticated by time
ATTRIBUTES = 0x27
ADDED = 0x3F
PE_AT, CERTIFICATES_AT = 60, 24 + 112 + 32


def signer(kernel, folder):
    """The certificate of whoever signed a kernel file, DER."""
    data = pathlib.Path(kernel).read_bytes()
    at, size = struct.unpack_from("<II", data, struct.unpack_from("<I", data, PE_AT)[0] + CERTIFICATES_AT)
    if not size:
        raise ValueError(f"{kernel} is not signed")
    length, = struct.unpack_from("<I", data, at)
    (folder / "signature").write_bytes(data[at + 8:at + length])
    pem = tools.run("openssl", "pkcs7", "-inform", "DER", "-in", folder / "signature", "-print_certs")
    (folder / "signer.pem").write_text(pem)
    tools.run("openssl", "x509", "-in", folder / "signer.pem", "-outform", "DER", "-out", folder / "signer.der")
    return (folder / "signer.der").read_bytes()


def _variable(name, vendor, certificate):
    content = (X509.bytes_le + struct.pack("<III", 28 + 16 + len(certificate), 0, 16 + len(certificate))
               + OWNER.bytes_le + certificate)
    text = (name + "\0").encode("utf-16-le")
    # of 2022-01-01 00:00:00
    time = struct.pack("<HBBBBBBIhBB", 2022, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0)
    raw = (struct.pack("<HBBIQ", 0x55AA, ADDED, 0, ATTRIBUTES, 0) + time
           + struct.pack("<III", 0, len(text), len(content)) + vendor.bytes_le + text + content)
    return raw + b"\xff" * (-len(raw) % 4)


def variables(certificate, file):
    """Writes firmware variables that trust this certificate to file."""
    empty = fetch.single("ovmf", "usr/share/OVMF/OVMF_VARS_4M.fd").read_bytes()
    if empty[STORE:STORE + 16] != AUTHENTICATED.bytes_le:
        raise ValueError("OVMF_VARS_4M.fd has no authenticated variables")
    raw = b"".join(_variable(name, vendor, certificate)
                   for name, vendor in (("db", SECURITY), ("KEK", GLOBAL), ("PK", GLOBAL)))
    at = STORE + STORE_HEAD
    file.write_bytes(empty[:at] + raw + empty[at + len(raw):])


def machine(kernel, folder):
    """Words for QEMU: OVMF under Secure Boot that starts kernels of this one's signer. folder keeps its variables."""
    code = fetch.single("ovmf", "usr/share/OVMF/OVMF_CODE_4M.secboot.fd")
    variables(signer(kernel, folder), folder / "variables")
    return ("-machine", "q35,smm=on", "-global", "driver=cfi.pflash01,property=secure,value=on",
            "-drive", f"if=pflash,unit=0,format=raw,readonly=on,file={code}",
            "-drive", f"if=pflash,unit=1,format=raw,snapshot=on,file={folder / 'variables'}")
