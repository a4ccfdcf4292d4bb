// SPDX-License-Identifier: GPL-2.0
/*
 * Handles VideoSender.SendPacket before all others: what the file that comes
 * with a call is good for, during the call and behind it.
 */
#include "extension.h"
#include <linux/errno.h>
#include "../../../ext-examples/video-sender/video-sender.h"

SPIN_EXTENSION("recorder");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Clock);
SPIN_IMPORT(File);
SPIN_IMPORT_PROCEDURE(VideoSender, SendPacket);

__u64 calls;
__u64 first_bytes;	/* payloads whose first byte was read */
__u64 wrong_bytes;	/* … and was not that of an MPEG-TS packet */
__u64 kept;		/* times the file could be read between the calls */
__s32 keep_error;	/* … or what that said */
__u32 file_slot;	/* as the last call had it */

SPIN_SLEEPABLE_HANDLER(record, struct spin_call *call)
{
	const struct VideoSender_SendPacket *in =
		SPIN_ARGS(call, VideoSender, SendPacket);
	__u8 byte[8] = {};

	calls++;
	file_slot = in->file;
	if (spin_file_read(&call->ctx, in->file, in->offset, byte, 1) == 1) {
		first_bytes++;
		if (byte[0] != 0x47)
			wrong_bytes++;
	}
	return 0;
}

SPIN_SLEEPABLE_HANDLER(try_to_keep, struct spin_clock_tick *tick)
{
	__u8 byte[8] = {};
	int got;

	if (!calls)
		return 0;
	got = spin_file_read(&tick->ctx, file_slot, 0, byte, 1);
	if (got >= 0)
		kept++;
	else
		keep_error = got;
	return 0;
}

SPIN_HANDLE(VideoSender, SendPacket, recording,
	.handler = record, .order = SPIN_ORDER_FIRST);

SPIN_BIND(Clock_Tick, between_calls,
	.handler = try_to_keep, .period_us = 10000);
