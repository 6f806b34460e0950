# SPDX-License-Identifier: MIT
"""Interfaces, carriers, static addresses."""
import errno
import signal
import time

from netlab import LATE, MAC, equal, has, in_server, sh

STATIC = ('10.77.0.9/24', 'gateway', '10.77.0.1', 'dns', '10.77.0.1')


def test_static(lab):
    """A static address, default route and name server by name; lo is up, too."""
    lab.cable()
    r = lab.up('c0', *STATIC)
    equal(r['result'], 0)
    equal((r['ifname'], r['address'], r['gateway'], r['dns']), ('c0', '10.77.0.9/24', '10.77.0.1', '10.77.0.1'))
    has(lab.addresses(), '10.77.0.9/24')
    has(lab.addresses('lo'), '127.0.0.1')
    has(lab.routes(), 'default via 10.77.0.1 dev c0')
    has(open(f'{lab.folder}/resolv.conf').read(), 'nameserver 10.77.0.1\n')


def test_static_ipv6(lab):
    """The same with IPv6; the address can be used at once."""
    lab.cable()
    r = lab.up('c0', '2001:db8::9/64', 'gateway', '2001:db8::1')
    equal(r['result'], 0)
    has(lab.addresses(), '2001:db8::9/64')
    assert 'tentative' not in next(a for a in lab.addresses().splitlines() if '2001:db8::9' in a)
    has(sh('ip', '-6', 'route'), 'default via 2001:db8::1 dev c0')


def test_twice(lab):
    """A second target in the chain sets the same network up again: no error."""
    lab.cable()
    for _ in range(2):
        equal(lab.up('c0', *STATIC)['result'], 0)
    equal(lab.addresses().count('10.77.0.9/24'), 1)


def test_gateway_outside_the_network(lab):
    """A /32 address with a gateway, as some clouds give."""
    lab.cable()
    equal(lab.up('c0', '10.77.0.9/32', 'gateway', '10.77.0.1')['result'], 0)
    has(lab.routes(), 'default via 10.77.0.1 dev c0', 'onlink')


def test_interface_appears_late_by_mac(lab):
    """The driver's module loads, the interface comes two seconds later: it is found by its MAC address."""
    lab.later(2, 'ip', 'link', 'add', 'x7', 'address', MAC, 'type', 'veth', 'peer', 'name', 's0', 'netns', 'server')
    lab.later(3, *in_server('ip', 'link', 'set', 's0', 'up'))
    r = lab.up(MAC, *STATIC)
    equal((r['result'], r['ifname']), (0, 'x7'))
    assert 2.5 < r['seconds'] < 5 + LATE, r['seconds']


def test_no_such_interface(lab):
    """It never comes: the line says which ones there are."""
    lab.cable(mac='52:54:00:00:00:01')
    r = lab.up(MAC, *STATIC, timeout=2)
    equal(r['result'], -errno.ENODEV)
    equal(r['why'], f'{MAC}: no such interface within 2 s (there is: c0 52:54:00:00:00:01)')
    assert r['seconds'] < 3 + LATE, r['seconds']


def test_no_carrier(lab):
    """The cable is not plugged in: named, and within the limit."""
    lab.cable(carrier=False)
    r = lab.up('c0', *STATIC, timeout=2)
    equal((r['result'], r['why']), (-errno.ENETDOWN, 'c0: no carrier within 2 s'))
    assert 1.9 < r['seconds'] < 3 + LATE, r['seconds']


def test_carrier_comes_late(lab):
    """The switch takes two seconds to bring the link up."""
    lab.cable(carrier=False)
    lab.later(2, *in_server('ip', 'link', 'set', 's0', 'up'))
    r = lab.up('c0', *STATIC)
    equal(r['result'], 0)
    assert 1.5 < r['seconds'] < 4 + LATE, r['seconds']


def test_auto_takes_the_one_with_a_carrier(lab):
    """Of two interfaces only the second is plugged in."""
    sh('ip', 'link', 'add', 'a0', 'type', 'veth', 'peer', 'name', 'a1', 'netns', 'server')
    lab.cable()
    r = lab.up('auto', *STATIC)
    equal((r['result'], r['ifname']), (0, 'c0'))


def test_many_events(lab):
    """More messages than the socket holds while the interface is awaited: the lost ones are asked for again."""
    lab.cable('z0', mac='52:54:00:00:00:02')

    def stop_and_flood(driver):
        time.sleep(0.5)     # it has its first dump and waits
        driver.send_signal(signal.SIGSTOP)
        # one ip for all: the driver's time runs on
        lines = [f'link set z0 alias a{i}\n' for i in range(400)] + [f'link set z0 address {MAC}\n']
        sh('ip', '-batch', '-', input=''.join(lines))
        driver.send_signal(signal.SIGCONT)
    r = lab.up(MAC, *STATIC, timeout=20, meanwhile=stop_and_flood)
    equal((r['result'], r['ifname']), (0, 'z0'))
    assert r['seconds'] < 10 + LATE, r['seconds']


def test_refused_route(lab):
    """A route that the kernel does not take, by the broadcast address, costs a note and none of the others."""
    lab.cable()
    r = lab.up('c0', '10.77.0.9/24', 'route', '192.0.2.0/24', 'via', '10.77.0.255', 'gateway', '10.77.0.1')
    equal((r['result'], r['why'], r['gateway']), (0, '', '10.77.0.1'))
    has(r['note'], 'c0: route to 192.0.2.0/24 by 10.77.0.255: ')
    has(lab.routes(), 'default via 10.77.0.1 dev c0')


def test_bad_config(lab):
    """What makes no sense together: told at once, without a wait for a link."""
    r = lab.up('c0', '10.77.0.9/24', 'route', '::/0', 'via', '10.77.0.1')
    equal((r['result'], r['why']), (-errno.EINVAL, 'route ::/0 via 10.77.0.1: not addresses of one family'))
    assert r['seconds'] < 2 + LATE, r['seconds']
