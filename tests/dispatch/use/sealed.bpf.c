// SPDX-License-Identifier: GPL-2.0
/* Handles an event that is never extensible. */
#include "extension.h"
#include "../../kmod/spin_events.h"

SPIN_EXTENSION("sealed");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Events);

SPIN_HANDLER(handle, struct events_call *call)
{
	events_note(call, call->a + call->b);
	return 0;
}

SPIN_BIND(Events_Sealed, wanted, .handler = handle);
