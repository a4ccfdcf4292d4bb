// SPDX-License-Identifier: GPL-2.0
/* A version that refuses to begin. */
#define VERSION 5
#include "../upgrade.h"

SPIN_CAPABILITY_OPTIONAL(spin_file_t, clip);

SPIN_SLEEPABLE_HANDLER(begin, struct spin_initialize *init)
{
	char why[] = "the fifth version is not ready";

	spin_refuse(init, why, sizeof(why));
	return -11;
}

SPIN_BIND(Domain_Initialize, begin_it, .handler = begin);
