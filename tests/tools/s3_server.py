#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""An S3 server on the loopback out of Debian's packages (python3-swift, swift-*): OpenStack Swift's S3 API, which verifies
signatures and payloads, behind nginx for TLS. As a program: s3_server.py FOLDER CERTIFICATE KEY [ADDRESS] serves until it
is killed, and prints the port.

The keys are TESTAK and TESTSECRET; the bucket `dumps` is there."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

UNSIGNED = "x-amz-content-sha256: UNSIGNED-PAYLOAD"
ACCESS, SECRET, BUCKET = "TESTAK", "TESTSECRET", "dumps"
PYTHON = "/usr/bin/python3"   # with Debian's modules
KDMAP = """\
def filter_factory(g, **c):
    def f(app):
        def call(env, sr):
            d = env.get('s3api.auth_details')
            k = d and d.get('access_key')
            if k in c:
                d['access_key'] = c[k]
                env['PATH_INFO'] = env['PATH_INFO'].replace(k, c[k], 1)
            return app(env, sr)
        return call
    return f
"""
RUN = """\
import os, sys
from swift.common import utils
utils.set_swift_dir(os.path.dirname(sys.argv[2]))
from swift.common.wsgi import run_wsgi
sys.exit(run_wsgi(sys.argv[2], sys.argv[1] + '-server'))
"""
RING = """\
import sys
from swift.cli.ringbuilder import main
for name, port in zip(('account', 'container', 'object'), sys.argv[1:]):
    for words in (['create', '4', '1', '0'], ['add', f'r1z1-127.0.0.1:{port}/d1', '1'], ['rebalance']):
        try:
            main(['x', f'etc/{name}.builder'] + words)
        except SystemExit:
            pass
"""
COMMON = """\
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
user = root
swift_dir = {dir}/etc
devices = {dir}/dev
mount_check = false
log_address = {dir}/nolog
{more}
"""
STORE = "[pipeline:main]\npipeline = {name}-server\n[app:{name}-server]\nuse = egg:swift#{name}\n"
PROXY = """\
[pipeline:main]
pipeline = catch_errors gatekeeper cache listing_formats bulk s3api kdmap tempauth copy slo dlo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:1
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:bulk]
use = egg:swift#bulk
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
s3_acl = false
dns_compliant_bucket_names = true
min_segment_size = 5242880
allow_multipart_uploads = true
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = {secret} .admin
[filter:copy]
use = egg:swift#copy
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
[filter:kdmap]
paste.filter_factory = kdmap:filter_factory
{access} = test:tester
"""
NGINX = """\
daemon off; worker_processes 1; pid {dir}/nginx.pid; error_log {dir}/nginx.log; user root;
events {{ worker_connections 64; }}
http {{
	access_log {dir}/access.log; client_max_body_size 0; client_body_temp_path {dir}/tmp;
	proxy_temp_path {dir}/tmp/p; fastcgi_temp_path {dir}/tmp/f; uwsgi_temp_path {dir}/tmp/u; scgi_temp_path {dir}/tmp/s;
	server {{
		listen {address}:{port} ssl; ssl_certificate {cert}; ssl_certificate_key {key};
		location / {{ proxy_pass http://127.0.0.1:{swift}; proxy_set_header Host $http_host;
			proxy_http_version 1.1; proxy_request_buffering off; proxy_read_timeout 60s; }}
	}}
}}
"""


