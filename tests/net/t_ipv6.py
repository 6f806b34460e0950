# SPDX-License-Identifier: MIT
"""Router announcements and DHCPv6 with a real server (dnsmasq)."""
import errno

from netlab import LATE, MAC, equal, has, in_server, sh
from t_dhcp import dnsmasq

PREFIX = '2001:db8:77:'
ROUTER = f'{PREFIX}:1'


def router(lab, how, *options):
    """Announces PREFIX; how: "", or dnsmasq's modes of a range."""
    sh(*in_server('ip', 'addr', 'add', f'{ROUTER}/64', 'dev', 's0', 'nodad'))
    sh(*in_server('sysctl', '-qw', 'net.ipv6.conf.all.forwarding=1'))
    dnsmasq(lab, '--enable-ra', '--ra-param=s0,high,2', f'--dhcp-range={how}', *options)


def test_announced(lab):
    """An address, the route and the name server that a router announces."""
    lab.cable()
    router(lab, f'{PREFIX}:,ra-only,64', f'--dhcp-option=option6:dns-server,[{ROUTER}],[{PREFIX}:53]')
    r = lab.up('c0', 'slaac', timeout=20)
    equal((r['result'], r['why']), (0, ''))
    assert r['address'].startswith(PREFIX) and r['address'].endswith('/64'), r
    has(open(f'{lab.folder}/resolv.conf').read(), f'nameserver {ROUTER}\n', f'nameserver {PREFIX}:53\n')
    has(sh('ip', '-6', 'route'), 'default via fe80:', 'proto ra')


def test_leased(lab):
    """DHCPv6: an address of the range, the name server, and the router's route."""
    lab.cable()
    router(lab, f'{PREFIX}:100,{PREFIX}:10f,64', f'--dhcp-option=option6:dns-server,[{ROUTER}]')
    r = lab.up(MAC, 'dhcp6', timeout=20)
    equal((r['result'], r['why']), (0, ''))
    assert r['address'].startswith(f'{PREFIX}:10') and r['address'].endswith('/128'), r
    equal(r['dns'], ROUTER)
    has(lab.addresses(), r['address'])


def test_name_servers_by_dhcp6_alone(lab):
    """Addresses are announced, the name server is DHCPv6's to tell."""
    lab.cable()
    router(lab, f'{PREFIX}:,ra-stateless,64', f'--dhcp-option=option6:dns-server,[{PREFIX}:53]')
    r = lab.up('c0', 'slaac', timeout=20)
    equal((r['result'], r['dns']), (0, f'{PREFIX}:53'))


def test_nobody_announces(lab):
    """No router: one line, at the limit."""
    lab.cable()
    r = lab.up('c0', 'slaac', timeout=4)
    equal((r['result'], r['why']), (-errno.ETIMEDOUT, 'c0: no router announces an IPv6 address'))
    assert r['seconds'] < 4 + LATE, r['seconds']


def test_nobody_leases(lab):
    """No DHCPv6 server: the line counts what was tried."""
    lab.cable()
    r = lab.up('c0', 'dhcp6', timeout=6)
    equal(r['result'], -errno.ETIMEDOUT)
    has(r['why'], 'c0: no DHCPv6 lease (', '0 offers, 0 refusals')
    assert r['seconds'] < 6 + LATE, r['seconds']


def test_one_source_of_two(lab):
    """DHCP is silent, a router is not: the network is up, and a note says what failed."""
    lab.cable()
    router(lab, f'{PREFIX}:,ra-only,64', '--dhcp-ignore=tag:!known')
    r = lab.up('c0', 'dhcp', 'slaac', timeout=30)
    equal(r['result'], 0)
    assert r['address'].startswith(PREFIX), r
    has(r['note'], 'c0: no DHCP lease')


def test_several_static(lab):
    """Addresses of both families, routes by them, two name servers, an MTU."""
    lab.cable()
    r = lab.up('c0', '10.77.0.9/24', '2001:db8::9/64', '10.78.0.9/24', 'gateway', '10.77.0.1', 'gateway', 'fe80::1',
               'route', '172.16.0.0/12', 'via', '10.78.0.1', 'dns', '10.77.0.1', 'dns', '2001:db8::53', 'mtu', '1400')
    equal((r['result'], r['why']), (0, ''))
    equal(r['address'], '10.77.0.9/24 2001:db8::9/64 10.78.0.9/24')
    has(lab.routes(), 'default via 10.77.0.1 dev c0', '172.16.0.0/12 via 10.78.0.1 dev c0')
    has(sh('ip', '-6', 'route'), 'default via fe80::1 dev c0')
    has(open(f'{lab.folder}/resolv.conf').read(), 'nameserver 10.77.0.1\nnameserver 2001:db8::53\n')
    equal(lab.mtu(), 1400)
