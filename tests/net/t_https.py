# SPDX-License-Identifier: MIT
"""Uploads to a real nginx, set up as configs/nginx-kdump.conf tells, and to servers that behave badly (bad_server.py)."""
import errno
import os
import re
import shutil
import sys
import time

from netlab import LATE, NAME, SERVER, equal, has, in_server, production_only, sanitized, sh, wait_for
from t_dhcp import dnsmasq

HERE = os.path.dirname(os.path.abspath(__file__))
URL = f'https://{SERVER}/kdump/host-1/'
MIB = 1 << 20


def payload(lab, size, name='payload'):
    """A file of random bytes, made once per size."""
    path = f'{lab.folder}/{name}-{size}'
    if not os.path.exists(path):
        with open(path, 'wb') as f:
            for at in range(0, size, MIB):
                f.write(os.urandom(min(MIB, size - at)))
    return path


def nginx(lab, cert='good', extra='', largest='64g', disk=None, tls='TLSv1.2 TLSv1.3'):
    """nginx with the example's server block, its paths and names put in place of the example's. disk: so much space."""
    srv = f'{lab.folder}/srv'
    shutil.rmtree(srv, ignore_errors=True)
    for d in ('', '/files', '/incoming'):
        os.mkdir(srv + d)
        if disk and not d:
            sh('mount', '-t', 'tmpfs', '-o', f'size={disk}', 'tmpfs', srv)
            lab.at_end('umount', '-l', srv)
    with open(os.path.join(HERE, '../../configs/nginx-kdump.conf')) as f:
        example = f.read()
    example = re.sub(r'allow 10\.0\.0\.0/8;', f'{extra}allow 10.0.0.0/8;', example)
    for old, new in (('/srv/kdump', srv), ('/etc/nginx/kdump.pem', f'{lab.folder}/{cert}.pem'),
                     ('dumps.example', NAME), ('64g', largest), ('TLSv1.2 TLSv1.3', tls),
                     ('/etc/nginx/kdump.key', f'{lab.folder}/{"good" if cert == "old" else cert}.key')):
        assert old in example, old
        example = example.replace(old, new)
    with open(f'{lab.folder}/nginx.conf', 'w') as f:
        f.write(f'daemon off; user root; worker_processes 1; pid {lab.folder}/nginx.pid; error_log stderr info;\n'
                f'events {{}}\nhttp {{ access_log {lab.folder}/access.log; client_body_temp_path {srv}/incoming;\n'
                f'{example}\n}}\n')
    log = open(f'{lab.folder}/nginx.log', 'w')
    lab.server('nginx', '-p', lab.folder, '-e', 'stderr', '-c', f'{lab.folder}/nginx.conf', stdout=log, stderr=log)
    wait_for(lambda: b':443' in sh(*in_server('ss', '-ltnH')).encode())
    return f'{srv}/files'


def put(lab, url, file, ca='ca', piece=4096, connect=5, stall=2, end='commit', **kw):
    return lab.run('put', url, f'{lab.folder}/{ca}.pem', file, piece, connect, stall, end, **kw)


def same(a, b):
    return open(a, 'rb').read() == open(b, 'rb').read()


def bad(lab, how, port=8443):
    p = lab.server(sys.executable, '-B', f'{HERE}/bad_server.py', str(port), f'{lab.folder}/good.pem',
                   f'{lab.folder}/good.key', how, stdout=-1, text=True)
    equal(p.stdout.readline(), 'ready\n')
    return f'https://{SERVER}:{port}/x'


# ---- what works


def test_content(lab):
    """Files of several sizes arrive byte by byte the same, whatever the size of the pieces they are put in."""
    lab.connected()
    files = nginx(lab)
    for size, piece in ((0, 1), (1, 1), (5000, 7), (65536, 65536), (65537, 100), (3 * MIB + 1, 65535), (8 * MIB, 3 * MIB)):
        f = payload(lab, size)
        r = put(lab, f'{URL}f{size}', f, piece=piece)
        equal((r['result'], r['error'], r['bytes']), (0, '', str(size)))
        assert same(f, f'{files}/host-1/f{size}'), size
    assert not os.listdir(f'{lab.folder}/srv/incoming')


@production_only    # ASan keeps freed memory
def test_bounded_memory(lab):
    """64 MiB need no more memory than 8, and less than 2 MiB."""
    lab.connected()
    files = nginx(lab)
    small, large = payload(lab, 8 * MIB), payload(lab, 64 * MIB)
    a, b = put(lab, f'{URL}a', small), put(lab, f'{URL}b', large, piece=65536)
    equal((a['result'], b['result']), (0, 0))
    assert same(large, f'{files}/host-1/b')
    assert abs(int(a['peak_kib']) - int(b['peak_kib'])) < 256, (a, b)
    assert int(b['peak_kib']) < 2048, b


