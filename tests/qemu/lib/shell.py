# SPDX-License-Identifier: MIT
"""A root shell on the second serial port of a machine, as somebody types there:
commands one after the other, their output and exit status."""

import re
import select
import socket
import time

from . import qemu

PROMPT = re.compile(r"root@\S+?:\S*# $")
DONE = re.compile(r"^@@done (\d+)\n", re.M)
LIMIT_S = 1200      # of a boot, of a command; only a guest that hangs needs it


class Shell:
    """Made before the machine, which gets args() and fds(); then attach()."""

    def __init__(self):
        self._mine, self._theirs = socket.socketpair()
        self._mine.setblocking(False)
        self._text = ""
        self.machine = None

    def args(self):
        """The second serial port, for QEMU's command line."""
        return ["-chardev", f"socket,id=shell,fd={self._theirs.fileno()}",
                "-serial", "chardev:shell"]

    def fds(self):
        """For qemu.Machine(pass_fds=)."""
        return (self._theirs.fileno(),)

    def attach(self, machine):
        """The machine runs; QEMU alone holds the other end now."""
        self.machine = machine
        self._theirs.close()

    def close(self):
        """At the machine's end."""
        self._mine.close()

    def _wait(self, pattern, limit, what):
        """The match of pattern in what comes; MachineError without."""
        deadline = time.monotonic() + limit
        while True:
            found = pattern.search(self._text)
            if found:
                return found
            alive = self.machine.drain()
            if not alive or time.monotonic() > deadline:
                why = f"no end after {limit} s" if alive else "the machine ended"
                raise qemu.MachineError(f"guest: {what}: {why}: "
                                        f"{self._text[-400:]!r}; last line: {self.machine.last()}")
            if select.select([self._mine], [], [], 0.3)[0]:
                data = self._mine.recv(65536).decode(errors="replace")
                self._text += re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\r", "", data)

    def wait_console(self, pattern, limit=LIMIT_S):
        """Wait for a new line of the machine's console."""
        at, deadline = len(self.machine.lines), time.monotonic() + limit
        while True:
            alive = self.machine.drain()
            new = self.machine.lines[at:]
            at += len(new)
            if any(re.search(pattern, text) for _, text in new):
                return
            if not alive or time.monotonic() > deadline:
                raise qemu.MachineError(f"guest: no line of the console matches {pattern!r}; "
                                        f"last line: {self.machine.last()}")
            time.sleep(0.2)

    def login(self, limit=LIMIT_S):
        """Wait for the prompt of a system that has come up."""
        self._text = ""
        self._wait(PROMPT, limit, "login")
        # no echo and no prompt from here on: what comes is the commands' own
        self.ask("stty -echo; PS1= PS2=")

    def ask(self, command, limit=LIMIT_S):
        """(exit status, output) of a line or lines of shell."""
        self._text = ""
        # the shell has read all of it before it begins: apt flushes the terminal, others read from it
        self._mine.sendall(f"{{ {command}\n}}; kd_r=$?; echo; echo @@done $kd_r\n".encode())
        found = self._wait(DONE, limit, command)
        text = self._text[:found.start()]
        return int(found[1]), text.strip("\n")

    def send(self, command):
        """A line whose end nobody sees."""
        self._text = ""
        self._mine.sendall(f"{command}\n".encode())
