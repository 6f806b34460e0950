# SPDX-License-Identifier: MIT
"""Objects in a bucket of a real S3 server (tests/tools/s3_server.py): what arrives, what is refused, what stays behind."""
import errno
import os
import re
import sys
import time

from netlab import SERVER, equal, has, in_server, production_only, sh
from t_https import payload

HERE = os.path.dirname(os.path.abspath(__file__))
MIB = 1 << 20
PART = 5 * MIB


class Store:
    """The server, and what an independent client (curl) finds in it."""

    def __init__(self, lab):
        self.lab, self.folder = lab, f'{lab.folder}/s3'
        sh('rm', '-rf', self.folder)
        os.mkdir(self.folder)
        p = lab.server('/usr/bin/python3', '-B', f'{HERE}/../tools/s3_server.py', self.folder, f'{lab.folder}/good.pem',
                       f'{lab.folder}/good.key', SERVER, stdout=-1, text=True)
        self.port = p.stdout.readline().strip()
        with open(f'{lab.folder}/keys', 'w') as f:
            f.write('[default]\naws_access_key_id = TESTAK\naws_secret_access_key = TESTSECRET\n')

    def behind(self, fault, after, down=0):
        """From now on it is reached through tests/qemu/lib/proxy.py; its own port."""
        direct = self.port
        p = self.lab.server('/usr/bin/python3', '-B', f'{HERE}/../qemu/lib/proxy.py', SERVER, direct, fault, str(after),
                            str(down), stdout=-1, text=True)
        self.port = p.stdout.readline().strip()
        return direct

    def put(self, key, file, piece=MIB, end='commit', bucket='dumps', keys='keys', parts=(), stall=10, lanes=3, env=None):
        return self.lab.run('s3', f'https://{SERVER}:{self.port}', f'{self.lab.folder}/ca.pem',
                            keys if keys == 'instance' else f'{self.lab.folder}/{keys}', bucket, key, file, piece, stall, end,
                            f'{self.lab.folder}/notes', *parts, limit=120, env={'S3_LANES': str(lanes), **(env or {})})

    def curl(self, path, *more):
        return sh(*in_server('curl', '-sSf', '--cacert', f'{self.lab.folder}/ca.pem', '--aws-sigv4', 'aws:amz:us-east-1:s3',
                             '--user', 'TESTAK:TESTSECRET', '-H', 'x-amz-content-sha256: UNSIGNED-PAYLOAD', *more, f'https://{SERVER}:{self.port}/dumps{path}'))

    def keys(self):
        return re.findall('<Key>([^<]*)</Key>', self.curl(''))

    def uploads(self):
        return self.curl('?uploads=').count('<UploadId>')

    def parts(self, key):
        """Of how many it was made, by its ETag: the sum's, a dash, their number."""
        return int(re.search(r'(?i)^etag: "?[0-9a-f]+-([0-9]+)', self.curl(f'/{key}', '-I'), re.M).group(1))

    def check(self, key, file):
        self.curl(f'/{key}', '-o', f'{self.lab.folder}/got')
        with open(file, 'rb') as want, open(f'{self.lab.folder}/got', 'rb') as got:
            assert want.read() == got.read(), key


def test_objects(lab):
    """Small ones, and ones of several parts, are the files, with their metadata; nothing else is in the bucket."""
    lab.connected()
    s = Store(lab)
    for size in (5000, PART, PART + 1, 13 * MIB):
        f = payload(lab, size)
        r = s.put(f'in/f {size}', f)
        equal((r['result'], r['error']), (0, ''))
        s.check(f'in/f%20{size}', f)
    equal(len(s.keys()), 4)
    equal(s.uploads(), 0)
    head = s.curl(f'/in/f%20{13 * MIB}', '-I').lower()
    has(head, 'x-amz-meta-release: 6.1')
    has(head, 'x-amz-meta-panic: a b')
    assert 'x-amz-meta-level' not in head, head


def test_parts_grow(lab):
    """Where a store takes few parts the last ones are larger, as large as there is memory, and the object is the file."""
    lab.connected()
    s = Store(lab)
    f = payload(lab, 195 * MIB)
    r = s.put('grown', f, parts=(20, 200 * MIB, 64 * MIB))
    equal((r['result'], r['error']), (0, ''))
    s.check('grown', f)
    equal(s.parts('grown'), 20)
    r = s.put('little', f, parts=(20, 200 * MIB, 6 * MIB))
    equal(r['result'], -errno.EFBIG)
    has(r['error'], 'more than 20 parts, of which the last has 6 MiB')
    equal(len(s.keys()), 1)
    equal(s.uploads(), 0)