def by_name(lab, **options):
    """Sets the network up by DHCP and uploads by the server's name; the seconds of the upload."""
    lab.cable()
    files = nginx(lab)
    dnsmasq(lab, **options)
    equal(lab.up('auto', 'dhcp')['result'], 0)
    sh('mount', '--bind', f'{lab.folder}/resolv.conf', '/etc/resolv.conf')
    lab.at_end('umount', '/etc/resolv.conf')
    r = put(lab, f'https://{NAME}/kdump/d/vmcore.flat', payload(lab, MIB), connect=20)
    equal((r['result'], r['error']), (0, ''))
    assert same(payload(lab, MIB), f'{files}/d/vmcore.flat')
    return r['seconds']


def test_name_from_dhcp(lab):
    """The whole way: DHCP gives the name server, resolv.conf finds the server's name, its certificate has it."""
    assert by_name(lab) < 2


@production_only
def test_name_server_refuses_ipv6(lab):
    """A name server that refuses to say that there is no IPv6 address, which musl takes for no answer."""
    by_name(lab, name=(f'--host-record={NAME},{SERVER}',))


def test_tls(lab):
    """Each version alone with each kind of key; a server that speaks only what is too old is refused."""
    for n, (cert, tls) in enumerate((c, t) for c in ('good', 'rsa') for t in ('TLSv1.2', 'TLSv1.3')):
        lab.connected()
        files = nginx(lab, cert=cert, tls=tls)
        r = put(lab, f'{URL}{n}', payload(lab, MIB))
        equal((r['result'], r['error']), (0, ''))
        assert same(payload(lab, MIB), f'{files}/host-1/{n}')
        lab.close()
    lab.connected()
    nginx(lab, tls='TLSv1.1')
    r = put(lab, URL, payload(lab, MIB))
    equal((r['result'], r['stage']), (-errno.EPROTO, 'open'))
    has(r['error'], f'{SERVER}: ')


def test_abort_leaves_no_file(lab):
    """An aborted upload is discarded by the server."""
    lab.connected()
    files = nginx(lab)
    r = put(lab, f'{URL}aborted', payload(lab, 3 * MIB), end='abort')
    equal(r['result'], 0)
    wait_for(lambda: not os.listdir(f'{lab.folder}/srv/incoming'))
    time.sleep(0.2)
    assert not os.path.exists(f'{files}/host-1/aborted')


def test_driver_dies_leaves_no_file(lab):
    """The capture is killed in the middle: the server discards what it has."""
    lab.connected()
    files = nginx(lab)
    fifo = f'{lab.folder}/fifo'
    os.path.exists(fifo) or os.mkfifo(fifo)
    p = lab.start(lab.driver, 'put', f'{URL}killed', f'{lab.folder}/ca.pem', fifo, '65536', '5', '5', 'commit')
    with open(fifo, 'wb') as f:
        f.write(os.urandom(2 * MIB))
        wait_for(lambda: os.listdir(f'{lab.folder}/srv/incoming'))
        p.kill()
    wait_for(lambda: not os.listdir(f'{lab.folder}/srv/incoming'))
    assert not os.path.exists(f'{files}/host-1/killed')


def test_slow_server_is_no_stall(lab):
    """A server that takes 160 KB/s keeps moving: no time-out although the whole takes longer than the stall limit."""
    lab.connected()
    r = put(lab, bad(lab, 'slow'), payload(lab, MIB), stall=2)
    equal((r['result'], r['error']), (0, ''))
    assert r['seconds'] > 3, r['seconds']


def test_connection_is_made_again(lab):
    """A server that drops connections before it has heard a word of them gets the body on another one."""
    lab.connected()
    r = put(lab, bad(lab, 'flaky'), payload(lab, MIB), stall=10)
    equal((r['result'], r['error'], r['bytes']), (0, '', str(MIB)))


def test_mute_server_gets_the_body(lab):
    """It knows no 100-continue: the body is sent after three seconds."""
    lab.connected()
    r = put(lab, bad(lab, 'mute'), payload(lab, MIB), stall=10)
    equal((r['result'], r['error']), (0, ''))
    assert 2.9 < r['seconds'] < 5 + LATE, r['seconds']


# ---- who refuses


def refuses(lab, status, want, extra, size=8 * MIB, stages=('open',)):
    lab.connected()
    files = nginx(lab, extra=extra)
    r = put(lab, f'{URL}no', payload(lab, size))
    equal((r['result'], r['error']), (want, f'{SERVER}: the server refuses with HTTP status {status}'))
    has(stages, r['stage'])
    assert not os.path.exists(f'{files}/host-1/no')
    assert r['seconds'] < 2 + LATE, r['seconds']


