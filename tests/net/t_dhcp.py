# SPDX-License-Identifier: MIT
"""DHCP with a real server (dnsmasq) and with one that misbehaves (dhcp_server.py)."""
import errno
import os
import sys

from netlab import LATE, MAC, NAME, SERVER, equal, has, in_server, wait_for

HERE = os.path.dirname(os.path.abspath(__file__))


def dnsmasq(lab, *options, name=(f'--host-record={NAME},{SERVER}', f'--local=/{NAME}/')):
    """Leases 10.77.0.100-110, answers for NAME."""
    leases = f'{lab.folder}/leases'
    if os.path.exists(leases):
        os.unlink(leases)
    log = open(f'{lab.folder}/dnsmasq.log', 'w')
    lab.server('dnsmasq', '--keep-in-foreground', '--conf-file=/dev/null', '--user=root', '--interface=s0',
               '--bind-interfaces', '--except-interface=lo', '--no-resolv', '--no-hosts', '--no-ping', '--log-facility=-',
               '--log-dhcp', '--dhcp-authoritative', f'--dhcp-leasefile={leases}', *name,
               '--dhcp-range=10.77.0.100,10.77.0.110,255.255.255.0', '--pid-file=', *options, stdout=log, stderr=log)
    wait_for(lambda: 'started' in open(f'{lab.folder}/dnsmasq.log').read())


def fake(lab, *script):
    """A server that plays the script; its own end is not waited for."""
    p = lab.server(sys.executable, '-B', f'{HERE}/dhcp_server.py', 's0', *script, stdout=-1, text=True)
    equal(p.stdout.readline(), 'ready\n')


def test_lease(lab):
    """Address, mask, router, name server and MTU from dnsmasq, quickly."""
    lab.cable()
    dnsmasq(lab, '--dhcp-option=option:router,10.77.0.1', '--dhcp-option=option:dns-server,10.77.0.1,10.77.0.7',
            '--dhcp-option=option:mtu,1450')
    r = lab.up(MAC, 'dhcp')
    equal((r['result'], r['why']), (0, ''))
    assert r['address'].startswith('10.77.0.1') and r['address'].endswith('/24'), r
    equal((r['gateway'], r['dns']), ('10.77.0.1', '10.77.0.1'))
    has(lab.addresses(), r['address'])
    equal(lab.mtu(), 1450)
    has(lab.routes(), 'default via 10.77.0.1 dev c0')
    equal(open(f'{lab.folder}/resolv.conf').read(),
          'nameserver 10.77.0.1\nnameserver 10.77.0.7\noptions timeout:5 attempts:3\n')
    assert r['seconds'] < 2 + LATE, r['seconds']


def test_by_mac_reservation(lab):
    """The address that the server keeps for this MAC address."""
    lab.cable()
    dnsmasq(lab, f'--dhcp-host={MAC},10.77.0.77')
    equal(lab.up('auto', 'dhcp')['address'], '10.77.0.77/24')


def test_classless_routes(lab):
    """Option 121, as clouds use it: the gateway lies outside the /32."""
    lab.cable()
    dnsmasq(lab, '--dhcp-option=option:netmask,255.255.255.255', '--dhcp-option=option:router,10.77.0.99',
            '--dhcp-option=option:classless-static-route,10.77.0.1/32,0.0.0.0,0.0.0.0/0,10.77.0.1,172.16.0.0/12,10.77.0.1')
    r = lab.up('c0', 'dhcp')
    equal((r['result'], r['gateway']), (0, '10.77.0.1'))
    has(lab.routes(), 'default via 10.77.0.1 dev c0', '172.16.0.0/12 via 10.77.0.1', '10.77.0.1 dev c0 scope link')
    assert '10.77.0.99' not in lab.routes()


