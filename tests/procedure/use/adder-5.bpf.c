// SPDX-License-Identifier: GPL-2.0
/*
 * Version 5 is for the public, with an authorizer that asks of everybody but
 * `caller` the impossible: it says EACCES without the minus.
 */
#define VERSION 5
#define EXPORT SPIN_EXPORT_PUBLIC
#include "../adder.h"

SPIN_HANDLER(authorize, struct spin_authorize *request)
{
	return spin_name_is(request->extension, "caller") ? 0 : 13;
}

SPIN_BIND(Domain_Authorize, authorizer, .handler = authorize);