def test_403(lab):
    """Not one of the addresses that may: before the body."""
    refuses(lab, 403, -errno.EACCES, 'deny 10.77.0.2; ')


def test_507(lab):
    """The server is full: -ENOSPC, before the body."""
    refuses(lab, 507, -errno.ENOSPC, 'return 507; ')


def test_413_in_the_middle(lab):
    """Larger than the server takes, which it notices while the body comes: put fails, long before the end."""
    lab.connected()
    nginx(lab, largest='1m')
    r = put(lab, f'{URL}no', payload(lab, 64 * MIB))
    equal((r['result'], r['error']), (-errno.ENOSPC, f'{SERVER}: the server refuses with HTTP status 413'))
    equal(r['stage'], 'put')
    assert int(r['bytes']) < 16 * MIB, r


def test_disk_full_on_the_server(lab):
    """The server's disk fills up in the middle of the body."""
    lab.connected()
    nginx(lab, disk='2m')
    r = put(lab, f'{URL}no', payload(lab, 64 * MIB))
    equal((r['result'], r['stage']), (-errno.EPROTO, 'put'))
    equal(r['error'], f'{SERVER}: the server refuses with HTTP status 500')


def test_late_413(lab):
    """The same from a server that answers and waits: the answer is what is told, not the broken pipe."""
    lab.connected()
    r = put(lab, bad(lab, 'late413'), payload(lab, 64 * MIB), stall=5)
    equal((r['result'], r['stage']), (-errno.ENOSPC, 'put'))
    has(r['error'], f'{SERVER}:8443: the server refuses with HTTP status 413')


def test_moved(lab):
    """No redirect is followed."""
    lab.connected()
    r = put(lab, bad(lab, 'moved'), payload(lab, MIB))
    equal((r['result'], r['stage']), (-errno.EPROTO, 'open'))
    has(r['error'], 'HTTP status 301')


def test_early_200(lab):
    """A 200 to a body that was not sent is no success."""
    lab.connected()
    r = put(lab, bad(lab, 'early'), payload(lab, MIB))
    assert r['result'] < 0, r
    has(r['error'], f'{SERVER}:8443: ')


def test_not_http(lab):
    """Something else listens there."""
    lab.connected()
    r = put(lab, bad(lab, 'odd'), payload(lab, MIB))
    equal(r['result'], -errno.EPROTO)
    has(r['error'], f'{SERVER}:8443: ')


def test_endless_header(lab):
    """A header without end neither fills the memory nor goes on for ever."""
    lab.connected()
    r = put(lab, bad(lab, 'huge'), payload(lab, MIB))
    assert r['result'] < 0, r
    assert r['seconds'] < 8 + LATE, r['seconds']
    assert int(r['peak_kib']) < (65536 if sanitized(lab.driver) else 2048), r


# ---- what breaks


def test_reset(lab):
    """The connection is reset in the middle."""
    lab.connected()
    r = put(lab, bad(lab, 'reset'), payload(lab, 64 * MIB))
    has((-errno.ECONNRESET, -errno.EPIPE), r['result'])
    equal(r['stage'], 'put')
    has(r['error'], f'{SERVER}:8443: ')


def test_close(lab):
    """The connection is closed in the middle."""
    lab.connected()
    r = put(lab, bad(lab, 'close'), payload(lab, 64 * MIB))
    assert r['result'] < 0, r
    has(r['error'], f'{SERVER}:8443: ')


def test_stall_in_the_body(lab):
    """The server stops reading: after the stall limit, not later."""
    lab.connected()
    r = put(lab, bad(lab, 'hang'), payload(lab, 64 * MIB), stall=2)
    equal((r['result'], r['error'], r['stage']),
          (-errno.ETIMEDOUT, f'{SERVER}:8443: the transfer stalls: no byte moves', 'put'))
    assert r['seconds'] < 6 + LATE, r['seconds']


def test_no_answer_at_the_end(lab):
    """The whole body is there, and the server never says so."""
    lab.connected()
    r = put(lab, bad(lab, 'silent'), payload(lab, MIB), stall=2)
    equal((r['result'], r['stage']), (-errno.ETIMEDOUT, 'commit'))
    assert 1.9 < r['seconds'] < 6 + LATE, r['seconds']


def test_cable_pulled(lab):
    """The link goes away in the middle of the body."""
    lab.connected()
    nginx(lab)
    fifo = f'{lab.folder}/fifo'
    os.path.exists(fifo) or os.mkfifo(fifo)

    def pull(_driver):
        with open(fifo, 'wb') as f:
            f.write(os.urandom(2 * MIB))
            sh(*in_server('ip', 'link', 'set', 's0', 'down'))
            try:
                for _ in range(32):
                    f.write(os.urandom(MIB))
            except BrokenPipeError:
                pass
    r = put(lab, f'{URL}no', fifo, stall=2, meanwhile=pull)
    equal((r['result'], r['stage']), (-errno.ETIMEDOUT, 'put'))
    assert r['seconds'] < 6 + LATE, r['seconds']


