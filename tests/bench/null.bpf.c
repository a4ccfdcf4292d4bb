// SPDX-License-Identifier: GPL-2.0
/* Exports a procedure that does nothing, for the benchmark `call`. */
#include "null.h"

SPIN_EXTENSION("bench-null");
SPIN_LICENSE("GPL");

SPIN_EXPORT_PUBLIC(BenchNull, Null);

SPIN_HANDLER(nothing, struct spin_call *call)
{
	return 0;
}

SPIN_IMPLEMENT(BenchNull, Null, null, .handler = nothing);
