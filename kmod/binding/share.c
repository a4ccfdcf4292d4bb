// SPDX-License-Identifier: GPL-2.0
/* How the share of a processor that an extension may have is enforced. */
#include "../dispatch/observe.h"
#include "binding.h"

static int share_time(bool on)
{
	if (on)
		return spin_timing_get();
	spin_timing_put();
	return 0;
}

static const struct spin_share_ops share_ops = {
	.time = share_time,
	.throttle = spin_bindings_throttle,
	.unthrottle = spin_bindings_unthrottle,
};

int __init spin_share_init(void)
{
	spin_share_start(&share_ops);
	return 0;
}

void spin_share_exit(void)
{
	spin_share_stop();
}