def test_abort_and_sweep(lab):
    """After an abort nothing is there; after a kill the sweep ends what was open."""
    lab.connected()
    s = Store(lab)
    f = payload(lab, 13 * MIB)
    equal(s.put('aborted', f, end='abort')['result'], 0)
    equal((s.keys(), s.uploads()), ([], 0))
    p = lab.start(lab.driver, 's3', f'https://{SERVER}:{s.port}', f'{lab.folder}/ca.pem', f'{lab.folder}/keys', 'dumps',
                  'killed', f, str(MIB), '10', 'kill', f'{lab.folder}/notes')
    equal(p.wait(60), 9)
    equal((s.keys(), s.uploads()), (['killed.index-0.partial'], 1))
    # what comes whole afterwards, as the report of a capture, does not make it forgotten
    equal(s.put('report', f)['result'], 0)
    # nor does the next run of the same file
    equal(s.put('killed', f)['result'], 0)
    r = lab.run('sweep', f'https://{SERVER}:{s.port}', f'{lab.folder}/ca.pem', f'{lab.folder}/keys', 'dumps',
                f'{lab.folder}/notes')
    equal((r['result'], s.keys(), s.uploads()), (0, ['killed', 'report'], 0))
    assert not os.path.exists(f'{lab.folder}/notes')


def test_refusals(lab):
    """A wrong secret, an unknown key, no such bucket: each by its name."""
    lab.connected()
    s = Store(lab)
    f = payload(lab, 5000)
    for name, access, secret in (('wrong', 'TESTAK', 'wrong'), ('unknown', 'NOBODY', 'TESTSECRET')):
        with open(f'{lab.folder}/{name}', 'w') as k:
            k.write(f'aws_access_key_id = {access}\naws_secret_access_key = {secret}\n')
        r = s.put('x', f, keys=name)
        equal(r['result'], -13)
        has(r['error'], '403')
    r = s.put('x', f, bucket='other')
    equal(r['result'], -2)
    has(r['error'], 'NoSuchBucket')
    equal(s.keys(), [])


@production_only
def test_restarted(lab):
    """A server that goes away in the middle and comes back: what was on its way is sent again, the object is the file."""
    lab.connected()
    s = Store(lab)
    for lanes, size in ((0, 13 * MIB), (3, 37 * MIB)):
        f = payload(lab, size)
        direct = s.behind('restart', 4 * MIB, 4)
        r = s.put(f'f{lanes}', f, lanes=lanes)
        equal((r['result'], r['error']), (0, ''))
        s.port = direct
        s.check(f'f{lanes}', f)
    equal(s.uploads(), 0)


class BadStore(Store):
    """tests/net/bad_s3.py, which fails in one way, once."""

    def __init__(self, lab, how, port='8444'):
        self.lab, self.port = lab, port
        p = lab.server(sys.executable, '-B', f'{HERE}/bad_s3.py', self.port, f'{lab.folder}/good.pem',
                       f'{lab.folder}/good.key', how, stdout=-1, text=True)
        equal(p.stdout.readline(), 'ready\n')
        with open(f'{lab.folder}/keys', 'w') as f:
            f.write('[default]\naws_access_key_id = TESTAK\naws_secret_access_key = TESTSECRET\n')

    def holds(self):
        return sh(*in_server('curl', '-sSf', '--cacert', f'{self.lab.folder}/ca.pem', '--retry', '2', '--retry-all-errors',
                             '-o', '/dev/stdout', '--stderr', '/dev/null', f'https://{SERVER}:{self.port}/?list')).split('\n')


def arrives(lab, how):
    """The object is the file, and nothing else is left, one part after the other, and with several on their way."""
    lab.connected()
    for lanes, size, port in ((0, 13 * MIB, '8444'), (3, 37 * MIB, '8445')):
        s = BadStore(lab, how, port)
        f = payload(lab, size)
        r = s.put('f', f, lanes=lanes)
        equal((r['result'], r['error']), (0, ''))
        equal(s.holds(), [f'/dumps/f {size}'])
        s.check('f', f)


@production_only
def test_bad_answer_is_lost(lab):
    """The answer to a completed upload is lost, and the server knows no such upload when it is asked again."""
    arrives(lab, 'lost')


@production_only
def test_bad_handshake_is_closed(lab):
    """Connections that are closed in the TLS handshake, without a reset, are made again."""
    arrives(lab, 'fin')


@production_only
def test_bad_answer_is_cut(lab):
    """An answer that ends too early, as TLS has it, is asked for again."""
    arrives(lab, 'cut')


