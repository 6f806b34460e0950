# SPDX-License-Identifier: MIT
"""A newc cpio archive (an initramfs) from Python, no root needed."""

import hashlib
import re
import stat


class Cpio:
    """Collects entries; bytes() is the archive."""

    def __init__(self):
        self._parts = []
        self._dirs = set()
        self._ino = 1

    def _entry(self, name, mode, data=b"", rdev=(0, 0)):
        raw = name.encode() + b"\0"
        fields = (self._ino, mode, 0, 0, 1, 0, len(data), 0, 0,
                  *rdev, len(raw), 0)
        self._ino += 1
        head = b"070701" + b"".join(b"%08X" % f for f in fields) + raw
        self._parts += [head, b"\0" * (-len(head) % 4),
                        data, b"\0" * (-len(data) % 4)]

    def mkdir(self, name):
        """A folder with its parents."""
        name = name.strip("/")
        if not name or name in self._dirs:
            return
        if "/" in name:
            self.mkdir(name.rsplit("/", 1)[0])
        self._dirs.add(name)
        self._entry(name, stat.S_IFDIR | 0o755)

    def _parent(self, name):
        if "/" in name:
            self.mkdir(name.rsplit("/", 1)[0])

    def file(self, name, data, mode=0o644):
        """A regular file; data as bytes or str."""
        name = name.strip("/")
        self._parent(name)
        data = data.encode() if isinstance(data, str) else data
        self._entry(name, stat.S_IFREG | mode, data)

    def link(self, name, target):
        """A symbolic link."""
        name = name.strip("/")
        self._parent(name)
        self._entry(name, stat.S_IFLNK | 0o777, target.encode())

    def node(self, name, major, minor, mode=0o600):
        """A character device."""
        name = name.strip("/")
        self._parent(name)
        self._entry(name, stat.S_IFCHR | mode, rdev=(major, minor))

    def bytes(self):
        """The archive, ended by its trailer."""
        self._entry("TRAILER!!!", 0)
        return b"".join(self._parts)


class Head:
    """The head of a capture image (lib/image_head.h), to be read and changed:
    text is its manifest, config its kdump.conf, payload all behind it."""

    NAMES = ("etc", "etc/kdump-image", "etc/kdump.conf", "TRAILER!!!")

    def __init__(self, image):
        at, files = 0, []
        for name in self.NAMES:
            size = int(image[at + 54:at + 62], 16)
            begin = at + -(-(110 + len(name) + 1) // 4) * 4
            assert image[at + 110:at + 110 + len(name)] == name.encode()
            files.append(image[begin:begin + size])
            at = begin + -(-size // 4) * 4
        self.text, self.config = files[1].decode(), files[2]
        self.payload = image[-(-at // 512) * 512:]

    def change(self, key, value):
        """Another value in the lines of this key."""
        self.text = re.sub(rf"^{key} .*$", f"{key} {value}", self.text, flags=re.M)

    def bytes(self):
        """The image, sealed again."""
        self.change("config", f"{len(self.config)} "
                              f"{hashlib.sha256(self.config).hexdigest()}")
        lines = self.text[:self.text.rindex("seal ")].encode()
        seal = f"seal {hashlib.sha256(lines).hexdigest()}\n".encode()
        out = b""
        for ino, (name, mode, links, data) in enumerate(zip(
                self.NAMES, (0o40755, 0o100600, 0o100600, 0), (2, 1, 1, 1),
                (b"", lines + seal, self.config, b"")), 1):
            fields = (ino if mode else 0, mode, 0, 0, links, 0, len(data), 0, 0,
                      0, 0, len(name) + 1, 0)
            out += b"070701" + b"".join(b"%08X" % f for f in fields)
            out += name.encode() + b"\0"
            out += b"\0" * (-len(out) % 4) + data
            out += b"\0" * (-len(out) % 4)
        return out + b"\0" * (-len(out) % 512) + self.payload
