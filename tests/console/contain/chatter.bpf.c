// SPDX-License-Identifier: GPL-2.0
/* Writes far more lines than it may, with bytes that no console should see. */
#include "extension.h"

SPIN_EXTENSION("chatter");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Clock);
SPIN_IMPORT(Console);

__u64 written;
__u64 dropped;
__s32 last_error;

SPIN_SLEEPABLE_HANDLER(chatter, struct spin_clock_tick *tick)
{
	char line[] = "chatter\x1b[2J\n<0>oops";

	for (int i = 0; i < 20; i++) {
		int ret = spin_console_write(&tick->ctx, line, sizeof(line));

		if (ret) {
			dropped++;
			last_error = ret;
		} else {
			written++;
		}
	}
	return 0;
}

SPIN_BIND(Clock_Tick, talk, .handler = chatter, .period_us = 10000);