@production_only
def test_bad_completion_is_slow(lab):
    """A store that joins the parts for longer than a stall, and says so by blanks, is waited for."""
    lab.connected()
    s = BadStore(lab, 'patient')
    r = s.put('f', payload(lab, 13 * MIB), stall=2)
    equal((r['result'], r['error'], s.holds()), (0, '', [f'/dumps/f {13 * MIB}']))


@production_only
def test_bad_words(lab):
    """What a server says goes to a console: it moves nothing there."""
    lab.connected()
    s = BadStore(lab, 'words')
    r = s.put('f', payload(lab, 5000))
    equal((r['result'], r['error']), (-errno.EACCES, f'{SERVER}:{s.port}: HTTP status 403, Odd: a??31mb'))


@production_only
def test_bad_server_is_gone(lab):
    """A server that is gone is waited for once, not again for each thing that were to be removed there."""
    lab.connected()
    for lanes, size, port in ((0, 13 * MIB, '8444'), (3, 37 * MIB, '8445')):
        s = BadStore(lab, 'gone', port)
        began = time.monotonic()
        r = s.put('f', payload(lab, size), stall=6, lanes=lanes)
        assert time.monotonic() - began < 10, time.monotonic() - began
        equal(r['result'], -errno.ECONNRESET)
        assert os.path.exists(f'{lab.folder}/notes')


@production_only
def test_parts_go_together(lab):
    """A store that is slow to acknowledge gets the next parts meanwhile."""
    lab.connected()
    s = BadStore(lab, 'together')
    f = payload(lab, 20 * MIB)
    r = s.put('f', f)
    equal((r['result'], r['error'], s.holds()), (0, '', [f'/dumps/f {20 * MIB}']))
    s.check('f', f)


def metadata(lab, busy):
    """The machine's metadata service, at the address that it has everywhere."""
    sh(*in_server('ip', 'addr', 'add', '169.254.169.254/32', 'dev', 's0'))
    sh('ip', 'route', 'add', '169.254.169.254/32', 'dev', 'c0')
    p = lab.server('/usr/bin/python3', '-B', f'{HERE}/metadata.py', '169.254.169.254', str(busy), stdout=-1, text=True)
    equal(p.stdout.readline(), 'ready\n')


def signed_by_the_role(lab, make_store, busy, size):
    """The store, the file, and how its upload ended."""
    lab.connected()
    s = make_store(lab)
    metadata(lab, busy)
    f = payload(lab, size)
    return s, f, s.put('f', f, keys='instance')


def test_keys_of_the_instance(lab):
    """A machine in a cloud signs with its role's keys; a service that is busy is asked again."""
    s, f, r = signed_by_the_role(lab, Store, 2, 5000)
    equal((r['result'], r['error']), (0, ''))
    s.check('f', f)


@production_only
def test_keys_end_in_the_middle(lab):
    """A dump is sent for longer than the keys of the machine's role hold: the next ones sign from then on."""
    s, f, r = signed_by_the_role(lab, lambda lab: BadStore(lab, 'expired'), 0, 37 * MIB)
    equal((r['result'], r['error']), (0, ''))
    s.check('f', f)
    r = s.put('g', f)
    equal(r['result'], -errno.EACCES)
    has(r['error'], 'ExpiredToken')


@production_only
def test_no_keys_of_the_instance(lab):
    """A service that stays busy is told."""
    _, _, r = signed_by_the_role(lab, Store, 1000, 5000)
    equal(r['result'], -errno.EAGAIN)
    has(r['error'], "the instance's metadata: HTTP status 503")


@production_only
def test_wrong_clock(lab):
    """A machine that believes it is 1970 takes the server's clock: the certificate is the only thing in its way."""
    lab.connected()
    s = Store(lab)
    r = s.put('x', payload(lab, 5000), env={'FAKE_TIME': '86400'})
    assert r['result'] < 0 and 'clock' in r['error'], r
    # three hours fast, which no certificate minds
    import time
    r = s.put('x', payload(lab, 5000), env={'FAKE_TIME': str(int(time.time()) + 10800)})
    equal((r['result'], r['error']), (0, ''))


@production_only
def test_memory(lab):
    """Two parts' worth, and one for each that may be on its way, however large the object is."""
    lab.connected()
    s = Store(lab)
    f = payload(lab, 60 * MIB)
    for lanes in (0, 3):
        r = s.put('large', f, lanes=lanes)
        equal(r['result'], 0)
        assert int(r['peak_kib']) < (16 + 5 * lanes) << 10, (lanes, r['peak_kib'])
        s.check('large', f)
