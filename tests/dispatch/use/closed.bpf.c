// SPDX-License-Identifier: GPL-2.0
/* Handles an event without an authorizer. */
#include "extension.h"
#include "../../kmod/spin_events.h"

SPIN_EXTENSION("closed");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Events);

SPIN_HANDLER(handle, struct events_call *call)
{
	events_note(call, call->a + call->b);
	return 0;
}

SPIN_BIND(Events_Closed, wanted, .handler = handle);
