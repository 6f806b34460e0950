# SPDX-License-Identifier: MIT
"""A TCP proxy that does to a connection what networks and servers do; as a program for tests/net:

proxy.py HOST PORT FAULT AFTER DOWN - in front of this server, with one fault; prints its port."""

import contextlib
import socket
import struct
import sys
import threading
import time


class Proxy:
    """Passes connections on to a port of host (the loopback), until so many bytes went up.

    after: bytes of one connection towards the server; then fault: "reset", "stall" (for ever), "drip"
    (one byte a second), "restart" (the connection is reset, new ones are refused for down seconds);
    times: so many connections have the fault, the others pass (None: all)."""

    def __init__(self, port, fault=None, after=0, times=1, down=0, host="127.0.0.1"):
        self.host, self.target, self.fault, self.after = host, port, fault, after
        self.times, self.down = times, down
        self.faults = self.connections = 0
        self.hit = threading.Event()
        self._down_until = 0
        self._lock = threading.Lock()
        self._listen = socket.create_server((host, 0))
        self.port = self._listen.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def stop(self):
        """No more connections."""
        self._listen.close()

    def _serve(self):
        while True:
            try:
                near, _ = self._listen.accept()
            except OSError:
                return
            if time.monotonic() < self._down_until:
                _reset(near)
                continue
            self.connections += 1
            try:
                far = socket.create_connection((self.host, self.target))
            except OSError:
                _reset(near)
                continue
            threading.Thread(target=self._up, args=(near, far), daemon=True).start()
            threading.Thread(target=_pass, args=(far, near), daemon=True).start()

    def _may_fail(self):
        """Takes one of the faults that are left."""
        with self._lock:
            if not self.fault or (self.times is not None and self.faults >= self.times):
                return False
            self.faults += 1
            self.hit.set()
            return True

    def _up(self, near, far):
        sent = 0
        with contextlib.suppress(OSError):
            while data := near.recv(16384):
                if sent <= self.after < sent + len(data) and self._may_fail():
                    self._fail(near, far, data)
                    return
                far.sendall(data)
                sent += len(data)
            far.shutdown(socket.SHUT_WR)

    def _fail(self, near, far, data):
        if self.fault == "stall":
            time.sleep(3600)
        if self.fault == "drip":
            while data:
                far.sendall(data[:1])
                data = data[1:] or near.recv(1)
                time.sleep(1)
        if self.fault == "restart":
            self._down_until = time.monotonic() + self.down
        _reset(far)
        _reset(near)


def _pass(source, sink):
    with contextlib.suppress(OSError):
        while data := source.recv(16384):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


def _reset(sock):
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.close()


def main():
    """The program."""
    host, port, fault, after, down = sys.argv[1:]
    print(Proxy(int(port), fault, int(after), down=float(down), host=host).port, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
