# SPDX-License-Identifier: MIT
"""bad_server.py PORT CERT KEY BEHAVIOUR - an HTTPS server on one connection that behaves badly on purpose:

reset	after 1 MiB of the body it resets the connection
close	after 1 MiB of the body it closes it
hang	it reads 1 MiB of the body and then nothing more
silent	it reads everything and never answers
early	it answers 200 before it has read the body, and reads on
late413	after 1 MiB of the body it answers 413 and waits
flaky	it closes two connections in the TLS handshake, takes the third one's body and answers 201
nohello	it accepts the connection and says nothing, not even TLS
mute	it reads the headers and neither continues nor refuses, then takes the body
moved	it answers 301 to another place
slow	it reads 16 KiB every 0.1 seconds and answers 201
odd	it answers no HTTP at all
huge	it answers with a header without end"""
import socket
import ssl
import struct
import sys
import time

MIB = 1 << 20


def read_headers(s):
    got = b''
    while b'\r\n\r\n' not in got:
        more = s.recv(1)
        if not more:
            sys.exit('no headers')
        got += more
    return got


def read_body(s, limit=None):
    """Up to limit bytes, or to the last chunk."""
    tail, n = b'', 0
    while limit is None or n < limit:
        more = s.recv(65536)
        if not more:
            return
        n += len(more)
        tail = (tail + more)[-5:]
        if tail == b'0\r\n\r\n':
            return


def answer(s, status):
    s.sendall(f'HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n'.encode())


def behave(s, how):
    headers = read_headers(s)
    if b'Expect: 100-continue' not in headers or b'Transfer-Encoding: chunked' not in headers:
        answer(s, '400 Bad headers')
        return
    if how == 'moved':
        s.sendall(b'HTTP/1.1 301 Moved\r\nLocation: https://elsewhere.test/\r\nContent-Length: 0\r\n\r\n')
        return
    if how == 'odd':
        s.sendall(b'SSH-2.0-what\r\n\r\n')
        return
    if how == 'huge':
        try:
            s.sendall(b'HTTP/1.1 200 OK\r\nX: ' + b'x' * 64 * MIB)
        except OSError:
            pass
        return
    if how == 'early':
        answer(s, '200 OK')
        read_body(s)
        return
    if how != 'mute':
        s.sendall(b'HTTP/1.1 100 Continue\r\n\r\n')
    if how == 'slow':
        s.settimeout(20)
        while True:
            more = s.recv(65536)
            if more.endswith(b'0\r\n\r\n') or not more:
                break
            time.sleep(0.1)
        answer(s, '201 Created')
        return
    read_body(s, None if how in ('silent', 'mute', 'flaky') else MIB)
    if how in ('mute', 'flaky'):
        answer(s, '201 Created')
        return
    if how == 'reset':
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        socket.socket.close(s)     # no farewell of TLS
        return
    if how == 'close':
        return
    if how == 'late413':
        answer(s, '413 Too Large')
        read_body(s)
        return
    time.sleep(60)


def main():
    port, cert, key, how = int(sys.argv[1]), *sys.argv[2:]
    listener = socket.create_server(('', port))
    if how in ('hang', 'slow'):
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    print('ready', flush=True)
    for _ in range(2 if how == 'flaky' else 0):
        listener.accept()[0].close()
    plain = listener.accept()[0]
    if how == 'nohello':
        time.sleep(60)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    behave(context.wrap_socket(plain, server_side=True), how)


main()
