#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The shell that scenarios type in: a program that flushes its terminal, as apt does, takes no command away. No machine."""

import os
import pty
import socket
import threading

from lib import shell
from lib.scenario import check, main

FLUSH = "import termios; termios.tcflush(0, termios.TCIFLUSH)"
LIMIT_S = 60


class Alive:
    """What a shell asks of a machine."""

    def drain(self):
        return True

    def last(self):
        return ""


def copy(read, write):
    """One direction of the line, until its end."""
    try:
        while data := read():
            write(data)
    except OSError:
        pass


def story():
    typed = shell.Shell()
    line = socket.socket(fileno=os.dup(typed.fds()[0]))
    child, terminal = pty.fork()
    if not child:
        os.execvpe("bash", ["bash", "--norc", "-i"], {**os.environ, "PS1": "root@here:~# "})
    for read, write in ((lambda: os.read(terminal, 4096), line.sendall),
                        (lambda: line.recv(4096), lambda data: os.write(terminal, data))):
        threading.Thread(target=copy, args=(read, write), daemon=True).start()
    typed.attach(Alive())
    typed.login(LIMIT_S)
    got = typed.ask(f"sleep 0.5; python3 -c '{FLUSH}'; echo flushed; false", LIMIT_S)
    check(got == (1, "flushed"), f"{got}")
    got = typed.ask("export kept=5\necho $kept", LIMIT_S), typed.ask("echo $kept", LIMIT_S)
    check(got == ((0, "5"), (0, "5")), f"{got}")
    typed.send("exit")
    os.waitpid(child, 0)
    typed.close()
    print("  ok: what is typed ahead is run", flush=True)


main(story)
