# SPDX-License-Identifier: MIT
"""The laboratory: a client namespace (where the tests run) and a server namespace with a cable
between them, and the driver as a child."""
import os
import signal
import subprocess
import time

MAC = '52:54:00:12:34:56'
SERVER = '10.77.0.1'
NAME = 'dumps.test'     # what the server is called in its certificate and in its DNS
LATE = 3                # seconds that a loaded machine may be late: limits below are about waiting for ever


def tests_of(module):
    return [f for n, f in vars(module).items() if n.startswith('test_')]


def sanitized(driver):
    """The build under ASan: the host's libc and libcurl."""
    return driver.endswith('test/net-driver')


def production_only(test):
    """For what only musl, mbedtls or the static build shows."""
    test.production_only = True
    return test


def sh(*words, **kw):
    return subprocess.run(words, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **kw).stdout


def in_server(*words):
    return ('ip', 'netns', 'exec', 'server', *words)


def prepare(folder):
    """Once: the server's namespace and the certificates."""
    sh('mount', '-t', 'tmpfs', 'tmpfs', '/run')
    sh('ip', 'netns', 'add', 'server')
    sh(*in_server('ip', 'link', 'set', 'lo', 'up'))
    certificates(folder)


def certificates(folder):
    """ca.pem signs good and rsa (NAME and SERVER), wrong (another host) and old (expired in 2021)."""
    def openssl(*words):
        sh('openssl', *words, cwd=folder)
    for ca in ('ca', 'otherca'):
        openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', f'{ca}.key',
                '-out', f'{ca}.pem', '-days', '3650', '-subj', f'/CN=kdump test {ca}')
    ours = f'DNS:{NAME},IP:{SERVER}'
    for name, san, key in (('good', ours, 'ec'), ('wrong', 'DNS:elsewhere.test', 'ec'), ('rsa', ours, 'rsa:3072')):
        curve = ('-pkeyopt', 'ec_paramgen_curve:P-256') if key == 'ec' else ()
        openssl('req', '-newkey', key, *curve, '-nodes', '-keyout', f'{name}.key', '-out', f'{name}.csr', '-subj',
                f'/CN={name}', '-addext', f'subjectAltName={san}')
        openssl('x509', '-req', '-in', f'{name}.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days',
                '365', '-copy_extensions', 'copy', '-out', f'{name}.pem')
    with open(f'{folder}/ca.conf', 'w') as f:
        f.write('[ca]\ndefault_ca=c\n[c]\ndatabase=index\nserial=old.srl\nnew_certs_dir=.\ndefault_md=sha256\n'
                'policy=p\ncopy_extensions=copy\n[p]\ncommonName=supplied\n')
    open(f'{folder}/index', 'w').close()
    openssl('ca', '-batch', '-config', 'ca.conf', '-create_serial', '-cert', 'ca.pem', '-keyfile', 'ca.key', '-in',
            'good.csr', '-startdate', '20200101000000Z', '-enddate', '20210101000000Z', '-out', 'old.pem', '-notext')


class Lab:
    def __init__(self, driver, folder):
        self.driver, self.folder = driver, folder
        self.children, self.endings = [], []

    # ---- the cable

    def cable(self, client='c0', mac=MAC, carrier=True):
        """A cable from the client's interface to the server's s0, whose far end is plugged in or not."""
        sh('ip', 'link', 'add', client, 'address', mac, 'type', 'veth', 'peer', 'name', 's0', 'netns', 'server')
        if carrier:
            self.plug()

    def plug(self):
        sh(*in_server('ip', 'link', 'set', 's0', 'up'))
        sh(*in_server('ip', 'addr', 'replace', f'{SERVER}/24', 'dev', 's0'))

    def connected(self):
        """A cable with a static address on the client's side: for the tests of HTTPS."""
        self.cable()
        sh('ip', 'link', 'set', 'lo', 'up')
        sh('ip', 'link', 'set', 'c0', 'up')
        sh('ip', 'addr', 'add', '10.77.0.2/24', 'dev', 'c0')

    # ---- processes

    def start(self, *words, **kw):
        p = subprocess.Popen(words, **kw)
        self.children.append(p)
        return p

    def server(self, *words, **kw):
        return self.start(*in_server(*words), **kw)

    def later(self, seconds, *words):
        return self.start('sh', '-c', f'sleep {seconds}; exec "$@"', 'later', *words)

    def at_end(self, *words):
        self.endings.append(words)

    def close(self):
        for p in reversed(self.children):
            if p.poll() is None:
                p.send_signal(signal.SIGTERM)
            try:
                p.wait(5)
            except subprocess.TimeoutExpired:
                p.kill()
                p.wait()
        for words in self.endings:
            sh(*words)
        self.children, self.endings = [], []
        for line in sh('ip', '-o', 'link').splitlines():
            name = line.split(': ')[1].split('@')[0]
            if name != 'lo':
                subprocess.run(('ip', 'link', 'del', name), check=False, stderr=subprocess.DEVNULL)
        subprocess.run(in_server('ip', 'link', 'del', 's0'), check=False, stderr=subprocess.DEVNULL)
        sh('ip', 'link', 'set', 'lo', 'down')

    # ---- the driver

    def run(self, *words, limit=60, env=None, meanwhile=None):
        """Runs the driver; a dict of what it printed, with "seconds". A crash or a sanitizer's report is an error.
        meanwhile is called with the process once it runs."""
        began = time.monotonic()
        p = self.start(self.driver, *map(str, words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                       env={**os.environ, **(env or {})})
        if meanwhile:
            meanwhile(p)
        stdout, stderr = p.communicate(timeout=limit)
        assert p.returncode in (0, 1) and not stderr, f'exit {p.returncode}: {stdout}{stderr}'
        out = dict(line.split('=', 1) for line in stdout.splitlines())
        out['result'] = int(out['result'])
        out['seconds'] = time.monotonic() - began
        return out

    def up(self, iface, *how, timeout=10, **kw):
        return self.run('up', iface, *how, timeout, f'{self.folder}/resolv.conf', **kw)

    # ---- checks

    def addresses(self, dev='c0'):
        return sh('ip', '-o', 'addr', 'show', 'dev', dev)

    def routes(self):
        return sh('ip', 'route')

    def mtu(self, dev='c0'):
        return int(sh('ip', '-o', 'link', 'show', 'dev', dev).split(' mtu ')[1].split()[0])


def wait_for(condition, seconds=5):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, 'it did not happen in time'
        time.sleep(0.02)


def equal(a, b):
    assert a == b, f'{a!r} is not {b!r}'


def has(text, *parts):
    for p in parts:
        assert p in text, f'{p!r} is not in {text!r}'
