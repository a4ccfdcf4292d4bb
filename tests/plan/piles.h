/* SPDX-License-Identifier: GPL-2.0 */
/* What extension pile does for each number (test.sh knows the numbers). */
#ifndef _SPIN_TESTS_PILES_H
#define _SPIN_TESTS_PILES_H

enum piles_number {
	PILES_FILL	= 1,	/* installs arg[1] of slot arg[0], for number arg[2] */
	PILES_HOLD	= 2,	/* until PILES_GO */
	PILES_GO	= 3,	/* arg[0]: 1: go, 0: hold the next */
	PILES_UNINSTALL	= 4,	/* binding arg[0] */
};

enum piles_slot {
	PILES_DEAR	= 1,
	PILES_CHEAP	= 2,
};

#endif /* _SPIN_TESTS_PILES_H */
