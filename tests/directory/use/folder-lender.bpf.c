// SPDX-License-Identifier: GPL-2.0
/* Lends its directory to Opener.Open. */
#include "../opener.h"

SPIN_EXTENSION("folder-lender");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Clock);
SPIN_IMPORT(Directory);

SPIN_CAPABILITY(spin_directory_t, folder);

SPIN_IMPORT_PROCEDURE(Opener, Open);

int whole, not_to_keep, not_to_read;
__u64 calls;

SPIN_SLEEPABLE_HANDLER(lend, struct spin_clock_tick *tick)
{
	whole = SPIN_CALL_SLEEPABLE(&tick->ctx, Opener, Open, .folder = folder);
	not_to_keep = SPIN_CALL_SLEEPABLE(&tick->ctx, Opener, Open,
			.folder = SPIN_PASS(folder, SPIN_RIGHT_READ));
	not_to_read = SPIN_CALL_SLEEPABLE(&tick->ctx, Opener, Open,
			.folder = SPIN_PASS(folder, SPIN_RIGHT_KEEP));
	calls++;
	return 0;
}

SPIN_BIND(Clock_Tick, lending, .handler = lend, .period_us = 10000);