# ---- who cannot be reached, or is not who he says


def test_refused(lab):
    """Nobody listens."""
    lab.connected()
    r = put(lab, URL, payload(lab, MIB))
    equal((r['result'], r['stage']), (-errno.ECONNREFUSED, 'open'))
    has(r['error'], f'{SERVER}: ')
    assert r['seconds'] < 2 + LATE, r['seconds']


def test_no_tls_answer(lab):
    """The connection is accepted and nothing follows: the connect time-out counts."""
    lab.connected()
    r = put(lab, bad(lab, 'nohello'), payload(lab, MIB), connect=2)
    equal((r['result'], r['stage']), (-errno.ETIMEDOUT, 'open'))
    assert 1.5 < r['seconds'] < 4 + LATE, r['seconds']


def test_host_is_dead(lab):
    """No machine has the address."""
    lab.connected()
    r = put(lab, 'https://10.77.0.200/x', payload(lab, MIB), connect=5)
    has((-errno.EHOSTUNREACH, -errno.ETIMEDOUT), r['result'])
    has(r['error'], '10.77.0.200: ')
    assert r['seconds'] < 6.5 + LATE, r['seconds']


def test_no_name_server(lab):
    """The name cannot be looked up: bounded by the resolver's limit."""
    lab.connected()
    with open(f'{lab.folder}/resolv.conf', 'w') as f:
        f.write(f'nameserver {SERVER}\noptions timeout:3 attempts:2\n')
    sh('mount', '--bind', f'{lab.folder}/resolv.conf', '/etc/resolv.conf')
    try:
        r = put(lab, f'https://{NAME}/x', payload(lab, MIB))
    finally:
        sh('umount', '/etc/resolv.conf')
    has((-errno.EHOSTUNREACH, -errno.ETIMEDOUT), r['result'])
    has(r['error'], NAME)
    assert r['seconds'] < 15 + LATE, r['seconds']


def certificate(lab, cert, ca, **kw):
    lab.connected()
    files = nginx(lab, cert=cert)
    r = put(lab, f'{URL}no', payload(lab, MIB), ca=ca, **kw)
    equal((r['result'], r['stage']), (-errno.EPROTO, 'open'))
    has(r['error'], f'{SERVER}: ')
    assert 'certificate' in r['error'].lower() or 'cert verify' in r['error'].lower(), r
    assert not os.path.exists(f'{files}/host-1/no')
    return r


def test_unknown_ca(lab):
    """The certificate is by somebody else."""
    certificate(lab, 'good', 'otherca')


def test_wrong_host_name(lab):
    """The certificate is another host's."""
    certificate(lab, 'wrong', 'ca')


def test_expired(lab):
    """The certificate ended in 2021."""
    assert 'clock' not in certificate(lab, 'old', 'ca')['error']


@production_only    # whose clock can be set wrong
def test_clock_of_1970(lab):
    """No battery, so no valid certificate: the line says that it is the clock."""
    r = certificate(lab, 'good', 'ca', env={'FAKE_TIME': '86400'})
    has(r['error'], "; this machine's clock says 1970-01-02, so no certificate can be valid")


def test_ca_file(lab):
    """No CA file, or one without a certificate."""
    lab.connected()
    nginx(lab)
    r = put(lab, URL, payload(lab, MIB), ca='missing')
    equal((r['result'], r['error']), (-errno.ENOENT, f'{lab.folder}/missing.pem: No such file or directory'))
    with open(f'{lab.folder}/empty.pem', 'w') as f:
        f.write('no certificate\n')
    r = put(lab, URL, payload(lab, MIB), ca='empty')
    assert r['result'] < 0 and r['error'], r


def test_urls(lab):
    """What is no https URL without a password is refused before anything is sent."""
    lab.connected()
    for url, why in ((f'http://{SERVER}/x', 'not an https:// URL'), ('file:///etc/passwd', 'not a'),
                     (f'https://me:secret@{SERVER}/x', 'a URL must not hold a user name or password'),
                     (f'https://me@{SERVER}/x', 'a URL must not hold a user name or password'),
                     ('https://', 'not a URL'), ('', 'not a URL'), ('https://a b/', 'not a URL')):
        r = put(lab, url, payload(lab, MIB))
        equal(r['result'], -errno.EINVAL)
        has(r['error'], why)
        assert 'secret' not in r['error'], r


def test_gap(lab):
    """A put that leaves a gap is a mistake of the caller, and told as such."""
    lab.connected()
    nginx(lab)
    equal(put(lab, f'{URL}no', payload(lab, MIB), end='gap')['result'], -errno.ESPIPE)
