// SPDX-License-Identifier: GPL-2.0
/*
 * Version 3, for whom it likes: `caller` may call, `doubler` may handle Add, but
 * only where the first argument is even.
 */
#define VERSION 3
#define EXPORT SPIN_EXPORT
#include "../adder.h"

__u64 asked;
__u64 guarded;
int imposed_on_import, imposed_no_slot, imposed_wrong;

SPIN_GUARD(is_even, struct spin_call *call)
{
	return SPIN_ARG(call, Adder, Add, a) % 2 == call->ctx.closure;
}

SPIN_HANDLE(Adder, Add, only_even, .guard_fn = is_even, .slot = 1);
SPIN_HANDLE(Adder, Step, other, .handler = step, .slot = 2);

SPIN_HANDLER(authorize, struct spin_authorize *request)
{
	__sync_fetch_and_add(&asked, 1);
	if (!spin_name_is(request->interface, "Adder"))
		return -1;
	if (request->operation == SPIN_AUTHORIZE_IMPORT) {
		imposed_on_import = spin_impose(request, 1, 0);
		return spin_name_is(request->extension, "stranger") ? -13 : 0;
	}
	if (!spin_name_is(request->extension, "doubler"))
		return -13;
	imposed_no_slot = spin_impose(request, 7, 0);
	imposed_wrong = spin_impose(request, 2, 0);
	return spin_impose(request, 1, 0);
}

SPIN_BIND(Domain_Authorize, authorizer, .handler = authorize);
