// SPDX-License-Identifier: GPL-2.0
/*
 * The load is refused, and no reason given. A kernel without SYMBOLIC_ERRNAME has
 * a number for the error.
 */
#include "extension.h"

HOSTILE("silent",
	"'first' of Domain.Initialize returned -(EINVAL|22), and gave no reason \\(spin_refuse");
SPIN_IMPORT(Udp);

SPIN_HANDLER(refuse, struct spin_initialize *init)
{
	return -22;
}

SPIN_BIND(Domain_Initialize, first, .handler = refuse);
