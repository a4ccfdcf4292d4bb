// SPDX-License-Identifier: GPL-2.0
/*
 * Names slots that hold nothing, or something of another kind, and sends to
 * where nobody may send: every call must fail, and say how.
 */
#include "extension.h"

SPIN_EXTENSION("wrong-slot");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Clock);
SPIN_IMPORT(File);
SPIN_IMPORT(Socket);

SPIN_CAPABILITY_OPTIONAL(spin_file_t, clip);
SPIN_CAPABILITY_OPTIONAL(spin_socket_t, out);

__u32 finished;
__s32 file_empty;	/* slot 0 */
__s32 file_beyond;	/* slot 77 */
__s32 file_huge;	/* slot ~0 */
__s32 file_is_socket;
__s32 socket_is_file;
__s32 header_too_long;
__s32 too_long;
__s32 beyond_end;
__s32 offset_wraps;
__s32 multicast;
__s32 no_dest;
__s32 many_dests;
__s32 sent;

SPIN_SLEEPABLE_HANDLER(try, struct spin_clock_tick *tick)
{
	struct spin_udp_dest dest = {
		.addr = bpf_htonl(0x7f000001), .port = 4246,
	};
	struct spin_send msg = {
		.socket = out, .file = clip, .len = 100, .header_len = 4,
	};
	__u8 byte;

	if (finished)
		return 0;
	file_empty = spin_file_read(&tick->ctx, 0, 0, &byte, 1);
	file_beyond = spin_file_read(&tick->ctx, 77, 0, &byte, 1);
	file_huge = spin_file_read(&tick->ctx, ~0u, 0, &byte, 1);
	file_is_socket = spin_file_read(&tick->ctx, out, 0, &byte, 1);

	msg.socket = clip;
	socket_is_file = spin_socket_send(&tick->ctx, &msg, &dest, sizeof(dest));
	msg.socket = out;
	msg.header_len = 65;
	header_too_long = spin_socket_send(&tick->ctx, &msg, &dest, sizeof(dest));
	msg.header_len = 4;
	msg.len = SPIN_SEND_LEN_MAX + 1;
	too_long = spin_socket_send(&tick->ctx, &msg, &dest, sizeof(dest));
	msg.len = 100;
	msg.offset = 1ull << 40;
	beyond_end = spin_socket_send(&tick->ctx, &msg, &dest, sizeof(dest));
	msg.offset = ~0ull - 50;
	offset_wraps = spin_socket_send(&tick->ctx, &msg, &dest, sizeof(dest));
	msg.offset = 0;
	dest.addr = bpf_htonl(0xe0000001);
	multicast = spin_socket_send(&tick->ctx, &msg, &dest, sizeof(dest));
	dest.addr = bpf_htonl(0x7f000001);
	no_dest = spin_socket_send(&tick->ctx, &msg, &dest, 4);
	many_dests = spin_socket_send(&tick->ctx, &msg, &dest, 7);
	sent = spin_socket_send(&tick->ctx, &msg, &dest, sizeof(dest));
	finished = 1;
	return 0;
}

SPIN_BIND(Clock_Tick, try_it, .handler = try, .period_us = 1000);
