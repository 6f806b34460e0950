# SPDX-License-Identifier: MIT
"""metadata.py ADDRESS BUSY: an instance metadata service as EC2's version 2, of a machine with the role "dumps", whose
first BUSY answers are 503. Its first access key is TESTAK, then it has TESTAK2. It prints a line when it listens."""
import http.server
import json
import sys

TOKEN = 'a-token=='
ROLES = '/latest/meta-data/iam/security-credentials/'
busy = [503] * int(sys.argv[2])
access = ['TESTAK2', 'TESTAK']


class Service(http.server.BaseHTTPRequestHandler):
    def answer(self, status, text=''):
        if busy:
            status, text = busy.pop(), 'busy'
        self.send_response(status)
        self.send_header('Content-Length', str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def do_PUT(self):
        good = self.path == '/latest/api/token' and self.headers.get('X-aws-ec2-metadata-token-ttl-seconds')
        self.answer(*((200, TOKEN) if good else (400,)))

    def do_GET(self):
        if self.headers.get('X-aws-ec2-metadata-token') != TOKEN:
            self.answer(401)
        elif self.path == ROLES:
            self.answer(200, 'dumps')
        elif self.path == ROLES + 'dumps':
            self.answer(200, json.dumps({'Code': 'Success', 'AccessKeyId': access.pop() if access[1:] else access[0],
                                         'SecretAccessKey': 'TESTSECRET', 'Token': '',
                                         'Expiration': '2099-01-01T00:00:00Z'}))
        else:
            self.answer(404)

    def log_message(self, *words):
        pass


server = http.server.HTTPServer((sys.argv[1], 80), Service)
print('ready', flush=True)
server.serve_forever()
