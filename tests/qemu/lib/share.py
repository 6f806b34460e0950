# SPDX-License-Identifier: MIT
"""A folder of the host as target: virtiofs (a virtiofsd) or 9p (QEMU itself)."""

import os
import subprocess
import time

from . import tools

KINDS = ("virtiofs", "9p")
TAG = "dumps"
MODULES = {"virtiofs": ["virtiofs"], "9p": ["9p", "9pnet_virtio"]}


class Share:
    """The folder work/share; stop() ends what serves it."""

    def __init__(self, kind, work, mem):
        self.folder = work / "share"
        self.folder.mkdir(parents=True)
        self._proc = None
        if kind == "9p":
            self.args = ["-fsdev", "local,id=share,security_model=none,"
                                   f"path={self.folder}",
                         "-device", f"virtio-9p-pci,fsdev=share,mount_tag={TAG}"]
            return
        socket = work / "fs.sock"
        self._serve(socket)
        self.args = ["-object", f"memory-backend-memfd,id=mem,size={mem},"
                                "share=on",
                     "-numa", "node,memdev=mem",
                     "-chardev", f"socket,id=share,path={socket}",
                     "-device", f"vhost-user-fs-pci,chardev=share,tag={TAG}"]

    def _serve(self, socket):
        own = [] if os.getuid() == 0 else [
            f"--translate-uid=map:0:{os.getuid()}:1",
            f"--translate-gid=map:0:{os.getgid()}:1"]
        with open(f"{socket}.log", "wb") as log:
            self._proc = subprocess.Popen(
                [*tools.argv("virtiofsd"), f"--socket-path={socket}",
                 f"--shared-dir={self.folder}", "--sandbox=none", *own],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        for _ in range(200):
            if socket.exists():
                return
            if self._proc.poll() is not None:
                break
            time.sleep(0.05)
        self.stop()
        with open(f"{socket}.log", encoding="utf-8", errors="replace") as log:
            raise tools.ToolError(f"virtiofsd: does not serve: {log.read()}")

    def stop(self):
        """QEMU's end is virtiofsd's too, unless it never connected."""
        if self._proc:
            self._proc.kill()
            self._proc.wait(timeout=20)
