# SPDX-License-Identifier: GPL-2.0
"""What comes back, and what a tap sees of it.

usage: answers.py ask ADDRESS PORT COUNT [options|unsummed]
           sends one datagram; prints how many answers of the same bytes came, until
           COUNT did or none has come for some time
       answers.py tap DEVICE PORT COUNT
           prints ports, TTL and payload of COUNT datagrams from or to PORT
"""
import socket
import struct
import sys

SO_NO_CHECK = 11
ETH_P_ALL = 3


def ask(address, port, count, how=''):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    if how == 'options':
        s.setsockopt(socket.IPPROTO_IP, socket.IP_OPTIONS, b'\x01\x01\x01\x00')
    if how == 'unsummed':
        s.setsockopt(socket.SOL_SOCKET, SO_NO_CHECK, 1)
    s.settimeout(2)
    s.connect((address, int(port)))
    s.send(b'question')
    answers = 0
    while answers < int(count):
        try:
            answers += s.recv(100) == b'question'
        except TimeoutError:
            break
    print(answers)


def tap(device, port, count):
    s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
    s.bind((device, ETH_P_ALL))
    s.settimeout(20)
    print('ready', flush=True)
    seen = []
    while len(seen) < int(count):
        packet = s.recv(2000)
        if packet[0] != 0x45 or packet[9] != socket.IPPROTO_UDP:
            continue
        ports = struct.unpack('>HH', packet[20:24])
        if int(port) in ports:
            way = 'to' if ports[1] == int(port) else 'from'
            seen.append(f'{way} {packet[8]} {packet[28:].decode()}')
    print(', '.join(seen))


{'ask': ask, 'tap': tap}[sys.argv[1]](*sys.argv[2:])
