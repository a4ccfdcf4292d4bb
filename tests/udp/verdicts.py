# SPDX-License-Identifier: GPL-2.0
"""Takes datagrams of a packet filter's queue, and lets them go on when it is told to.

usage: verdicts.py QUEUE COUNT

Says "ready", then "COUNT queued" when so many are there; after a line on the standard
input lets them pass and says "COUNT passed".
"""
import socket
import struct
import sys

NETLINK_NETFILTER = 12
SUBSYSTEM = 3 << 8
PACKET, VERDICT, CONFIG = 0, 1, 2
COMMAND_BIND, COPY_META = 1, 1
ACCEPT = 1


def attribute(kind, payload):
    data = struct.pack('=HH', len(payload) + 4, kind) + payload
    return data + bytes(-len(data) % 4)


def message(kind, queue, *attributes):
    body = struct.pack('>BBH', 0, 0, queue) + b''.join(attributes)
    return struct.pack('=IHHII', 16 + len(body), SUBSYSTEM | kind, 1, 0, 0) + body


def packet_ids(data):
    while len(data) >= 16:
        length, kind = struct.unpack_from('=IH', data)
        at = 20
        while kind == SUBSYSTEM | PACKET and at + 4 <= length:
            size, attr = struct.unpack_from('=HH', data, at)
            if attr == 1:
                yield struct.unpack_from('>I', data, at + 4)[0]
            at += size + -size % 4
        data = data[length + -length % 4:]


queue, count = map(int, sys.argv[1:])
s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
s.bind((0, 0))
s.send(message(CONFIG, queue, attribute(1, struct.pack('>BBH', COMMAND_BIND, 0, socket.AF_INET))))
s.send(message(CONFIG, queue, attribute(2, struct.pack('>IB', 0, COPY_META))))
print('ready', flush=True)
ids = []
while len(ids) < count:
    ids.extend(packet_ids(s.recv(1 << 16)))
print(len(ids), 'queued', flush=True)
sys.stdin.readline()
for number in ids:
    s.send(message(VERDICT, queue, attribute(2, struct.pack('>II', ACCEPT, number))))
print(len(ids), 'passed', flush=True)
