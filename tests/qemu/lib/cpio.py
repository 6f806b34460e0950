# SPDX-License-Identifier: MIT
"""A newc cpio archive (an initramfs) from Python, no root needed."""

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