def free_port():
    """A TCP port of the loopback that is free now."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class S3:
    """A running server; a bucket is there."""

    def __init__(self, folder, cert, key, address="127.0.0.1"):
        self.dir = pathlib.Path(folder).resolve()
        for sub in ("etc", "dev/d1", "tmp", "py"):
            (self.dir / sub).mkdir(parents=True, exist_ok=True)
        self.procs = []
        self.port = free_port()
        ports = {name: free_port() for name in ("account", "container", "object", "proxy")}
        self.swift = ports["proxy"]
        self._configure(ports)
        env = dict(os.environ, PYTHONPATH=str(self.dir / "py"))
        for name in ports:
            self._start([PYTHON, self.dir / "py/run.py", name,
                         self.dir / f"etc/{name}-server.conf"], env)
        (self.dir / "nginx.conf").write_text(NGINX.format(
            dir=self.dir, address=address, port=self.port, cert=cert, key=key, swift=self.swift))
        self._start([shutil.which("nginx", path="/usr/sbin:/usr/bin"), "-p", self.dir, "-e",
                     self.dir / "nginx.log", "-c", self.dir / "nginx.conf"], os.environ)
        for port in (*ports.values(),):
            self._wait("127.0.0.1", port)
        self._wait(address, self.port)
        self.curl("PUT", f"/{BUCKET}")

    def _configure(self, ports):
        etc = self.dir / "etc"
        (etc / "swift.conf").write_text("[swift-hash]\nswift_hash_path_suffix = kdtest\n"
                                        "[storage-policy:0]\nname = p0\ndefault = yes\n")
        for name, port in ports.items():
            more = PROXY.format(secret=SECRET, access=ACCESS) if name == "proxy" else \
                STORE.format(name=name)
            (etc / f"{name}-server.conf").write_text(
                COMMON.format(dir=self.dir, port=port, more=more))
        (self.dir / "py/kdmap.py").write_text(KDMAP)
        (self.dir / "py/run.py").write_text(RUN)
        subprocess.run([PYTHON, "-c", RING, *(str(ports[n]) for n in
                                                      ("account", "container", "object"))],
                       cwd=self.dir, check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)

    def _start(self, words, env):
        self.procs.append(subprocess.Popen(
            [str(w) for w in words], env=env, stdin=subprocess.DEVNULL,
            stdout=open(self.dir / "log", "ab"), stderr=subprocess.STDOUT, start_new_session=True))

    def _wait(self, address, port):
        for _ in range(300):
            with socket.socket() as s:
                if s.connect_ex((address, port)) == 0:
                    return
            if any(p.poll() is not None for p in self.procs):
                break
            time.sleep(0.1)
        raise RuntimeError("s3_server: " + (self.dir / "log").read_text()[-2000:])

    def curl(self, method, path, *more):
        """A signed request by curl; its output."""
        done = subprocess.run(
            ["curl", "-sS", "-f", "-X", method, "--aws-sigv4", "aws:amz:us-east-1:s3", "--user",
             f"{ACCESS}:{SECRET}", "-H", UNSIGNED, *more, f"http://127.0.0.1:{self.swift}{path}"],
            check=True, stdout=subprocess.PIPE)
        return done.stdout

    def keys(self):
        """The names of all objects, those of parts left out."""
        text = self.curl("GET", f"/{BUCKET}").decode()
        return [part.split("</Key>")[0] for part in text.split("<Key>")[1:]]

    def uploads(self):
        """How many multipart uploads are open."""
        return self.curl("GET", f"/{BUCKET}?uploads=").decode().count("<UploadId>")

    def get(self, key, path):
        """An object into a file."""
        path.write_bytes(self.curl("GET", f"/{BUCKET}/{key}"))
        return path

    def head(self, key):
        """Its headers, in lower case."""
        text = self.curl("HEAD", f"/{BUCKET}/{key}", "-I").decode()
        return {line.split(":")[0].lower(): line.split(":", 1)[1].strip()
                for line in text.splitlines() if ":" in line}

    def pause_for(self, seconds):
        """The object server is away for so long: the proxy answers 503."""
        proc = self.procs[2]
        os.killpg(proc.pid, signal.SIGSTOP)
        threading.Timer(seconds, lambda: os.killpg(proc.pid, signal.SIGCONT)).start()

    def stop(self):
        """Ends all of it."""
        for proc in self.procs:
            if proc.poll() is None:
                os.killpg(proc.pid, signal.SIGKILL)
                proc.wait(timeout=10)


def main():
    server = S3(*sys.argv[1:])
    print(server.port, flush=True)
    try:
        signal.pause()
    finally:
        server.stop()


if __name__ == "__main__":
    main()
