// SPDX-License-Identifier: GPL-2.0
/* Reads from the files it is handed; holds none itself. */
#include "../reader.h"

SPIN_EXTENSION("reader");
SPIN_LICENSE("GPL");
SPIN_IMPORT(File);

SPIN_EXPORT_PUBLIC(Reader, Read);

__u32 slot;	/* as it came */
int later;	/* what the slot is good for when no call is served */

SPIN_SLEEPABLE_HANDLER(read, struct spin_call *call)
{
	__u8 byte = 0;
	int result;

	slot = SPIN_ARG(call, Reader, Read, file);
	result = spin_file_read(&call->ctx, slot,
				SPIN_ARG(call, Reader, Read, offset), &byte, 1);
	return result < 0 ? result : byte;
}

SPIN_IMPLEMENT(Reader, Read, reading, .handler = read);

SPIN_SLEEPABLE_HANDLER(try_later, struct spin_clock_tick *tick)
{
	__u8 byte;

	later = spin_file_read(&tick->ctx, SPIN_SLOT_ARGUMENT, 0, &byte, 1);
	return 0;
}

SPIN_IMPORT(Clock);
SPIN_BIND(Clock_Tick, trying, .handler = try_later,
	.period_us = 10000);
