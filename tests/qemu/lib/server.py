# SPDX-License-Identifier: MIT
"""A real nginx that takes PUT over TLS on the host's loopback, and its CA."""

import contextlib
import os
import pathlib
import signal
import socket
import ssl
import struct
import subprocess
import threading
import time

from . import tools

GUEST_SEES = "10.0.2.2"     # the host's loopback in QEMU's user network

CONF = """\
daemon off;
worker_processes 1;
pid {dir}/nginx.pid;
error_log {dir}/error.log info;
{user}
events {{ worker_connections 64; }}
http {{
	access_log {dir}/access.log;
	client_body_temp_path {dir}/tmp;
	proxy_temp_path {dir}/tmp/p;
	fastcgi_temp_path {dir}/tmp/f;
	uwsgi_temp_path {dir}/tmp/u;
	scgi_temp_path {dir}/tmp/s;
	client_max_body_size {limit};
	client_body_timeout 120s;
	server {{
		listen 127.0.0.1:{port} ssl;
		ssl_certificate {dir}/server.pem;
		ssl_certificate_key {dir}/server.key;
		root {dir}/www;
		location / {{
			{answer}
			dav_methods PUT;
			create_full_put_path on;
			dav_access user:rw;
		}}
	}}
}}
"""


def free_port():
    """A TCP port of the loopback that is free now."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def make_ca(folder, names=(GUEST_SEES, "127.0.0.1")):
    """ca.pem, and server.pem/.key signed by it for the addresses names."""
    folder = pathlib.Path(folder)
    san = ",".join(f"IP:{n}" for n in names)
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    tools.run("openssl", "req", "-x509", *curve, "-days", "30",
              "-subj", "/CN=crashtest CA", "-keyout", folder / "ca.key",
              "-out", folder / "ca.pem", "-config", _openssl_conf(folder),
              "-extensions", "ca")
    tools.run("openssl", "req", *curve, "-subj", f"/CN={names[0]}",
              "-keyout", folder / "server.key", "-out", folder / "server.csr",
              "-config", _openssl_conf(folder))
    ext = folder / "server.ext"
    ext.write_text(f"subjectAltName={san}\nextendedKeyUsage=serverAuth\n")
    tools.run("openssl", "x509", "-req", "-in", folder / "server.csr",
              "-CA", folder / "ca.pem", "-CAkey", folder / "ca.key",
              "-days", "30", "-extfile", ext, "-set_serial", "1",
              "-out", folder / "server.pem")
    return folder / "ca.pem"


def _openssl_conf(folder):
    path = pathlib.Path(folder, "openssl.cnf")
    path.write_text("[req]\ndistinguished_name=dn\n[dn]\n[ca]\n"
                    "basicConstraints=critical,CA:TRUE\n"
                    "keyUsage=critical,keyCertSign\n"
                    "subjectKeyIdentifier=hash\n")
    return path


class Resetting:
    """A TLS server that takes limit bytes of the dump, then resets, or stalls."""

    def __init__(self, folder, limit, stall=False):
        self.dir = pathlib.Path(folder)
        self.www = self.dir / "www"
        self.www.mkdir(parents=True)
        self.ca = make_ca(self.dir)
        self._limit, self._stall, self._held = limit, stall, []
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(self.dir / "server.pem",
                                  self.dir / "server.key")
        self._listen = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://{GUEST_SEES}:{self._listen.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                plain, _ = self._listen.accept()
            except OSError:
                return
            with contextlib.suppress(OSError):
                plain.settimeout(60)
                with self._tls.wrap_socket(plain, server_side=True) as conn:
                    self._talk(conn)

    def _talk(self, conn):
        """Small bodies are answered, a large one is cut off with a reset."""
        got, seen = 0, b""
        while got < self._limit:
            data = conn.recv(65536)
            if not data:
                return
            got += len(data)
            seen = seen[-8:] + data
            if b"100-continue" in data:
                conn.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            if seen.endswith(b"\r\n0\r\n\r\n"):
                conn.sendall(b"HTTP/1.1 201 Created\r\n"
                             b"Content-Length: 0\r\n\r\n")
                got = 0
        if self._stall:
            self._held.append(conn.detach())
            return
        conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                        struct.pack("ii", 1, 0))

    def stop(self):
        """No more connections."""
        self._listen.close()


class Nginx:
    """A running nginx, or one that start() starts later; files arrive below www."""

    def __init__(self, folder, limit="0", names=(GUEST_SEES, "127.0.0.1"),
                 answer=None, later=False):
        self.dir = pathlib.Path(folder)
        self.www = self.dir / "www"
        self.port = free_port()
        for sub in ("www", "tmp"):
            (self.dir / sub).mkdir(parents=True, exist_ok=True)
        self.ca = make_ca(self.dir, names)
        conf = self.dir / "nginx.conf"
        user = "user root;" if os.geteuid() == 0 else ""
        conf.write_text(CONF.format(dir=self.dir, port=self.port, limit=limit,
                                    user=user,
                                    answer=f"return {answer};" if answer else ""))
        self.proc = None
        if not later:
            self.start()

    def start(self):
        """From now on it takes connections."""
        self.proc = subprocess.Popen(
            [*tools.argv("nginx"), "-p", str(self.dir), "-c", str(self.dir / "nginx.conf"),
             "-e", str(self.dir / "error.log")], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._wait()

    @property
    def url(self):
        """The server's address as the guest sees it."""
        return f"https://{GUEST_SEES}:{self.port}"

    def _wait(self):
        for _ in range(100):
            if self.proc.poll() is not None:
                break
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        log = self.dir / "error.log"
        text = log.read_text() if log.exists() else ""
        self.stop()
        raise tools.ToolError(f"nginx: does not answer: {text.strip()}")

    def stop(self):
        """End it, with its workers."""
        if self.proc and self.proc.poll() is None:
            self.proc.send_signal(signal.SIGTERM)
            try:
                self.proc.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.proc.kill()
                self.proc.wait(timeout=10)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def foreign_ca(folder):
    """A server whose certificate is not of the CA that it names."""
    web = Nginx(folder)
    (web.dir / "other").mkdir()
    web.ca = make_ca(web.dir / "other")
    return web
