// SPDX-License-Identifier: GPL-2.0
/*
 * video-sender - sends what a source of video gives it to one receiver, from
 * the page cache to the device without a copy. It exports interface VideoSender;
 * an extension that does more with the streams handles its procedures.
 */
#include <spin/bpf/spin.h>
#include <spin/bpf/socket.h>
#include <linux/errno.h>
#include "../video-server/video-protocol.h"
#include "video-sender.h"

SPIN_EXTENSION("video-sender");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Socket);
SPIN_EXPORT(VideoSender, SendPacket);
SPIN_EXPORT(VideoSender, Tick);

SPIN_CAPABILITY(spin_socket_t, net);

SPIN_SETTING(spin_ipv4_t, to, 0);		/* the receiver; none: nobody */
SPIN_SETTING(__u16, to_port, 5004);
SPIN_SETTING(__u16, to_format, VIDEO_TS);	/* which stream it gets */

/* Counters; `spinctl ext show video-sender` prints them. */
__u64 datagrams;
__u64 failed;		/* that could not be sent */
__u64 errors;		/* calls that sent nothing: the file, or no memory */

SPIN_SLEEPABLE_HANDLER(send_packet, struct spin_call *call)
{
	const struct VideoSender_SendPacket *in =
		SPIN_ARGS(call, VideoSender, SendPacket);
	struct spin_udp_dest dest = { .addr = to, .port = to_port };
	struct spin_send msg = {};
	__u32 n = 1;
	int sent;

	if (in->header_len > VIDEO_SENDER_HEADER_MAX)
		return -EINVAL;
	if (!to || in->format != to_format)
		return 0;

	msg.socket = net;
	msg.file = in->file;
	msg.offset = in->offset;
	msg.len = in->len;
	msg.segment = in->segment;
	msg.header_len = in->header_len;
	__builtin_memcpy(msg.header, in->header, sizeof(in->header));
	if (in->segment)
		n = (in->len + in->segment - 1) / in->segment;
	sent = spin_socket_send(&call->ctx, &msg, &dest, sizeof(dest));
	if (sent < 0)
		__sync_fetch_and_add(&errors, 1);
	else if (sent)
		__sync_fetch_and_add(&datagrams, n);
	else
		__sync_fetch_and_add(&failed, n);
	return sent < 0 ? sent : 1;
}

/* What can never work is refused now, not told by a counter later. */
SPIN_SLEEPABLE_HANDLER(check_settings, struct spin_initialize *init)
{
	struct spin_udp_dest dest = { .addr = to, .port = to_port };
	char no_port[] = "to_port is 0: set it to the port the receiver listens on";
	char no_format[] = "to_format must be 1, MPEG-TS, or 2, raw video";
	char no_unicast[] = "to is no address that one receiver can have";

	if (to_format < VIDEO_TS || to_format > VIDEO_RAW) {
		spin_refuse(init, no_format, sizeof(no_format));
		return -EINVAL;
	}
	if (!to)
		return 0;
	if (!to_port) {
		spin_refuse(init, no_port, sizeof(no_port));
		return -EINVAL;
	}
	if (spin_socket_room(&init->ctx, net, &dest) == -EACCES) {
		spin_refuse(init, no_unicast, sizeof(no_unicast));
		return -EINVAL;
	}
	return 0;
}

SPIN_BIND(Domain_Initialize, settings,
	.handler = check_settings);

/* Others handle it; there is nothing to do here. */
SPIN_SLEEPABLE_HANDLER(tick, struct spin_call *call)
{
	return 0;
}

/* Only the user who loaded this may have to do with the streams. */
SPIN_HANDLER(same_owner, struct spin_authorize *request)
{
	return request->uid == request->owner ? 0 : -EPERM;
}

SPIN_BIND(Domain_Authorize, same_owner_only,
	.handler = same_owner);

SPIN_IMPLEMENT(VideoSender, SendPacket, unicast,
	.handler = send_packet);

SPIN_IMPLEMENT(VideoSender, Tick, ticks,
	.handler = tick);