def test_refused_route(lab):
    """A route that the kernel does not take, by the broadcast address, costs a note and none of the others."""
    lab.cable()
    dnsmasq(lab, '--dhcp-option=option:classless-static-route,172.16.0.0/12,10.77.0.255,0.0.0.0/0,10.77.0.1')
    r = lab.up('c0', 'dhcp')
    equal((r['result'], r['why'], r['gateway']), (0, '', '10.77.0.1'))
    has(r['note'], 'c0: route to 172.16.0.0/12 by 10.77.0.255: ')
    has(lab.routes(), 'default via 10.77.0.1 dev c0')


def test_no_answer(lab):
    """A network without a DHCP server: several questions, then one line."""
    lab.cable()
    r = lab.up('c0', 'dhcp', timeout=5)
    equal(r['result'], -errno.ETIMEDOUT)
    has(r['why'], 'c0: no DHCP lease', '0 offers')
    assert int(r['why'].split('(')[1].split()[0]) in (2, 3, 4), r['why']
    assert 4.9 < r['seconds'] < 6 + LATE, r['seconds']


def test_server_comes_late(lab):
    """The switch port forwards after three seconds: asking again finds the server."""
    lab.cable(carrier=False)
    lab.later(0.1, *in_server('ip', 'link', 'set', 's0', 'up'))
    lab.later(3, *in_server('ip', 'addr', 'add', f'{SERVER}/24', 'dev', 's0'))
    fake(lab, 'deaf:3', 'offer', 'ack')
    equal(lab.up('c0', 'dhcp', timeout=15)['result'], 0)


def test_nak(lab):
    """The server takes its offer back twice: start anew, without flooding it."""
    lab.cable()
    fake(lab, 'offer', 'nak', 'offer', 'nak', 'offer', 'ack')
    r = lab.up('c0', 'dhcp', timeout=15)
    equal((r['result'], r['address']), (0, '10.77.0.50/24'))
    assert 1.9 < r['seconds'], r['seconds']


def test_nak_for_ever(lab):
    """It never agrees: the line counts its refusals, and they are few."""
    lab.cable()
    fake(lab, *('offer', 'nak') * 50)
    r = lab.up('c0', 'dhcp', timeout=6)
    equal(r['result'], -errno.ETIMEDOUT)
    n = int(r['why'].split('offers, ')[1].split()[0])
    assert 2 <= n <= 7, r['why']


def test_ack_is_lost(lab):
    """The request is repeated when its answer does not come."""
    lab.cable()
    # the last step answers a client too that missed the first one
    fake(lab, 'offer', 'silent', 'silent', 'offer+ack')
    r = lab.up('c0', 'dhcp', timeout=15)
    equal(r['result'], 0)


def test_offer_without_ack(lab):
    """A server that offers and then dies: after some requests the client looks for another."""
    lab.cable()
    fake(lab, 'offer', *('silent',) * 4, 'offer', 'offer+ack')
    r = lab.up('c0', 'dhcp', timeout=30)
    equal(r['result'], 0)


def test_hostile_server(lab):
    """Cut, garbled and foreign answers, before and among the good ones."""
    lab.cable()
    fake(lab, 'garbage+cut+foreign+overlong+loopback+noserver', 'garbage+foreign+cut+offer', 'otherack', 'otherack+ack')
    r = lab.up('c0', 'dhcp', timeout=20)
    equal((r['result'], r['address']), (0, '10.77.0.50/24'))
    assert 1.5 < r['seconds'], r['seconds']


def test_flood(lab):
    """Answers without end, none of them good: the deadline holds."""
    lab.cable()
    fake(lab, 'flood')
    r = lab.up('c0', 'dhcp', timeout=3)
    equal(r['result'], -errno.ETIMEDOUT)
    assert r['seconds'] < 4.5 + LATE, r['seconds']


def test_carrier_lost_while_asking(lab):
    """The link drops for a second in the middle: not fatal."""
    lab.cable()
    fake(lab, 'silent', 'silent', 'offer', 'ack')
    lab.later(1.2, *in_server('ip', 'link', 'set', 's0', 'down'))
    lab.later(2.2, *in_server('ip', 'link', 'set', 's0', 'up'))
    equal(lab.up('c0', 'dhcp', timeout=20)['result'], 0)
