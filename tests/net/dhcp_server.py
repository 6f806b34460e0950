# SPDX-License-Identifier: MIT
"""dhcp_server.py DEV STEP... - a DHCP server that misbehaves on purpose: each message of a client is
answered by the next step, or by several with + between them; the last goes on for ever. A message that
comes again although it had a good answer (the machine was too slow) has the same once more.

deaf:N first ignores everything for N seconds."""
import socket
import struct
import sys
import time

SERVER = socket.inet_aton('10.77.0.1')
YOURS = socket.inet_aton('10.77.0.50')


def reply(question, kind, yours=YOURS, server=SERVER, xid=None, tail=b'\xff'):
    head = struct.pack('!4B4sHH4s4s4s4s', 2, 1, 6, 0, xid or question[4:8], 0, 0x8000, bytes(4), yours, SERVER, bytes(4))
    options = bytes((53, 1, kind)) + (b'\x36\x04' + server if server else b'') + b'\x01\x04\xff\xff\xff\x00'
    return head + question[28:44] + bytes(192) + b'\x63\x82\x53\x63' + options + tail


STEPS = {
    'offer': lambda q: [reply(q, 2)],
    'ack': lambda q: [reply(q, 5)],
    'nak': lambda q: [reply(q, 6, yours=bytes(4))],
    'silent': lambda q: [],
    'garbage': lambda q: [bytes(range(256)) * 5, b'', b'\x02', q],
    'cut': lambda q: [reply(q, 2)[:n] for n in range(0, 250, 7)] + [reply(q, 2, tail=b'\x06\xff\x01')],
    'foreign': lambda q: [reply(q, 2, xid=b'abcd'), reply(q[:28] + b'\x02aaaaa' + q[34:], 2)],
    'overlong': lambda q: [reply(q, 2, tail=b'\x79\xc8' + bytes(100))],
    'loopback': lambda q: [reply(q, 2, yours=b'\x7f\0\0\1'), reply(q, 2, yours=b'\xff\xff\xff\xff')],
    'noserver': lambda q: [reply(q, 2, server=b'')],
    'otherack': lambda q: [reply(q, 5, yours=b'\x0a\x4d\0\x63', server=b'\x0a\x4d\0\x02'),
                           reply(q, 6, server=b'\x0a\x4d\0\x02')],
    'flood': None,
}
GOOD = ('offer', 'ack', 'nak', 'offer+ack')


def main():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, sys.argv[1].encode())
    s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    s.bind(('', 67))
    steps = sys.argv[2:]
    deaf_until = 0
    if steps[0].startswith('deaf:'):
        deaf_until = time.monotonic() + float(steps.pop(0)[5:])
    print('ready', flush=True)
    step = last = None
    while True:
        question = s.recv(2048)
        if time.monotonic() < deaf_until:
            continue
        # the client's id and, its first option, the type of the message
        this = question[4:8], question[240:243]
        if this != last or step not in GOOD:
            step = steps.pop(0) if len(steps) > 1 else steps[0]
        last = this
        if step == 'flood':
            end = time.monotonic() + 5
            while time.monotonic() < end:
                s.sendto(reply(question, 2, yours=bytes(4)), ('255.255.255.255', 68))
                time.sleep(0.0002)
            continue
        for part in step.split('+'):
            for answer in STEPS[part](question):
                s.sendto(answer, ('255.255.255.255', 68))


main()
