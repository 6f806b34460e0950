# SPDX-License-Identifier: MIT
"""bad_s3.py PORT CERT KEY BEHAVIOUR - an S3 server that keeps objects in memory, checks no signature, and fails once:

lost	it completes an upload and resets the connection instead of answering; then it knows no such upload
fin	behind the first part it closes the connection, and the next two in the TLS handshake, with a FIN
cut	what is read first comes by half, and the connection is closed as TLS has it
patient	an upload is complete after 12 s, with a blank each second until then, if somebody waits for it
words	it refuses what is put, in words that would move a terminal's cursor
expired	behind the first part the access key TESTAK has ended
gone	behind the first part nothing is answered any more, and each connection is reset
together	a part is acknowledged when two others have come, too; the first one is not waited for

Its own words: GET /?list tells the objects with their sizes and the open uploads."""
import hashlib
import http.server
import re
import socket
import ssl
import struct
import sys
import threading
import time

OBJECTS, UPLOADS = {}, {}
STATE = {'how': '', 'once': True, 'refuse': 0}
THREE = threading.Barrier(3, timeout=60)


def xml(text):
    return b'<?xml version="1.0"?>' + text.encode()


def reset(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    socket.socket.close(sock)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass

    def finish_request(self, request, client_address):
        if STATE['refuse']:
            STATE['refuse'] -= 1
            if STATE['how'] == 'gone':
                reset(request)
            else:
                socket.socket.close(request)
            return
        tls = CONTEXT.wrap_socket(request, server_side=True)
        try:
            self.RequestHandlerClass(tls, client_address, self)
        finally:
            tls.close()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *words):
        pass

    def once(self, how):
        now = STATE['how'] == how and STATE['once']
        STATE['once'] &= not now
        return now

    def answer(self, status, body=b'', **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header('Content-Length', headers.get('size', len(body)))
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(body)

    def parse_request(self):
        if STATE['how'] == 'gone' and STATE['refuse']:
            reset(self.connection)
            self.close_connection = True
            return False
        return super().parse_request()

    def split(self):
        path, _, query = self.path.partition('?')
        self.body = self.rfile.read(int(self.headers.get('Content-Length', 0)))
        return path, dict(w.partition('=')[::2] for w in query.split('&') if w)

    def do_GET(self):
        path, query = self.split()
        if 'list' in query:
            self.answer(200, '\n'.join([f'{k} {len(v)}' for k, v in OBJECTS.items()] + list(UPLOADS)).encode())
            return
        body = OBJECTS.get(path)
        if body is None:
            self.answer(404, xml('<Error><Code>NoSuchKey</Code></Error>'))
        elif self.command == 'GET' and self.once('cut'):
            self.send_response(200)
            self.send_header('Content-Length', len(body))
            self.end_headers()
            self.wfile.write(body[:len(body) // 2])
            self.wfile.flush()
            self.connection.unwrap()
            self.close_connection = True
        else:
            self.answer(200, body)

    do_HEAD = do_GET

    def is_expired(self):
        return STATE['how'] == 'expired' and any(UPLOADS.values()) and 'Credential=TESTAK/' in self.headers['Authorization']

    def do_PUT(self):
        path, query = self.split()
        if self.is_expired():
            self.answer(400, xml('<Error><Code>ExpiredToken</Code><Message>The token has expired.</Message></Error>'))
            return
        if STATE['how'] == 'words':
            self.answer(403, xml('<Error><Code>Odd</Code><Message>a\x9b31mb</Message></Error>'))
            return
        if STATE['how'] == 'together' and query.get('partNumber', '1') != '1':
            THREE.wait()
        if 'uploadId' in query:
            UPLOADS[query['uploadId']][int(query['partNumber'])] = self.body
        else:
            OBJECTS[path] = self.body
        self.answer(200, ETag=f'"{hashlib.md5(self.body).hexdigest()}"')
        if 'uploadId' in query and self.once('fin'):
            STATE['refuse'] = 2
            self.close_connection = True
        if 'uploadId' in query and self.once('gone'):
            STATE['refuse'] = 1 << 30
            self.close_connection = True

    def do_POST(self):
        path, query = self.split()
        if 'uploads' in query:
            UPLOADS['id1'] = {}
            self.answer(200, xml('<I><UploadId>id1</UploadId></I>'))
            return
        parts = UPLOADS.get(query['uploadId'])
        if parts is None:
            self.answer(404, xml('<Error><Code>NoSuchUpload</Code></Error>'))
            return
        done = b'<CompleteMultipartUploadResult></CompleteMultipartUploadResult>'
        waits = 12 if STATE['how'] == 'patient' else 0
        if STATE['how'] != 'lost':
            self.send_response(200)
            self.send_header('Content-Length', waits + len(done))
            self.end_headers()
        for _ in range(waits):
            self.wfile.write(b' ')
            self.wfile.flush()
            time.sleep(1)
        OBJECTS[path] = b''.join(parts[int(n)] for n in re.findall(b'<PartNumber>([0-9]*)<', self.body))
        del UPLOADS[query['uploadId']]
        if STATE['how'] == 'lost':
            reset(self.connection)
            self.close_connection = True
            return
        self.wfile.write(done)

    def do_DELETE(self):
        path, query = self.split()
        gone = UPLOADS.pop(query['uploadId'], None) if 'uploadId' in query else OBJECTS.pop(path, True)
        self.answer(404 if gone is None else 204)


port, cert, key, STATE['how'] = int(sys.argv[1]), *sys.argv[2:]
CONTEXT = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
CONTEXT.load_cert_chain(cert, key)
server = Server(('', port), Handler)
print('ready', flush=True)
threading.Thread(target=server.serve_forever).start()
