// SPDX-License-Identifier: GPL-2.0
/*
 * Sends a granted file, from its start, in datagrams of a 20-byte header and
 * `chunk` bytes of the file, one per tick, to one destination; or, if `burst` is
 * not 0, so many datagrams per tick, in one call and without a header, the last of
 * them `cut` bytes shorter. If `also` is set, to that second destination as well,
 * from `also_from` and by `also_via` if these are.
 */
#include "extension.h"

SPIN_EXTENSION("sender");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Clock);
SPIN_IMPORT(File);
SPIN_IMPORT(Socket);

SPIN_CAPABILITY(spin_file_t, clip);
SPIN_CAPABILITY(spin_socket_t, out);
SPIN_SETTING(spin_ipv4_t, to, 0);
SPIN_SETTING(__u16, port, 4245);
SPIN_SETTING(__u32, chunk, 1316);
SPIN_SETTING(__u32, count, 64);
SPIN_SETTING(__u64, start, 0);
SPIN_SETTING(__u32, burst, 0);
SPIN_SETTING(__u32, cut, 0);
SPIN_SETTING(spin_ipv4_t, also, 0);
SPIN_SETTING(spin_ipv4_t, also_from, 0);
SPIN_SETTING(__u32, also_via, 0);
SPIN_SETTING(spin_ipv4_t, from, 0);	/* the source address asked for */
SPIN_SETTING(__u32, via, 0);		/* the device or VRF */
SPIN_SETTING(__u16, reserved, 0);	/* to be refused if not 0 */

__u64 sent;
__u64 failed;
__s64 size;
__s32 last_error;
__s32 room;	/* for a datagram, as spin_socket_room() says at first */
__u64 sum;	/* of the file's first bytes, as spin_file_read() gives them */

static __always_inline void address(struct spin_udp_dest *dest, __be32 addr)
{
	__builtin_memset(dest, 0, sizeof(*dest));
	dest->addr = addr;
	dest->port = port;
	dest->reserved = reserved;
	dest->saddr = from;
	dest->ifindex = via;
}

SPIN_SLEEPABLE_HANDLER(begin, struct spin_initialize *init)
{
	struct spin_udp_dest dest;
	__u8 first[64] = {};

	size = spin_file_size(&init->ctx, clip);
	if (size < 0)
		return size;
	if (spin_file_read(&init->ctx, clip, 0, first, sizeof(first)) != 64) {
		char why[] = "the file has fewer than 64 bytes";

		spin_refuse(init, why, sizeof(why));
		return -22;
	}
	for (int i = 0; i < 64; i++)
		sum += first[i];
	spin_file_readahead(&init->ctx, clip, 0, 1 << 20);
	address(&dest, to);
	room = spin_socket_room(&init->ctx, out, &dest);
	return 0;
}

SPIN_SLEEPABLE_HANDLER(send, struct spin_clock_tick *tick)
{
	struct spin_udp_dest dest[2];
	struct spin_send msg = {
		.socket = out, .file = clip, .len = chunk, .header_len = 20,
	};
	int ret;

	if (sent + failed >= count)
		return 0;
	msg.offset = start + (sent + failed) * chunk;
	for (int i = 0; i < 20; i++)
		msg.header[i] = 0xa0 + i;
	msg.header[0] = sent + failed;
	if (burst) {
		msg.header_len = 0;
		msg.segment = chunk;
		msg.len = chunk * burst - cut;
		msg.offset = start + (sent + failed) * msg.len;
	}
	address(&dest[0], to);
	address(&dest[1], also);
	if (also_from)
		dest[1].saddr = also_from;
	if (also_via)
		dest[1].ifindex = also_via;
	if (also)
		ret = spin_socket_send(&tick->ctx, &msg, dest, sizeof(dest)) - 1;
	else
		ret = spin_socket_send(&tick->ctx, &msg, dest, sizeof(dest[0]));
	if (ret == 1) {
		sent++;
	} else {
		failed++;
		last_error = ret;
	}
	return 0;
}

SPIN_BIND(Domain_Initialize, begin_it, .handler = begin);
SPIN_BIND(Clock_Tick, send_it, .handler = send, .period_us = 2000);
