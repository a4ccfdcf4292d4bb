# SPDX-License-Identifier: GPL-2.0
"""Datagrams that udp.c does not make, and what their senders are told.

usage: sends.py plain ADDRESS PORT SIZE [options|device NAME]
           sends one by an ordinary socket: with IP options, or bound to a device
       sends.py raw ADDRESS PORT SHAPE
           sends one with headers of its own. SHAPE: whole; options; forged, from
           192.0.2.9; first or later, one fragment of two; short, less than a UDP
           header; long, less than its UDP header says
       sends.py raise VALUE
           has the module spin_events raise Events.Atomic
prints 'sent', or the name of the error
"""
import errno
import fcntl
import socket
import struct
import sys

SO_BINDTODEVICE = 25
OPTIONS = b'\x01\x01\x01\x00'	# three of no operation, and the end
MORE_FRAGMENTS = 0x2000
EVENTS_ATOMIC = 1
EVENTS_IOC_RAISE = 3 << 30 | 48 << 16 | 0xB9 << 8


def payload(size):
    """As the first one of fill() in udp.c."""
    return bytes((i * 31 + (i >> 8) * 7) & 255 for i in range(int(size)))


def plain(address, port, size, how='', device=''):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    if how == 'options':
        s.setsockopt(socket.IPPROTO_IP, socket.IP_OPTIONS, OPTIONS)
    if how == 'device':
        s.setsockopt(socket.SOL_SOCKET, SO_BINDTODEVICE, device.encode())
    s.sendto(payload(size), (address, int(port)))


def raw(address, port, shape):
    body = payload(64)
    source = '192.0.2.9' if shape == 'forged' else '0.0.0.0'
    options = OPTIONS if shape == 'options' else b''
    fragment = {'first': MORE_FRAGMENTS, 'later': 9}.get(shape, 0)
    udp_len = 8 + len(body) + (1 if shape == 'long' else 0)
    udp = struct.pack('>HHHH', 9, int(port), udp_len, 0) + body
    if shape == 'short':
        udp = udp[:7]
    ip = struct.pack('>BBHHHBBH4s4s', 0x45 + len(options) // 4, 0, 0, 7,
                     fragment, 64, socket.IPPROTO_UDP, 0,
                     socket.inet_aton(source), socket.inet_aton(address))
    s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    s.sendto(ip + options + udp, (address, 0))


def events_raise(value):
    block = bytearray(struct.pack('=IiQIHBBQQII', EVENTS_ATOMIC, 0, 0, 0, 0, 0,
                                  0, int(value), 0, 0, 0))
    with open('/dev/spin-events', 'r+b', buffering=0) as device:
        fcntl.ioctl(device, EVENTS_IOC_RAISE, block)


try:
    {'plain': plain, 'raw': raw, 'raise': events_raise}[sys.argv[1]](*sys.argv[2:])
    print('sent')
except OSError as error:
    print(errno.errorcode[error.errno])
